"""A bound on what a neighbour takes, not on what this process takes to look."""

import asyncio
from types import TracebackType
from typing import Final

_SPELLS: Final = 5


class InTime:
    """Bounds a block by what a neighbour takes, not by what this process takes to look.

    While the event loop is held up, by the answer of a large batch, time runs out unseen and the
    answer lies there unread. So time is counted in short spells, and a spell that the loop slept
    through counts once. A block that runs out of time ends with ``TimeoutError``.
    """

    __slots__ = ("_limit", "_loop", "_spell_s", "_timer")

    def __init__(self, timeout_s: float) -> None:
        """Bound a block by ``timeout_s``."""
        self._spell_s = timeout_s / _SPELLS
        self._loop = asyncio.get_running_loop()
        self._limit = asyncio.timeout(None)

    async def __aenter__(self) -> None:
        await self._limit.__aenter__()
        self._wait(_SPELLS)

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        raised: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._timer.cancel()
        await self._limit.__aexit__(kind, raised, trace)

    def _wait(self, spells: int) -> None:
        if spells:
            self._timer = self._loop.call_later(self._spell_s, self._wait, spells - 1)
        else:
            self._limit.reschedule(self._loop.time())
