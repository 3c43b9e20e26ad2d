"""Entries of the access log in bulk, for the detectors of misuse."""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from sys import intern
from typing import Final

import asyncpg

from hub.errors import Code
from hub.model.found import Place
from hub.ports.misuse import SealedLook
from hub.storage.database import Database

_LOOKS: Final = """
SELECT e.year, e.position, e.at, e.operation_id, e.client, e.recipient, e.agreement, e.purpose,
    e.action, e."case", e.official, a.sealed, e.index
FROM hub.log_entry e
JOIN hub.access_entry a ON a.writer = e.writer AND a.wseq = e.wseq AND a.at = e.at
WHERE e.decision = 'disclosed' AND NOT e.person_acting
"""
BETWEEN: Final = f"{_LOOKS} AND e.at >= $1 AND e.at < $2 ORDER BY e.year, e.position"
PLACED: Final = "AND (e.year, e.position) IN (SELECT * FROM unnest($1::smallint[], $2::bigint[]))"
CITED: Final = f"{_LOOKS} {PLACED} ORDER BY e.year, e.position"
KEYS: Final = "SELECT index, wrapped FROM hub.subject_key WHERE year = $1 AND index = ANY ($2)"


class LookTable:
    """Implements ``hub.ports.misuse.LookStore``.

    A person who asks about themselves is nobody's misuse, so such entries are left out, and so are
    refusals, which name nobody.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def between(
        self, since: datetime, until: datetime
    ) -> AsyncIterator[Sequence[SealedLook]]:
        """Yield a period's entries, a day (UTC) at a time: one query each.

        Raises:
            ServiceUnavailable: ``audit_unavailable``.
        """
        begins = since.astimezone(UTC)
        while begins < until:
            midnight = datetime.combine(begins.date() + timedelta(days=1), time(), UTC)
            ends = min(midnight, until)
            rows = await self._database.fetch(Code.AUDIT_UNAVAILABLE, BETWEEN, begins, ends)
            if rows:
                yield [_look(row) for row in rows]
            begins = ends

    async def at(self, places: Collection[Place]) -> Sequence[SealedLook]:
        """Return the entries that stand there.

        Raises:
            ServiceUnavailable: ``audit_unavailable``.
        """
        told = list(places)
        years, positions = [each.year for each in told], [each.position for each in told]
        rows = await self._database.fetch(Code.AUDIT_UNAVAILABLE, CITED, years, positions)
        return [_look(row) for row in rows]

    async def keys(self, year: int, indexes: Collection[bytes]) -> Mapping[bytes, bytes]:
        """Return wrapped keys by blind index.

        Raises:
            ServiceUnavailable: ``audit_unavailable``.
        """
        rows = await self._database.fetch(Code.AUDIT_UNAVAILABLE, KEYS, year, list(indexes))
        return {row["index"]: row["wrapped"] for row in rows}


def _look(row: asyncpg.Record) -> SealedLook:
    """Return an entry; words that many share are one object in memory."""
    year, position, at, operation, *words, case, official, sealed, index = row
    client, recipient, agreement, purpose, action = (intern(word or "") for word in words)
    return SealedLook(
        place=Place(year, position),
        at=at,
        operation=operation,
        client=client,
        recipient=recipient,
        agreement=agreement,
        purpose=purpose,
        action=action,
        case=case,
        official=official and intern(official),
        sealed=sealed,
        index=index,
    )
