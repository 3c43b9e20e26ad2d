"""Fixtures that the three rooms share, and a log of each test's own."""

from collections.abc import AsyncIterator

import asyncpg
import pytest
import pytest_asyncio

from hub.audit.log import DurableLog, open_log
from hub.audit.reader import LogReader
from hub.storage.database import Database
from hub.storage.log import KeyTable, LogTable
from hub.storage.tokens import SubjectTokens
from tests.service.audit.ordering import Connection, Hand, begun
from tests.service.storage.fixtures import (
    StillClock,
    clock,
    database,
    hub_database,
    template,
    tokens,
)
from tests.service.storage.hub_database import HubDatabase, keyring, log_key

__all__ = ["clock", "database", "hub_database", "template", "tokens"]


@pytest_asyncio.fixture
async def table(
    database: Database, tokens: SubjectTokens, clock: StillClock
) -> AsyncIterator[LogTable]:
    made = LogTable(database, tokens, clock)
    yield made
    await made.aclose()


@pytest_asyncio.fixture
async def log(table: LogTable, database: Database) -> AsyncIterator[DurableLog]:
    async with open_log(table, KeyTable(database), keyring(), log_key()) as opened:
        yield opened


@pytest.fixture
def reader(table: LogTable, database: Database) -> LogReader:
    return LogReader(table, KeyTable(database), keyring())


@pytest_asyncio.fixture
async def line(hub_database: HubDatabase) -> AsyncIterator[Connection]:
    """A connection of the runtime role."""
    opened = await asyncpg.connect(hub_database.url)
    yield opened
    await opened.close()


@pytest_asyncio.fixture
async def hand(database: Database, clock: StillClock) -> AsyncIterator[Hand]:
    """The only sequencer there is, which does what a test tells it."""
    made = await begun(database, clock)
    yield made
    await made.turn.close()
