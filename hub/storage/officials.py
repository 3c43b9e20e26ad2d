"""Officials' own personal codes, and the list of those whom curiosity seeks; both encrypted."""

import hmac
import os
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Final

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from hub.errors import Code
from hub.model.personal_code import PersonalCode
from hub.ports import Keyring
from hub.storage.database import Database

NONCE_BYTES: Final = 12
_FAILED: Final = Code.AUDIT_UNAVAILABLE

IMPORT: Final = """
INSERT INTO hub.official (recipient, official, token, sealed, at)
SELECT o.recipient, o.official, o.token, o.sealed, $5
FROM unnest($1::text[], $2::text[], $3::bytea[], $4::bytea[])
    AS o (recipient, official, token, sealed)
ORDER BY o.recipient, o.official
ON CONFLICT (recipient, official) DO UPDATE SET token = excluded.token, sealed = excluded.sealed,
    at = excluded.at
"""
ADD: Final = """
INSERT INTO hub.vip (token, sealed, at)
SELECT v.token, v.sealed, $3 FROM unnest($1::bytea[], $2::bytea[]) AS v (token, sealed)
ORDER BY v.token
ON CONFLICT DO NOTHING RETURNING 1
"""

Desk = tuple[str, str]


class Vault:
    """Seals personal codes of one list.

    Source: AES-256-GCM, the row's own words as associated data, so that no row can take another's
    place; tokens by HMAC-SHA-256 under another key.
    """

    def __init__(self, keyring: Keyring, use: str) -> None:
        self._cipher = AESGCM(keyring.key(use))
        self._token = keyring.key(f"token:{use}")

    def token(self, code: PersonalCode) -> bytes:
        """Return what tells that two rows name the same person, and nothing else."""
        return hmac.digest(self._token, code.encode(), "sha256")

    def seal(self, code: PersonalCode, place: bytes) -> bytes:
        """Return the code, sealed for one row."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, code.encode(), place)

    def open(self, sealed: bytes, place: bytes) -> PersonalCode:
        """Return the code.

        Raises:
            InvalidTag: The row was altered.
        """
        nonce, rest = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
        return PersonalCode(self._cipher.decrypt(nonce, rest, place).decode())


class OfficialTable:
    """Who an institution's officials are in private."""

    def __init__(self, database: Database, keyring: Keyring) -> None:
        self._database = database
        self._vault = Vault(keyring, "officials")

    async def officials(self) -> Mapping[Desk, PersonalCode]:
        """Return personal codes by institution and official.

        Raises:
            ServiceUnavailable: ``audit_unavailable``; so do all other methods.
            InvalidTag: A row was altered.
        """
        rows = await self._database.fetch(
            _FAILED, "SELECT recipient, official, sealed FROM hub.official"
        )
        return {
            (recipient, official): self._vault.open(sealed, _place(recipient, official))
            for recipient, official, sealed in rows
        }

    async def names(self, recipient: str | None = None) -> Sequence[tuple[str, str, datetime]]:
        """Return institution, official and when last imported, without any code."""
        rows = await self._database.fetch(
            _FAILED,
            "SELECT recipient, official, at FROM hub.official"
            " WHERE $1::text IS NULL OR recipient = $1 ORDER BY recipient, official",
            recipient,
        )
        return [tuple(row) for row in rows]

    async def put(self, officials: Mapping[Desk, PersonalCode], at: datetime) -> None:
        """Add officials, or say anew who they are; one statement."""
        desks = list(officials)
        await self._database.fetch(
            _FAILED,
            IMPORT,
            [recipient for recipient, _ in desks],
            [official for _, official in desks],
            [self._vault.token(officials[desk]) for desk in desks],
            [self._vault.seal(officials[desk], _place(*desk)) for desk in desks],
            at,
        )

    async def remove(self, desks: Collection[Desk]) -> int:
        """Forget officials; return how many there were."""
        rows = await self._database.fetch(
            _FAILED,
            "DELETE FROM hub.official o USING unnest($1::text[], $2::text[]) AS d (r, o)"
            " WHERE o.recipient = d.r AND o.official = d.o RETURNING 1",
            [recipient for recipient, _ in desks],
            [official for _, official in desks],
        )
        return len(rows)


class VipTable:
    """Persons whom curiosity seeks; the list itself is a secret."""

    def __init__(self, database: Database, keyring: Keyring) -> None:
        self._database = database
        self._vault = Vault(keyring, "vip")

    async def vips(self) -> frozenset[PersonalCode]:
        """Return the persons on the list.

        Raises:
            ServiceUnavailable: ``audit_unavailable``; so do all other methods.
            InvalidTag: A row was altered.
        """
        rows = await self._database.fetch(_FAILED, "SELECT token, sealed FROM hub.vip")
        return frozenset(self._vault.open(sealed, token) for token, sealed in rows)

    async def add(self, codes: Collection[PersonalCode], at: datetime) -> int:
        """Put persons on the list; return how many did not stand there already."""
        tokens = [self._vault.token(code) for code in codes]
        sealed = [self._vault.seal(code, token) for code, token in zip(codes, tokens, strict=True)]
        return len(await self._database.fetch(_FAILED, ADD, tokens, sealed, at))

    async def remove(self, codes: Collection[PersonalCode]) -> int:
        """Take persons off the list; return how many stood there."""
        tokens = [self._vault.token(code) for code in codes]
        statement = "DELETE FROM hub.vip WHERE token = ANY ($1) RETURNING 1"
        return len(await self._database.fetch(_FAILED, statement, tokens))

    async def added(self) -> Sequence[datetime]:
        """Return when each person of the list was put there."""
        rows = await self._database.fetch(_FAILED, "SELECT at FROM hub.vip ORDER BY at")
        return [row["at"] for row in rows]


def _place(recipient: str, official: str) -> bytes:
    return f"{recipient}\0{official}".encode()
