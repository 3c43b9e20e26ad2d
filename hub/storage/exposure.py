"""What left in a breach: counted and listed by PostgreSQL, whoever the persons are."""

from collections.abc import Sequence
from datetime import UTC
from typing import Any, Final

import orjson

from hub.errors import Code
from hub.model.reports import BreachOf, ExposedPerson, ExposedRow, TreeSize
from hub.storage.database import Database

UNAVAILABLE: Final = Code.AUDIT_UNAVAILABLE

_WHICH: Final = """
    e.decision = 'disclosed'
    AND ($1::text IS NULL OR e.client = $1) AND ($2::text IS NULL OR e.agreement = $2)
    AND ($3::timestamptz IS NULL OR e.at >= $3) AND ($4::timestamptz IS NULL OR e.at < $4)
    AND ($5::int IS NULL OR e.year = $5)
    AND e.position < CAST(CAST($6 AS jsonb) ->> CAST(e.year AS text) AS bigint)
"""
ROWS: Final = """
SELECT e.agreement, e.revision, e.client, coalesce(e.recipient, '') AS recipient,
       coalesce(e.purpose, '') AS purpose, e.registers, e.categories,
       CAST(a.open AS jsonb) -> 'fields' AS fields, count(*) AS entries,
       count(DISTINCT e.index) AS persons, min(e.at) AS first, max(e.at) AS last
FROM hub.log_entry e
JOIN hub.access_entry a ON a.writer = e.writer AND a.wseq = e.wseq AND a.at = e.at
WHERE {which}
GROUP BY e.agreement, e.revision, e.client, e.recipient, e.purpose, e.registers, e.categories,
         fields
ORDER BY e.agreement, e.revision, first
""".replace("{which}", _WHICH)
COUNTS: Final = """
SELECT count(p.index) AS persons, coalesce(sum(p.entries), 0) AS entries,
       coalesce(sum(p.entries) FILTER (WHERE k.index IS NULL), 0) AS unreadable
FROM (
    SELECT e.year, e.index, count(*) AS entries FROM hub.log_entry e WHERE {which}
    GROUP BY e.year, e.index
) AS p LEFT JOIN hub.subject_key k ON k.year = p.year AND k.index = p.index
""".replace("{which}", _WHICH)
PERSONS: Final = """
SELECT p.year, p.index, p.operation_id, a.sealed, k.wrapped
FROM (
    SELECT DISTINCT ON (e.year, e.index) e.* FROM hub.log_entry e
    WHERE {which} AND e.index IS NOT NULL
      AND ($7::int IS NULL OR (e.year, e.index) > ($7, $8::bytea))
    ORDER BY e.year, e.index, e.position DESC LIMIT $9
) AS p
JOIN hub.access_entry a ON a.writer = p.writer AND a.wseq = p.wseq AND a.at = p.at
LEFT JOIN hub.subject_key k ON k.year = p.year AND k.index = p.index
ORDER BY p.year, p.index
""".replace("{which}", _WHICH)


class ExposureTable:
    """Implements ``hub.ports.reports.ExposureStore``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def sizes(self) -> Sequence[TreeSize]:
        """Return every year's tree as it is now: a step of it is written with its entries' rows."""
        found = await self._database.fetch(
            UNAVAILABLE, "SELECT year, size FROM hub.log_head ORDER BY year"
        )
        return [TreeSize(**dict(each)) for each in found]

    async def rows(self, of: BreachOf, log: Sequence[TreeSize]) -> Sequence[ExposedRow]:
        """Return entries by agreement, revision and fields.

        Raises:
            ServiceUnavailable: ``audit_unavailable``; so do all other methods.
        """
        found = await self._database.fetch(UNAVAILABLE, ROWS, *_which(of, log))
        return [ExposedRow(**_row(dict(each))) for each in found]

    async def counts(self, of: BreachOf, log: Sequence[TreeSize]) -> tuple[int, int, int]:
        """Return persons, entries whose person nobody can tell any more, and entries."""
        (row,) = await self._database.fetch(UNAVAILABLE, COUNTS, *_which(of, log))
        return row["persons"], int(row["unreadable"]), int(row["entries"])

    async def persons(
        self,
        of: BreachOf,
        log: Sequence[TreeSize],
        after: tuple[int, bytes] | None,
        most: int,
    ) -> Sequence[ExposedPerson]:
        """Return persons in the order of year and index, those after a place."""
        place = after or (None, None)
        found = await self._database.fetch(UNAVAILABLE, PERSONS, *_which(of, log), *place, most)
        return [ExposedPerson(**dict(each)) for each in found]


def _which(of: BreachOf, log: Sequence[TreeSize]) -> tuple[Any, ...]:
    start, end = (each.astimezone(UTC) if each else None for each in (of.start, of.end))
    sizes = orjson.dumps({str(each.year): each.size for each in log}).decode()
    return of.client, of.agreement, start, end, of.key_year, sizes


def _row(values: dict[str, Any]) -> dict[str, Any]:
    """Read the fields, which the driver gives as JSON text, and what may be missing."""
    return values | {
        "fields": orjson.loads(values["fields"] or "[]"),
        "agreement": values["agreement"] or "",
        "revision": values["revision"] or 0,
        "client": values["client"] or "",
    }
