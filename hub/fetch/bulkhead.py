"""Keeps one slow register from holding every request of the replica."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Full(Exception):
    """No place is free, and the queue is as long as it may be or did not move in time."""


class Bulkhead:
    """So many at once, so many waiting, and nobody beyond."""

    def __init__(self, *, places: int, waiting: int) -> None:
        """Offer ``places`` at once to callers of whom ``waiting`` may queue."""
        self._places = asyncio.Semaphore(places)
        self._most_waiting = waiting
        self._waiting = 0

    @asynccontextmanager
    async def place(self, until: float) -> AsyncIterator[None]:
        """Hold a place.

        Args:
            until: Reading of the event loop's clock at which waiting for one ends.

        Raises:
            Full: At once when the queue is full, or when no place came free in time.
        """
        if self._places.locked() and self._waiting >= self._most_waiting:
            raise Full
        self._waiting += 1
        try:
            async with asyncio.timeout_at(until):
                await self._places.acquire()
        except TimeoutError as late:
            raise Full from late
        finally:
            self._waiting -= 1
        try:
            yield
        finally:
            self._places.release()
