"""What is asked of the log, and what is found there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple


class Place(NamedTuple):
    """Where an entry stands: position in the tree of a year."""

    year: int
    position: int


class Told(NamedTuple):
    """A revision of an agreement, and up to which instant its entries are told to the person."""

    agreement: str
    revision: int
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """Which entries are asked for; every condition given must hold.

    Attributes:
        person: Blind indexes of one person by year; None asks about everybody.
        told: Only what is told to the person: entries under immediate visibility, where
            ``immediate`` is set, and those of these revisions up to their instants. None asks
            for all.
        hidden: No entry of these categories.
        lookups: Only what somebody learned of the person, and not what the person did.
        before: Only entries older than this one.
        start, end: Instants of operations: from, and before.
    """

    person: Mapping[int, Sequence[bytes]] | None = field(default=None, repr=False)
    told: Sequence[Told] | None = None
    immediate: bool = True
    hidden: Sequence[str] = ()
    lookups: bool = False
    before: Place | None = None
    start: datetime | None = None
    end: datetime | None = None
    recipient: str | None = None
    official: str | None = field(default=None, repr=False)
    case: str | None = field(default=None, repr=False)
    agreement: str | None = None
    client: str | None = None
    purpose: str | None = None
    consent: str | None = None
    register: str | None = None
    category: str | None = None
    decision: str | None = None
    code: str | None = None
    operation_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundEntry:
    """An entry as found: by what it was found, and what it says itself.

    Attributes:
        columns: What the log is searched by, which must agree with ``open``.
        open: Canonical JSON, bound by the tree.
        sealed: What concerns the person, encrypted. ``index``: blind index it was found by.
        wrapped: The person's key; None where it was destroyed, or nobody was asked about.
    """

    place: Place
    operation_id: str
    at: datetime
    columns: Mapping[str, Any]
    open: str
    sealed: bytes | None = field(repr=False)
    index: bytes | None = field(repr=False)
    wrapped: bytes | None = field(repr=False)
