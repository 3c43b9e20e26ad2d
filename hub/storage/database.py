"""The connection pool: bounded waits, and recovery without a restart."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final

import asyncpg
from sqlalchemy import event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DisconnectionError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection
from typing_extensions import override

from hub.errors import Code, ServiceUnavailable

FAILURES: Final = (
    SQLAlchemyError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    OSError,
)
"""Everything a database out of order raises; ``TimeoutError`` is an ``OSError``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long the hub waits for PostgreSQL, so that a caller hears within two seconds.

    Attributes:
        connect_s: For a connection, authentication included.
        command_s: For one statement. The server itself gives up at the same time, and on a lock
            a little earlier, so that nothing runs on for nobody.
    """

    connect_s: float = 0.5
    command_s: float = 0.9

    def server_settings(self) -> dict[str, str]:
        """Return what every session of the hub sets."""
        return {
            "application_name": "vienreiz",
            "statement_timeout": str(int(self.command_s * 1000)),
            "lock_timeout": str(int(self.command_s * 800)),
            "idle_in_transaction_session_timeout": str(int(self.command_s * 5000)),
            "synchronous_commit": "on",
            "timezone": "UTC",
        }


class Database:
    """PostgreSQL as the runtime role sees it.

    Every unit of work is one statement in autocommit: nothing is ever left half done, and no
    transaction stays open over a wait.

    Args:
        url: ``postgresql://``, with or without ``+asyncpg``; holds a secret, so repr hides it.
        pool_size: Connections kept; as many again may be opened for a moment.
    """

    def __init__(self, url: str, *, patience: Patience | None = None, pool_size: int = 8) -> None:
        self.patience = patience or Patience()
        self._dsn = plain_url(url)
        self._engine = create_async_engine(
            "postgresql+asyncpg://",
            async_creator=self.connect,
            isolation_level="AUTOCOMMIT",
            pool_size=pool_size,
            max_overflow=pool_size,
            pool_timeout=self.patience.connect_s,
        )
        event.listen(self._engine.sync_engine, "checkout", _refuse_closed)

    @property
    def engine(self) -> AsyncEngine:
        """The engine, for migrations' checks and for statements written with Core."""
        return self._engine

    async def connect(self) -> "asyncpg.Connection[asyncpg.Record]":
        """Open a connection outside the pool; whoever asks closes it."""
        connection: asyncpg.Connection[asyncpg.Record] = await asyncpg.connect(
            self._dsn,
            timeout=self.patience.connect_s,
            command_timeout=self.patience.command_s,
            server_settings=self.patience.server_settings(),
        )
        return connection

    async def fetch(self, code: Code, statement: str, *arguments: Any) -> Sequence[asyncpg.Record]:  # noqa: ANN401 — whatever asyncpg encodes
        """Run one statement on a pooled connection of the driver.

        Raises:
            ServiceUnavailable: ``code``, when PostgreSQL fails or takes too long.
        """
        async with self.lend(code) as connection:
            return await connection.fetch(statement, *arguments)

    @asynccontextmanager
    async def lend(self, code: Code) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
        """Lend a pooled connection; one that failed is thrown away.

        Raises:
            ServiceUnavailable: ``code``, for any failure of the database inside.
        """
        try:
            async with self._engine.connect() as pooled:
                connection = _driver(await pooled.get_raw_connection())
                try:
                    yield connection
                except OSError:  # asked and not answered: what comes next on it is undefined
                    connection.terminate()
                    raise
        except FAILURES as failure:
            raise ServiceUnavailable(code) from failure

    async def ping(self) -> None:
        """Ask PostgreSQL for a sign of life.

        Raises:
            ServiceUnavailable: ``audit_unavailable``.
        """
        await self.fetch(Code.AUDIT_UNAVAILABLE, "SELECT 1")

    async def aclose(self) -> None:
        """Close every pooled connection."""
        await self._engine.dispose()

    @override
    def __repr__(self) -> str:
        """Hide the address."""
        return "Database(…)"


def plain_url(url: str) -> str:
    """Return ``url`` as the driver itself reads it, without SQLAlchemy's ``+asyncpg``."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def _driver(pooled: PoolProxiedConnection) -> "asyncpg.Connection[asyncpg.Record]":
    connection: asyncpg.Connection[asyncpg.Record] | None = pooled.driver_connection
    if connection is None:
        raise DisconnectionError
    return connection


def _refuse_closed(
    connection: Any,  # noqa: ANN401 — SQLAlchemy's adapter has no public type
    _entry: ConnectionPoolEntry,
    _proxy: PoolProxiedConnection,
) -> None:
    """Make the pool open another connection when the server has closed this one meanwhile.

    The driver knows of a closed socket by itself, so this costs no round trip.
    """
    if connection.driver_connection.is_closed():
        raise DisconnectionError
