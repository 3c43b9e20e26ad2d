"""Consents: what a person, or who acts for them, has said about a disclosure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from hub.model.personal_code import PersonalCode
from hub.model.stop import Stop

SUBJECT = "subject"
"""Capacity of who speaks for themselves; others are kinds of representation."""
RECIPIENT = "recipient"
"""Capacity of the institution that asks for consent, or takes leave of it."""


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

    @property
    def denies(self) -> bool:
        """Whether it is a word of no, which outweighs the yes of another representative."""
        return self in {ConsentState.REFUSED, ConsentState.WITHDRAWN}

    @property
    def closes(self) -> bool:
        """Whether it ends the record itself; what is said afterwards begins another."""
        return self in {ConsentState.REVOKED, ConsentState.INVALIDATED}


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
class Notice:
    """The text that was shown to who spoke (GDPR 7(1): the controller must be able to show it).

    Attributes:
        version: Agreement and revision, ``NVO-2026-001/1``.
        language: BCP 47, ``lv`` or ``en``.
        sha256: Of the text in UTF-8, hexadecimal.
    """

    version: str
    language: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """Something about to be said.

    Attributes:
        at: Aware UTC instant.
        speaker: Who says it, by the code that the person's own record has of them; None for an
            institution.
        capacity: ``subject``, ``recipient``, or a kind of representation.
        expires_at: When consent given or renewed ends by itself; None means it does not.
        via: Where it was expressed: ``sandbox``, or the client id of a portal.
        operation: Id of the operation, as its entry of the access log has it.
    """

    state: ConsentState
    at: datetime
    speaker: PersonalCode | None
    capacity: str = SUBJECT
    expires_at: datetime | None = None
    via: str = "sandbox"
    operation: str | None = None
    notice: Notice | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentEvent:
    """Something that happened to a record; never changed afterwards.

    Attributes:
        revision: Of the record since this event: how many there are up to it.
        speaker: Keyed token of who said it; b"" for an institution.
    """

    state: ConsentState
    at: datetime
    expires_at: datetime | None = None
    via: str = "sandbox"
    revision: int = 1
    speaker: bytes = field(default=b"", repr=False)
    capacity: str = SUBJECT
    operation: str | None = None
    notice: Notice | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentRecord:
    """One consent with its whole history, oldest event first."""

    id: str
    terms: ConsentTerms
    events: Sequence[ConsentEvent]

    @property
    def revision(self) -> int:
        """How many events there are; entries of the access log cite ``id/revision``."""
        return self.events[-1].revision if self.events else 0

    @property
    def reference(self) -> str:
        """What entries of the access log cite."""
        return f"{self.id}/{self.revision}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """Somebody's last word in a record that stands."""

    speaker: PersonalCode
    state: ConsentState
    expires_at: datetime | None
    reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What is kept of the persons of one question.

    Attributes:
        spoken: Last words by person, of those whose words were asked for.
        stopped: Who is stopped by a restriction or an objection.
    """

    spoken: Mapping[PersonalCode, Sequence[Spoken]]
    stopped: frozenset[PersonalCode]


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """What became of a word.

    Attributes:
        reference: Of the record it was said about.
        before: The state it was said in.
        outcome: ``said``; ``unchanged`` when it had been said before; ``refused`` when the record
            does not allow that step.
    """

    reference: str
    before: ConsentState
    outcome: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentFile:
    """Everything kept of one person."""

    records: Sequence[ConsentRecord]
    stops: Sequence[Stop]
