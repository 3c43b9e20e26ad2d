"""Findings of possible misuse: added, closed with a reason, never changed."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import asyncpg
import orjson

from hub.errors import Code
from hub.model.found import Place
from hub.model.misuse import Finding, KeptFinding, Kind
from hub.ports.misuse import Kept
from hub.storage.database import Database

KEEP: Final = """
WITH told AS MATERIALIZED (
    SELECT * FROM jsonb_to_recordset(CAST($1 AS jsonb)) AS t (
        id text, detector text, version integer, recipient text, official text, client text,
        agreement text, "case" text, since timestamptz, until timestamptz, thresholds text,
        measured text
    )
), made AS (
    INSERT INTO hub.finding (id, at, detector, version, recipient, official, client, agreement,
        "case", since, until, thresholds, measured)
    SELECT id, $2, detector, version, recipient, official, client, agreement, "case", since, until,
        thresholds, measured FROM told ORDER BY since, id
    ON CONFLICT (id) DO NOTHING RETURNING id
), cited AS (
    INSERT INTO hub.finding_entry (finding, year, position, role)
    SELECT c.finding, c.year, c.position, c.role
    FROM unnest($3::text[], $4::smallint[], $5::bigint[], $6::text[])
        AS c (finding, year, position, role)
    ORDER BY c.finding, c.year, c.position
    ON CONFLICT DO NOTHING RETURNING finding, role
), again AS (
    SELECT t.id FROM told t
    WHERE EXISTS (SELECT FROM cited c WHERE c.finding = t.id AND c.role = 'evidence')
      AND 'closed' = (
        SELECT v.kind FROM hub.finding_event v WHERE v.finding = t.id ORDER BY v.seq DESC LIMIT 1
    )
), noted AS (
    INSERT INTO hub.finding_event (finding, at, kind)
    SELECT id, $2, 'opened' FROM made UNION ALL SELECT id, $2, 'reopened' FROM again
)
SELECT (SELECT count(*) FROM told) AS told, (SELECT count(*) FROM made) AS made,
    (SELECT count(*) FROM again) AS again
"""
PAGE: Final = """
SELECT f.*, v.kind <> 'closed' AS open, v.at AS changed_at, v.reason, c.entries, c.operations
FROM (
    SELECT g.*, (SELECT max(v.seq) FROM hub.finding_event v WHERE v.finding = g.id) AS latest
    FROM hub.finding g
    WHERE ($1::text IS NULL OR g.recipient = $1) AND g.seq < $2
) f
JOIN hub.finding_event v ON v.seq = f.latest AND (NOT $3 OR v.kind <> 'closed')
CROSS JOIN LATERAL (
    SELECT sum(o.entries)::bigint AS entries,
        (array_agg(o.operation_id ORDER BY o.at DESC))[1:100] AS operations
    FROM (
        SELECT e.operation_id, max(e.at) AS at, count(*) AS entries
        FROM hub.finding_entry n LEFT JOIN hub.log_entry e USING (year, position)
        WHERE n.finding = f.id AND n.role = 'evidence' GROUP BY e.operation_id
    ) o
) c
ORDER BY f.seq DESC LIMIT $4
"""
FIND: Final = "SELECT * FROM hub.finding WHERE id = $1"
PLACES: Final = "SELECT year, position, role FROM hub.finding_entry WHERE finding = $1"
CLOSE: Final = """
INSERT INTO hub.finding_event (finding, at, kind, reason, officer, operation_id)
SELECT f.id, $3, 'closed', $4, $5, $6 FROM hub.finding f
WHERE f.id = $1 AND ($2::text IS NULL OR f.recipient = $2) AND 'closed' <> (
    SELECT v.kind FROM hub.finding_event v WHERE v.finding = f.id ORDER BY v.seq DESC LIMIT 1
)
RETURNING finding
"""
_LAST: Final = 2**63 - 1
_FAILED: Final = Code.AUDIT_UNAVAILABLE


class FindingTable:
    """Implements ``hub.ports.misuse.FindingStore``; every method is one statement, but ``find``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(self, findings: Sequence[Finding], at: datetime) -> Kept:
        """Keep each once; what is cited anew is added, and opens a closed finding again.

        Raises:
            ServiceUnavailable: ``audit_unavailable``; so do all other methods.
        """
        cited = [
            (finding.id, place.year, place.position, role)
            for finding in findings
            for role, places in (("evidence", finding.evidence), ("baseline", finding.baseline))
            for place in sorted(places)
        ]
        columns = [[row[column] for row in cited] for column in range(4)]
        told = orjson.dumps([_told(finding) for finding in findings]).decode()
        (row,) = await self._database.fetch(_FAILED, KEEP, told, at, *columns)
        known = row["told"] - row["made"] - row["again"]
        return Kept(opened=row["made"], reopened=row["again"], known=known)

    async def page(
        self, recipient: str | None, *, open_only: bool, before: int | None, most: int
    ) -> Sequence[KeptFinding]:
        """Return findings, the newest first; see the port."""
        last = _LAST if before is None else before
        rows = await self._database.fetch(_FAILED, PAGE, recipient, last, open_only, most)
        return [_kept(row) for row in rows]

    async def find(self, finding: str) -> Finding | None:
        """Return one with everything it cites."""
        rows = await self._database.fetch(_FAILED, FIND, finding)
        if not rows:
            return None
        places = await self._database.fetch(_FAILED, PLACES, finding)
        return Finding(
            **_shared(rows[0]),
            evidence=_of_role("evidence", places),
            baseline=_of_role("baseline", places),
        )

    async def close(
        self,
        finding: str,
        recipient: str | None,
        reason: str,
        officer: str,
        operation_id: str,
        at: datetime,
    ) -> bool:
        """Close an open finding; False where there is none of that id, institution and state."""
        rows = await self._database.fetch(
            _FAILED, CLOSE, finding, recipient, at, reason, officer, operation_id
        )
        return bool(rows)


def _of_role(role: str, rows: Sequence[asyncpg.Record]) -> frozenset[Place]:
    return frozenset(Place(row["year"], row["position"]) for row in rows if row["role"] == role)


def _told(finding: Finding) -> dict[str, Any]:
    return {
        "id": finding.id,
        "detector": finding.kind,
        "version": finding.version,
        "recipient": finding.recipient,
        "official": finding.official,
        "client": finding.client,
        "agreement": finding.agreement,
        "case": finding.case,
        "since": finding.since,
        "until": finding.until,
        "thresholds": finding.thresholds,
        "measured": orjson.dumps(finding.measured).decode(),
    }


def _shared(row: asyncpg.Record) -> dict[str, Any]:
    """Return what a finding and a kept one both tell."""
    return {
        "id": row["id"],
        "kind": Kind(row["detector"]),
        "version": row["version"],
        "recipient": row["recipient"],
        "official": row["official"],
        "client": row["client"],
        "agreement": row["agreement"],
        "case": row["case"],
        "since": row["since"],
        "until": row["until"],
        "thresholds": row["thresholds"],
        "measured": orjson.loads(row["measured"]),
    }


def _kept(row: asyncpg.Record) -> KeptFinding:
    return KeptFinding(
        **_shared(row),
        seq=row["seq"],
        at=row["at"],
        open=row["open"],
        changed_at=row["changed_at"],
        reason=row["reason"],
        entries=row["entries"],
        operations=tuple(each for each in row["operations"] if each),
    )
