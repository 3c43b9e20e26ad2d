"""Work for many persons gives way to other requests by measured time."""

import asyncio
from time import perf_counter
from typing import Final

_TURN_S: Final = 0.001  # registers side by side take one each
PART: Final = 25
"""Persons of a loop that looks at the time once in a while: less than half a millisecond."""


class Turn:
    """One loop's turn of the event loop."""

    __slots__ = ("_ends",)

    def __init__(self) -> None:
        """Begin."""
        self._ends = perf_counter() + _TURN_S

    @property
    def over(self) -> bool:
        """Whether others should come first now."""
        return perf_counter() >= self._ends

    async def give_way(self) -> None:
        """Let others come first, and begin anew."""
        await asyncio.sleep(0)
        self._ends = perf_counter() + _TURN_S
