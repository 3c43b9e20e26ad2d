"""An eviction reaches every replica within a second, whatever happens to Redis."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from redis.asyncio import Redis
from redis.exceptions import RedisError

from hub.fetch import Fetcher, connect_redis
from hub.fetch.evictions import STREAM
from hub.model.evidence import Found, Subject
from hub.sandbox.servers import RedisServer, start_redis
from tests.service.fetch.opening import ask, fetching
from tests.service.fetch.test_at_hand import NEARBY, hears
from tests.unit.fetch.register import Register, Time, one, order, permit, person

pytestmark = pytest.mark.asyncio

ASKED = order(one(1))


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RedisServer]:
    running = start_redis(tmp_path / "redis")
    yield running
    running.kill()


class Replicas:
    """Two fetchers over one Redis, each with person 1 at hand."""

    def __init__(self, here: Fetcher, there: Fetcher, register: Register, client: Redis) -> None:
        self.here, self.there, self.register, self.client = here, there, register, client

    async def fill(self) -> None:
        for each in (self.here, self.there):
            await ask(each, permit(), ASKED)
            await hears(each)
            assert at_hand(each)


def at_hand(fetcher: Fetcher) -> bool:
    return fetcher.peek(permit(), [ASKED]) is not None


async def within_a_second(come: Callable[[], bool]) -> None:
    async with asyncio.timeout(1.0):
        while not come():  # noqa: ASYNC110 — nobody tells of it
            await asyncio.sleep(0.01)


@pytest_asyncio.fixture
async def replicas(server: RedisServer) -> AsyncIterator[Replicas]:
    register = Register(Time())
    register.lend(person(1))
    async with AsyncExitStack() as stack:
        fetchers = []
        client = Redis.from_url(server.url)
        stack.push_async_callback(client.aclose)
        for _ in range(2):
            own = connect_redis(server.url)
            stack.push_async_callback(own.aclose)
            opening = fetching(own, register, settings=NEARBY)
            fetchers.append(await stack.enter_async_context(opening))
        for each in fetchers:
            await hears(each)
        made = Replicas(fetchers[0], fetchers[1], register, client)
        await made.fill()
        yield made


async def test_evicting_at_one_replica_reaches_the_other(replicas: Replicas) -> None:
    replicas.register.lend(person(1), title="Zelta zirgs")
    await replicas.here.evict(person(1))
    assert not at_hand(replicas.here)
    await within_a_second(lambda: not at_hand(replicas.there))
    outcome = (await ask(replicas.there, permit(), ASKED))[person(1)]
    assert isinstance(outcome, Found)
    assert outcome.facts == replicas.register.loans[person(1)]
    assert not outcome.cached


async def test_evicting_somebody_else_changes_nothing(replicas: Replicas) -> None:
    await replicas.here.evict(person(2))
    await asyncio.sleep(0.6)
    assert at_hand(replicas.here)
    assert at_hand(replicas.there)


async def test_any_code_of_a_person_reaches_them(replicas: Replicas) -> None:
    several = order(Subject(asked=person(8), codes=(person(7), person(8))))
    await ask(replicas.there, permit(), several)
    assert replicas.there.peek(permit(), [several]) is not None
    await replicas.here.evict(person(8))
    await within_a_second(lambda: replicas.there.peek(permit(), [several]) is None)


@pytest.mark.parametrize("harm", ["pause", "kill"])
async def test_without_redis_nothing_at_hand_is_told(
    replicas: Replicas, server: RedisServer, harm: str
) -> None:
    getattr(server, harm)()
    await within_a_second(lambda: not at_hand(replicas.here) and not at_hand(replicas.there))
    with pytest.raises(RedisError):
        await replicas.here.evict(person(1))
    server.resume() if harm == "pause" else server.restart()
    await hears(replicas.there)


async def test_a_pause_survived_is_no_loss(replicas: Replicas, server: RedisServer) -> None:
    server.pause()
    await within_a_second(lambda: not at_hand(replicas.here))
    server.resume()
    await hears(replicas.here)
    assert at_hand(replicas.here)


async def test_a_redis_that_lost_everything_clears_what_is_at_hand(
    replicas: Replicas, server: RedisServer
) -> None:
    await asyncio.to_thread(server.kill)
    await asyncio.to_thread(server.restart)
    await within_a_second(lambda: not at_hand(replicas.here))
    await hears(replicas.here)
    assert not at_hand(replicas.here)


async def test_flushing_redis_clears_what_is_at_hand(replicas: Replicas) -> None:
    await replicas.client.flushall()
    await within_a_second(lambda: not at_hand(replicas.here) and not at_hand(replicas.there))
    await hears(replicas.here)
    assert replicas.here._nearby is not None
    assert replicas.here._nearby.records == 0


async def test_a_trimmed_stream_clears_what_is_at_hand(replicas: Replicas) -> None:
    for number in range(2, 6):
        await replicas.client.xadd(STREAM, {b"0": b"somebody %d" % number})
    await replicas.client.xtrim(STREAM, maxlen=1, approximate=False)
    await within_a_second(lambda: not at_hand(replicas.here) and not at_hand(replicas.there))


async def test_another_stream_with_the_same_ids_is_another(replicas: Replicas) -> None:
    newest: Any = await replicas.client.xrevrange(STREAM, count=1)
    await replicas.client.delete(STREAM)
    await replicas.client.xadd(STREAM, {b"begun": b"elsewhere"}, id=newest[0][0])
    await within_a_second(lambda: not at_hand(replicas.here) and not at_hand(replicas.there))


async def test_a_storm_of_evictions_is_heard_to_its_end(replicas: Replicas) -> None:
    async with replicas.client.pipeline(transaction=False) as pipe:
        for number in range(2500):
            pipe.xadd(STREAM, {b"0": b"somebody %d" % number})
        await pipe.execute()
    await replicas.here.evict(person(1))
    await within_a_second(lambda: not at_hand(replicas.there))


async def test_an_answer_on_its_way_during_an_eviction_is_not_kept(replicas: Replicas) -> None:
    register = replicas.register
    register.takes_s = 0.5
    asked = order(one(1), wide=True)
    async with asyncio.TaskGroup() as group:
        group.create_task(replicas.there.gather(permit(), [asked]))
        await asyncio.sleep(0.1)
        await replicas.here.evict(person(1))
    await replicas.there.settle()
    await hears(replicas.there)
    assert replicas.there.peek(permit(), [asked]) is None
    register.takes_s = 0.0
    calls = len(register.calls)
    await replicas.there.gather(permit(), [asked])
    assert len(register.calls) == calls + 1


async def test_the_stream_tells_nobody_who(replicas: Replicas) -> None:
    await replicas.here.evict(person(1))
    told = repr(await replicas.client.xrange(STREAM))
    assert told.count("h1:{") == 1
    for plain in (str(person(1)), person(1).digits, "library"):
        assert plain not in told
    assert STREAM in [name async for name in replicas.client.scan_iter()]
