"""Entries in a real PostgreSQL: all of an operation or none, and receipts only for those."""

import asyncio
import secrets

import asyncpg
import pytest
from cryptography.exceptions import InvalidTag
from msgspec.structs import replace

from hub.audit.chain import verify_writer
from hub.audit.log import MANY, DurableLog, open_log
from hub.audit.reader import LogReader, opened
from hub.errors import Code, ServiceUnavailable
from hub.model.entry import Receipt
from hub.storage.database import Database
from hub.storage.keyring import MasterKeyring
from hub.storage.log import KeyTable, LogTable
from hub.storage.tokens import SubjectTokens
from tests.service.storage.fixtures import StillClock
from tests.service.storage.hub_database import HubDatabase, ask, keyring, log_key
from tests.unit.audit.making import FOUND, code, disclosure

pytestmark = pytest.mark.asyncio


async def chains_hold(table: LogTable) -> bool:
    return all(
        [verify_writer(await table.of_writer(writer)) is None for writer in await table.writers()]
    )


async def test_one_entry_per_person_and_a_receipt_that_proves_them(
    log: DurableLog, reader: LogReader, table: LogTable
) -> None:
    made = disclosure(code(1), code(2), code(3), relation="payee")
    receipt = await log.append(made)
    entries = await reader.entries(receipt.id)
    assert [entry.wseq for entry in entries] == [1, 2, 3]
    assert [await reader.reveal(entry) for entry in entries] == list(made.subjects)
    assert await reader.proves(receipt)
    assert not await reader.proves(replace(receipt, commitment="0" * 64))
    assert not await reader.proves(Receipt(id="unknown", commitment=receipt.commitment))
    assert await chains_hold(table)


async def test_a_refusal_has_an_entry_without_a_person(log: DurableLog, reader: LogReader) -> None:
    receipt = await log.append(
        disclosure(decision="refused", codes=("field_not_in_agreement",), article6=None)
    )
    (entry,) = await reader.entries(receipt.id)
    assert await reader.reveal(entry) is None
    assert opened(entry)["codes"] == ["field_not_in_agreement"]
    assert await reader.proves(receipt)


async def test_entries_are_counted_by_decision(log: DurableLog, reader: LogReader) -> None:
    assert await reader.count() == 0
    await log.append(disclosure(code(1), code(2)))
    await log.append(disclosure(decision="refused"))
    assert (await reader.count(), await reader.count("disclosed")) == (3, 2)
    assert (await reader.count("refused"), await reader.count("administrative")) == (1, 0)


async def test_a_person_has_one_key_a_year_and_unlinkable_entries_between_years(
    log: DurableLog, reader: LogReader
) -> None:
    at = disclosure().header.at
    receipts = [
        await log.append(disclosure(code(1), at=when))
        for when in (at, at, at.replace(year=at.year + 1))
    ]
    entries = [entry for receipt in receipts for entry in await reader.entries(receipt.id)]
    indexes = [entry.index for entry in entries]
    assert indexes[0] == indexes[1] != indexes[2]
    assert len({entry.sealed for entry in entries}) == 3
    assert [found.subject for e in entries if (found := await reader.reveal(e))] == [code(1)] * 3


async def test_destroying_a_key_closes_the_entries_and_breaks_no_chain(
    log: DurableLog, reader: LogReader, table: LogTable, hub_database: HubDatabase
) -> None:
    receipt = await log.append(disclosure(code(1), code(2)))
    first, second = await reader.entries(receipt.id)
    url = hub_database.owner_url
    await ask(url, "DELETE FROM hub.subject_key WHERE index = $1", first.index)
    await ask(url, "UPDATE hub.access_entry SET index = NULL WHERE wseq = 2")
    assert await reader.reveal(first) is None
    assert [await reader.reveal(entry) for entry in await reader.entries(receipt.id)] == [None] * 2
    assert second.index is not None
    assert await chains_hold(table)
    assert await reader.proves(receipt)


async def test_an_altered_or_swapped_key_is_noticed(
    log: DurableLog, reader: LogReader, hub_database: HubDatabase
) -> None:
    receipt = await log.append(disclosure(code(1), code(2)))
    first, second = await reader.entries(receipt.id)
    await ask(
        hub_database.owner_url,
        "UPDATE hub.subject_key SET wrapped ="
        " (SELECT wrapped FROM hub.subject_key WHERE index = $2) WHERE index = $1",
        first.index,
        second.index,
    )
    with pytest.raises(InvalidTag):
        await reader.reveal(first)
    assert await reader.reveal(second)


async def test_without_the_keyring_nobody_reads_or_finds_a_person(
    log: DurableLog, table: LogTable, database: Database
) -> None:
    receipt = await log.append(disclosure(code(1)))
    stranger = LogReader(table, KeyTable(database), MasterKeyring(secrets.token_bytes(32)))
    (entry,) = await stranger.entries(receipt.id)
    with pytest.raises(InvalidTag):
        await stranger.reveal(entry)


async def test_replicas_make_one_key_for_the_same_new_person(
    database: Database,
    tokens: SubjectTokens,
    clock: StillClock,
    table: LogTable,
    reader: LogReader,
) -> None:
    people = [code(number) for number in range(60)]

    async def replica(order: int) -> Receipt:
        own_table = LogTable(database, tokens, clock)
        async with open_log(own_table, KeyTable(database), keyring(), log_key()) as own:
            receipt = await own.append(disclosure(*people[::order]))
        await own_table.aclose()
        return receipt

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(replica(order)) for order in (1, -1, 1, -1)]
    for task in tasks:
        entries = await reader.entries(task.result().id)
        found = [await reader.reveal(entry) for entry in entries]
        assert {told.subject for told in found if told} == set(people)
    assert len(await table.writers()) == 4


async def test_many_at_once_share_few_commits_and_every_chain_holds(
    log: DurableLog, table: LogTable, reader: LogReader, hub_database: HubDatabase
) -> None:
    operations = [disclosure(*map(code, range(i % 4))) for i in range(200)]
    await log.append(disclosure(*map(code, range(4))))
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(log.append(made)) for made in operations]
    assert all([await reader.proves(task.result()) for task in tasks])
    assert await chains_hold(table)
    commits = await ask(
        hub_database.owner_url, "SELECT count(DISTINCT CAST(xmin AS text)) FROM hub.access_entry"
    )
    assert commits < 20


async def test_the_same_person_twice_in_one_operation_has_two_entries(
    log: DurableLog, reader: LogReader
) -> None:
    receipt = await log.append(disclosure(code(1), code(2), code(1)))
    entries = await reader.entries(receipt.id)
    assert entries[0].index == entries[2].index != entries[1].index
    assert [(await reader.reveal(entry)) is not None for entry in entries] == [True] * 3


async def test_a_memory_of_few_keys_only_costs_queries(
    table: LogTable, database: Database, reader: LogReader
) -> None:
    async with open_log(table, KeyTable(database), keyring(), log_key()) as own:
        own._keys._capacity = 2
        for _ in range(2):
            receipt = await own.append(disclosure(*map(code, range(5))))
        assert len(own._keys.of_year(disclosure().header.at.year)._known) == 2
    found = [await reader.reveal(entry) for entry in await reader.entries(receipt.id)]
    assert [told and told.outcomes for told in found] == [FOUND] * 5


async def test_a_cancelled_caller_leaves_its_entries(
    log: DurableLog, reader: LogReader, table: LogTable
) -> None:
    await log.append(disclosure(code(1)))
    made = disclosure(code(1))
    async with asyncio.TaskGroup() as group:
        task = group.create_task(log.append(made))
        await asyncio.sleep(0)
        task.cancel()
    assert task.cancelled()
    await log.append(disclosure())
    assert len(await reader.entries(made.header.operation_id)) == 1
    assert await chains_hold(table)


async def test_what_postgres_refuses_is_told_as_unavailable_and_the_next_goes_through(
    log: DurableLog, reader: LogReader, table: LogTable
) -> None:
    first = log.lanes[0].writer.id
    broken = disclosure(operation_id="null \0 character")
    with pytest.raises(ServiceUnavailable) as raised:
        await log.append(broken)
    assert raised.value.code is Code.AUDIT_UNAVAILABLE
    assert await reader.proves(await log.append(disclosure(code(1))))
    assert log.lanes[0].writer.id != first
    assert await chains_hold(table)


async def test_after_the_end_nothing_is_accepted(table: LogTable, database: Database) -> None:
    async with open_log(table, KeyTable(database), keyring(), log_key()) as own:
        pass
    for made in (disclosure(), disclosure(code(1))):
        with pytest.raises(ServiceUnavailable):
            await own.append(made)


async def test_one_who_asks_about_few_does_not_wait_behind_many(
    log: DurableLog, reader: LogReader, table: LogTable, hub_database: HubDatabase
) -> None:
    many = [code(number) for number in range(MANY)]
    await log.append(disclosure(*many))
    await log.append(disclosure(code(1)))
    connection = await asyncpg.connect(hub_database.owner_url)
    held = connection.transaction()
    await held.start()
    # whoever writes to the place that the next of many takes waits for the end of this
    await connection.execute(
        "INSERT INTO hub.access_entry SELECT writer, $2, previous, hash, operation_id, at, open,"
        " salt FROM hub.access_entry WHERE writer = $1 AND wseq = 1",
        log.lanes[1].writer.id,
        MANY + 1,
    )
    pending = await log.enter(disclosure(*many))
    for _ in range(3):
        assert await reader.proves(await log.append(disclosure(code(1))))
    assert not await reader.proves(pending.receipt)
    await held.rollback()
    await connection.close()
    assert await reader.proves(await pending.committed())
    assert await chains_hold(table)
