"""What is told from within the process, in front of a real Redis."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from prometheus_client import CollectorRegistry
from redis.asyncio import Redis

from hub.fetch import Fetcher, FetchSettings, RedisClient
from hub.model.evidence import Absent, Found, Kept
from tests.service.fetch.opening import ask, fetching, plain
from tests.unit.fetch.register import NEVER, Keys, Register, Time, one, order, permit, person

pytestmark = pytest.mark.asyncio

NEARBY = FetchSettings(cache_timeout_s=2.0)


@pytest.fixture
def register() -> Register:
    made = Register(Time())
    made.lend(person(1), person(2))
    return made


async def hears(fetcher: Fetcher) -> None:
    """Wait until the fetcher has heard of evictions, so tells what it has at hand."""
    nearby = fetcher._nearby
    assert nearby is not None
    async with asyncio.timeout(5):
        while nearby._timer() - nearby._heard_at > 0.5:  # noqa: ASYNC110 — nobody tells of it
            await asyncio.sleep(0.01)


@asynccontextmanager
async def near(
    redis: RedisClient, *registers: Register, metrics: CollectorRegistry | None = None
) -> AsyncIterator[Fetcher]:
    async with fetching(redis, *registers, settings=NEARBY, metrics=metrics) as fetcher:
        await hears(fetcher)
        yield fetcher


async def test_at_hand_is_told_as_from_redis(redis: Redis, register: Register) -> None:
    asked = order(one(1), one(3))
    async with near(redis, register) as fetcher, fetching(redis, register) as other:
        assert fetcher.peek(permit(), [asked]) is None
        first = await ask(fetcher, permit(), asked)
        register.time.pass_s(50)
        from_redis = await ask(other, permit(), asked)
        await redis.flushdb()  # whatever comes now, comes from within
        gathered = await ask(fetcher, permit(), asked)
        peeked = fetcher.peek(permit(), [asked])
    assert peeked is not None
    assert peeked["library"] == gathered == from_redis
    assert isinstance(gathered[person(1)], Kept)
    found, absent = first[person(1)], first[person(3)]
    assert isinstance(found, Found)
    assert isinstance(absent, Absent)
    assert gathered == {
        person(1): replace(found, cached=True),
        person(3): replace(absent, cached=True),
    }
    assert len(register.calls) == 1


async def test_what_redis_brings_is_at_hand_next(redis: Redis, register: Register) -> None:
    async with fetching(redis, register) as other:
        await ask(other, permit(), order(one(1)))
    async with near(redis, register) as fetcher:
        await ask(fetcher, permit(), order(one(1)))
        assert fetcher.peek(permit(), [order(one(1))]) is not None
    assert len(register.calls) == 1


async def test_only_whom_nobody_has_is_asked_for(redis: Redis, register: Register) -> None:
    async with fetching(redis, register) as other, near(redis, register) as fetcher:
        await ask(fetcher, permit(), order(one(1)))
        await ask(other, permit(), order(one(2)))
        told = await ask(fetcher, permit(), order(one(3), one(2), one(1)))
    assert list(told) == [person(3), person(2), person(1)]
    assert register.calls == [(person(1),), (person(2),), (person(3),)]


async def test_peeking_is_all_or_nothing(redis: Redis, register: Register) -> None:
    archive = Register(register.time, name="archive")
    orders = [order(one(1)), order(one(1), register="archive")]
    async with near(redis, register, archive) as fetcher:
        await ask(fetcher, permit(), orders[0])
        assert fetcher.peek(permit(), orders) is None
        await ask(fetcher, permit(), orders[1])
        told = fetcher.peek(permit(), orders)
        assert told is not None
        assert list(told) == ["library", "archive"]
        assert fetcher.peek(permit(), [order(one(1), one(2))]) is None
        assert fetcher.peek(permit(), [order(one(1), wide=True)]) is None
        assert fetcher.peek(permit("RSD-2"), orders) is None
        assert fetcher.peek(permit(), []) == {}
        with pytest.raises(ValueError, match="one order"):
            fetcher.peek(permit(), [orders[0], orders[0]])
        with pytest.raises(TypeError):
            fetcher.peek(None, orders)  # type: ignore[arg-type]


async def test_nothing_is_at_hand_beyond_its_time(redis: Redis, register: Register) -> None:
    async with near(redis, register) as fetcher:
        await ask(fetcher, permit(), order(one(1)))
        register.time.pass_s(331)
        assert fetcher.peek(permit(), [order(one(1))]) is None
        register.fail()
        stale = (await ask(fetcher, permit(), order(one(1))))[person(1)]
        assert isinstance(stale, Found)
        assert stale.stale
        assert fetcher.peek(permit(), [order(one(1))]) is None


@pytest.mark.parametrize(
    "register",
    [Register(Time(), freshness=NEVER), Register(Time(), cacheable=False)],
    ids=["nothing", "controller"],
)
async def test_what_may_not_be_kept_is_never_at_hand(redis: Redis, register: Register) -> None:
    async with near(redis, register) as fetcher:
        await ask(fetcher, permit(), order(one(1)))
        assert fetcher.peek(permit(), [order(one(1))]) is None


async def test_an_agreement_that_forbids_keeping_neither_fills_nor_reads(
    redis: Redis, register: Register
) -> None:
    async with near(redis, register) as fetcher:
        await ask(fetcher, permit(cache=False), order(one(1)))
        assert fetcher.peek(permit(), [order(one(1))]) is None
        await ask(fetcher, permit(), order(one(1)))
        assert fetcher.peek(permit(cache=False), [order(one(1))]) is None
        outcome = (await ask(fetcher, permit(cache=False), order(one(1))))[person(1)]
    assert isinstance(outcome, Found)
    assert not outcome.cached
    assert len(register.calls) == 3


async def test_without_redis_or_room_nothing_is_at_hand(redis: Redis, register: Register) -> None:
    async with fetching(None, register, settings=NEARBY) as alone:
        await ask(alone, permit(), order(one(1)))
        assert alone.peek(permit(), [order(one(1))]) is None
        assert alone.peek_residences(permit(), [person(1)]) is None
    async with fetching(redis, register, settings=FetchSettings(nearby_bytes=0)) as narrow:
        await ask(narrow, permit(), order(one(1)))
        assert narrow.peek(permit(), [order(one(1))]) is None


async def test_an_absence_that_is_not_kept_is_not_at_hand(redis: Redis) -> None:
    register = Register(Time())
    register.manifest = replace(
        register.manifest, freshness=replace(register.manifest.freshness, negative_ttl_s=0)
    )
    async with near(redis, register) as fetcher:
        await ask(fetcher, permit(), order(one(9)))
        assert fetcher.peek(permit(), [order(one(9))]) is None


async def test_one_count_per_order(redis: Redis, register: Register) -> None:
    metrics = CollectorRegistry()
    labels = {"register": "library", "origin": "cache"}
    async with near(redis, register, metrics=metrics) as fetcher:
        await ask(fetcher, permit(), order(one(1), one(2)))
        fetcher.peek(permit(), [order(one(1), one(2))])
        fetcher.peek(permit(), [order(one(1), one(3))])
    assert metrics.get_sample_value("hub_fetch_records_total", labels) == 2


async def test_forgetting_leaves_redis_alone(redis: Redis, register: Register) -> None:
    async with near(redis, register) as fetcher:
        for number in ("RSD-1", "RSD-2"):
            await ask(fetcher, permit(number), order(one(1), one(2)))
        fetcher.forget(permit("RSD-1"), [person(1)])
        assert fetcher.peek(permit("RSD-1"), [order(one(1))]) is None
        assert fetcher.peek(permit("RSD-1"), [order(one(2))]) is not None
        assert fetcher.peek(permit("RSD-2"), [order(one(1))]) is not None
        outcome = (await ask(fetcher, permit("RSD-1"), order(one(1))))[person(1)]
        assert isinstance(outcome, Found)
        assert outcome.cached
    assert len(register.calls) == 2


async def test_residences_at_hand_are_read_once_a_day(redis: Redis) -> None:
    time = Time()
    population = Register(time, name="population")
    population.lend(person(1), person(2))
    codes = [person(1), person(2), person(3)]
    read = 0
    present = population.present

    def counted(*given: object) -> object:
        nonlocal read
        read += 1
        return present(*given)  # type: ignore[arg-type]

    population.present = counted  # type: ignore[method-assign, assignment]
    async with Fetcher({}, population, redis, Keys(), time, NEARBY) as fetcher:
        await hears(fetcher)
        assert fetcher.peek_residences(permit(), codes) is None
        first = await fetcher.residences(permit(), codes)
        time.pass_s(10)
        assert read == 2
        for _ in range(3):
            assert fetcher.peek_residences(permit(), codes) == first
        assert read == 4
        assert fetcher.peek_residences(permit(), [*codes, person(4)]) is None
        assert fetcher.peek_residences(permit("RSD-2"), codes) is None
        assert fetcher.peek_residences(permit(cache=False), codes) is None
        assert set(first or {}) == {person(1), person(2)}
        fetcher.forget(permit(), [person(1)])
        assert fetcher.peek_residences(permit(), codes) is None
        await fetcher.settle()
    assert len(population.calls) == 1


async def test_a_large_batch_from_redis_lets_others_go_on(redis: Redis, register: Register) -> None:
    several = [Register(register.time, name=name) for name in ("library", "archive", "museum")]
    subjects = [one(number) for number in range(500)]
    for each in several:
        each.lend(*(subject.asked for subject in subjects))
    orders = [order(*subjects, register=each.manifest.name) for each in several]
    async with fetching(redis, *several) as other:
        await other.gather(permit(), orders)
        await other.settle()
    loop, turns, done = asyncio.get_running_loop(), 0, asyncio.Event()

    async def others() -> None:
        nonlocal turns
        while not done.is_set():
            turns += 1
            await asyncio.sleep(0)

    async with near(redis, *several) as fetcher, asyncio.TaskGroup() as group:
        group.create_task(others())
        began = turns
        told = await fetcher.gather(permit(), orders)
        done.set()
    assert loop.is_running()
    assert all(isinstance(each, Kept) for found in told.values() for each in found.values())
    assert turns - began >= 24  # names and values, a hundred persons at a time


async def test_a_packed_outcome_can_be_told_plainly(redis: Redis, register: Register) -> None:
    async with near(redis, register) as fetcher:
        first = (await ask(fetcher, permit(), order(one(1))))[person(1)]
        second = (await ask(fetcher, permit(), order(one(1))))[person(1)]
    assert isinstance(first, Found)
    assert isinstance(second, Kept)
    assert plain(second) == replace(first, cached=True)
