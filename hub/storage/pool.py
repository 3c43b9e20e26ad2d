"""Connections of the driver that are kept open between two uses."""

import asyncio
import contextlib
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Final, TypeAlias

import asyncpg

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"

OPENED_AT_ONCE: Final = 2
"""Opening costs this process some ten milliseconds (authentication), using a moment; so in a
crowd, whoever comes next mostly gets the one that somebody else gives back."""


class Pool:
    """Lends a bounded number of connections; who comes later waits, but not for long.

    Args:
        connect: Opens one, in bounded time.
        keep: Idle connections kept; as many again may be open for a moment.
        wait_s: Longest wait for a connection that others use.
    """

    def __init__(
        self, connect: Callable[[], Awaitable[Connection]], *, keep: int, wait_s: float
    ) -> None:
        self._connect = connect
        self._keep = keep
        self._most = 2 * keep
        self._wait_s = wait_s
        self._idle: list[Connection] = []
        self._waiting: deque[asyncio.Future[Connection | None]] = deque()
        self._open = 0
        self._opening = 0
        self._closed = False

    async def take(self) -> Connection:
        """Return an open connection; whoever asks gives it back or drops it.

        One that the server has closed meanwhile is known by itself, without a round trip.

        Raises:
            OSError, asyncpg.PostgresError, asyncpg.InterfaceError: None can be had;
                ``TimeoutError`` when others have all.
        """
        return self._take_idle() or await self._open_or_wait()

    def give(self, connection: Connection) -> None:
        """Take a connection back that works."""
        waiting = self._next_waiting()
        if waiting is not None:
            waiting.set_result(connection)
        elif len(self._idle) < self._keep and not self._closed:
            self._idle.append(connection)
        else:
            self.drop(connection)

    def drop(self, connection: Connection) -> None:
        """Take a connection back of which nobody knows what comes next on it."""
        connection.terminate()
        self._open -= 1
        self._wake()

    async def aclose(self) -> None:
        """Close what is idle, and what is given back later."""
        self._closed = True
        while connection := self._take_idle():
            self._open -= 1
            with contextlib.suppress(asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
                await connection.close(timeout=self._wait_s)

    def _take_idle(self) -> "Connection | None":
        while self._idle:
            connection = self._idle.pop()
            if not connection.is_closed():
                return connection
            self._open -= 1
        return None

    async def _open_or_wait(self) -> Connection:
        deadline = asyncio.get_running_loop().time() + self._wait_s
        while self._open >= self._most or self._opening >= OPENED_AT_ONCE:
            connection = await self._wait(deadline)
            if connection is not None and not connection.is_closed():
                return connection
            self._open -= connection is not None
        return await self._open_one()

    async def _open_one(self) -> Connection:
        self._open += 1
        self._opening += 1
        try:
            return await self._connect()
        except BaseException:
            self._open -= 1
            raise
        finally:
            self._opening -= 1
            self._wake()

    async def _wait(self, deadline: float) -> "Connection | None":
        """Wait for somebody's connection, or None when one may be opened.

        Raises:
            TimeoutError: Neither came in time.
        """
        waiting: asyncio.Future[Connection | None] = asyncio.get_running_loop().create_future()
        self._waiting.append(waiting)
        try:
            async with asyncio.timeout_at(deadline):
                return await waiting
        except BaseException:
            if not waiting.cancelled():  # it came when nobody waited any more
                given = waiting.result()
                self._wake() if given is None else self.give(given)
            raise

    def _wake(self) -> None:
        """Let somebody open a connection, if there is room for one."""
        if self._open < self._most and self._opening < OPENED_AT_ONCE:
            waiting = self._next_waiting()
            if waiting is not None:
                waiting.set_result(None)

    def _next_waiting(self) -> "asyncio.Future[Connection | None] | None":
        while self._waiting:
            waiting = self._waiting.popleft()
            if not waiting.done():
                return waiting
        return None
