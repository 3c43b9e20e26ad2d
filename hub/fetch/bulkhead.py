"""Keeps one slow register from holding every request of the replica."""

import asyncio
from collections import deque
from types import TracebackType


class Full(Exception):
    """No place is free, and the queue is as long as it may be or did not move in time."""


class Bulkhead:
    """So many at once, so many waiting, and nobody beyond."""

    def __init__(self, *, places: int, waiting: int) -> None:
        """Offer ``places`` at once to callers of whom ``waiting`` may queue."""
        self._free = places
        self._most_waiting = waiting
        self._queue: deque[asyncio.Future[None]] = deque()

    def place(self, until: float) -> "Place":
        """Return a place to hold, as a context.

        Args:
            until: Reading of the event loop's clock at which waiting for one ends.
        """
        return Place(self, until)

    async def take(self, until: float) -> None:
        """Take a place.

        Raises:
            Full: At once when the queue is full, or when no place came free in time.
        """
        if self._free:
            self._free -= 1
            return
        if len(self._queue) >= self._most_waiting:
            raise Full
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._queue.append(turn)
        try:
            async with asyncio.timeout_at(until):
                await turn
        except BaseException as late:
            if turn.done() and not turn.cancelled():
                self.leave()  # the place came at the very moment of giving up
            elif turn in self._queue:
                self._queue.remove(turn)
            if isinstance(late, TimeoutError):
                raise Full from late
            raise

    def leave(self) -> None:
        """Give a place back: to whoever waits, so that nobody overtakes them."""
        while self._queue:
            turn = self._queue.popleft()
            if not turn.done():
                turn.set_result(None)
                return
        self._free += 1


class Place:
    """A place in a bulkhead for as long as a block runs; raises ``Full`` where there is none.

    A class, as a generator for every call would cost as much as the rest of the call.
    """

    __slots__ = ("_bulkhead", "_until")

    def __init__(self, bulkhead: Bulkhead, until: float) -> None:
        """Hold a place of ``bulkhead``, waiting no longer than ``until``."""
        self._bulkhead = bulkhead
        self._until = until

    async def __aenter__(self) -> None:
        await self._bulkhead.take(self._until)

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        raised: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._bulkhead.leave()
