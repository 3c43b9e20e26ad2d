"""Rows of the access log; the runtime role can add and read them, and nothing else."""

from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

import asyncpg
import orjson

from hub.errors import Code
from hub.model.entry import Dissent, LogBatch, StoredEntry, SubjectKeyRow
from hub.ports import Clock
from hub.storage.database import Database, Line
from hub.storage.tokens import SubjectTokens

APPEND: Final = "SELECT lapsed, stopped FROM hub.append_batch($1, $2, $3, $4, $5, $6)"
ENTRIES: Final = (
    "SELECT writer, wseq, previous, hash, operation_id, at, open, salt, sealed, index"
    " FROM hub.access_entry"
)
KEEP: Final = """
WITH candidate AS MATERIALIZED (
    SELECT * FROM unnest($1::smallint[], $2::bytea[], $3::bytea[]) AS c (year, index, wrapped)
), made AS (
    INSERT INTO hub.subject_key (year, index, wrapped)
    SELECT year, index, wrapped FROM candidate ORDER BY year, index  -- one order: no deadlock
    ON CONFLICT DO NOTHING
    RETURNING year, index, wrapped
)
SELECT year, index, wrapped FROM made
UNION ALL
SELECT k.year, k.index, k.wrapped FROM hub.subject_key k JOIN candidate USING (year, index)
"""


class LogTable:
    """The access log's table; implements ``hub.ports.LogStore``.

    Batches have connections of their own: one, and another while two of them are under way.
    """

    def __init__(self, database: Database, tokens: SubjectTokens, clock: Clock) -> None:
        self._database = database
        self._tokens = tokens
        self._clock = clock
        self._lines: list[Line] = []

    async def insert(self, batch: LogBatch) -> Dissent:
        """Commit the whole batch in one statement, or nothing when somebody dissents.

        Raises:
            ServiceUnavailable: ``audit_unavailable``; the batch may or may not be committed.
        """
        line = self._lines.pop() if self._lines else self._database.line(APPEND)
        try:
            rows = await line.ask(Code.AUDIT_UNAVAILABLE, *self._arguments(batch))
        finally:
            self._lines.append(line)
        return _dissent(rows[0])

    async def of_operation(self, operation_id: str) -> Sequence[StoredEntry]:
        """Return one operation's entries in the order of their sequence."""
        return await self._entries("operation_id = $1", operation_id)

    async def of_writer(self, writer: UUID) -> Sequence[StoredEntry]:
        """Return one writer's entries in the order of their sequence."""
        return await self._entries("writer = $1", writer)

    async def writers(self) -> Sequence[UUID]:
        """Return everybody who ever wrote: each has a first entry."""
        rows = await self._database.fetch(
            Code.AUDIT_UNAVAILABLE, "SELECT writer FROM hub.access_entry WHERE wseq = 1"
        )
        return [UUID(int=row["writer"].int) for row in rows]

    async def count(self) -> Mapping[str, int]:
        """Return how many entries there are of each decision; reads the whole table."""
        rows = await self._database.fetch(
            Code.AUDIT_UNAVAILABLE,
            "SELECT CAST(open AS jsonb) ->> 'decision' AS decision, count(*) AS entries"
            " FROM hub.access_entry GROUP BY 1",
        )
        return {row["decision"]: row["entries"] for row in rows}

    async def aclose(self) -> None:
        """Close the log's own connections."""
        for line in self._lines:
            await line.aclose()

    async def _entries(self, condition: str, key: str | UUID) -> Sequence[StoredEntry]:
        rows = await self._database.fetch(
            Code.AUDIT_UNAVAILABLE, f"{ENTRIES} WHERE {condition} ORDER BY writer, wseq", key
        )
        return [_entry(row) for row in rows]

    def _arguments(self, batch: LogBatch) -> tuple[object, ...]:
        """Return what ``append_batch`` takes: few strings, since every array costs the driver."""
        told = {
            "writer": batch.writer,
            "first": batch.first,
            "now": self._clock.now(),
            "runs": [*map(tuple, batch.runs)],
            "cited": batch.cited,
            "watching": [(purpose, len(people)) for purpose, people in batch.watched],
        }
        tokens = [self._tokens.consent(code) for _, people in batch.watched for code in people]
        return (
            orjson.dumps(told, option=orjson.OPT_UTC_Z).decode(),
            batch.previous + batch.hashes,
            batch.salts,
            batch.sealed,
            batch.indexes,
            b"".join(tokens),
        )


class KeyTable:
    """Wrapped keys of persons; implements ``hub.ports.oversight.EndingKeyStore``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(self, candidates: Sequence[SubjectKeyRow]) -> Sequence[SubjectKeyRow]:
        """Keep each candidate whose person has no key yet; return everybody's.

        One query, but for a person whose first key another replica makes at this very moment:
        that one is not visible yet, and is asked for again.

        Raises:
            ServiceUnavailable: ``audit_unavailable``.
        """
        found: dict[tuple[int, bytes], SubjectKeyRow] = {}
        while missing := [c for c in candidates if (c.year, c.index) not in found]:
            rows = await self._database.fetch(
                Code.AUDIT_UNAVAILABLE,
                KEEP,
                [row.year for row in missing],
                [row.index for row in missing],
                [row.wrapped for row in missing],
            )
            found |= {(row["year"], row["index"]): SubjectKeyRow(**row) for row in rows}
        return [found[candidate.year, candidate.index] for candidate in candidates]

    async def find(self, year: int, index: bytes) -> bytes | None:
        """Return one wrapped key, None where it was destroyed."""
        rows = await self._database.fetch(
            Code.AUDIT_UNAVAILABLE,
            "SELECT wrapped FROM hub.subject_key WHERE year = $1 AND index = $2",
            year,
            index,
        )
        return rows[0]["wrapped"] if rows else None

    async def epoch(self) -> int:
        """Return a number that grows whenever keys were destroyed; reads one row."""
        rows = await self._database.fetch(Code.AUDIT_UNAVAILABLE, "SELECT epoch FROM hub.key_epoch")
        epoch: int = rows[0]["epoch"]
        return epoch


def _dissent(row: asyncpg.Record) -> Dissent:
    """Turn SQL's positions from 1 into positions from 0."""
    lapsed, stopped = row
    return Dissent(
        lapsed=frozenset(place - 1 for place in lapsed or ()),
        stopped=frozenset(place - 1 for place in stopped or ()),
    )


def _entry(row: asyncpg.Record) -> StoredEntry:
    values = dict(row)
    return StoredEntry(**{**values, "writer": UUID(int=values["writer"].int)})
