"""The same question, asked many times at once."""

import asyncio
from dataclasses import replace

import pytest
from redis.asyncio import Redis

from hub.fetch import FetchSettings
from hub.model.evidence import Failure, Found, Unavailable
from tests.service.fetch.opening import ask, fetching, kept
from tests.unit.fetch.register import HOURLY, Register, Time, one, order, permit, person

pytestmark = pytest.mark.asyncio


@pytest.fixture
def register() -> Register:
    made = Register(Time())
    made.lend(person(1), person(2))
    made.takes_s = 0.1
    return made


async def test_a_hundred_at_once_are_one_call(redis: Redis, register: Register) -> None:
    async with fetching(redis, register) as fetcher, asyncio.TaskGroup() as group:
        asked = [group.create_task(ask(fetcher, permit(), order(one(1)))) for _ in range(100)]
    told = [task.result()[person(1)] for task in asked]
    assert len(register.calls) == 1
    assert isinstance(told[0], Found)
    assert told == [told[0]] * 100


async def test_batches_that_overlap_ask_for_the_rest_only(redis: Redis, register: Register) -> None:
    async with fetching(redis, register) as fetcher, asyncio.TaskGroup() as group:
        group.create_task(ask(fetcher, permit(), order(one(1), one(2))))
        group.create_task(ask(fetcher, permit(), order(one(2), one(3))))
    assert sorted(register.calls) == [(person(1), person(2)), (person(3),)]


async def test_a_failure_is_shared_too(redis: Redis, register: Register) -> None:
    register.fail()
    async with fetching(redis, register) as fetcher, asyncio.TaskGroup() as group:
        asked = [group.create_task(ask(fetcher, permit(), order(one(1)))) for _ in range(20)]
    assert len(register.calls) == 1
    assert {task.result()[person(1)] for task in asked} == {
        Unavailable(failure=Failure.UNAVAILABLE, retry_after_s=1)
    }


async def test_one_who_leaves_does_not_take_the_others_along(
    redis: Redis, register: Register
) -> None:
    async with fetching(redis, register) as fetcher:
        first = asyncio.ensure_future(ask(fetcher, permit(), order(one(1))))
        await asyncio.sleep(0.03)
        second = asyncio.ensure_future(ask(fetcher, permit(), order(one(1))))
        await asyncio.sleep(0.03)
        first.cancel()
        assert isinstance((await second)[person(1)], Found)
    assert len(register.calls) == 1


async def test_replicas_wait_for_the_one_that_asks(redis: Redis, register: Register) -> None:
    other = Register(register.time)
    other.loans = register.loans
    other.takes_s = register.takes_s
    async with (
        fetching(redis, register) as here,
        fetching(redis, other) as there,
        asyncio.TaskGroup() as group,
    ):
        asked = [
            group.create_task(ask(fetcher, permit(), order(one(1))))
            for fetcher in (here, there)
            for _ in range(50)
        ]
    assert len(register.calls) + len(other.calls) == 1
    told = [task.result()[person(1)] for task in asked]
    assert told == [told[0]] * 100


async def test_the_lease_is_given_back(redis: Redis, register: Register) -> None:
    async with fetching(redis, register) as fetcher:
        await ask(fetcher, permit(), order(one(1)))
        register.fail()
        await ask(fetcher, permit(), order(one(2)))
    assert not [name for name in await kept(redis) if b"}:l" in name]


async def test_a_replica_that_died_is_not_waited_for_long(redis: Redis, register: Register) -> None:
    settings = FetchSettings(lease_wait_s=0.1)
    dead = Register(register.time)
    dead.takes_s = 60
    async with fetching(redis, dead) as there:
        asked = asyncio.ensure_future(ask(there, permit(), order(one(1))))
        await asyncio.sleep(0.05)
        asked.cancel()
    async with fetching(redis, register, settings=settings) as here:
        outcome = (await ask(here, permit(), order(one(1))))[person(1)]
    assert isinstance(outcome, Found)
    assert len(register.calls) == 1


async def test_a_replica_that_failed_is_not_waited_for(redis: Redis, register: Register) -> None:
    failing = Register(register.time)
    failing.takes_s = 0.1
    failing.fail()
    async with fetching(redis, failing) as there, fetching(redis, register) as here:
        first = asyncio.ensure_future(ask(there, permit(), order(one(1))))
        await asyncio.sleep(0.03)
        outcome = (await ask(here, permit(), order(one(1))))[person(1)]
        assert isinstance((await first)[person(1)], Unavailable)
    assert isinstance(outcome, Found)


async def test_absences_that_are_not_kept_are_asked_by_each_replica(
    redis: Redis, register: Register
) -> None:
    freshness = replace(HOURLY, negative_ttl_s=0)
    here_register, there_register = (Register(Time(), freshness=freshness) for _ in range(2))
    for each in (here_register, there_register):
        each.takes_s = 0.05
    async with (
        fetching(redis, here_register) as here,
        fetching(redis, there_register) as there,
        asyncio.TaskGroup() as group,
    ):
        group.create_task(ask(here, permit(), order(one(9))))
        group.create_task(ask(there, permit(), order(one(9))))
    assert len(here_register.calls) == len(there_register.calls) == 1
    assert await kept(redis) == {}


async def test_batches_of_two_replicas_are_one_call(redis: Redis, register: Register) -> None:
    other = Register(register.time)
    other.loans = register.loans
    register.takes_s = other.takes_s = 0.1
    async with (
        fetching(redis, register) as here,
        fetching(redis, other) as there,
        asyncio.TaskGroup() as group,
    ):
        for each in (here, there):
            group.create_task(ask(each, permit(), order(one(1), one(2))))
    assert len(register.calls) + len(other.calls) == 1
