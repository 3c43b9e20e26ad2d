"""Driver connections to one register: few, the warmest first, and none that is broken.

asyncpg's own pool wraps every connection and SQLAlchemy's walks through greenlets; either costs
more than the short reads of a register.
"""

import asyncio
from collections import deque
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
        self._free = most
        self._queue: deque[asyncio.Future[None]] = deque()
        self._idle: list[Connection] = []
        self._closed = False

    async def take(self, until: float) -> Connection:
        """Lend a connection; whoever takes one gives it back, or ends it.

        Args:
            until: Reading of the event loop's clock at which waiting for one ends.

        Raises:
            TimeoutError: None came free, or none could be opened, in time.
        """
        if self._free and (connection := self._waiting()) is not None:
            self._free -= 1
            return connection
        async with asyncio.timeout_at(until):
            await self._enter()
            try:
                return self._waiting() or await self._connect()
            except BaseException:
                self._leave()
                raise

    def give_back(self, connection: Connection) -> None:
        """Take back a connection that waits for its next question."""
        self._leave()
        if self._closed:
            connection.terminate()
        elif not connection.is_closed():
            self._idle.append(connection)

    def end(self, connection: Connection) -> None:
        """Close a connection in the midst of an answer: it is never lent again."""
        self._leave()
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

    async def _enter(self) -> None:
        """Take a place; who comes first is served first."""
        if self._free:
            self._free -= 1
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._queue.append(turn)
        try:
            await turn
        except BaseException:
            if turn.done() and not turn.cancelled():
                self._leave()  # the place came at the very moment of giving up
            raise

    def _leave(self) -> None:
        """Hand the place to whoever waits, so that nobody overtakes them."""
        while self._queue:
            turn = self._queue.popleft()
            if not turn.done():
                turn.set_result(None)
                return
        self._free += 1

    def _waiting(self) -> Connection | None:
        """Return the connection that came back last; those that died meanwhile are forgotten."""
        while self._idle:
            connection = self._idle.pop()
            if not connection.is_closed():
                return connection
        return None
