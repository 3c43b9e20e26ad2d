"""The order to stop a demo: Ctrl-C, or SIGTERM."""

import asyncio
import signal
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, Final, Self, TypeVar

T = TypeVar("T")

_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)
_POLL_S: Final = 0.05


class Stopped(Exception):
    """The order came; whatever was begun is ended, and nothing failed."""


class Stop:
    """Whether the order came; every wait of a demo is a wait for it too.

    The handlers take no lock: they run between any two steps of the very thread that waits.
    """

    def __init__(self) -> None:
        self._given = False
        self._cancel: Callable[[], object] | None = None

    @contextmanager
    def heeded(self) -> Iterator[Self]:
        """Take the signals for as long as the block runs; a second one changes nothing."""
        before = [(number, signal.signal(number, self._give)) for number in _SIGNALS]
        try:
            yield self
        finally:
            for number, handler in before:
                signal.signal(number, handler)

    def check(self) -> None:
        """Go on, unless told to stop.

        Raises:
            Stopped: The order came.
        """
        if self._given:
            raise Stopped

    def wait(self, wait_s: float) -> None:
        """Pause for ``wait_s`` seconds.

        Raises:
            Stopped: The order came, before or meanwhile.
        """
        until = time.monotonic() + wait_s
        self.check()
        while (left_s := until - time.monotonic()) > 0:
            time.sleep(min(_POLL_S, left_s))
            self.check()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run ``work`` to its end, in a loop of its own.

        Raises:
            Stopped: The order came first, and ``work`` was cancelled.
        """
        try:
            return asyncio.run(self._cancellable(work))
        except BaseException:
            self.check()
            raise

    async def _cancellable(self, work: Coroutine[Any, Any, T]) -> T:
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        assert task is not None  # noqa: S101 — a coroutine runs in a task
        self._cancel = lambda: loop.call_soon_threadsafe(task.cancel)
        try:
            if self._given:
                task.cancel()
            return await work
        finally:
            self._cancel = None

    def _give(self, _number: int, _frame: FrameType | None) -> None:
        self._given = True
        if self._cancel is not None:
            self._cancel()
