"""Redis as this room sees it: bytes by name, and never in the way.

Reads of requests that come together share one round trip; writes wait in a bounded queue until
nobody waits for them. When Redis fails or hangs, a breaker makes every call here return at once.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TypeAlias, TypeVar, cast

import structlog
from redis.asyncio import Redis, RedisCluster
from redis.exceptions import RedisClusterException, RedisError

from hub.fetch.bounds import FetchSettings
from hub.fetch.breaker import Breaker
from hub.fetch.meters import Meters

RedisClient: TypeAlias = Redis | RedisCluster
FAILURES = (RedisError, RedisClusterException, OSError, TimeoutError)
_MOST_KEYS = 1000  # of one command: longer ones would hold up Redis itself
_MOST_WRITES = 250
_SPELLS = 5
# one command for many values, each with its own life: a tenth of the work of a pipeline of SETs
_SET_ALL = """
for at, name in ipairs(KEYS) do
  redis.call('SET', name, ARGV[2 * at - 1], 'PX', ARGV[2 * at])
end
"""

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Put:
    """One value to keep for ``life_ms``."""

    name: bytes
    value: bytes
    life_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing:
    """What to write when nobody waits.

    Attributes:
        register: For the metrics.
        size: Records it holds.
        puts: Makes the values; called when it is their turn.
        drop: Name to delete afterwards: a lease.
        done: Called at the end, whether it was written or not.
    """

    register: str
    size: int
    puts: Callable[[], Sequence[Put]]
    drop: bytes | None
    done: Callable[[], None]


@dataclass(frozen=True, slots=True)
class _Reading:
    names: Sequence[bytes]
    values: "asyncio.Future[list[bytes | None] | None]" = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )


class Link:
    """The one way to Redis; ``read`` and ``write`` are run as tasks by the owner."""

    def __init__(self, client: RedisClient, settings: FetchSettings, meters: Meters) -> None:
        """Speak through ``client``, whose own retries must be off."""
        self._client = client
        self._meters = meters
        self._breaker = Breaker(failures=settings.cache_failures, rest_s=settings.cache_rest_s)
        self._readings: list[_Reading] = []
        self._asked = asyncio.Event()
        self._closed = False
        self._writings: asyncio.Queue[Writing] = asyncio.Queue()
        self._timeout_s = settings.cache_timeout_s
        self._unwritten = 0
        self._most_unwritten = settings.unwritten

    async def get(self, names: Sequence[bytes]) -> list[bytes | None] | None:
        """Return values in the order of ``names``; None when Redis gives no answer."""
        if self._closed or self._breaker.wait_s() is not None:
            return None
        reading = _Reading(names)
        self._readings.append(reading)
        self._asked.set()
        return await reading.values

    async def lease(self, name: bytes, life_ms: int) -> bool | None:
        """Take the lease; False when somebody holds it, None when Redis gives no answer."""

        async def take() -> bool:
            return bool(await self._client.set(name, b"1", nx=True, px=life_ms))

        return await self._guarded(take)

    def put(self, writing: Writing) -> None:
        """Write later; what does not fit in the queue is not kept."""
        if self._breaker.is_open or self._unwritten + writing.size > self._most_unwritten:
            self._meters.unkept.labels(writing.register).inc(writing.size)
            writing.done()
            return
        self._unwritten += writing.size
        self._writings.put_nowait(writing)

    async def put_now(self, puts: Sequence[Put]) -> None:
        """Write and wait.

        Raises:
            redis.exceptions.RedisError: It was not written; the breaker has no say.
        """
        await self._write(puts, None)

    async def settle(self) -> None:
        """Wait until everything that waited is written or given up."""
        await self._writings.join()

    async def read_forever(self) -> None:
        """Answer ``get``: whatever gathered while one round trip was under way goes in the next."""
        try:
            while True:
                await self._asked.wait()
                self._asked.clear()
                readings, self._readings = self._readings, []
                try:
                    await self._answer(readings)
                finally:
                    _give_up(readings)
        finally:
            self._closed = True
            _give_up(self._readings)

    async def write_forever(self) -> None:
        """Write what ``put`` queued, one after another."""
        while True:
            writing = await self._writings.get()
            try:
                await self._carry_out(writing)
            finally:
                self._unwritten -= writing.size
                writing.done()
                self._writings.task_done()

    async def _answer(self, readings: Sequence[_Reading]) -> None:
        names = [name for each in readings for name in each.names]
        values = await self._guarded(lambda: self._read(names))
        if values is None:
            return
        start = 0
        for each in readings:
            end = start + len(each.names)
            if not each.values.done():
                each.values.set_result(values[start:end])
            start = end

    async def _read(self, names: Sequence[bytes]) -> list[bytes | None]:
        found: list[bytes | None] = []
        for start in range(0, len(names), _MOST_KEYS):
            part = names[start : start + _MOST_KEYS]
            if isinstance(self._client, RedisCluster):
                values = await self._client.mget_nonatomic(part)
            else:
                values = await self._client.mget(part)
            found += cast("list[bytes | None]", values)
        return found

    async def _carry_out(self, writing: Writing) -> None:
        async def write() -> bool:
            await self._write(writing.puts(), writing.drop)
            return True

        if not await self._guarded(write):
            self._meters.unkept.labels(writing.register).inc(writing.size)

    async def _write(self, puts: Sequence[Put], drop: bytes | None) -> None:
        for start in range(0, len(puts), _MOST_WRITES):
            part = puts[start : start + _MOST_WRITES]
            if isinstance(self._client, RedisCluster):
                pipe = self._client.pipeline()
                for put in part:
                    pipe.set(put.name, put.value, px=put.life_ms)
                await pipe.execute()
            else:
                names = [put.name for put in part]
                rest = [each for put in part for each in (put.value, put.life_ms)]
                await self._client.eval(_SET_ALL, len(names), *names, *rest)
        if drop is not None:
            await self._client.delete(drop)

    async def _guarded(self, call: Callable[[], Awaitable[T]]) -> T | None:
        if (ticket := self._breaker.admit()) is None:
            return None
        try:
            async with in_time(self._timeout_s):
                answer = await call()
        except Exception as failure:  # noqa: BLE001 — whatever the cache does, answers go on without it
            self._breaker.failed(ticket)
            self._tell(failure)
            return None
        except BaseException:
            self._breaker.unused(ticket)
            raise
        self._breaker.succeeded(ticket)
        self._meters.breaker_open.labels("cache").set(0)
        return answer

    def _tell(self, failure: Exception) -> None:
        log = structlog.get_logger()
        self._meters.breaker_open.labels("cache").set(self._breaker.is_open)
        if not isinstance(failure, FAILURES):
            log.error("cache_bug", kind=type(failure).__name__)
        elif self._breaker.is_open:
            log.warning("cache_left_alone", kind=type(failure).__name__)


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


def _give_up(readings: Sequence[_Reading]) -> None:
    for each in readings:
        if not each.values.done():
            each.values.set_result(None)
