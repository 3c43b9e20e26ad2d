"""Agreements keep every revision; seeding never undoes a change."""

import asyncio
import hashlib

import orjson
import pytest

from hub.errors import Code, ServiceUnavailable
from hub.ports import StoredAgreement
from hub.storage.agreements import AgreementTable
from hub.storage.clients import ClientTable
from hub.storage.database import Database
from tests.service.storage.hub_database import HubDatabase, ask

pytestmark = pytest.mark.asyncio


def revision(number: str, which: int, text: str = "{}") -> StoredAgreement:
    return StoredAgreement(
        number=number,
        revision=which,
        document=text.encode(),
        signatures={"VSAA": bytes(64), "NVA": b"\x01" * 64},
        logged_hash=None,
    )


@pytest.fixture
def table(database: Database) -> AgreementTable:
    return AgreementTable(database)


async def test_the_newest_revision_is_returned_as_it_was_added(table: AgreementTable) -> None:
    newest = [revision("A", 2, '{"ā": 1}'), revision("B", 1)]
    assert await table.add_revision(revision("A", 1))
    for each in newest:
        assert await table.add_revision(each)
    assert list(await table.latest()) == newest


async def test_the_version_grows_with_every_change_and_only_then(table: AgreementTable) -> None:
    assert (await table.version(), await table.latest()) == (0, [])
    await table.add_revision(revision("A", 1))
    assert await table.version() == 1
    assert not await table.add_revision(revision("A", 1))
    assert not await table.add_revision(revision("A", 3))
    assert not await table.add_revision(revision("B", 2))
    assert await table.version() == 1


async def test_seeding_adds_what_is_new_and_undoes_nothing(
    table: AgreementTable, hub_database: HubDatabase
) -> None:
    assert await table.seed([revision("A", 1), revision("B", 1)]) == ["A", "B"]
    await table.add_revision(revision("A", 2, "changed"))
    assert await table.seed([revision("A", 1, "anew"), revision("C", 1)]) == ["C"]
    told = {stored.number: stored.document for stored in await table.latest()}
    assert told == {"A": b"changed", "B": b"{}", "C": b"{}"}
    assert await ask(hub_database.owner_url, "SELECT count(*) FROM hub.agreement_revision") == 4


async def test_of_two_next_revisions_one_wins_and_no_version_hides_a_change(
    table: AgreementTable,
) -> None:
    await table.add_revision(revision("A", 1))
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(table.add_revision(revision("A", 2, str(i)))) for i in range(6)]
        others = [group.create_task(table.add_revision(revision(f"B{i}", 1))) for i in range(6)]
    assert [task.result() for task in tasks].count(True) == 1
    assert all(task.result() for task in others)
    assert await table.version() == 8


async def test_clients_are_switched_off_and_on(database: Database) -> None:
    clients = ClientTable(database)
    assert await clients.disabled() == frozenset()
    for _ in range(2):
        await clients.disable("nva")
        assert await clients.disabled() == {"nva"}
    await clients.enable("nva")
    assert await clients.disabled() == frozenset()


async def test_without_postgres_there_are_no_agreements() -> None:
    nowhere = Database("postgresql://nobody@127.0.0.1:1/nothing")
    with pytest.raises(ServiceUnavailable) as raised:
        await AgreementTable(nowhere).latest()
    assert raised.value.code is Code.POLICY_UNAVAILABLE
    await nowhere.aclose()


async def test_the_logged_hash_is_read_from_the_log_and_not_from_the_row(
    table: AgreementTable, hub_database: HubDatabase
) -> None:
    await table.add_revision(revision("A", 1))
    (before,) = await table.latest()
    assert before.logged_hash is None
    told = hashlib.sha256(b"{}").hexdigest()
    opened = orjson.dumps({"decision": "agreement", "agreement_hash": told}).decode()
    await ask(
        hub_database.owner_url,
        f"""INSERT INTO hub.access_entry
        (writer, wseq, previous, hash, operation_id, at, open, salt) VALUES
        (gen_random_uuid(), 1, sha256('a'), sha256('b'), '{told[:32]}', now(), '{opened}', 's')""",
    )
    (after,) = await table.latest()
    assert after.logged_hash == told
