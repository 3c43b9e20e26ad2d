"""What the rooms need of each other and of the world, as Protocols.

Rooms on one floor never import one another; ``hub.app`` hands each what it needs.
"""

from hub.ports.consent import ConsentBook, ConsentStore
from hub.ports.rooms import Answers, Fetch, Identify, PolicyEngine
from hub.ports.storage import (
    AccessLog,
    AgreementStore,
    ClientStore,
    ConsentChanged,
    KeyStore,
    LogStore,
    Pending,
    Pulse,
    QuotaCounter,
    ScopeStore,
    StoredAgreement,
)
from hub.ports.world import (
    KIN,
    Clock,
    Connector,
    Keyring,
    Kin,
    Kinship,
    RegisterConfig,
    Reply,
    Residence,
)

__all__ = [
    "KIN",
    "AccessLog",
    "AgreementStore",
    "Answers",
    "ClientStore",
    "Clock",
    "Connector",
    "ConsentBook",
    "ConsentChanged",
    "ConsentStore",
    "Fetch",
    "Identify",
    "KeyStore",
    "Keyring",
    "Kin",
    "Kinship",
    "LogStore",
    "Pending",
    "PolicyEngine",
    "Pulse",
    "QuotaCounter",
    "RegisterConfig",
    "Reply",
    "Residence",
    "ScopeStore",
    "StoredAgreement",
]
