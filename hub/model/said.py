"""What the portal is told of a person's consents, restrictions and objections."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hub.model.consent import ConsentRecord, ConsentState
from hub.model.stop import Stop


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentView:
    """A record as it stands now.

    Attributes:
        state: Of the last word, or ``expired``.
        in_force: A disclosure may rest on it at this moment: some word of yes counts, of no none.
        document: The record as ISO/IEC TS 27560 in DPV's terms has it.
    """

    record: ConsentRecord
    state: ConsentState
    in_force: bool
    document: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """Everything kept of a person."""

    consents: Sequence[ConsentView]
    stops: Sequence[Stop]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentSaid:
    """The receipt of a word about a consent.

    Attributes:
        id: Of the operation, as the entry and the answer's own receipt name it.
        changed: Whether anything was said that had not been said before.
        documents: Receipts, one for each record, as ISO/IEC TS 27560 in DPV's terms has them.
    """

    id: str
    at: datetime
    changed: bool
    consents: Sequence[ConsentView]
    documents: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class StopSaid:
    """The receipt of a restriction or objection; ``id`` and ``changed`` as above."""

    id: str
    at: datetime
    changed: bool
    stops: Sequence[Stop]


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeText:
    """What is shown to who is asked for consent, and its hash."""

    version: str
    language: str
    sha256: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RestedUse:
    """A disclosure that rested on a consent.

    Attributes:
        revision: Of the record, as the entry cites it.
    """

    at: datetime
    revision: int
    agreement: str
    recipient: str
    purpose: str
    registers: Sequence[str]
    categories: Sequence[str]
    place: bytes = b""
