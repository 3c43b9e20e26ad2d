"""Sequencing in PostgreSQL: one connection holds the right to it, and writes all there is."""

import contextlib
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

import asyncpg

from hub.errors import Code, ServiceUnavailable
from hub.model.sequence import Arrived, Head, Placed, Reached, SignedSize, Step
from hub.ports.sequence import Overtaken
from hub.storage.database import FAILURES, Database
from hub.storage.pool import Connection
from hub.storage.projection import COLUMNS, lines

ONE_AT_A_TIME: Final = 1986948965
"""Advisory lock of the session that sequences."""
PATIENCE_S: Final = 5.0
IDLE_S: Final = 3.0
"""A session that says nothing for so long has lost its turn: its process is frozen, or cut off."""
SETTINGS: Final = {
    "statement_timeout": str(int(PATIENCE_S * 1000)),
    "lock_timeout": str(int(PATIENCE_S * 1000)),
    "idle_session_timeout": str(int(IDLE_S * 1000)),
    "idle_in_transaction_session_timeout": str(int(IDLE_S * 1000)),
    "tcp_keepalives_idle": "1",
    "tcp_keepalives_interval": "1",
    "tcp_keepalives_count": "2",
    # by index, in order, and no more than is asked for: tables that nobody has analysed yet make
    # the planner read and sort everything there is
    **dict.fromkeys(
        (
            "enable_bitmapscan",
            "enable_hashjoin",
            "enable_mergejoin",
            "enable_seqscan",
            "enable_sort",
        ),
        "off",
    ),
}
ENTRY: Final = (
    "SELECT e.arrival, e.writer, e.wseq, e.previous, e.hash, e.operation_id, e.at, e.open, e.salt,"
    " e.sealed, e.index FROM hub.access_entry e"
)
ARRIVED: Final = (
    f"{ENTRY} LEFT JOIN hub.log_writer w ON w.writer = e.writer"
    " WHERE e.arrival > $1 AND e.arrival <= $2 AND e.wseq > coalesce(w.wseq, 0)"
    " ORDER BY e.arrival LIMIT $3"
)
OF_WRITER: Final = f"{ENTRY} WHERE e.writer = $1 AND e.wseq > $2 ORDER BY e.wseq LIMIT $3"
# by index, a year at a time: there is a checkpoint for nearly every second of a year
CHECKPOINTED: Final = """
SELECT h.year, c.size FROM hub.log_head h CROSS JOIN LATERAL (
    SELECT n.size FROM hub.log_checkpoint n WHERE n.year = h.year ORDER BY n.size DESC LIMIT 1
) AS c
"""
APPENDING: Final = """
SELECT l.virtualtransaction FROM pg_locks l
WHERE l.locktype = 'relation' AND l.mode = 'RowExclusiveLock'
  AND l.relation = CAST('hub.access_entry' AS regclass)
  AND l.database = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database())
"""
MOVE_HEAD: Final = "UPDATE hub.log_head SET size = $3, edge = $4 WHERE year = $1 AND size = $2"
PUT_TILES: Final = """
INSERT INTO hub.log_tile (year, level, index, hashes)
SELECT * FROM unnest($1::smallint[], $2::smallint[], $3::bigint[], $4::bytea[])
"""
PUT_REACHED: Final = """
INSERT INTO hub.log_writer (writer, wseq, hash)
SELECT * FROM unnest($1::uuid[], $2::bigint[], $3::bytea[])
ON CONFLICT (writer) DO UPDATE SET wseq = excluded.wseq, hash = excluded.hash
"""
PUT_ALARMS: Final = """
INSERT INTO hub.log_alarm (at, kind, writer, wseq, missing)
SELECT now(), * FROM unnest($1::text[], $2::uuid[], $3::bigint[], $4::bigint[])
ON CONFLICT DO NOTHING
"""


class SequenceTable:
    """Where sequencers take turns; implements ``hub.ports.sequence.SequencerStore``."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._connection: Connection | None = None

    async def try_turn(self) -> "Turn | None":
        """Take the turn; see the port. Whoever does not get it keeps the connection to ask again.

        # INVARIANT: the lock is the session's; it is free as soon as PostgreSQL ends the session.
        """
        async with _told():
            if self._connection is None or self._connection.is_closed():
                self._connection = await self._database.connect(**SETTINGS)
            try:
                mine = await self._connection.fetchval(
                    "SELECT pg_try_advisory_lock($1)", ONE_AT_A_TIME, timeout=PATIENCE_S
                )
            except BaseException:
                await self.aclose()
                raise
        if not mine:
            return None
        taken, self._connection = self._connection, None
        return Turn(taken)

    async def aclose(self) -> None:
        """Stop asking; see the port."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.terminate()


class Turn:
    """Implements ``hub.ports.sequence.SequencerTurn`` on the connection that holds the lock."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def heads(self) -> Mapping[int, Head]:
        """Return every year's tree."""
        rows = await self._fetch("SELECT year, size, edge FROM hub.log_head")
        return {year: Head(size, edge) for year, size, edge in rows}

    async def checkpointed(self) -> Mapping[int, int]:
        """Return the size of each year's newest checkpoint."""
        rows = await self._fetch(CHECKPOINTED)
        return {year: size for year, size in rows}  # noqa: C416 — records, not pairs

    async def mark(self) -> int:
        """Return the arrival up to which everything is in the tree."""
        rows = await self._fetch("SELECT arrival FROM hub.log_mark")
        arrival: int = rows[0]["arrival"]
        return arrival

    async def arrived(self, after: int, upto: int, most: int) -> Sequence[Arrived]:
        """Return entries that are not in the tree; see the port."""
        return [Arrived(*row) for row in await self._fetch(ARRIVED, after, upto, most)]

    async def of_writer(self, writer: UUID, after: int, most: int) -> Sequence[Arrived]:
        """Return a writer's entries after ``after``, in the order of their sequence."""
        return [Arrived(*row) for row in await self._fetch(OF_WRITER, writer, after, most)]

    async def reached(self, writers: Collection[UUID]) -> Mapping[UUID, Reached]:
        """Return how far these writers' entries are in the tree; new writers are missing."""
        rows = await self._fetch(
            "SELECT writer, wseq, hash FROM hub.log_writer WHERE writer = ANY ($1)", list(writers)
        )
        return {writer: Reached(wseq, hashed) for writer, wseq, hashed in rows}

    async def appending(self) -> frozenset[str]:
        """Return the transactions that hold the lock which every insertion takes, and keeps."""
        return frozenset(row[0] for row in await self._fetch(APPENDING))

    async def newest(self) -> int:
        """Return the latest arrival visible."""
        rows = await self._fetch("SELECT coalesce(max(arrival), 0) FROM hub.access_entry")
        arrival: int = rows[0][0]
        return arrival

    async def begin(self, year: int) -> None:
        """Begin the tree of a year; one begun already stays."""
        await self._fetch(
            "INSERT INTO hub.log_head (year, size, edge) VALUES ($1, 0, '') ON CONFLICT DO NOTHING",
            year,
        )

    async def take(self, step: Step) -> None:
        """Write a step, all or nothing; see the port.

        # INVARIANT: no two sequencers go on from the same size, whoever holds the lock.
        """
        async with _told(), self._connection.transaction():
            for year, head in sorted(step.after.items()):
                done = await self._run(MOVE_HEAD, year, step.before[year], head.size, head.edge)
                if done != "UPDATE 1":
                    raise Overtaken
            if step.placed:
                await self._put(step.placed)
            if step.tiles:
                await self._run(PUT_TILES, *map(list, zip(*step.tiles, strict=True)))
            reached = [(writer, *each) for writer, each in step.reached.items()]
            if reached:
                await self._run(PUT_REACHED, *map(list, zip(*reached, strict=True)))
            if step.alarms:
                await self._run(PUT_ALARMS, *map(list, zip(*step.alarms, strict=True)))

    async def pass_mark(self, arrival: int) -> None:
        """Have later turns begin after ``arrival``."""
        await self._fetch("UPDATE hub.log_mark SET arrival = $1 WHERE arrival < $1", arrival)

    async def sign(self, checkpoint: SignedSize) -> None:
        """Keep a checkpoint; the first of its size stays."""
        await self._fetch(
            "INSERT INTO hub.log_checkpoint (year, size, root, at, note)"
            " VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
            *checkpoint[:5],
        )

    async def ensure_months(self, month: date) -> None:
        """Make partitions for a month and the one that follows."""
        await self._fetch("SELECT hub.ensure_log_partitions($1)", month)

    async def close(self) -> None:
        """Give the turn up."""
        with contextlib.suppress(*FAILURES):
            await self._connection.close(timeout=1.0)
        self._connection.terminate()

    async def _put(self, placed: Sequence[Placed]) -> None:
        await self._connection.copy_to_table(
            "log_entry",
            schema_name="hub",
            columns=COLUMNS,
            source=lines(placed),
            timeout=PATIENCE_S,
        )

    async def _fetch(self, statement: str, *arguments: Any) -> Sequence[asyncpg.Record]:  # noqa: ANN401 — whatever asyncpg encodes
        async with _told():
            return await self._connection.fetch(statement, *arguments, timeout=PATIENCE_S)

    async def _run(self, statement: str, *arguments: Any) -> str:  # noqa: ANN401 — whatever asyncpg encodes
        return await self._connection.execute(statement, *arguments, timeout=PATIENCE_S)


@contextlib.asynccontextmanager
async def _told() -> AsyncIterator[None]:
    """Tell every failure of PostgreSQL as the log's own."""
    try:
        yield
    except FAILURES as failure:
        raise ServiceUnavailable(Code.AUDIT_UNAVAILABLE) from failure
