"""What the sequencer finds wrong is told; what stands enters the tree as it stands."""

import asyncpg
import pytest

from hub.errors import ServiceUnavailable
from hub.ports.sequence import Overtaken
from hub.storage.database import Database
from hub.storage.sequence import SequenceTable
from tests.service.audit.ordering import (
    Author,
    Connection,
    Hand,
    begun_with,
    contents,
    in_tree,
    newest,
    put,
    without_lock,
)
from tests.service.storage.fixtures import StillClock
from tests.service.storage.hub_database import HubDatabase, run
from tests.unit.audit.tlog import naive

pytestmark = pytest.mark.asyncio


async def alarms(owner_url: str) -> list[tuple[str, int, int]]:
    connection = await asyncpg.connect(owner_url)
    rows = await connection.fetch("SELECT kind, wseq, missing FROM hub.log_alarm ORDER BY seq")
    await connection.close()
    return [(row["kind"], row["wseq"], row["missing"]) for row in rows]


async def test_entries_taken_out_are_missed_once(
    line: Connection, hand: Hand, hub_database: HubDatabase
) -> None:
    author = Author()
    entries = author.entries(10)
    await put(line, [entry for entry in entries if entry.wseq not in {4, 5, 9}])
    await hand.tick(2)
    assert await alarms(hub_database.owner_url) == [("gap", 6, 2), ("gap", 10, 1)]
    assert [wseq for _, wseq in await in_tree(hub_database.owner_url)] == [1, 2, 3, 6, 7, 8, 10]
    assert hand.told("hub_log_alarms_total", kind="gap") == 2
    await put(line, author.entries(1))
    await hand.tick(2)
    assert len(await alarms(hub_database.owner_url)) == 2


async def test_a_writer_without_its_first_entry_is_missed_too(
    line: Connection, hand: Hand, hub_database: HubDatabase
) -> None:
    await put(line, Author().entries(2)[1:])
    await hand.tick()
    assert await alarms(hub_database.owner_url) == [("gap", 2, 1)]


ALTERED = {
    "open": ("link", "open = replace(open, 'riga', 'Riga')"),
    "salt": ("link", "salt = '\\x00000000000000000000000000000000'"),
    "sealed": ("link", "sealed = sealed || '\\x00'"),
    "previous": ("link", "previous = hash"),
    "at": ("columns", "at = at + interval '1 s'"),
    "operation": ("columns", "operation_id = 'another'"),
}


@pytest.mark.parametrize("altered", ALTERED)
async def test_an_altered_entry_is_told_and_stands_in_the_tree_as_it_is(
    line: Connection, hand: Hand, hub_database: HubDatabase, altered: str
) -> None:
    kind, change = ALTERED[altered]
    await put(line, Author().entries(3))
    await run(hub_database.owner_url, f"UPDATE hub.access_entry SET {change} WHERE wseq = 2")
    await hand.tick()
    assert (kind, 2, 0) in await alarms(hub_database.owner_url)
    assert {wseq for _, wseq, _ in await alarms(hub_database.owner_url)} == {2}
    assert (await newest(hub_database.owner_url)).size == 3


async def test_an_open_part_that_nobody_can_read_stops_nothing(
    line: Connection, hand: Hand, hub_database: HubDatabase
) -> None:
    await put(line, Author().entries(3))
    await run(
        hub_database.owner_url,
        "UPDATE hub.access_entry SET open = 'not JSON' WHERE wseq = 1",
        'UPDATE hub.access_entry SET open = \'{"registers": 7, "at": ""}\' WHERE wseq = 2',
    )
    await hand.tick()
    assert len(await in_tree(hub_database.owner_url)) == 3
    found = await alarms(hub_database.owner_url)
    assert {each for each in found if each[0] == "columns"} == {
        ("columns", 1, 0),
        ("columns", 2, 0),
    }


async def test_only_one_has_the_turn_and_it_is_free_when_its_connection_ends(
    hand: Hand, database: Database, hub_database: HubDatabase
) -> None:
    other = SequenceTable(database)
    assert await other.try_turn() is None
    assert await other.try_turn() is None
    await run(
        hub_database.owner_url,
        "SELECT pg_terminate_backend(pid) FROM pg_locks l JOIN pg_database d ON d.oid = l.database"
        " WHERE locktype = 'advisory' AND datname = current_database()",
    )
    turn = None
    while turn is None:
        turn = await other.try_turn()
    with pytest.raises(ServiceUnavailable):
        await hand.tick()
    await turn.close()


async def test_who_lost_the_turn_unaware_writes_nothing(
    line: Connection,
    hand: Hand,
    database: Database,
    clock: StillClock,
    hub_database: HubDatabase,
) -> None:
    """Two go on from the same tree; the second to write finds the tree gone on without it."""
    stale = await begun_with(await without_lock(database), clock)
    first, second = Author().entries(3), Author().entries(4)
    await put(line, first)
    await hand.tick()
    await put(line, second)
    with pytest.raises(Overtaken):
        await stale.tick()
    assert len(await in_tree(hub_database.owner_url)) == 3
    await hand.tick()
    order = await in_tree(hub_database.owner_url)
    assert (await newest(hub_database.owner_url)).root == naive.root(
        contents(order, [*first, *second])
    )
    await stale.turn.close()
