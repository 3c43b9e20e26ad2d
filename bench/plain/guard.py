"""Who asks, and one durable row of it before anything is executed."""

from collections.abc import Mapping
from functools import lru_cache
from hashlib import sha256
from typing import Any

import asyncpg
import orjson
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

_DATABASE = "plain"
_TABLE = """
CREATE TABLE IF NOT EXISTS audit (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT now(),
    client text NOT NULL,
    document bytea NOT NULL,
    variables jsonb NOT NULL
)
"""
_ROW = "INSERT INTO audit (client, document, variables) VALUES ($1, $2, $3)"
_POOL = 10
_TOKENS = 128


class Unverified(Exception):
    """The token does not say, provably, who asks."""


class Tokens:
    """Verifies an access token by the issuer's keys (ES256)."""

    def __init__(self, keys: KeySet, issuer: str, audience: str, *, cached: bool) -> None:
        """Verify every time; with ``cached``, each token once."""
        self._keys = keys
        self._claims = jwt.JWTClaimsRegistry(
            iss={"essential": True, "value": issuer},
            aud={"essential": True, "value": audience},
            exp={"essential": True},
        )
        self._read = lru_cache(maxsize=_TOKENS)(self._verified) if cached else self._verified

    def client(self, authorization: str) -> str:
        """Return who asks.

        Raises:
            Unverified: Nobody provable.
        """
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer":
            raise Unverified
        try:
            claims = self._read(token)
            self._claims.validate(claims)
        except (JoseError, ValueError):
            raise Unverified from None
        return str(claims["client_id"])

    def _verified(self, token: str) -> dict[str, Any]:
        return jwt.decode(token, self._keys, algorithms=["ES256"]).claims


class Journal:
    """One audit row per request, committed by itself."""

    def __init__(self, pool: "asyncpg.Pool[asyncpg.Record]") -> None:
        self._pool = pool

    @classmethod
    async def opened(cls, server_url: str) -> "Journal":
        """Make the table in a database of its own, and connect to it."""
        owner = await asyncpg.connect(f"{server_url}/postgres")
        try:
            known = await owner.fetchval(
                "SELECT true FROM pg_database WHERE datname = $1", _DATABASE
            )
            if not known:
                await owner.execute(f"CREATE DATABASE {_DATABASE}")
        finally:
            await owner.close()
        pool = await asyncpg.create_pool(
            f"{server_url}/{_DATABASE}", min_size=_POOL, max_size=_POOL, reset=_nothing
        )
        await pool.execute(_TABLE)
        return cls(pool)

    async def write(
        self, client: str, query: str | None, variables: Mapping[str, Any] | None
    ) -> None:
        """Commit who asked what about whom; fsync is the server's, and on."""
        document = sha256((query or "").encode()).digest()
        await self._pool.execute(_ROW, client, document, orjson.dumps(variables or {}).decode())

    async def aclose(self) -> None:
        await self._pool.close()


async def _nothing(_connection: object) -> None:
    """Reset nothing: these connections carry one statement, and never a session's state."""
