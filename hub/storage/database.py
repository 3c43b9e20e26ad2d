"""PostgreSQL: bounded waits, and recovery without a restart."""

import contextlib
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Final

import asyncpg
from asyncpg.prepared_stmt import PreparedStatement
from sqlalchemy.engine import make_url
from typing_extensions import override

from hub.errors import Code, ServiceUnavailable
from hub.storage.pool import Connection, Pool

FAILURES: Final = (
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
        plans: Whether statements are planned for the values asked (``force_custom_plan``), which
            pays where these decide how to search, or as PostgreSQL sees fit.
    """

    connect_s: float = 0.5
    command_s: float = 0.9
    plans: str = "auto"

    def server_settings(self) -> dict[str, str]:
        """Return what every session of the hub sets."""
        return {
            "application_name": "vienreiz",
            "statement_timeout": str(int(self.command_s * 1000)),
            "lock_timeout": str(int(self.command_s * 800)),
            "idle_in_transaction_session_timeout": str(int(self.command_s * 5000)),
            "plan_cache_mode": self.plans,
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
        self._pool = Pool(self.connect, keep=pool_size, wait_s=self.patience.connect_s)
        self._lines: list[Line] = []

    async def connect(self, **settings: str) -> Connection:
        """Open a connection outside the pool; whoever asks closes it.

        Args:
            settings: Of the session, beside those of every session of the hub.
        """
        connection: Connection = await asyncpg.connect(
            self._dsn,
            timeout=self.patience.connect_s,
            command_timeout=self.patience.command_s,
            server_settings=self.patience.server_settings() | settings,
        )
        return connection

    def line(self, statement: str) -> "Line":
        """Return a connection of its own for one statement; it is closed with the database."""
        made = Line(self, statement)
        self._lines.append(made)
        return made

    async def fetch(self, code: Code, statement: str, *arguments: Any) -> Sequence[asyncpg.Record]:  # noqa: ANN401 — whatever asyncpg encodes
        """Run one statement on a pooled connection of the driver.

        Raises:
            ServiceUnavailable: ``code``, when PostgreSQL fails or takes too long.
        """
        async with Loan(self._pool, code) as connection:
            return await connection.fetch(statement, *arguments)

    def lend(self, code: Code) -> AbstractAsyncContextManager[Connection]:
        """Lend a pooled connection; one that failed is thrown away.

        Raises:
            ServiceUnavailable: ``code``, for any failure of the database inside.
        """
        return Loan(self._pool, code)

    async def ping(self) -> None:
        """Ask PostgreSQL for a sign of life.

        Raises:
            ServiceUnavailable: ``audit_unavailable``.
        """
        await self.fetch(Code.AUDIT_UNAVAILABLE, "SELECT 1")

    async def aclose(self) -> None:
        """Close every connection that is not lent."""
        for line in self._lines:
            await line.aclose()
        await self._pool.aclose()

    @override
    def __repr__(self) -> str:
        """Hide the address."""
        return "Database(…)"


class Loan:
    """A connection of the pool, for as long as a block lasts."""

    __slots__ = ("_code", "_connection", "_pool")

    def __init__(self, pool: Pool, code: Code) -> None:
        self._pool = pool
        self._code = code
        self._connection: Connection | None = None

    async def __aenter__(self) -> Connection:
        """Take one."""
        try:
            self._connection = connection = await self._pool.take()
        except FAILURES as failure:
            raise ServiceUnavailable(self._code) from failure
        return connection

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        failure: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Give it back, unless nobody knows what comes next on it."""
        connection, self._connection = self._connection, None
        if connection is None:
            return
        if failure is None or isinstance(failure, asyncpg.PostgresError):
            self._pool.give(connection)
        else:  # asked and not answered, or given up
            self._pool.drop(connection)
        if isinstance(failure, FAILURES):
            raise ServiceUnavailable(self._code) from failure


class Line:
    """One statement, prepared on a connection of its own that never waits for the pool.

    A failure throws the connection away, and the next question opens another. One question at a
    time: whoever shares a line sees to that.
    """

    def __init__(self, database: Database, statement: str) -> None:
        self._database = database
        self._statement = statement
        self._connection: Connection | None = None
        self._prepared: PreparedStatement[asyncpg.Record] | None = None

    async def ask(self, code: Code, *arguments: Any) -> Sequence[asyncpg.Record]:  # noqa: ANN401 — whatever asyncpg encodes
        """Run the statement.

        Raises:
            ServiceUnavailable: ``code``; what was asked may or may not have been done.
        """
        try:
            prepared = self._prepared
            if prepared is None or self._connection is None or self._connection.is_closed():
                prepared = await self._prepare()
            return await prepared.fetch(*arguments)
        except FAILURES as failure:
            self._drop()
            raise ServiceUnavailable(code) from failure
        except BaseException:
            self._drop()
            raise

    async def aclose(self) -> None:
        """Close the connection; a later question would open another."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(*FAILURES):
                await connection.close(timeout=self._database.patience.connect_s)
            connection.terminate()

    async def _prepare(self) -> "PreparedStatement[asyncpg.Record]":
        self._drop()
        # planned once: planning a statement like these anew costs more than running it
        self._connection = await self._database.connect(plan_cache_mode="force_generic_plan")
        self._prepared = await self._connection.prepare(self._statement)
        return self._prepared

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.terminate()
        self._connection = self._prepared = None


def plain_url(url: str) -> str:
    """Return ``url`` as the driver itself reads it, without SQLAlchemy's ``+asyncpg``."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
