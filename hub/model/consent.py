"""Consents, restrictions and objections: what a person has said about a disclosure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

STOPPABLE_BASES = frozenset({"A6-1-a", "A6-1-e", "A6-1-f"})
"""Bases (GDPR 6) on which a restriction or objection stops disclosure at once.

Source: GDPR 21(1) for ``e`` and ``f``; consent can be taken back as easily as it was given (7(3)).
Where a law commands the disclosure (``c``), the register's controller restricts at the source.
"""


class ConsentState(StrEnum):
    """State of a consent record (piekrišanas ieraksts), as DPV names it.

    Source: W3C Data Privacy Vocabulary 2, consent status; ISO/IEC TS 27560 event states.
    """

    UNKNOWN = "unknown"
    REQUESTED = "requested"
    DEFERRED = "deferred"
    REFUSED = "refused"
    GIVEN = "given"
    RENEWED = "renewed"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    REVOKED = "revoked"
    INVALIDATED = "invalidated"

    @property
    def permits(self) -> bool:
        """Whether a disclosure may rest on it; every state but two says no."""
        return self in {ConsentState.GIVEN, ConsentState.RENEWED}


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentTerms:
    """What the person was told and agreed to; another revision is another consent.

    Attributes:
        recipient: Institution that receives.
        purpose: IRI of the agreement's purpose.
        scope: The agreement's ``consent_scope``; "" where it names none.
        agreement: Number; ``agreement_hash`` binds the revision.
    """

    recipient: str
    purpose: str
    scope: str
    agreement: str
    agreement_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentEvent:
    """Something that happened to a record; never changed afterwards.

    Attributes:
        at: Aware UTC instant.
        expires_at: When consent given or renewed ends by itself; None means it does not.
        via: Where it was expressed, ``sandbox`` or a portal's name.
    """

    state: ConsentState
    at: datetime
    expires_at: datetime | None = None
    via: str = "sandbox"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentRecord:
    """One consent with its whole history, oldest event first."""

    id: str
    terms: ConsentTerms
    events: Sequence[ConsentEvent]


class StopKind(StrEnum):
    """A right that stops a disclosure resting on public task, legitimate interest or consent."""

    RESTRICTION = "restriction"
    OBJECTION = "objection"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """A restriction (GDPR 18) or objection (GDPR 21) of one person.

    Attributes:
        purpose: IRI of the only purpose it concerns; None means every purpose.
        begun_at, lifted_at: Aware UTC instants.
    """

    kind: StopKind
    purpose: str | None
    begun_at: datetime
    lifted_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentFile:
    """Everything kept of one person."""

    records: Sequence[ConsentRecord]
    stops: Sequence[Stop]
