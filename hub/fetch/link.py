"""Redis as this room sees it: bytes by name, and never in the way.

Whatever gathered while one round trip was under way, goes in the next: reads, leases, and what
waits to be written. When Redis fails or hangs, a breaker makes every call here return at once.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias, TypeVar, cast

import structlog
from redis.asyncio import Redis, RedisCluster
from redis.exceptions import RedisClusterException, RedisError

from hub.fetch.backlog import Backlog, Load, Put, Writing
from hub.fetch.bounds import FetchSettings
from hub.fetch.breaker import Breaker
from hub.fetch.meters import Meters
from hub.fetch.patience import InTime
from hub.fetch.trips import Asked, Claim, ClusterTrips, SingleTrips, Told

__all__ = ["FAILURES", "Claim", "Link", "Put", "RedisClient", "Told", "Writing"]

RedisClient: TypeAlias = Redis | RedisCluster
FAILURES = (RedisError, RedisClusterException, OSError, TimeoutError)
_MOST_WRITES = 250
_PUT_OFF_S = 0.004
_GATHER_S = 0.003

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Reading:
    names: Sequence[bytes]
    claims: Sequence[Claim]
    told: "asyncio.Future[Told | None]" = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )


class Link:
    """The one way to Redis; ``run_forever`` is run as a task by the owner."""

    def __init__(self, client: RedisClient, settings: FetchSettings, meters: Meters) -> None:
        """Speak through ``client``, whose own retries must be off."""
        self._client = client
        cluster = isinstance(client, RedisCluster)
        self._trips = (
            ClusterTrips(cast("RedisCluster", client))
            if cluster
            else SingleTrips(cast("Redis", client))
        )
        self._meters = meters
        self._breaker = Breaker(failures=settings.cache_failures, rest_s=settings.cache_rest_s)
        self._readings: list[_Reading] = []
        self._asked = asyncio.Event()
        self._closed = False
        self._due: asyncio.TimerHandle | None = None
        self._backlog = Backlog(settings.unwritten, meters)
        self._timeout_s = settings.cache_timeout_s

    async def get(self, names: Sequence[bytes]) -> list[bytes | None] | None:
        """Return values in the order of ``names``; None when Redis gives no answer."""
        told = await self.ask(names, ())
        return None if told is None else told.values

    async def ask(self, names: Sequence[bytes], claims: Sequence[Claim]) -> Told | None:
        """Return values, and which leases were taken; None when Redis gives no answer."""
        if self._closed or self._breaker.wait_s() is not None:
            return None
        reading = _Reading(names, claims)
        self._readings.append(reading)
        self._asked.set()
        return await reading.told

    async def lease(self, name: bytes, life_ms: int) -> bool | None:
        """Take the lease; False when somebody holds it, None when Redis gives no answer."""
        told = await self.ask((), (Claim(name, name, life_ms),))
        # here the lease itself is what must not stand
        return None if told is None or told.taken is None else bool(told.taken[0])

    def put(self, writing: Writing) -> None:
        """Write later; what does not fit in the queue is not kept."""
        if self._closed or self._breaker.is_open:
            self._backlog.refuse(writing)
            return
        self._backlog.add(writing)
        if self._due is None:
            self._due = asyncio.get_running_loop().call_later(_PUT_OFF_S, self._asked.set)

    async def put_now(self, puts: Sequence[Put]) -> None:
        """Write and wait.

        Raises:
            redis.exceptions.RedisError: It was not written; the breaker has no say.
        """
        for put in puts:
            await self._client.set(put.name, put.value, px=put.life_ms)

    async def settle(self) -> None:
        """Wait until everything that waited is written or given up."""
        await self._backlog.emptied()

    async def run_forever(self) -> None:
        """Make one round trip after another, as long as there is anything to ask or to write."""
        busy = False
        try:
            while True:
                await self._asked.wait()
                if busy:  # more are about to ask: a moment spares them trips of their own
                    await asyncio.sleep(_GATHER_S)
                self._asked.clear()
                readings, self._readings = self._readings, []
                busy = len(readings) > 1
                try:
                    await self._carry_out(readings)
                finally:
                    _give_up(readings)
        finally:
            self._closed = True
            _give_up(self._readings)
            await self._trips.aclose()

    async def _carry_out(self, readings: Sequence[_Reading]) -> None:
        if self._due is not None:
            self._due.cancel()
            self._due = None
        load = self._load()
        if self._backlog:
            self._asked.set()
        asked = _joined(readings, load)
        if not asked:
            self._backlog.end(load, written=True)
            return
        told: Told | None = None
        try:
            told = await self._guarded(lambda: self._trips.make(asked))
            if told is not None:
                self._answer(readings, told)
        finally:
            self._backlog.end(load, written=told is not None and told.refused is None)

    def _load(self) -> Load:
        try:
            return self._backlog.take(_MOST_WRITES)
        except Exception as failure:  # noqa: BLE001 — one writing's bug is no other's
            self._tell(failure)
            return Load()

    def _answer(self, readings: Sequence[_Reading], told: Told) -> None:
        if told.refused is not None:
            self._tell(told.refused)
        start = at = 0
        for each in readings:
            end, to = start + len(each.names), at + len(each.claims)
            taken = None if told.taken is None else told.taken[at:to]
            if not each.told.done():
                each.told.set_result(Told(values=told.values[start:end], taken=taken))
            elif taken:
                self._give_back(each, taken)
            start, at = end, to

    def _give_back(self, gone: _Reading, taken: Sequence[bool | None]) -> None:
        """Drop the leases of somebody who went away meanwhile."""
        for claim, was_taken in zip(gone.claims, taken, strict=True):
            if was_taken:
                self.drop(claim.lease)

    def drop(self, lease: bytes) -> None:
        """Give a lease back when nobody waits."""
        self.put(Writing(register="", size=0, puts=(), drops=(lease,), done=lambda: None))

    async def _guarded(self, call: Callable[[], Awaitable[T]]) -> T | None:
        if (ticket := self._breaker.admit()) is None:
            return None
        try:
            async with InTime(self._timeout_s):
                answer = await call()
        except Exception as failure:  # noqa: BLE001 — whatever the cache does, answers go on without it
            self._breaker.failed(ticket)
            self._tell(failure)
            return None
        except BaseException:
            self._breaker.unused(ticket)
            raise
        if ticket.probe:
            self._meters.breaker_open.labels("cache").set(0)
        self._breaker.succeeded(ticket)
        return answer

    def _tell(self, failure: Exception) -> None:
        log = structlog.get_logger()
        self._meters.breaker_open.labels("cache").set(self._breaker.is_open)
        if not isinstance(failure, FAILURES):
            log.error("cache_bug", kind=type(failure).__name__)
        elif self._breaker.is_open:
            log.warning("cache_left_alone", kind=type(failure).__name__)


def _joined(readings: Sequence[_Reading], load: Load) -> Asked:
    if len(readings) == 1:
        names, claims = readings[0].names, readings[0].claims
    else:
        names = [name for each in readings for name in each.names]
        claims = [claim for each in readings for claim in each.claims]
    return Asked(names=names, claims=claims, puts=load.puts, drops=load.drops)


def _give_up(readings: Sequence[_Reading]) -> None:
    for each in readings:
        if not each.told.done():
            each.told.set_result(None)
