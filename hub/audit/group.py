"""Group commit: whoever waits joins one flush, and the next begins when the previous returns."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import structlog

from hub.errors import Code, ServiceUnavailable

Item = TypeVar("Item")
Result = TypeVar("Result")

_LOG = structlog.get_logger(__name__)


@dataclass(slots=True, eq=False)
class Waiting(Generic[Item, Result]):
    """An item on its way; only its deadline drops it, never that whoever awaits it goes away."""

    item: Item
    weight: int
    deadline: float
    outcome: "asyncio.Future[Result]"
    dropped: bool = False

    async def settled(self) -> Result:
        """Wait until the item was flushed, at most until its deadline, and then drop it.

        Raises:
            ServiceUnavailable: ``audit_unavailable`` at the deadline, at shutdown or when the
                flush broke.
            Exception: What the flush returned for this item.
        """
        if self.outcome.done():
            return self.outcome.result()
        timer = self.outcome.get_loop().call_at(self.deadline, self._expire)
        try:
            return await self.outcome
        finally:
            timer.cancel()

    def settle(self, outcome: Result | Exception) -> None:
        """Tell whoever awaits, be it nobody."""
        if self.outcome.done():
            return
        if isinstance(outcome, Exception):
            self.outcome.set_exception(outcome)
            self.outcome.exception()  # nobody need ask: whoever entered may be gone
        else:
            self.outcome.set_result(outcome)

    def _expire(self) -> None:
        self.dropped = True
        self.settle(ServiceUnavailable(Code.AUDIT_UNAVAILABLE))


class GroupCommit(Generic[Item, Result]):
    """A bounded queue before a flush that takes many items at once.

    No timer: an idle hub flushes a lone item at once, a busy one finds its items gathered.

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
        waiting: Waiting[Item, Result] = Waiting(
            item, weight, deadline, asyncio.get_running_loop().create_future()
        )
        self._queue.append(waiting)
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
