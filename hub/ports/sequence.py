"""What the log's sequencer, and whoever reads its tree, needs of the store."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from hub.model.entry import StoredEntry
from hub.model.sequence import Arrived, Head, Reached, SignedSize, Step, Whereabouts


class Overtaken(Exception):
    """Another sequencer has gone on from where this one stands; nothing was written."""


class SequencerTurn(Protocol):
    """The right to sequence, held by one sequencer at a time; lost with its connection.

    Every method raises ``ServiceUnavailable`` (``audit_unavailable``) when it is lost.
    """

    async def heads(self) -> Mapping[int, Head]:
        """Return every year's tree."""

    async def checkpointed(self) -> Mapping[int, int]:
        """Return the size of each year's newest checkpoint."""

    async def mark(self) -> int:
        """Return the arrival up to which everything is in the tree."""

    async def arrived(self, after: int, upto: int, most: int) -> Sequence[Arrived]:
        """Return entries that arrived in this range and are not in the tree, in that order."""

    async def of_writer(self, writer: UUID, after: int, most: int) -> Sequence[Arrived]:
        """Return a writer's entries after ``after``, in the order of their sequence."""

    async def reached(self, writers: Collection[UUID]) -> Mapping[UUID, Reached]:
        """Return how far these writers' entries are in the tree; new writers are missing."""

    async def appending(self) -> frozenset[str]:
        """Return what stands for each transaction that may be writing entries now."""

    async def newest(self) -> int:
        """Return the latest arrival visible."""

    async def begin(self, year: int) -> None:
        """Begin the tree of a year; one begun already stays."""

    async def take(self, step: Step) -> None:
        """Write a step, all or nothing.

        Raises:
            Overtaken: A tree is not where the step begins.
        """

    async def pass_mark(self, arrival: int) -> None:
        """Have later turns begin after ``arrival``."""

    async def sign(self, checkpoint: SignedSize) -> None:
        """Keep a checkpoint; the first of its size stays."""

    async def ensure_months(self, month: date) -> None:
        """Make partitions for a month and the one that follows."""

    async def close(self) -> None:
        """Give the turn up."""


class SequencerStore(Protocol):
    """Where turns are taken."""

    async def try_turn(self) -> SequencerTurn | None:
        """Take the turn; None while another sequencer has it.

        Raises:
            ServiceUnavailable: ``audit_unavailable``.
        """

    async def aclose(self) -> None:
        """Stop asking for turns."""


class TreeStore(Protocol):
    """What is read of the log's tree, by any replica.

    Every method raises ``ServiceUnavailable`` (``audit_unavailable``).
    """

    async def checkpoints(self, year: int) -> Sequence[SignedSize]:
        """Return the newest checkpoint, and before it the newest that is cosigned, if another."""

    async def head(self, year: int) -> Head | None:
        """Return a year's tree."""

    async def tile(self, year: int, level: int, index: int) -> bytes | None:
        """Return a full tile."""

    async def bundle(
        self, year: int, first: int, count: int
    ) -> Sequence[tuple[Whereabouts | None, StoredEntry]]:
        """Return entries by position; those that are no longer kept are missing."""

    async def operation(
        self, operation_id: str
    ) -> Sequence[tuple[Whereabouts | None, StoredEntry]]:
        """Return an operation's entries in the order of their sequence, and where they are.

        None is where an entry is that the tree does not have yet.
        """

    async def ending(self, year: int, question: str) -> tuple[Whereabouts, StoredEntry] | None:
        """Return the first entry of officers by which ``question`` was done about a year."""

    async def cosign(self, year: int, size: int, lines: Mapping[str, str], at: datetime) -> None:
        """Keep witnesses' signature lines under a checkpoint, by the witness's name."""
