"""Entries of the access log."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from msgspec import Struct

from hub.model.personal_code import PersonalCode

NOTHING_TOLD = frozenset(
    {
        "not_found",
        "out_of_scope",
        "no_consent",
        "restricted",
        "register_unavailable",
        "register_malformed",
        "too_stale",
    }
)
"""Outcomes with which nothing about the person left; every other outcome is a disclosure."""


class Header(Struct, frozen=True, kw_only=True):
    """What all entries of one operation share; never a value, never a personal code.

    Attributes:
        operation_id: 128 random bits, hexadecimal; also the receipt's id.
        decision: ``disclosed``, ``refused``, ``administrative``; ``accountability`` when the log
            itself was asked, ``consent`` when a person said something, ``agreement`` when a
            revision is put on the log, ``oversight`` when officers recorded something.
        document_hash: SHA-256 of the document, hexadecimal; "" when none was read.
        fields: Leaves asked and granted. ``denied``: leaves asked and not granted, with rule.
        codes: Error codes of a refusal.
        categories: Kinds of data of the fields granted.
        recipient: Institution that received, by its code.
        question: Root fields asked that concern no register: ``accessLog``, ``giveConsent``.
        reason: Why an officer asked; never a personal code.
    """

    operation_id: str
    at: datetime
    decision: str
    client: str | None = None
    person_acting: bool = False
    agreement: str | None = None
    revision: int | None = None
    agreement_hash: str | None = None
    purpose: str | None = None
    article6: str | None = None
    article9: str | None = None
    case: str | None = None
    official: str | None = None
    policy_version: str | None = None
    document_hash: str = ""
    action: str = "record"
    registers: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    denied: tuple[tuple[str, str], ...] = ()
    codes: tuple[str, ...] = ()
    visibility: str = "immediate"
    categories: tuple[str, ...] = ()
    question: tuple[str, ...] = ()
    recipient: str | None = None
    reason: str | None = None


class SubjectEntry(Struct, frozen=True, kw_only=True):
    """What the entry tells of one person; encrypted under that person's key.

    Attributes:
        subject: Current code of the person, or the code asked where none was found.
        consent: Record and revision of the consent that this disclosure rests on, or that the
            person's word made, ``id/revision``; stands in the open part.
        outcomes: Register to outcome: ``found``, ``absent``, ``unavailable``, ``withheld``, …
        relation: How the person came into the answer: ``asked``, ``child``, ``recipient``, …; all
            ways, separated by commas, where there are several.
    """

    subject: PersonalCode
    outcomes: Mapping[str, str]
    consent: str | None = None
    relation: str = "asked"

    @property
    def discloses(self) -> bool:
        """Whether anything about the person left, be it that a register has no record."""
        return tells(self.outcomes, self.relation)


def tells(outcomes: Mapping[str, str], relation: str) -> bool:
    """Whether anything left about a person with these outcomes who came into the answer so."""
    return relation != "asked" or not NOTHING_TOLD.issuperset(outcomes.values())


class Disclosure(Struct, frozen=True, kw_only=True):
    """One operation's entries, committed together or not at all."""

    header: Header
    subjects: tuple[SubjectEntry, ...] = ()


class Receipt(Struct, frozen=True, kw_only=True):
    """Told to the recipient in ``extensions.receipt``; only a committed append makes one.

    Attributes:
        id: The operation's.
        commitment: Binds all entries of the operation, hexadecimal (decision 0301).
        promise: Note, signed with the log's key, that they will be in the log's tree.
    """

    id: str
    commitment: str
    promise: str = ""


# ---- rows -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredEntry:
    """One row of the access log.

    Attributes:
        writer: Random at each start of a replica. ``wseq`` counts its entries from 1.
        previous: Hash of the writer's entry before this one.
        hash: SHA-256 that binds writer, sequence, ``previous`` and the rest (decision 0301).
        open: Canonical JSON that authenticated readers may see.
        salt: 128 random bits, so that nobody can guess the entry from its hash.
        sealed: Nonce and ciphertext of what concerns the person, under the person's key.
        index: Keyed blind index of the person; outside the hash, so that it can be erased.
    """

    writer: UUID
    wseq: int
    previous: bytes
    hash: bytes
    operation_id: str
    at: datetime
    open: str
    salt: bytes
    sealed: bytes | None
    index: bytes | None


class Run(NamedTuple):
    """Consecutive entries of one operation with the same open part, which is sent once.

    Attributes:
        entries: How many.
        size: Bytes of each sealed part; 0 where the entry concerns nobody.
    """

    operation_id: str
    at: datetime
    open: str
    entries: int
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LogBatch:
    """Consecutive entries of one writer, column by column, as one statement takes them.

    Columns are the entries' values one after another: hashes of 32 bytes, salts of 16, indexes of
    32 (zeros where there is none), sealed parts of the size that their run tells.

    Attributes:
        first: ``wseq`` of the first entry; ``previous`` is the hash it names.
        cited: Consent records that entries rest on.
        watched: Persons disclosed on a basis that a restriction or objection stops, after the
            purpose of the disclosure.
    """

    writer: UUID
    first: int
    previous: bytes
    runs: Sequence[Run]
    hashes: bytes
    salts: bytes
    sealed: bytes
    indexes: bytes
    cited: Sequence[str] = ()
    watched: Sequence[tuple[str, Sequence[PersonalCode]]] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Dissent:
    """Why a batch was not written.

    Attributes:
        lapsed: Positions in ``cited``.
        stopped: Positions among all persons of ``watched``.
    """

    lapsed: frozenset[int] = frozenset()
    stopped: frozenset[int] = frozenset()

    def __bool__(self) -> bool:
        """Whether there is any."""
        return bool(self.lapsed or self.stopped)


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectKeyRow:
    """A person's key of one year, wrapped."""

    year: int
    index: bytes
    wrapped: bytes
