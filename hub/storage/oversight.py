"""Holds, and orders to destroy keys: what the runtime role may do about them, and what it may not.

Every rule is PostgreSQL's own (migration 0005): the runtime role asks functions of the tables'
owner, which refuse what must not be.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import asyncpg

from hub.errors import Code, ServiceUnavailable
from hub.model.retention import DestructionOrder, Hold, HoldKind, YearEnded
from hub.storage.database import FAILURES, Database, plain_url

UNAVAILABLE: Final = Code.AUDIT_UNAVAILABLE
RETIRE_S: Final = 3600.0
"""A year may have a hundred million entries."""

SET_HOLD: Final = """
WITH made AS (
    INSERT INTO hub.hold (id, kind, year, agreement, sealed, reason, officer, at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
)
INSERT INTO hub.hold_index (hold, year, index)
SELECT $1, i.year, i.index FROM unnest($9::smallint[], $10::bytea[]) AS i (year, index)
"""
HOLDS: Final = """
SELECT id, kind, year, agreement, reason, officer, at, lifted_by, lifted_at, sealed
FROM hub.hold ORDER BY at DESC, id
"""
ORDERS: Final = """
SELECT id, ground, years, ordered_by, ordered_at, confirmed_by, confirmed_at, carried_out_at,
       keys, finished_at, sealed
FROM hub.destruction_order ORDER BY ordered_at DESC, id
"""
ORDER: Final = "SELECT hub.order_destruction($1, $2, $3, $4::smallint[], $5::bytea[], $6, $7)"
CONFIRM: Final = "SELECT hub.confirm_destruction($1, $2::bytea[], $3, $4) AS told"
CARRY_OUT: Final = "SELECT obstacles, destroyed FROM hub.carry_out_destruction($1, $2)"


class RetentionTable:
    """Implements ``hub.ports.oversight.RetentionStore``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def set_hold(
        self, hold: Hold, sealed: bytes | None, indexes: Sequence[tuple[int, bytes]]
    ) -> None:
        """Keep a hold, and the blind indexes of whom it is about.

        Raises:
            ServiceUnavailable: ``audit_unavailable``; so do all other methods.
        """
        told = (hold.id, hold.kind, hold.year, hold.agreement, sealed)
        said = (hold.reason, hold.officer, hold.at)
        years, found = [year for year, _ in indexes], [index for _, index in indexes]
        await self._database.fetch(UNAVAILABLE, SET_HOLD, *told, *said, years, found)

    async def lift_hold(self, hold: str, officer: str, at: datetime) -> bool:
        """End a hold and forget whom it was about; False when none stands under that id."""
        lifted: bool = await self._ask("SELECT hub.lift_hold($1, $2, $3)", hold, officer, at)
        return lifted

    async def holds(self) -> Sequence[tuple[Hold, bytes | None]]:
        """Return every hold, the newest first, with whom it is about, sealed."""
        rows = await self._database.fetch(UNAVAILABLE, HOLDS)
        return [_hold(row) for row in rows]

    async def order(self, order: DestructionOrder, sealed: bytes, indexes: Sequence[bytes]) -> None:
        """Keep the first officer's order; ``indexes`` are the person's, of its years."""
        told = (order.id, order.ground, sealed, list(order.years), list(indexes))
        await self._ask(ORDER, *told, order.ordered_by, order.ordered_at)

    async def orders(self) -> Sequence[tuple[DestructionOrder, bytes | None]]:
        """Return every order, the newest first, with whom it is about, sealed."""
        rows = await self._database.fetch(UNAVAILABLE, ORDERS)
        return [_order(row) for row in rows]

    async def confirm(
        self, order: str, indexes: Sequence[bytes], officer: str, at: datetime
    ) -> str:
        """Record the second officer's word; "" when it was taken, else why not."""
        told: str = await self._ask(CONFIRM, order, list(indexes), officer, at)
        return told

    async def obstacles(self, order: str) -> Sequence[str]:
        """Return what forbids carrying an order out now."""
        told: list[str] = await self._ask("SELECT hub.destruction_obstacles($1)", order)
        return told

    async def carry_out(self, order: str, at: datetime) -> tuple[Sequence[str], int]:
        """Destroy the keys; return what forbade it, or how many there were."""
        (row,) = await self._database.fetch(UNAVAILABLE, CARRY_OUT, order, at)
        return row["obstacles"], row["destroyed"]

    async def finish(self, order: str, at: datetime) -> bool:
        """Delete the blind indexes of its entries; False before all of them were sequenced."""
        done: bool = await self._ask("SELECT hub.finish_destruction($1, $2)", order, at)
        return done

    async def _ask(self, statement: str, *arguments: object) -> Any:  # noqa: ANN401 — one value of any type
        (row,) = await self._database.fetch(UNAVAILABLE, statement, *arguments)
        return row[0]


class YearTable:
    """Years of the log, as the tables' owner sees them; nobody else can end one.

    Args:
        url: Database as its owner, ``postgresql://``; holds a secret.
    """

    def __init__(self, url: str) -> None:
        self._dsn = plain_url(url)

    async def obstacles(self, year: int) -> Sequence[str]:
        """Return what forbids ending a year's retention now.

        Raises:
            ServiceUnavailable: ``audit_unavailable``; so does ``retire``.
        """
        row = await self._ask("SELECT hub.year_obstacles($1) AS obstacles", year)
        told: list[str] = row["obstacles"]
        return told

    async def size(self, year: int) -> YearEnded:
        """Return what would be dropped with a year."""
        row = await self._ask(
            "SELECT (SELECT count(*) FROM hub.log_entry WHERE year = $1"
            " AND NOT hub.outlives_its_year(decision, question)) AS entries,"
            " (SELECT count(*) FROM hub.subject_key WHERE year = $1) AS keys,"
            " (SELECT count(*) FROM generate_series(1, 12) AS m WHERE to_regclass(format("
            "'hub.access_entry_%s_%s', $1, lpad(CAST(m AS text), 2, '0'))) IS NOT NULL)"
            " AS partitions",
            year,
        )
        return YearEnded(**dict(row))

    async def retire(self, year: int) -> tuple[Sequence[str], YearEnded | None]:
        """Drop a year's entries and keys; return what forbade it, or what was dropped."""
        row = await self._ask("SELECT * FROM hub.retire_year($1)", year)
        if row["obstacles"]:
            return row["obstacles"], None
        counts = {name: row[name] for name in ("entries", "keys", "partitions")}
        return (), YearEnded(**counts)

    async def _ask(self, statement: str, year: int) -> asyncpg.Record:
        try:
            connection = await asyncpg.connect(self._dsn, command_timeout=RETIRE_S)
            try:
                row = await connection.fetchrow(statement, year)
            finally:
                await connection.close()
        except FAILURES as failure:
            raise ServiceUnavailable(UNAVAILABLE) from failure
        assert row is not None  # noqa: S101 — each statement has one row
        return row


def _hold(row: asyncpg.Record) -> tuple[Hold, bytes | None]:
    values = dict(row)
    sealed: bytes | None = values.pop("sealed")
    values["kind"] = HoldKind(values["kind"])
    return Hold(**values, person=None), sealed


def _order(row: asyncpg.Record) -> tuple[DestructionOrder, bytes | None]:
    values = dict(row)
    sealed: bytes | None = values.pop("sealed")
    return DestructionOrder(**values, person=None), sealed
