"""A lane of the log: operations that wait join one batch, after one writer's head."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Final

from hub.audit.chain import Writer
from hub.audit.entry import Prepared
from hub.audit.group import GroupCommit
from hub.model.entry import Dissent, LogBatch, Receipt
from hub.model.personal_code import PersonalCode
from hub.ports import ConsentChanged, LogStore

LINKED: Final = 1000
"""Entries chained before others get their turn; a millisecond and a half."""


class Operation:
    """An operation on its way; its entries are built at the flush, or before for whoever asks.

    Built together with those of others, entries cost a third less: what builds them is at hand.
    """

    __slots__ = ("_build", "_built", "weight")

    def __init__(self, build: Callable[[], Prepared], weight: int) -> None:
        self._build = build
        self._built: Prepared | None = None
        self.weight: Final = weight

    def built(self) -> Prepared:
        """Return the entries, built once."""
        if self._built is None:
            self._built = self._build()
        return self._built


class Lane:
    """Commits operations one batch after another, in a chain of its own.

    # INVARIANT: a receipt exists only for entries that PostgreSQL has confirmed as committed.
    """

    def __init__(self, store: LogStore) -> None:
        self._store = store
        self.writer = Writer.new()
        self._year = 0
        self.group: GroupCommit[Operation, Receipt] = GroupCommit(
            self._flush, weigh=lambda operation: operation.weight
        )

    async def _flush(self, waiting: Sequence[Operation]) -> list[Receipt | Exception]:
        """Write all operations but those whose persons dissent; the rest are unaffected."""
        operations = [_built(each) for each in waiting]
        outcomes: list[Receipt | Exception] = [
            each.receipt if isinstance(each, Prepared) else each for each in operations
        ]
        built = {i: each for i, each in enumerate(operations) if isinstance(each, Prepared)}
        for year in {each.year for each in built.values()}:
            standing = [i for i, each in built.items() if each.year == year]
            while dissents := await self._write(year, [built[place] for place in standing]):
                for position, subjects in dissents.items():
                    outcomes[standing[position]] = ConsentChanged(subjects)
                standing = [place for i, place in enumerate(standing) if i not in dissents]
        return outcomes

    async def _write(
        self, year: int, operations: Sequence[Prepared]
    ) -> dict[int, set[PersonalCode]]:
        """Commit them all and return nothing, or nothing and return who dissents in which.

        # INVARIANT: a writer's entries are all of one year, so that each year's log is whole.
        """
        if not operations:
            return {}
        if year != self._year:
            self.writer, self._year = Writer.new(), year
        batch = await _chained(self.writer, operations)
        try:
            dissent = await self._store.insert(batch)
        except BaseException:
            self.writer = Writer.new()  # what became of the batch is unknown
            raise
        if dissent:
            return _dissenters(operations, dissent)
        self.writer = self.writer.after(batch)
        return {}


def _built(operation: Operation) -> Prepared | Exception:
    """Return an operation's entries, or why there are none: that concerns this one alone."""
    try:
        return operation.built()
    except Exception as failure:  # noqa: BLE001 — told to whoever waits for it
        return failure


async def _chained(writer: Writer, operations: Sequence[Prepared]) -> LogBatch:
    """Put operations after the writer's head; many entries take turns with whatever else waits.

    The writer belongs to the flush alone, so that nobody comes between.
    """
    leaves = [leaf for operation in operations for leaf in operation.leaves]
    hashes = writer.link(leaves[:LINKED], ())
    for start in range(LINKED, len(leaves), LINKED):
        await asyncio.sleep(0)
        hashes += writer.link(leaves[start : start + LINKED], hashes)
    return writer.batch(operations, hashes)


def _dissenters(operations: Sequence[Prepared], dissent: Dissent) -> dict[int, set[PersonalCode]]:
    """Tell which operations dissent concerns, and which of their persons."""
    cited = [(i, code) for i, operation in enumerate(operations) for _, code in operation.cited]
    watched = [(i, code) for i, operation in enumerate(operations) for code in operation.watched]
    found: dict[int, set[PersonalCode]] = {}
    for places, dissenting in ((cited, dissent.lapsed), (watched, dissent.stopped)):
        for i, code in (places[place] for place in dissenting):
            found.setdefault(i, set()).add(code)
    return found
