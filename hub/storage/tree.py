"""The log's tree as any replica reads it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import asyncpg

from hub.errors import Code
from hub.model.entry import StoredEntry
from hub.model.sequence import Head, SignedSize, Whereabouts
from hub.storage.database import Database

CHECKPOINTS: Final = """
WITH newest AS (
    SELECT c.year, c.size FROM hub.log_checkpoint c WHERE c.year = $1
    ORDER BY c.size DESC LIMIT 1
), cosigned AS (
    SELECT c.year, c.size FROM hub.log_cosignature c WHERE c.year = $1
    ORDER BY c.size DESC LIMIT 1
)
SELECT c.year, c.size, c.root, c.at, c.note,
       ARRAY(
           SELECT s.line FROM hub.log_cosignature s
           WHERE s.year = c.year AND s.size = c.size ORDER BY s.witness
       ) AS lines
FROM (SELECT * FROM newest UNION SELECT * FROM cosigned) AS found
JOIN hub.log_checkpoint c USING (year, size)
ORDER BY c.size
"""
_COLUMNS: Final = (
    "SELECT l.year, l.position, e.writer, e.wseq, e.previous, e.hash, e.operation_id, e.at, e.open,"
    " e.salt, e.sealed, e.index"
)
BUNDLE: Final = (
    f"{_COLUMNS} FROM hub.log_entry l"
    " JOIN hub.access_entry e ON e.writer = l.writer AND e.wseq = l.wseq AND e.at = l.at"
    " WHERE l.year = $1 AND l.position >= $2 AND l.position < $3 ORDER BY l.position"
)
OPERATION: Final = (
    f"{_COLUMNS} FROM hub.access_entry e"
    " LEFT JOIN hub.log_entry l ON l.operation_id = e.operation_id"
    " AND l.writer = e.writer AND l.wseq = e.wseq"
    " WHERE e.operation_id = $1 ORDER BY e.writer, e.wseq"
)
ENDING: Final = (
    f"{_COLUMNS} FROM hub.log_entry l"
    " JOIN hub.access_entry e ON e.writer = l.writer AND e.wseq = l.wseq AND e.at = l.at"
    " WHERE l.\"case\" = $1 AND l.decision = 'oversight' AND l.question = $2 AND l.codes = '{}'"
    " ORDER BY l.year, l.position LIMIT 1"
)


class TreeTable:
    """Implements ``hub.ports.sequence.TreeStore``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def checkpoints(self, year: int) -> Sequence[SignedSize]:
        """Return the newest checkpoint, and before it the newest cosigned; see the port."""
        return [SignedSize(*row) for row in await self._fetch(CHECKPOINTS, year)]

    async def head(self, year: int) -> Head | None:
        """Return a year's tree."""
        rows = await self._fetch("SELECT size, edge FROM hub.log_head WHERE year = $1", year)
        return Head(*rows[0]) if rows else None

    async def tile(self, year: int, level: int, index: int) -> bytes | None:
        """Return a full tile."""
        rows = await self._fetch(
            "SELECT hashes FROM hub.log_tile WHERE year = $1 AND level = $2 AND index = $3",
            year,
            level,
            index,
        )
        return rows[0]["hashes"] if rows else None

    async def bundle(
        self, year: int, first: int, count: int
    ) -> Sequence[tuple[Whereabouts | None, StoredEntry]]:
        """Return entries by position; see the port."""
        return [_placed(row) for row in await self._fetch(BUNDLE, year, first, first + count)]

    async def operation(
        self, operation_id: str
    ) -> Sequence[tuple[Whereabouts | None, StoredEntry]]:
        """Return an operation's entries, and where they are; see the port."""
        return [_placed(row) for row in await self._fetch(OPERATION, operation_id)]

    async def ending(self, year: int, question: str) -> tuple[Whereabouts, StoredEntry] | None:
        """Return the entry that says of a year that it was dropped; see the port."""
        for row in await self._fetch(ENDING, str(year), [question]):
            where, entry = _placed(row)
            if where:
                return where, entry
        return None

    async def cosign(self, year: int, size: int, lines: Mapping[str, str], at: datetime) -> None:
        """Keep witnesses' signature lines under a checkpoint; see the port."""
        await self._fetch(
            "INSERT INTO hub.log_cosignature (year, size, witness, line, at)"
            " SELECT $1, $2, u.witness, u.line, $5"
            " FROM unnest($3::text[], $4::text[]) AS u (witness, line) ON CONFLICT DO NOTHING",
            year,
            size,
            list(lines),
            list(lines.values()),
            at,
        )

    async def _fetch(self, statement: str, *arguments: object) -> Sequence[asyncpg.Record]:
        return await self._database.fetch(Code.AUDIT_UNAVAILABLE, statement, *arguments)


def _placed(row: asyncpg.Record) -> tuple[Whereabouts | None, StoredEntry]:
    values = dict(row)
    year, position = values.pop("year"), values.pop("position")
    where = None if position is None else Whereabouts(year, position)
    return where, StoredEntry(**{**values, "writer": UUID(int=values["writer"].int)})
