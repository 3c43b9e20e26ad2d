"""Driver connections to one register: few, the warmest first, and none that is broken.

asyncpg's own pool wraps every connection and SQLAlchemy's walks through greenlets; either costs
more than the short reads of a register.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import asyncpg

# the driver's classes take no argument when the program runs
if TYPE_CHECKING:
    Connection: TypeAlias = asyncpg.Connection[asyncpg.Record]
else:
    Connection: TypeAlias = Any

_FAREWELL_S: Final = 1.0


class Pool:
    """At most so many connections; who comes when all are lent waits for one."""

    def __init__(self, connect: Callable[[], Awaitable[Connection]], most: int) -> None:
        """Lend what ``connect`` opens; nothing is opened before it is needed."""
        self._connect = connect
        self._places = asyncio.Semaphore(most)
        self._idle: list[Connection] = []
        self._closed = False

    @asynccontextmanager
    async def lent(self) -> AsyncIterator[Connection]:
        """Lend a connection for as long as the block runs.

        It comes back after an error that the server told; after anything else, such as a deadline
        in the midst of an answer, it is closed.
        """
        async with self._places:
            connection = self._waiting() or await self._connect()
            try:
                yield connection
            except asyncpg.PostgresError:
                self._give_back(connection)
                raise
            except BaseException:
                connection.terminate()
                raise
            self._give_back(connection)

    async def aclose(self) -> None:
        """Close what is not lent, and whatever comes back."""
        self._closed = True
        idle, self._idle = self._idle, []
        for connection in idle:
            try:
                await connection.close(timeout=_FAREWELL_S)
            except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
                connection.terminate()

    def _waiting(self) -> Connection | None:
        """Return the connection that came back last; those that died meanwhile are forgotten."""
        while self._idle:
            connection = self._idle.pop()
            if not connection.is_closed():
                return connection
        return None

    def _give_back(self, connection: Connection) -> None:
        if self._closed:
            connection.terminate()
        elif not connection.is_closed():
            self._idle.append(connection)
