"""A bound on what a neighbour takes, not on what this process takes to look."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

_SPELLS = 5


@asynccontextmanager
async def in_time(timeout_s: float) -> AsyncIterator[None]:
    """Bound what a neighbour takes, not what this process takes to look.

    While the event loop is held up, by the answer of a large batch, time runs out unseen and the
    answer lies there unread. So time is counted in short spells, and a spell that the loop slept
    through counts once.

    Raises:
        TimeoutError: The neighbour has not answered.
    """
    loop = asyncio.get_running_loop()
    timers: list[asyncio.TimerHandle] = []
    async with asyncio.timeout(None) as limit:

        def wait(spells: int) -> None:
            if spells:
                timers.append(loop.call_later(timeout_s / _SPELLS, wait, spells - 1))
            else:
                limit.reschedule(loop.time())

        wait(_SPELLS)
        try:
            yield
        finally:
            timers[-1].cancel()
