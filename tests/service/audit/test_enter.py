"""Entries on their way: a promised receipt is worth nothing until the commit, and never leaves."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import pytest

from hub.app.words import published_words
from hub.audit.chain import verify_writer
from hub.audit.log import DurableLog
from hub.audit.reader import LogReader
from hub.consent.desk import ConsentDesk
from hub.errors import Code, ServiceUnavailable
from hub.ports import ConsentChanged
from hub.storage.consents import ConsentTable
from hub.storage.database import Database
from hub.storage.log import LogTable
from hub.storage.tokens import SubjectTokens
from tests.service.storage.fixtures import StillClock
from tests.service.storage.hub_database import HubDatabase, run
from tests.unit.audit.making import code, disclosure
from tests.unit.consent.making import CONSENT, PUBLIC_TASK, agreement

pytestmark = pytest.mark.asyncio

END_THE_WRITER = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE datname = current_database() AND query LIKE '%append_batch%'"
    " AND wait_event = 'relation'"
)


@asynccontextmanager
async def held(hub_database: HubDatabase) -> AsyncIterator[None]:
    """Keep anybody from adding to the log; reading goes on."""
    connection = await asyncpg.connect(hub_database.owner_url)
    try:
        async with connection.transaction():
            await connection.execute("LOCK TABLE hub.access_entry IN EXCLUSIVE MODE")
            yield
    finally:
        await connection.close()


async def test_a_promised_receipt_proves_nothing_before_the_commit(
    log: DurableLog, reader: LogReader, hub_database: HubDatabase
) -> None:
    await log.append(disclosure(code(1)))
    async with held(hub_database):
        pending = await log.enter(disclosure(code(1)))
        waiting = asyncio.ensure_future(pending.committed())
        await asyncio.sleep(0.1)
        assert not waiting.done()
        assert not await reader.proves(pending.receipt)
    assert await waiting == pending.receipt
    assert await reader.proves(pending.receipt)


async def test_a_log_lost_between_entering_and_commit_gives_no_receipt(
    log: DurableLog, reader: LogReader, table: LogTable, hub_database: HubDatabase
) -> None:
    await log.append(disclosure(code(1)))
    async with held(hub_database):
        pending = await log.enter(disclosure(code(1)))
        await asyncio.sleep(0.1)
        await run(hub_database.owner_url, END_THE_WRITER)
        with pytest.raises(ServiceUnavailable) as raised:
            await pending.committed()
        assert raised.value.code is Code.AUDIT_UNAVAILABLE
        with pytest.raises(ServiceUnavailable):
            await pending.committed()
    assert not await reader.proves(pending.receipt)
    assert await reader.proves(await log.append(disclosure(code(1))))
    for writer in await table.writers():
        assert verify_writer(await table.of_writer(writer)) is None


async def test_a_log_that_hangs_is_told_at_the_deadline(
    log: DurableLog, reader: LogReader, hub_database: HubDatabase
) -> None:
    await log.append(disclosure(code(1)))
    loop = asyncio.get_running_loop()
    async with held(hub_database):
        began = loop.time()
        pending = await log.enter(disclosure(code(1)))
        with pytest.raises(ServiceUnavailable):
            await pending.committed()
        assert loop.time() - began < 2
    assert not await reader.proves(pending.receipt)


async def test_who_goes_away_between_entering_and_commit_leaves_its_entries(
    log: DurableLog, reader: LogReader
) -> None:
    await log.append(disclosure(code(1)))
    made = disclosure(code(1), code(2))

    async def leave() -> None:
        await log.enter(made)
        raise asyncio.CancelledError

    async with asyncio.TaskGroup() as group:
        task = group.create_task(leave())
    assert task.cancelled()
    await log.append(disclosure())
    assert len(await reader.entries(made.header.operation_id)) == 2


async def test_a_withdrawal_after_entering_is_before_the_entry_or_after_it(
    log: DurableLog, reader: LogReader, database: Database, tokens: SubjectTokens, clock: StillClock
) -> None:
    desk = ConsentDesk(ConsentTable(database, tokens), clock, published_words(None))
    one, two = code(1), code(2)
    consents = {one: (await desk.give(one, agreement())).reference}
    cited = disclosure(one, two, consents=consents, article6=CONSENT)
    await (await log.enter(cited)).committed()
    await desk.withdraw(one, agreement().number)
    await desk.restrict(two)
    void = disclosure(one, two, consents=consents, article6=CONSENT)
    public = disclosure(two, article6=PUBLIC_TASK)
    fine = disclosure(code(3), article6=PUBLIC_TASK)
    pending = [await log.enter(made) for made in (void, public, fine)]
    for entered, subjects in zip(pending, [{one, two}, {two}], strict=False):
        with pytest.raises(ConsentChanged) as raised:
            await entered.committed()
        assert raised.value.subjects == subjects
        assert not await reader.proves(entered.receipt)
    assert await reader.proves(await pending[2].committed())
