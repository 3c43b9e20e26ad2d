"""What desks that read the log and the agreements are made of."""

from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from hub.audit.logview import TreeView
from hub.policy.book import AgreementBook
from hub.policy.cedar import Rules
from hub.ports import AccessLog, Clock, Fetch, Keyring
from hub.settings import Settings
from hub.storage.database import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What these desks are made of."""

    settings: Settings
    database: Database
    keyring: Keyring
    clock: Clock
    fetch: Fetch
    rules: Rules
    book: AgreementBook
    controllers: Mapping[str, Ed25519PublicKey]
    tree: TreeView
    log: AccessLog
