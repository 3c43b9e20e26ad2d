"""Quota: distinct persons, all or none, the same answer with and without Redis, never looser."""

import asyncio
import random
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from itertools import count

import pytest
import pytest_asyncio
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from hub.errors import Code, Refused, ServiceUnavailable
from hub.model.agreement import Quota
from hub.model.personal_code import PersonalCode
from hub.sandbox.servers import RedisServer, start_redis
from hub.storage.database import Database
from hub.storage.quota import Quotas
from hub.storage.tokens import SubjectTokens
from tests.service.storage.hub_database import HubDatabase, ask, code

pytestmark = pytest.mark.asyncio

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
FRESH = count()


def connected(url: str) -> Redis:
    return Redis.from_url(
        url, socket_timeout=0.05, socket_connect_timeout=0.05, retry=Retry(NoBackoff(), 0)
    )


@pytest_asyncio.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    client = connected(redis_url)
    yield client
    await client.aclose()


@pytest.fixture
def agreement() -> str:
    """A number of its own: tests share one Redis."""
    return f"QTA-{next(FRESH)}"


@pytest_asyncio.fixture(params=["with Redis", "without Redis"])
async def quotas(
    request: pytest.FixtureRequest, database: Database, tokens: SubjectTokens, redis: Redis
) -> AsyncIterator[Quotas]:
    nowhere = connected("redis://127.0.0.1:1")
    yield Quotas(database, redis if request.param == "with Redis" else nowhere, tokens)
    await nowhere.aclose()


def people(*numbers: int) -> list[PersonalCode]:
    return [code(number) for number in numbers]


def of(subjects: int, period: str = "day") -> Quota:
    return Quota(subjects=subjects, period=period)


async def test_distinct_persons_are_counted_once_a_period(quotas: Quotas, agreement: str) -> None:
    assert await quotas.used(agreement, of(3), NOW) == 0
    for asked in (people(1, 2), people(2), people(1, 2, 2, 3), people(3, 1)):
        await quotas.reserve(agreement, of(3), asked, NOW)
    assert await quotas.used(agreement, of(3), NOW) == 3


async def test_over_quota_counts_nobody_and_tells_when_it_resets(
    quotas: Quotas, agreement: str
) -> None:
    await quotas.reserve(agreement, of(3), people(1, 2), NOW)
    for asked in (people(3, 4), people(1, 3, 4), people(*range(10, 20))):
        with pytest.raises(Refused) as raised:
            await quotas.reserve(agreement, of(3), asked, NOW)
        assert raised.value.code is Code.QUOTA_EXHAUSTED
        assert raised.value.details == {
            "limit": 3,
            "resetsAt": "2026-11-20T22:00:00Z",
            "retryAfterSeconds": 10 * 3600,
        }
    assert await quotas.used(agreement, of(3), NOW) == 2
    await quotas.reserve(agreement, of(3), people(1, 2, 3), NOW)
    with pytest.raises(Refused):
        await quotas.reserve(agreement, of(3), people(4), NOW)


async def test_agreements_and_periods_count_apart(quotas: Quotas, agreement: str) -> None:
    tomorrow = NOW.replace(day=21)
    await quotas.reserve(agreement, of(1), people(1), NOW)
    await quotas.reserve(agreement, of(1), people(2), tomorrow)
    await quotas.reserve(f"{agreement}-other", of(1), people(2), NOW)
    await quotas.reserve(agreement, of(1, "month"), people(3), NOW)
    await quotas.reserve(agreement, of(1, "year"), people(4), NOW)
    with pytest.raises(Refused) as raised:
        await quotas.reserve(agreement, of(1, "year"), people(5), tomorrow)
    assert raised.value.details["resetsAt"] == "2026-12-31T22:00:00Z"
    assert await quotas.used(agreement, of(1), NOW) == 1


async def test_a_changed_limit_counts_from_the_next_request(quotas: Quotas, agreement: str) -> None:
    await quotas.reserve(agreement, of(2), people(1, 2), NOW)
    await quotas.reserve(agreement, of(3), people(3), NOW)
    await quotas.reserve(agreement, of(1), people(1, 2, 3), NOW)
    with pytest.raises(Refused):
        await quotas.reserve(agreement, of(1), people(4), NOW)


async def test_a_large_batch(quotas: Quotas, agreement: str) -> None:
    await quotas.reserve(agreement, of(10_000), people(*range(10_000)), NOW)
    await quotas.reserve(agreement, of(10_000), people(*range(10_000)), NOW)
    assert await quotas.used(agreement, of(10_000), NOW) == 10_000


async def test_many_at_once_never_exceed_it_and_leave_no_room_unused(
    quotas: Quotas, agreement: str, hub_database: HubDatabase
) -> None:
    granted: set[PersonalCode] = set()

    async def client(number: int) -> None:
        try:
            await quotas.reserve(agreement, of(25), people(number), NOW)
        except Refused:
            return
        granted.add(code(number))

    async with asyncio.TaskGroup() as group:
        for number in range(120):
            group.create_task(client(number % 60))
    assert len(granted) == 25
    kept = await ask(hub_database.owner_url, "SELECT count(*) FROM hub.quota_use")
    assert kept == await quotas.used(agreement, of(25), NOW) == 25


async def test_who_was_counted_needs_no_postgres_until_redis_forgets(
    database: Database, tokens: SubjectTokens, redis: Redis, agreement: str
) -> None:
    await Quotas(database, redis, tokens).reserve(agreement, of(2), people(1, 2), NOW)
    nowhere = Database("postgresql://nobody@127.0.0.1:1/nothing")
    remembering = Quotas(nowhere, redis, tokens)
    await remembering.reserve(agreement, of(2), people(1, 2), NOW)
    with pytest.raises(Refused):
        await remembering.reserve(agreement, of(2), people(1, 3), NOW)
    with pytest.raises(ServiceUnavailable) as raised:
        await remembering.reserve(agreement, of(3), people(1, 3), NOW)
    assert raised.value.code is Code.QUOTA_UNAVAILABLE
    await redis.delete(f"q1:{{{agreement}:2026-11-20}}")
    await remembering.reserve(agreement, of(2), people(1, 2), NOW)  # this process remembers
    with pytest.raises(ServiceUnavailable):
        await Quotas(nowhere, redis, tokens).reserve(agreement, of(2), people(1, 2), NOW)
    await nowhere.aclose()


async def test_what_a_process_remembers_is_of_one_agreement_and_period(
    quotas: Quotas, agreement: str
) -> None:
    await quotas.reserve(agreement, of(1), people(1), NOW)
    await quotas.reserve(agreement, of(1), people(1), NOW)
    for other in (people(2), people(1, 2)):
        with pytest.raises(Refused):
            await quotas.reserve(agreement, of(1), other, NOW)
        with pytest.raises(Refused):
            await quotas.reserve(agreement, of(1), other, NOW)
    with pytest.raises(Refused):
        await quotas.reserve(f"{agreement}-2", of(0), people(1), NOW)
    with pytest.raises(Refused):
        await quotas.reserve(agreement, of(0), people(1), NOW.replace(day=21))


async def test_what_was_refused_or_failed_is_not_remembered_as_counted(
    database: Database, tokens: SubjectTokens, redis: Redis, agreement: str
) -> None:
    nowhere = Database("postgresql://nobody@127.0.0.1:1/nothing")
    quotas = Quotas(nowhere, redis, tokens)
    for _ in range(2):
        with pytest.raises(ServiceUnavailable):
            await quotas.reserve(agreement, of(1), people(1), NOW)
    await nowhere.aclose()
    assert not quotas._counted.all(agreement, "2026-11-20", people(1))


async def test_redis_holds_no_code_and_forgets_after_the_period(
    database: Database, tokens: SubjectTokens, redis: Redis, agreement: str
) -> None:
    await Quotas(database, redis, tokens).reserve(agreement, of(2), people(1, 2), NOW)
    name = f"q1:{{{agreement}:2026-11-20}}"
    kept = await redis.smembers(name)
    assert len(kept) == 2
    assert not any(code(1).encode() in token or code(1).digits.encode() in token for token in kept)
    past = NOW.replace(year=2020)
    await Quotas(database, redis, tokens).reserve(agreement, of(2), people(1), past)
    assert not await redis.exists(f"q1:{{{agreement}:2020-11-20}}")


@pytest.fixture
def harmed_redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    server = start_redis(tmp_path_factory.mktemp("harmed-redis"))
    yield server
    server.remove()


@pytest.mark.slow
async def test_redis_killed_frozen_and_emptied_midway_is_never_looser(
    harmed_redis: RedisServer, database: Database, tokens: SubjectTokens, hub_database: HubDatabase
) -> None:
    limit, crowd = 300, 900
    granted: set[PersonalCode] = set()
    refused: set[PersonalCode] = set()
    ended = asyncio.Event()

    async def replica(seed: int) -> None:
        choice = random.Random(seed)
        client = connected(harmed_redis.url)
        quotas = Quotas(database, client, tokens)
        while not ended.is_set():
            asked = people(*choice.sample(range(crowd), choice.randint(1, 4)))
            try:
                await quotas.reserve("QTA-HARMED", of(limit), asked, NOW)
                granted.update(asked)
            except Refused:
                refused.update(asked)
            await asyncio.sleep(0.005)
        await client.aclose()

    async def disaster() -> None:
        for harm in (harmed_redis.kill, harmed_redis.pause):
            await asyncio.sleep(0.3)
            await asyncio.to_thread(harm)
            await asyncio.sleep(0.5)
            await asyncio.to_thread(harmed_redis.restart)  # and empty
        await asyncio.sleep(1.5)
        ended.set()

    async with asyncio.TaskGroup() as group:
        group.create_task(disaster())
        for seed in range(6):
            group.create_task(replica(seed))
    kept = await ask(hub_database.owner_url, "SELECT count(*) FROM hub.quota_use")
    assert len(granted) == kept == limit
    assert refused
