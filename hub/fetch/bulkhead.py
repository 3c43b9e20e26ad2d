"""Keeps one slow register from holding every request of the replica."""

import asyncio
from types import TracebackType


class Full(Exception):
    """No place is free, and the queue is as long as it may be or did not move in time."""


class Bulkhead:
    """So many at once, so many waiting, and nobody beyond."""

    def __init__(self, *, places: int, waiting: int) -> None:
        """Offer ``places`` at once to callers of whom ``waiting`` may queue."""
        self._places = asyncio.Semaphore(places)
        self._most_waiting = waiting
        self._waiting = 0

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
        if not self._places.locked():
            await self._places.acquire()  # at once
            return
        if self._waiting >= self._most_waiting:
            raise Full
        self._waiting += 1
        try:
            async with asyncio.timeout_at(until):
                await self._places.acquire()
        except TimeoutError as late:
            raise Full from late
        finally:
            self._waiting -= 1

    def leave(self) -> None:
        """Give a place back."""
        self._places.release()


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
