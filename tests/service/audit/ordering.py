"""Sequencing by hand: entries put into the table, work done tick by tick, the tree looked at."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

import asyncpg
from prometheus_client import CollectorRegistry

from hub.audit.chain import Writer
from hub.audit.logview import content_of
from hub.audit.sequencing import Meters, Work
from hub.audit.tlog import checkpoint
from hub.audit.tlog.checkpoint import Checkpoint
from hub.model.entry import StoredEntry
from hub.storage.database import Database
from hub.storage.pool import Connection
from hub.storage.sequence import SETTINGS, SequenceTable, Turn
from tests.service.storage.fixtures import StillClock
from tests.service.storage.hub_database import log_key
from tests.unit.audit.making import code, disclosure, prepared, stored

__all__ = ["Connection"]

ROW = (
    "writer",
    "wseq",
    "previous",
    "hash",
    "operation_id",
    "at",
    "open",
    "salt",
    "sealed",
    "index",
)
PUT = (
    f"INSERT INTO hub.access_entry ({', '.join(ROW)})"
    f" VALUES ({', '.join(f'${place}' for place, _ in enumerate(ROW, 1))})"
)


class Hand:
    """A sequencer whose ticks a test does; its metrics are its own."""

    def __init__(self, turn: Turn, clock: StillClock) -> None:
        self.turn = turn
        self.metrics = CollectorRegistry()
        self.work = Work(turn, log_key(), clock, Meters(self.metrics))

    async def tick(self, times: int = 1) -> None:
        for _ in range(times):
            await self.work.tick(until=float("inf"))

    def told(self, name: str, **labels: str) -> float:
        return self.metrics.get_sample_value(name, labels) or 0.0


async def begun(database: Database, clock: StillClock) -> Hand:
    """Take the turn, which nobody has."""
    turn = await SequenceTable(database).try_turn()
    assert turn is not None
    return await begun_with(turn, clock)


async def begun_with(turn: Turn, clock: StillClock) -> Hand:
    hand = Hand(turn, clock)
    await hand.work.begin()
    return hand


async def without_lock(database: Database) -> Turn:
    """What a sequencer has that does not know that it lost the turn."""
    return Turn(await database.connect(**SETTINGS))


class Author:
    """A writer whose entries a test puts where and when it likes."""

    def __init__(self) -> None:
        self._writer = Writer.new()

    def entries(
        self,
        number: int,
        **header: Any,  # noqa: ANN401 — whatever a disclosure takes
    ) -> list[StoredEntry]:
        """Return the next entries of the chain: an operation of one person each."""
        made = [prepared(disclosure(code(each), **header)) for each in range(number)]
        batch = self._writer.chain(made)
        self._writer = self._writer.after(batch)
        return stored(batch)


async def put(connection: Connection, entries: Iterable[StoredEntry]) -> None:
    await connection.executemany(
        PUT, [tuple(getattr(entry, name) for name in ROW) for entry in entries]
    )


async def in_tree(owner_url: str, year: int = 2026) -> list[tuple[UUID, int]]:
    """Return writer and sequence of each entry, in the tree's order; positions have no gap."""
    connection = await asyncpg.connect(owner_url)
    try:
        rows = await connection.fetch(
            "SELECT position, writer, wseq FROM hub.log_entry WHERE year = $1 ORDER BY position",
            year,
        )
    finally:
        await connection.close()
    assert [row["position"] for row in rows] == list(range(len(rows)))
    return [(UUID(int=row["writer"].int), row["wseq"]) for row in rows]


async def newest(owner_url: str, year: int = 2026) -> Checkpoint:
    """Return the newest checkpoint, its signature verified."""
    connection = await asyncpg.connect(owner_url)
    try:
        note = await connection.fetchval(
            "SELECT note FROM hub.log_checkpoint WHERE year = $1 ORDER BY size DESC LIMIT 1", year
        )
    finally:
        await connection.close()
    signer = log_key().signer(year)
    return checkpoint.opened(note.encode(), [signer.verifier], signer.name)


def contents(order: Sequence[tuple[UUID, int]], entries: Iterable[StoredEntry]) -> list[bytes]:
    """Return the tree's entries as they must be, given their order."""
    known: Mapping[tuple[UUID, int], StoredEntry] = {(e.writer, e.wseq): e for e in entries}
    return [content_of(known[each]) for each in order]
