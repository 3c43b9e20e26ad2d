"""Group commit: whoever waits joins one flush, and the next begins when the previous returns."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Generic, TypeVar

import structlog

from hub.errors import Code, ServiceUnavailable

Item = TypeVar("Item")
Result = TypeVar("Result")

_LOG = structlog.get_logger(__name__)


class Waiting(Generic[Item, Result]):
    """An item on its way; only its deadline drops it, never that whoever awaits it goes away."""

    __slots__ = ("deadline", "dropped", "item", "outcome", "weight")

    def __init__(
        self, item: Item, weight: int, deadline: float, outcome: "asyncio.Future[Result]"
    ) -> None:
        self.item = item
        self.weight = weight
        self.deadline = deadline
        self.outcome = outcome
        self.dropped = False

    async def settled(self) -> Result:
        """Wait until the item was flushed, or dropped at its deadline.

        Raises:
            ServiceUnavailable: ``audit_unavailable`` at the deadline, at shutdown or when the
                flush broke.
            Exception: What the flush returned for this item.
        """
        return await self.outcome

    def settle(self, outcome: Result | Exception) -> None:
        """Tell whoever awaits, be it nobody."""
        if self.outcome.done():
            return
        if isinstance(outcome, Exception):
            self.outcome.set_exception(outcome)
            self.outcome.exception()  # nobody need ask: whoever entered may be gone
        else:
            self.outcome.set_result(outcome)

    def drop(self) -> None:
        """Give up waiting; what is being flushed already may or may not be written."""
        self.dropped = True
        self.settle(ServiceUnavailable(Code.AUDIT_UNAVAILABLE))


class GroupCommit(Generic[Item, Result]):
    """A bounded queue before a flush that takes many items at once.

    Flushing waits for no timer: an idle hub flushes a lone item at once, a busy one finds its
    items gathered. One timer watches the deadlines of all.

    Args:
        flush: Gets items in the order they came; returns as many outcomes, each a result or the
            exception that concerns this item alone. Raising fails them all.
        weigh: How much of the bounds an item takes.
        most_waiting: Weight beyond which newcomers are turned away.
        most_at_once: Weight of one flush; a single heavier item still goes, alone.
    """

    def __init__(
        self,
        flush: Callable[[Sequence[Item]], Awaitable[Sequence[Result | Exception]]],
        *,
        weigh: Callable[[Item], int],
        most_waiting: int = 20_000,
        most_at_once: int = 4_000,
    ) -> None:
        self._flush = flush
        self._weigh = weigh
        self._most_waiting = most_waiting
        self._most_at_once = most_at_once
        self._queue: deque[Waiting[Item, Result]] = deque()
        self._open: deque[Waiting[Item, Result]] = deque()
        self._watch: asyncio.TimerHandle | None = None
        self._weight = 0
        self._wake = asyncio.Event()
        self._closed = False
        self._failing = False

    def put(self, item: Item, deadline: float) -> Waiting[Item, Result]:
        """Put ``item`` on its way without waiting for it.

        Args:
            item: What to flush.
            deadline: In seconds of the loop's clock; an item still waiting then is dropped.

        Raises:
            ServiceUnavailable: ``overloaded`` when too much waits, ``audit_unavailable`` once
                closed.
        """
        if self._closed:
            raise ServiceUnavailable(Code.AUDIT_UNAVAILABLE)
        weight = self._weigh(item)
        if self._queue and self._weight + weight > self._most_waiting:
            raise ServiceUnavailable(Code.OVERLOADED)
        loop = asyncio.get_running_loop()
        waiting: Waiting[Item, Result] = Waiting(item, weight, deadline, loop.create_future())
        self._queue.append(waiting)
        self._open.append(waiting)
        if self._watch is None or deadline < self._watch.when():
            self._watch_until(loop, deadline)
        self._weight += weight
        self._wake.set()
        return waiting

    async def join(self, item: Item, deadline: float) -> Result:
        """Wait until ``item`` was flushed; being cancelled takes the caller away, not the item.

        Raises:
            ServiceUnavailable, Exception: As ``put`` and ``Waiting.settled`` tell.
        """
        return await self.put(item, deadline).settled()

    async def run(self) -> None:
        """Flush until closed; belongs into a ``TaskGroup``. What waits at closing is flushed."""
        try:
            while not (self._closed and not self._queue):
                await self._wake.wait()
                self._wake.clear()
                while self._queue:
                    await self._flush_next()
        finally:
            self._closed = True
            self._fail(self._queue)
            if self._watch:
                self._watch.cancel()

    def close(self) -> None:
        """Turn newcomers away; ``run`` ends when the queue is empty."""
        self._closed = True
        self._wake.set()

    async def _flush_next(self) -> None:
        batch = self._take()
        if not batch:
            return
        try:
            outcomes = await self._flush([waiting.item for waiting in batch])
        except ServiceUnavailable as error:
            self._tell(error)
            self._fail(batch, error.code)
        except Exception:  # noqa: BLE001 — told to these callers; it must not end the log for others
            _LOG.exception("flush_broken")
            self._fail(batch)
        except BaseException:
            self._fail(batch)
            raise
        else:
            self._tell(None)
            for waiting, outcome in zip(batch, outcomes, strict=True):
                waiting.settle(outcome)
        finally:
            while self._open and self._open[0].outcome.done():
                self._open.popleft()

    def _watch_until(self, loop: asyncio.AbstractEventLoop, deadline: float) -> None:
        if self._watch:
            self._watch.cancel()
        self._watch = loop.call_at(deadline, self._expire)

    def _expire(self) -> None:
        """Drop what waited too long, and watch the rest: deadlines need not come in order."""
        loop = asyncio.get_running_loop()
        self._watch = None
        for waiting in self._open:
            if waiting.deadline <= loop.time():
                waiting.drop()
        left = [waiting for waiting in self._open if not waiting.outcome.done()]
        self._open = deque(left)
        if left:
            self._watch_until(loop, min(waiting.deadline for waiting in left))

    def _take(self) -> list[Waiting[Item, Result]]:
        batch: list[Waiting[Item, Result]] = []
        weight = 0
        while self._queue and (not batch or weight + self._queue[0].weight <= self._most_at_once):
            waiting = self._queue.popleft()
            self._weight -= waiting.weight
            if not waiting.dropped:
                batch.append(waiting)
                weight += waiting.weight
        return batch

    def _tell(self, error: ServiceUnavailable | None) -> None:
        """Log when an outage begins and when it ends, not every flush in between."""
        if error and not self._failing:
            _LOG.error("flush_failed", code=error.code.code, cause=type(error.__cause__).__name__)
        elif self._failing and not error:
            _LOG.info("flush_recovered")
        self._failing = error is not None

    def _fail(
        self, batch: Iterable[Waiting[Item, Result]], code: Code = Code.AUDIT_UNAVAILABLE
    ) -> None:
        for waiting in batch:
            waiting.settle(ServiceUnavailable(code))
