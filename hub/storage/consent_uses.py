"""Which disclosures rested on a consent: entries that cite it, found by the log's projection."""

import struct
from collections.abc import Sequence
from typing import Final

from hub.errors import Code
from hub.model.said import RestedUse
from hub.storage.database import Database

_place: Final = struct.Struct(">HQ")
# whatever is sealed or told later is left out by the query itself, so that pages do not tell of it
RESTED: Final = """
SELECT year, position, at, consent_revision, agreement, recipient, purpose, registers, categories
FROM hub.log_entry
WHERE consent = $1 AND decision = 'disclosed' AND visibility = 'immediate'
  AND ($2::smallint IS NULL OR (year, position) < ($2, $3::bigint))
  AND NOT categories && $4::text[]
ORDER BY year DESC, position DESC LIMIT $5
"""


class ConsentUseTable:
    """Implements ``hub.ports.consent.ConsentUses``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def rested_on(
        self, record: str, *, before: bytes | None, hidden: Sequence[str], limit: int
    ) -> Sequence[RestedUse]:
        """Return disclosures that cite the record, newest first."""
        year, position = _place.unpack(before) if before else (None, None)
        rows = await self._database.fetch(
            Code.AUDIT_UNAVAILABLE, RESTED, record, year, position, list(hidden), limit
        )
        return [
            RestedUse(
                at=row["at"],
                revision=row["consent_revision"] or 0,
                agreement=row["agreement"] or "",
                recipient=row["recipient"] or "",
                purpose=row["purpose"] or "",
                registers=row["registers"],
                categories=row["categories"],
                place=_place.pack(row["year"], row["position"]),
            )
            for row in rows
        ]
