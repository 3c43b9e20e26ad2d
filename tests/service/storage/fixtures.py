"""Fixtures of the rooms that meet PostgreSQL: storage, audit, consent."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, date, datetime

import pytest
import pytest_asyncio

from hub.storage.database import Database
from hub.storage.tokens import SubjectTokens
from tests.service.storage.hub_database import (
    HubDatabase,
    copy_template,
    keyring,
    make_template,
    run,
)


class StillClock:
    """A clock that tests set."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at

    def today(self) -> date:
        return self.at.date()


@pytest.fixture(scope="session")
def template(postgres_url: str) -> str:
    return make_template(postgres_url)


@pytest.fixture
def hub_database(postgres_url: str, template: str) -> Iterator[HubDatabase]:
    made = copy_template(postgres_url, template)
    yield made
    name = made.url.rpartition("/")[2]
    asyncio.run(run(postgres_url, f"DROP DATABASE {name} WITH (FORCE)"))


@pytest_asyncio.fixture
async def database(hub_database: HubDatabase) -> AsyncIterator[Database]:
    made = Database(hub_database.url)
    yield made
    await made.aclose()


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
def tokens() -> SubjectTokens:
    return SubjectTokens(keyring())
