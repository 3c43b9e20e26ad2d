"""Entries of the access log."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from hub.model.personal_code import PersonalCode


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What all entries of one operation share; never a value, never a personal code.

    Attributes:
        operation_id: 128 random bits, hexadecimal; also the receipt's id.
        decision: ``disclosed``, ``refused`` or ``administrative``.
        document_hash: SHA-256 of the document, hexadecimal; "" when none was read.
        fields: Leaves asked and granted. ``denied``: leaves asked and not granted, with rule.
        codes: Error codes of a refusal.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectEntry:
    """What the entry tells of one person; encrypted under that person's key.

    Attributes:
        subject: Current code of the person, or the code asked where none was found.
        consent: Id of the consent record this disclosure rests on; stands in the open part.
        outcomes: Register to outcome: ``found``, ``absent``, ``unavailable``, ``withheld``, …
        relation: How the person came into the answer: ``asked``, ``representative``, ``payee``, …
    """

    subject: PersonalCode
    outcomes: Mapping[str, str]
    consent: str | None = None
    relation: str = "asked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Disclosure:
    """One operation's entries, committed together or not at all."""

    header: Header
    subjects: tuple[SubjectEntry, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """Told to the recipient in ``extensions.receipt``; only a committed append makes one."""

    id: str
    commitment: str
