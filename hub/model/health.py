"""How the log stands: what whoever watches over it asks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class LogState:
    """A year's log, and what it does not have yet.

    Attributes:
        size: Entries in the tree; ``signed_size``: those in its newest checkpoint, signed then.
        waiting: Entries of any year that are in no tree yet, the first made at ``oldest``.
        alarms: How many there ever were.
    """

    size: int
    signed_size: int | None
    signed_at: datetime | None
    waiting: int
    oldest: datetime | None
    alarms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Cosigned:
    """The last that one witness cosigned; ``at`` is when the hub had its line."""

    witness: str
    year: int
    size: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RaisedAlarm:
    """What the sequencer found wrong, and when; see ``hub.model.sequence.Alarm``."""

    at: datetime
    kind: str
    writer: UUID
    wseq: int
    missing: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LogHealth:
    """All of it.

    Attributes:
        lag_s: For how long the oldest entry has waited; 0 where none does.
        alarms: Newest first, not all where there are many.
    """

    at: datetime
    year: int
    state: LogState
    lag_s: float
    cosignatures: Sequence[Cosigned]
    alarms: Sequence[RaisedAlarm]
