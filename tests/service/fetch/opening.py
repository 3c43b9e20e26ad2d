"""Fetching with a real Redis."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from prometheus_client import CollectorRegistry
from redis.asyncio import Redis

from hub.fetch import Fetcher, FetchSettings, RedisClient, connect_redis
from hub.model.decision import Permit
from hub.model.evidence import Absent, Found, Kept, Order, Outcome
from hub.model.personal_code import PersonalCode
from tests.unit.fetch.register import Keys, Register

PATIENT = FetchSettings(cache_timeout_s=2.0, nearby_bytes=0)
"""For tests of what Redis keeps, in which no time matters, on a machine that may be busy."""


@asynccontextmanager
async def flushed(url: str) -> AsyncIterator[Redis]:
    client = connect_redis(url, timeout_s=5.0)
    assert isinstance(client, Redis)
    await client.flushdb()
    try:
        yield client
    finally:
        await client.aclose()


@asynccontextmanager
async def fetching(
    redis: RedisClient | None,
    *registers: Register,
    settings: FetchSettings | None = None,
    metrics: CollectorRegistry | None = None,
    master: str = "master",
) -> AsyncIterator[Fetcher]:
    known = {each.manifest.name: each for each in registers}
    clock = registers[0].time
    async with Fetcher(
        known, None, redis, Keys(master), clock, settings or PATIENT, metrics=metrics
    ) as fetcher:
        yield fetcher


async def ask(fetcher: Fetcher, permit: Permit, order: Order) -> dict[PersonalCode, Outcome]:
    """Gather one order and wait until it is kept."""
    told = await fetcher.gather(permit, [order])
    await fetcher.settle()
    return dict(told[order.ask.register])


def plain(outcome: Found | Absent) -> Found | Absent:
    """Return the outcome as if nothing of it were packed."""
    if not isinstance(outcome, Kept):
        return outcome
    return Found(
        facts=outcome.facts,
        as_of=outcome.as_of,
        fetched_at=outcome.fetched_at,
        cached=outcome.cached,
        stale=outcome.stale,
    )


async def kept(redis: Redis) -> dict[bytes, bytes]:
    found: dict[bytes, bytes] = {}
    async for name in redis.scan_iter():
        value = await redis.get(name)
        assert isinstance(value, bytes)
        found[name] = value
    return found
