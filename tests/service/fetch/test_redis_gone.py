"""Redis stopped, killed, late or gone: the same answers, a little slower."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio
from redis.exceptions import RedisError

from hub.fetch import Fetcher, FetchSettings, RedisClient, connect_redis
from hub.model.evidence import Absent, Found, Outcome
from hub.model.personal_code import PersonalCode
from hub.sandbox.servers import RedisServer, start_redis
from tests.service.fetch.opening import fetching, plain
from tests.unit.fetch.register import Register, Time, one, order, permit, person

pytestmark = pytest.mark.asyncio

PERSONS = 40
CALLERS = 8


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RedisServer]:
    running = start_redis(tmp_path / "redis")
    yield running
    running.kill()


@pytest_asyncio.fixture
async def client(server: RedisServer) -> AsyncIterator[RedisClient]:
    made = connect_redis(server.url)
    yield made
    await made.aclose()


@pytest.fixture
def register() -> Register:
    made = Register(Time(), concurrency=64)
    made.lend(*(person(number) for number in range(0, PERSONS, 2)))
    made.takes_s = 0.01
    return made


async def run(fetcher: Fetcher, rounds: int) -> list[dict[PersonalCode, Outcome]]:
    """Ask as several callers do, side by side; leave out what tells where it came from."""

    async def caller(first: int) -> list[dict[PersonalCode, Outcome]]:
        told = []
        for turn in range(rounds):
            number = (first + 3 * turn) % PERSONS
            found = await fetcher.gather(permit(f"A-{first}"), [order(one(number))])
            told.append(
                {
                    code: replace(plain(each), cached=False)
                    if isinstance(each, Found | Absent)
                    else each
                    for code, each in found["library"].items()
                }
            )
        return told

    async with asyncio.TaskGroup() as group:
        callers = [group.create_task(caller(number)) for number in range(CALLERS)]
    return [each for task in callers for each in task.result()]


async def without_redis(register: Register, rounds: int) -> tuple[list[object], float]:
    async with fetching(None, register) as fetcher:
        began = time.perf_counter()
        told = await run(fetcher, rounds)
        return list(told), time.perf_counter() - began


@pytest.mark.parametrize("harm", ["pause", "kill"])
async def test_a_redis_that_is_gone_costs_next_to_nothing(
    server: RedisServer, client: RedisClient, register: Register, harm: str
) -> None:
    expected, bare_s = await without_redis(register, rounds=80)
    getattr(server, harm)()
    async with fetching(client, register, settings=FetchSettings()) as fetcher:
        began = time.perf_counter()
        told = await run(fetcher, rounds=80)
        took_s = time.perf_counter() - began
    assert told == expected
    assert took_s < 2 * bare_s


async def test_harm_under_load_changes_no_answer(
    server: RedisServer, client: RedisClient, register: Register
) -> None:
    async with fetching(client, register, settings=FetchSettings()) as fetcher:

        async def harm() -> None:
            for deed in (server.pause, server.resume, server.kill, server.restart):
                await asyncio.sleep(0.15)
                await asyncio.to_thread(deed)

        async with asyncio.TaskGroup() as group:
            group.create_task(harm())
            told = await run(fetcher, rounds=120)
    expected, _ = await without_redis(register, rounds=120)
    assert told == expected


async def test_redis_back_again_is_used_again(
    server: RedisServer, client: RedisClient, register: Register
) -> None:
    async with fetching(client, register, settings=FetchSettings()) as fetcher:
        server.kill()
        await run(fetcher, rounds=3)
        server.restart()
        await asyncio.sleep(1.1)
        await fetcher.gather(permit(), [order(one(0))])
        await fetcher.gather(permit(), [order(one(1))])
        await fetcher.settle()
        calls = len(register.calls)
        told = await fetcher.gather(permit(), [order(one(0))])
    outcome = told["library"][person(0)]
    assert isinstance(outcome, Found)
    assert outcome.cached
    assert len(register.calls) == calls


async def test_a_redis_slow_at_start_delays_nobody_and_serves_later(
    server: RedisServer, register: Register
) -> None:
    server.pause()
    client = connect_redis(server.url)
    async with fetching(client, register, settings=FetchSettings()) as fetcher:
        told = await run(fetcher, rounds=5)
        server.resume()
        await asyncio.sleep(1.1)
        for number in (0, 0, 1):
            await fetcher.gather(permit(), [order(one(number))])
            await fetcher.settle()
        calls = len(register.calls)
        await fetcher.gather(permit(), [order(one(1))])
        assert len(register.calls) == calls
    await client.aclose()
    expected, _ = await without_redis(register, rounds=5)
    assert told == expected


async def test_eviction_that_cannot_be_done_says_so(
    server: RedisServer, client: RedisClient, register: Register
) -> None:
    server.kill()
    async with fetching(client, register, settings=FetchSettings()) as fetcher:
        with pytest.raises(RedisError) as raised:
            await fetcher.evict(person(1))
    assert str(person(1)) not in str(raised.value)


async def test_a_full_or_read_only_redis_is_no_obstacle(
    server: RedisServer, client: RedisClient, register: Register
) -> None:
    await client.config_set("maxmemory", "1")  # every write is refused from now on
    async with fetching(client, register, settings=FetchSettings()) as fetcher:
        told = await run(fetcher, rounds=5)
    expected, _ = await without_redis(register, rounds=5)
    assert told == expected
    await client.config_set("maxmemory", "0")


async def test_a_loop_held_up_by_other_work_is_not_taken_for_a_redis_that_hangs(
    client: RedisClient, register: Register
) -> None:
    async with fetching(client, register, settings=FetchSettings()) as fetcher:
        for number in range(0, PERSONS, 2):
            await fetcher.gather(permit(), [order(one(number))])
        await fetcher.settle()
        asked, done = len(register.calls), asyncio.Event()

        async def hold_up() -> None:
            while not done.is_set():
                time.sleep(0.15)  # noqa: ASYNC251 — what a large batch does to its neighbours
                await asyncio.sleep(0.001)

        async with asyncio.TaskGroup() as group:
            group.create_task(hold_up())
            for number in range(0, PERSONS, 2):
                found = await fetcher.gather(permit(), [order(one(number))])
                outcome = found["library"][person(number)]
                assert isinstance(outcome, Found)
                assert outcome.cached
            done.set()
        assert len(register.calls) == asked
