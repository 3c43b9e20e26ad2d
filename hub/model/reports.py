"""Reports: what a person is told, what an officer owes the authority, and whom to notify."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from hub.model.personal_code import PersonalCode
from hub.model.retention import RetentionTerms
from hub.model.usage import Use


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The same in both languages."""

    en: str
    lv: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """A kind of data, in words."""

    code: str
    words: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A register whose facts were asked for.

    Attributes:
        system: Name of the state information system.
    """

    register: str
    title: Words
    controller: Words
    system: str


# ---- GDPR 15 --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedUse:
    """One look at the person's data.

    Attributes:
        told: Whether the person may know of it by now; shown to an officer alone where not.
    """

    use: Use
    told: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PurposeUse:
    """What the person's data were used for, over all looks.

    Attributes:
        recipients: Names in both languages.
        uses: How many looks.
    """

    iri: str
    words: Words
    recipients: Sequence[Words]
    categories: Sequence[Category]
    basis_en: Sequence[str]
    basis_lv: Sequence[str]
    uses: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentLine:
    """A consent of the person as it stands."""

    record: str
    agreement: str
    recipient: Words
    purpose: Words
    state: str
    at: datetime
    expires_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StopLine:
    """A restriction or objection of the person as it stands; ``purpose`` None: every purpose."""

    kind: str
    purpose: Words | None
    state: str
    begun_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectReport:
    """GDPR 15 for one person.

    Attributes:
        person: Whose; on paper and in files, never in a log.
        uses: Newest first.
        more: Whether older looks were left out for their number.
    """

    person: PersonalCode = field(repr=False)
    at: datetime
    uses: Sequence[ReportedUse]
    more: bool
    purposes: Sequence[PurposeUse]
    sources: Sequence[Source]
    consents: Sequence[ConsentLine]
    stops: Sequence[StopLine]
    retention: RetentionTerms


# ---- GDPR 30 --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessingRecord:
    """One agreement in force, as a record of processing.

    Attributes:
        subjects: Whose data: territory, caseload or case, and how many at once.
        limits: Until when, how far back, how often.
    """

    agreement: str
    revision: int
    service: str
    controllers: Sequence[Words]
    processors: Sequence[str]
    recipient_code: str
    recipient: Words
    purpose: Words
    basis_en: Sequence[str]
    basis_lv: Sequence[str]
    categories: Sequence[Category]
    registers: Sequence[Source]
    subjects: Words
    limits: Words
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessingReport:
    """GDPR 30 for everything that is in force.

    Attributes:
        measures: Technical and organisational measures, the same for all.
    """

    at: datetime
    records: Sequence[ProcessingRecord]
    retention: RetentionTerms
    measures: Sequence[Words]


# ---- GDPR 19 --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class PastRecipient:
    """Who was given facts that have since been corrected, erased or restricted.

    Attributes:
        fields: Of those asked about, what was granted. ``times``: how many disclosures.
        told: Whether the person may know of the recipient by now.
    """

    code: str
    recipient: Words
    client: str
    agreement: str
    purpose: Words
    fields: Sequence[str]
    first: datetime
    last: datetime
    times: int
    told: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipientsReport:
    """GDPR 19 for one person's facts of one register.

    Attributes:
        fields: Field ids or what they begin with; nothing means every field.
        more: Whether older disclosures were left out for their number.
    """

    person: PersonalCode = field(repr=False)
    at: datetime
    register: Source
    fields: Sequence[str]
    since: datetime
    recipients: Sequence[PastRecipient]
    more: bool


# ---- GDPR 33 and 34 -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class BreachOf:
    """What was breached; at least one is named.

    Attributes:
        client: Whose credentials. ``agreement``: number.
        key_year: Year of the hub's own keys of persons: whoever has them reads the log's entries.
        start, end: Instants: from, and before.
    """

    client: str | None = None
    agreement: str | None = None
    key_year: int | None = None
    start: datetime | None = None
    end: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeSize:
    """How many entries the log of a year had."""

    year: int
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposure:
    """What left under one agreement.

    Attributes:
        persons: Distinct persons; ``entries``: how many looks at them.
        fields: Granted; a register may have held less of each person.
    """

    agreement: str
    revision: int
    client: str
    recipient: Words
    purpose: Words
    registers: Sequence[str]
    categories: Sequence[Category]
    fields: Sequence[str]
    persons: int
    entries: int
    first: datetime
    last: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class BreachReport:
    """GDPR 33 and 34.

    Attributes:
        known_at: When whoever asks became aware; the authority hears within 72 hours of it.
        persons: Distinct persons over all, counted once a year of the log.
        unreadable: Entries about persons whose keys were destroyed: nobody can tell who they are.
        log: What it rests on: whatever was entered after these sizes is neither counted nor listed.
        codes: Whom to tell; only where they were asked for.
    """

    at: datetime
    known_at: datetime
    notify_by: datetime
    of: BreachOf
    persons: int
    unreadable: int
    entries: int
    exposures: Sequence[Exposure]
    log: Sequence[TreeSize]
    codes: Sequence[PersonalCode] | None = field(default=None, repr=False)


# ---- how they are stored --------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class ExposedRow:
    """Entries of one breach under one revision, with the same fields."""

    agreement: str
    revision: int
    client: str
    recipient: str
    purpose: str
    registers: Sequence[str]
    categories: Sequence[str]
    fields: Sequence[str]
    entries: int
    first: datetime
    last: datetime
    persons: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ExposedPerson:
    """One person of a breach in one year, by one entry: what tells who it is, encrypted."""

    year: int
    index: bytes = field(repr=False)
    operation_id: str
    sealed: bytes | None = field(repr=False)
    wrapped: bytes | None = field(repr=False)


Report = SubjectReport | ProcessingReport | RecipientsReport | BreachReport
"""Any of them."""
