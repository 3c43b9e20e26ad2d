from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from redis.asyncio import Redis

from tests.service.fetch.opening import flushed


@pytest.fixture
def url(redis_url: str) -> str:
    """A database of the run's Redis that no other test uses."""
    return f"{redis_url}/6"


@pytest_asyncio.fixture
async def redis(url: str) -> AsyncIterator[Redis]:
    """An empty database, with patience: these tests are about what is kept, not about haste."""
    async with flushed(url) as client:
        yield client
