"""For which operations the log has entries: what a register's own call log is held against."""

from collections.abc import Collection, Mapping
from typing import Final

import msgspec

from hub.errors import Code
from hub.storage.database import Database

# an operation may have ten thousand entries, which all tell the same of it
ONE_EACH: Final = """
SELECT asked.id, entry.open FROM unnest($1::text[]) AS asked (id)
CROSS JOIN LATERAL (
    SELECT open FROM hub.access_entry WHERE operation_id = asked.id LIMIT 1
) AS entry
"""
_REFUSED: Final = "refused"


class _Told(msgspec.Struct, frozen=True):
    decision: str
    registers: tuple[str, ...] = ()


class ReleasedTable:
    """Reads the access log; implements ``hub.audit.reconcile.Released``."""

    def __init__(self, database: Database) -> None:
        """Read from ``database``."""
        self._database = database
        self._decoder = msgspec.json.Decoder(_Told)

    async def registers(self, operations: Collection[str]) -> Mapping[str, Collection[str]]:
        """Return the registers that entries name, by operation; none where nothing was released.

        Raises:
            ServiceUnavailable: ``audit_unavailable``.
        """
        rows = await self._database.fetch(Code.AUDIT_UNAVAILABLE, ONE_EACH, list(operations))
        told = {row["id"]: self._decoder.decode(row["open"]) for row in rows}
        return {
            operation: each.registers
            for operation, each in told.items()
            if each.decision != _REFUSED
        }
