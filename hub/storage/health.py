"""How the log stands, as any replica reads it."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from hub.errors import Code
from hub.model.health import Cosigned, LogState, RaisedAlarm
from hub.storage.database import Database

UNAVAILABLE: Final = Code.AUDIT_UNAVAILABLE

STATE: Final = """
SELECT coalesce((SELECT h.size FROM hub.log_head h WHERE h.year = $1), 0) AS size,
       c.size AS signed_size, c.at AS signed_at, w.waiting, w.oldest,
       (SELECT count(*) FROM hub.log_alarm) AS alarms
FROM (
    SELECT count(*) AS waiting, min(e.at) AS oldest
    FROM hub.access_entry e LEFT JOIN hub.log_writer r ON r.writer = e.writer
    WHERE e.arrival > (SELECT m.arrival FROM hub.log_mark m) AND e.wseq > coalesce(r.wseq, 0)
) AS w LEFT JOIN LATERAL (
    SELECT n.size, n.at FROM hub.log_checkpoint n WHERE n.year = $1 ORDER BY n.size DESC LIMIT 1
) AS c ON true
"""
# from one witness to the next by index: each has cosigned thousands of checkpoints a day
COSIGNED: Final = """
WITH RECURSIVE known AS (
    (SELECT c.witness FROM hub.log_cosignature c ORDER BY c.witness LIMIT 1)
    UNION ALL
    SELECT (
        SELECT c.witness FROM hub.log_cosignature c WHERE c.witness > k.witness
        ORDER BY c.witness LIMIT 1
    ) FROM known k WHERE k.witness IS NOT NULL
)
SELECT last.* FROM known k CROSS JOIN LATERAL (
    SELECT c.witness, c.year, c.size, c.at FROM hub.log_cosignature c
    WHERE c.witness = k.witness ORDER BY c.year DESC, c.size DESC LIMIT 1
) AS last ORDER BY last.witness
"""
ALARMS: Final = """
SELECT a.at, a.kind, a.writer, a.wseq, a.missing FROM hub.log_alarm a ORDER BY a.seq DESC LIMIT $1
"""


class HealthTable:
    """Implements ``hub.ports.accountability.HealthStore``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def state(self, year: int) -> LogState:
        """Return how a year's log stands."""
        (row,) = await self._database.fetch(UNAVAILABLE, STATE, year)
        return LogState(**dict(row))

    async def cosigned(self) -> Sequence[Cosigned]:
        """Return what each witness cosigned last, by the witness's name."""
        rows = await self._database.fetch(UNAVAILABLE, COSIGNED)
        return [Cosigned(**dict(each)) for each in rows]

    async def alarms(self, most: int) -> Sequence[RaisedAlarm]:
        """Return alarms, newest first."""
        rows = await self._database.fetch(UNAVAILABLE, ALARMS, most)
        return [RaisedAlarm(**{**each, "writer": UUID(int=each["writer"].int)}) for each in rows]
