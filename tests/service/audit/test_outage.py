"""PostgreSQL frozen, stopped and killed: nothing leaves, nothing is lost, nobody restarts anything.

These tests harm their server, so they start their own.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest

from hub.audit.chain import verify_writer
from hub.audit.log import DurableLog, open_log
from hub.audit.reader import LogReader
from hub.errors import Code, ServiceUnavailable
from hub.model.entry import Receipt
from hub.sandbox.servers import PostgresServer, start_postgres
from hub.storage.database import Database
from hub.storage.log import KeyTable, LogTable
from hub.storage.tokens import SubjectTokens
from tests.service.storage.fixtures import StillClock
from tests.service.storage.hub_database import (
    HubDatabase,
    copy_template,
    keyring,
    log_key,
    make_template,
)
from tests.unit.audit.making import code, disclosure

pytestmark = [pytest.mark.asyncio, pytest.mark.slow]

PATIENCE_S = 2.0


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    made = start_postgres(tmp_path_factory.mktemp("harmed"))
    yield made
    made.remove()


@pytest.fixture(scope="module")
def harmed(server: PostgresServer) -> HubDatabase:
    url = f"{server.url}/postgres"
    return copy_template(url, make_template(url))


@asynccontextmanager
async def hub(harmed: HubDatabase) -> AsyncIterator[tuple[DurableLog, LogReader, LogTable]]:
    database = Database(harmed.url)
    table = LogTable(database, SubjectTokens(keyring()), StillClock())
    try:
        async with open_log(table, KeyTable(database), keyring(), log_key()) as log:
            yield log, LogReader(table, KeyTable(database), keyring()), table
    finally:
        await table.aclose()
        await database.aclose()


async def refused_in_time(log: DurableLog, *people: int) -> None:
    began = time.monotonic()
    with pytest.raises(ServiceUnavailable) as raised:
        await log.append(disclosure(*map(code, people)))
    assert raised.value.code is Code.AUDIT_UNAVAILABLE
    assert time.monotonic() - began < PATIENCE_S


async def resumes(log: DurableLog) -> Receipt:
    deadline = time.monotonic() + 15
    while True:
        try:
            return await log.append(disclosure(code(1)))
        except ServiceUnavailable:
            assert time.monotonic() < deadline
            await asyncio.sleep(0.05)


async def all_hold(table: LogTable) -> bool:
    return all(
        [verify_writer(await table.of_writer(writer)) is None for writer in await table.writers()]
    )


async def many_refused_in_time(log: DurableLog) -> None:
    """Known persons, unknown ones and nobody, side by side and one after another."""
    async with asyncio.TaskGroup() as group:
        for i in range(40):
            group.create_task(refused_in_time(log, *range(i % 3)))
            group.create_task(refused_in_time(log, 10_000 + i))
            await asyncio.sleep(0.03)


async def test_frozen(server: PostgresServer, harmed: HubDatabase) -> None:
    async with hub(harmed) as (log, reader, table):
        await log.append(disclosure(*map(code, range(3))))
        server.pause()
        try:
            await many_refused_in_time(log)
        finally:
            server.resume()
        assert await reader.proves(await resumes(log))
        assert await all_hold(table)


async def test_stopped(server: PostgresServer, harmed: HubDatabase) -> None:
    async with hub(harmed) as (log, reader, table):
        await log.append(disclosure(*map(code, range(3))))
        await asyncio.to_thread(server.stop)
        try:
            await many_refused_in_time(log)
        finally:
            await asyncio.to_thread(server.restart)
        assert await reader.proves(await resumes(log))
        assert await all_hold(table)


@pytest.mark.parametrize("how", ["kill", "pause"])
async def test_struck_down_under_load_every_receipt_has_its_entries(
    server: PostgresServer, harmed: HubDatabase, how: str
) -> None:
    receipts: list[Receipt] = []
    refusals: list[float] = []
    ended = asyncio.Event()

    async def client(log: DurableLog, number: int) -> None:
        person = number
        while not ended.is_set():
            person += 100
            people = [code(person + i * 17) for i in range(number % 4)]
            began = time.monotonic()
            try:
                receipts.append(await log.append(disclosure(*people)))
            except ServiceUnavailable:
                refusals.append(time.monotonic() - began)
                await asyncio.sleep(0.02)

    async def disaster() -> None:
        for _ in range(3):
            await asyncio.sleep(0.4)
            if how == "kill":
                await asyncio.to_thread(server.kill)
                await asyncio.to_thread(server.restart)
            else:
                server.pause()
                await asyncio.sleep(1.6)
                server.resume()
        await asyncio.sleep(1.0)
        ended.set()

    async with hub(harmed) as (log, reader, table):
        async with asyncio.TaskGroup() as group:
            group.create_task(disaster())
            for number in range(24):
                group.create_task(client(log, number))
        assert len(receipts) > 100
        assert refusals
        assert max(refusals) < PATIENCE_S
        assert [receipt.id for receipt in receipts if not await reader.proves(receipt)] == []
        assert await all_hold(table)
