"""The order of the log: entries on their way into the tree, and what is written of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Final, NamedTuple
from uuid import UUID

from msgspec import Meta, Struct

Revision = Annotated[int, Meta(ge=0, lt=2**31)]


class Arrived(NamedTuple):
    """An entry that is not in the tree yet, as its writer committed it.

    Attributes:
        arrival: Grows with every entry; entries that commit late may have an early one.
    """

    arrival: int
    writer: UUID
    wseq: int
    previous: bytes
    hash: bytes
    operation_id: str
    at: datetime
    open: str
    salt: bytes
    sealed: bytes | None
    blind_index: bytes | None


class Reached(NamedTuple):
    """How far a writer's entries are in the tree: sequence and hash of the last."""

    wseq: int
    hash: bytes


class Head(NamedTuple):
    """One year's tree: entries in it, and its partial tiles one after another, level 0 first."""

    size: int
    edge: bytes


class Told(Struct, frozen=True, kw_only=True):
    """What of an entry's open part it is found by; see ``Header``."""

    operation_id: str = ""
    at: str = ""
    decision: str = ""
    client: str | None = None
    recipient: str | None = None
    agreement: str | None = None
    revision: Revision | None = None
    purpose: str | None = None
    action: str | None = None
    case: str | None = None
    official: str | None = None
    consent: str | None = None
    visibility: str = "immediate"
    person_acting: bool = False
    registers: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    question: tuple[str, ...] = ()


NOTHING_READ: Final = Told()
"""Of an open part that is not what the hub writes."""


class Placed(NamedTuple):
    """An entry and its place in its year's tree."""

    year: int
    position: int
    entry: Arrived
    told: Told


class FullTile(NamedTuple):
    """A tile that came to be full; ``number`` counts those of its level, from 0."""

    year: int
    level: int
    number: int
    hashes: bytes


class Alarm(NamedTuple):
    """What is wrong with a writer's entry.

    Attributes:
        kind: ``gap`` where ``missing`` entries before this one are not there, ``link`` where it
            does not follow from the one before, ``columns`` where what stands beside the hashed
            text says something else.
    """

    kind: str
    writer: UUID
    wseq: int
    missing: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What becomes of the log at once: entries placed, and the trees after them.

    Attributes:
        before: Size of each tree concerned as the sequencer knows it; the step fails if another
            has gone on from there.
        after: Head of each of them once the entries are in.
        reached: Every writer concerned.
    """

    before: Mapping[int, int]
    after: Mapping[int, Head]
    placed: Sequence[Placed]
    tiles: Sequence[FullTile]
    reached: Mapping[UUID, Reached]
    alarms: Sequence[Alarm]


class SignedSize(NamedTuple):
    """A checkpoint as kept.

    Attributes:
        note: As signed by the log, without cosignatures.
        lines: Witnesses' signature lines, each with its newline.
    """

    year: int
    size: int
    root: bytes
    at: datetime
    note: str
    lines: Sequence[str] = ()


class Whereabouts(NamedTuple):
    """Where an entry stands in the log."""

    year: int
    position: int
