"""Agreements, revision upon revision."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import asyncpg
import orjson

from hub.errors import Code
from hub.ports import StoredAgreement
from hub.storage.database import Database

UNAVAILABLE: Final = Code.POLICY_UNAVAILABLE

LATEST: Final = """
SELECT DISTINCT ON (number) number, revision, document, signatures::text, (
    SELECT entry.open::jsonb ->> 'agreement_hash' FROM hub.access_entry AS entry
    WHERE entry.operation_id = left(encode(sha256(document), 'hex'), 32)
    AND entry.open::jsonb ->> 'decision' = 'agreement' LIMIT 1
) AS logged_hash
FROM hub.agreement_revision ORDER BY number, revision DESC
"""
ALL: Final = """
SELECT number, revision, document, signatures::text, NULL AS logged_hash
FROM hub.agreement_revision ORDER BY number, revision
"""
HISTORY: Final = """
SELECT r.number, r.revision, r.document, r.signatures::text, logged.hash AS logged_hash, logged.at
FROM hub.agreement_revision r LEFT JOIN LATERAL (
    SELECT entry.open::jsonb ->> 'agreement_hash' AS hash, entry.at FROM hub.access_entry AS entry
    WHERE entry.operation_id = left(encode(sha256(r.document), 'hex'), 32)
    AND entry.open::jsonb ->> 'decision' = 'agreement' ORDER BY entry.at LIMIT 1
) AS logged ON true
WHERE r.number = $1 ORDER BY r.revision
"""
# INVARIANT: what the log says of a revision is read from the log itself, never kept beside the row
# INVARIANT: whoever adds a revision also takes the version's row, so versions are told in the
# order in which revisions become visible
ADD: Final = """
WITH added AS (
    INSERT INTO hub.agreement_revision (number, revision, document, signatures)
    SELECT $1::text, $2::integer, $3::bytea, $4::text::jsonb
    WHERE $2 = 1 + coalesce(
        (SELECT max(revision) FROM hub.agreement_revision WHERE number = $1), 0
    )
    ON CONFLICT DO NOTHING
    RETURNING number
), told AS (
    UPDATE hub.agreement_version SET version = version + 1 WHERE EXISTS (SELECT FROM added)
)
SELECT number FROM added
"""
_COLUMNS: Final = ("number", "revision", "document", "signatures", "logged_hash")


class AgreementTable:
    """Implements ``hub.ports.AgreementStore``; revisions are added and never changed."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def latest(self) -> Sequence[StoredAgreement]:
        """Return the newest revision of every agreement, by number.

        Raises:
            ServiceUnavailable: ``policy_unavailable``; so do all other methods.
        """
        return [_agreement(row) for row in await self._database.fetch(UNAVAILABLE, LATEST)]

    async def all(self) -> Sequence[StoredAgreement]:
        """Return every revision of every agreement; what the log holds of them is not looked up."""
        return [_agreement(row) for row in await self._database.fetch(UNAVAILABLE, ALL)]

    async def history(self, number: str) -> Sequence[tuple[StoredAgreement, datetime | None]]:
        """Return all revisions of one agreement, each with the instant of its entry in the log."""
        rows = await self._database.fetch(UNAVAILABLE, HISTORY, number)
        return [(_agreement(row), row["at"]) for row in rows]

    async def version(self) -> int:
        """Return a number that grows with every change; reads one row."""
        rows = await self._database.fetch(UNAVAILABLE, "SELECT version FROM hub.agreement_version")
        version: int = rows[0]["version"]
        return version

    async def add_revision(self, revision: StoredAgreement) -> bool:
        """Add the next revision of an agreement, or the first of a new one.

        Returns:
            False when ``revision.revision`` is not the next: somebody else was quicker.
        """
        rows = await self._database.fetch(
            UNAVAILABLE,
            ADD,
            revision.number,
            revision.revision,
            revision.document,
            orjson.dumps(_texts(revision.signatures)).decode(),
        )
        return bool(rows)

    async def seed(self, documents: Sequence[StoredAgreement]) -> Sequence[str]:
        """Add agreements whose number is not there yet; what was changed since stays changed.

        Args:
            documents: Each a first revision.

        Returns:
            The numbers added.
        """
        return [first.number for first in documents if await self.add_revision(first)]


def _agreement(row: asyncpg.Record) -> StoredAgreement:
    values: dict[str, Any] = {name: row[name] for name in _COLUMNS}
    signatures = orjson.loads(values["signatures"])
    told = {holder: bytes.fromhex(text) for holder, text in signatures.items()}
    return StoredAgreement(**{**values, "signatures": told})


def _texts(signatures: Mapping[str, bytes]) -> dict[str, str]:
    return {holder: signature.hex() for holder, signature in signatures.items()}
