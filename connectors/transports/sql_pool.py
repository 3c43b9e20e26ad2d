"""Driver connections to one register: few, the warmest first, and none that is broken.

asyncpg's own pool wraps every connection and SQLAlchemy's walks through greenlets; either costs
more than the short reads of a register.
"""

import asyncio
from collections.abc import Awaitable, Callable
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

    async def take(self, deadline_s: float) -> Connection:
        """Lend a connection; whoever takes one gives it back, or ends it.

        Raises:
            TimeoutError: None came free, or none could be opened, within ``deadline_s``.
        """
        if self._idle and not self._places.locked():
            await self._places.acquire()  # at once
            if (connection := self._waiting()) is not None:
                return connection
            self._places.release()
        async with asyncio.timeout(deadline_s):
            await self._places.acquire()
            try:
                return self._waiting() or await self._connect()
            except BaseException:
                self._places.release()
                raise

    def give_back(self, connection: Connection) -> None:
        """Take back a connection that waits for its next question."""
        self._places.release()
        if self._closed:
            connection.terminate()
        elif not connection.is_closed():
            self._idle.append(connection)

    def end(self, connection: Connection) -> None:
        """Close a connection in the midst of an answer: it is never lent again."""
        self._places.release()
        connection.terminate()

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
