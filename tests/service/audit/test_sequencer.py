"""Sequencing in a real PostgreSQL: every committed entry is in the tree, once, in order."""

import asyncio
import random
from datetime import UTC, datetime

import asyncpg
import pytest

from hub.audit import sequencing
from hub.audit.log import DurableLog
from hub.model.entry import StoredEntry
from hub.storage.database import Database
from hub.storage.sequence import CHECKPOINTED, SETTINGS
from tests.service.audit.ordering import (
    Author,
    Connection,
    Hand,
    begun,
    contents,
    in_tree,
    newest,
    put,
)
from tests.service.audit.test_questions_bounded import rows_read
from tests.service.storage.fixtures import StillClock
from tests.service.storage.hub_database import HubDatabase, ask, run
from tests.unit.audit.making import code, disclosure
from tests.unit.audit.tlog import naive

pytestmark = pytest.mark.asyncio


async def test_the_tree_is_that_of_all_entries_in_the_order_told(
    line: Connection, database: Database, clock: StillClock, hub_database: HubDatabase
) -> None:
    authors = [Author() for _ in range(5)]
    entries: list[StoredEntry] = []
    for round_ in range(10):
        for author in authors:
            made = author.entries(200 + round_)
            entries += made
            await put(line, made)
    hand = await begun(database, clock)
    await hand.tick()
    await hand.turn.close()
    order = await in_tree(hub_database.owner_url)
    assert len(order) == len(entries) > 10_000
    assert set(order) == {(entry.writer, entry.wseq) for entry in entries}
    for writer in {writer for writer, _ in order}:
        own = [wseq for each, wseq in order if each == writer]
        assert own == sorted(own)
    head = await newest(hub_database.owner_url)
    assert head.size == len(entries)
    assert head.root == naive.root(contents(order, entries))
    assert hand.told("hub_log_size") == hand.told("hub_log_sequenced_entries_total") == head.size


async def test_entries_are_found_by_what_their_open_part_says(
    log: DurableLog, line: Connection, hand: Hand
) -> None:
    odd = 'A\\ "case"\t{with,\neverything}'
    receipt = await log.append(
        disclosure(
            code(1),
            case=odd,
            official="L. Ozola",
            codes=("one", 'two "\\'),
            categories=("health",),
            question=("accessLog",),
            recipient="90000000001",
            person_acting=True,
            decision="accountability",
            visibility="after_days",
        )
    )
    await hand.tick()
    row = await line.fetchrow("SELECT * FROM hub.log_entry")
    entry = await line.fetchrow("SELECT * FROM hub.access_entry")
    assert row is not None
    assert entry is not None
    for name in ("writer", "wseq", "at", "operation_id", "index"):
        assert row[name] == entry[name]
    assert row["operation_id"] == receipt.id
    assert (row["year"], row["position"], row["case"], row["official"]) == (
        2026,
        0,
        odd,
        "L. Ozola",
    )
    assert (row["registers"], row["codes"]) == (["disability", "employment"], ["one", 'two "\\'])
    assert (row["categories"], row["question"]) == (["health"], ["accessLog"])
    assert (row["decision"], row["action"]) == ("accountability", "record")
    assert (row["recipient"], row["revision"]) == ("90000000001", 1)
    assert (row["person_acting"], row["visibility"]) == (True, "after_days")
    assert (row["consent"], row["consent_revision"]) == (None, None)


@pytest.mark.parametrize(
    ("cited", "found"),
    [("rec/7", ("rec", 7)), ("rec", ("rec", None)), ("rec/x", ("rec", None))],
)
async def test_a_consent_cited_is_found_by_record_and_revision(
    line: Connection,
    hand: Hand,
    cited: str,
    found: tuple[str, int | None],
) -> None:
    author = Author()
    await put(line, author.entries(1, consents={code(0): cited}))
    await hand.tick()
    row = await line.fetchrow("SELECT consent, consent_revision FROM hub.log_entry")
    assert row is not None
    assert tuple(row) == found


@pytest.mark.parametrize("at_once", [1, 7, 500])
async def test_whatever_commits_late_or_never_the_rest_is_in_the_tree_once(
    hand: Hand,
    hub_database: HubDatabase,
    monkeypatch: pytest.MonkeyPatch,
    at_once: int,
) -> None:
    """Writers begin, commit, roll back and die in any order, the sequencer at work all the time."""
    monkeypatch.setattr(sequencing, "AT_ONCE", at_once)
    monkeypatch.setattr(sequencing, "LOOKED_AT", 11)
    chance = random.Random(at_once)
    committed: list[StoredEntry] = []
    town = [Scribe(hub_database.url, chance) for _ in range(12)]
    for _ in range(400):
        committed += await chance.choice(town).act()
        if chance.random() < 0.3:
            await hand.tick()
    for scribe in town:
        committed += await scribe.finish()
        await scribe.leave()
    await hand.tick(3)
    order = await in_tree(hub_database.owner_url)
    assert sorted(order) == sorted((entry.writer, entry.wseq) for entry in committed)
    assert len(committed) > 300
    assert (await newest(hub_database.owner_url)).root == naive.root(contents(order, committed))
    assert await ask(hub_database.owner_url, "SELECT count(*) FROM hub.log_alarm") == 0
    mark = await ask(hub_database.owner_url, "SELECT arrival FROM hub.log_mark")
    assert mark == await ask(hub_database.owner_url, "SELECT max(arrival) FROM hub.access_entry")


class Scribe:
    """A replica's lane: one batch after another on one connection, until it dies."""

    def __init__(self, url: str, chance: random.Random) -> None:
        self._url = url
        self._chance = chance
        self._author = Author()
        self._connection: Connection | None = None
        self._open: list[StoredEntry] = []

    async def act(self) -> list[StoredEntry]:
        """Begin a batch, or end the one begun; return what is committed by that."""
        if not self._open:
            if self._connection is None:
                self._connection = await asyncpg.connect(self._url)
            await self._connection.execute("BEGIN")
            self._open = self._author.entries(self._chance.randint(1, 9))
            await put(self._connection, self._open)
            return []
        if self._chance.random() < 0.2:
            await self._die()
            return []
        return await self.finish()

    async def finish(self) -> list[StoredEntry]:
        if self._connection is None or not self._open:
            return []
        await self._connection.execute("COMMIT")
        committed, self._open = self._open, []
        return committed

    async def leave(self) -> None:
        if self._connection is not None:
            await self._connection.close()

    async def _die(self) -> None:
        assert self._connection is not None
        self._connection.terminate()
        self._connection, self._open, self._author = None, [], Author()


async def test_what_commits_late_holds_nobody_up(
    line: Connection, hand: Hand, hub_database: HubDatabase
) -> None:
    slow = await asyncpg.connect(hub_database.url)
    late, early = Author().entries(2), Author().entries(3)
    held = slow.transaction()
    await held.start()
    await put(slow, late)
    await put(line, early)
    await hand.tick(5)
    assert [wseq for _, wseq in await in_tree(hub_database.owner_url)] == [1, 2, 3]
    assert await ask(hub_database.owner_url, "SELECT arrival FROM hub.log_mark") == 0
    await held.commit()
    await hand.tick()
    assert len(await in_tree(hub_database.owner_url)) == 5
    await slow.close()


@pytest.mark.parametrize("at_once", [3, 500])
async def test_a_batch_that_arrives_in_another_order_is_no_gap(
    line: Connection,
    hand: Hand,
    hub_database: HubDatabase,
    monkeypatch: pytest.MonkeyPatch,
    at_once: int,
) -> None:
    """PostgreSQL promises no order within a statement."""
    monkeypatch.setattr(sequencing, "AT_ONCE", at_once)
    await put(line, reversed(Author().entries(20)))
    await hand.tick()
    assert [wseq for _, wseq in await in_tree(hub_database.owner_url)] == list(range(1, 21))
    assert await ask(hub_database.owner_url, "SELECT count(*) FROM hub.log_alarm") == 0


async def test_each_year_has_a_log_and_a_new_one_begins_empty(
    line: Connection, hand: Hand, clock: StillClock, hub_database: HubDatabase
) -> None:
    eve = datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC)
    author = Author()
    await put(line, author.entries(3, at=eve))
    clock.at = eve
    await hand.tick()
    clock.at = datetime(2027, 1, 1, 0, 0, 1, tzinfo=UTC)
    await hand.tick()
    assert (await newest(hub_database.owner_url, 2027)).size == 0
    await put(line, author.entries(2, at=clock.at))
    await put(line, Author().entries(1, at=eve))
    await hand.tick()
    assert (await newest(hub_database.owner_url, 2026)).size == 4
    assert (await newest(hub_database.owner_url, 2027)).size == 2
    assert [wseq for _, wseq in await in_tree(hub_database.owner_url, 2026)] == [1, 2, 3, 1]
    assert [wseq for _, wseq in await in_tree(hub_database.owner_url, 2027)] == [4, 5]


async def test_nothing_new_is_signed_once(
    line: Connection, hand: Hand, hub_database: HubDatabase
) -> None:
    await hand.tick(3)
    count = "SELECT count(*) FROM hub.log_checkpoint"
    assert await ask(hub_database.owner_url, count) == 1
    await put(line, Author().entries(1))
    await hand.tick(3)
    assert await ask(hub_database.owner_url, count) == 2


async def test_the_next_turn_goes_on_where_the_last_one_stopped(
    line: Connection, database: Database, clock: StillClock, hub_database: HubDatabase
) -> None:
    author = Author()
    entries: list[StoredEntry] = []
    for number in (300, 1, 700):
        made = author.entries(number)
        entries += made
        await put(line, made)
        hand = await begun(database, clock)
        await hand.tick(2)
        await hand.turn.close()
    order = await in_tree(hub_database.owner_url)
    assert order == [(entry.writer, entry.wseq) for entry in entries]
    assert (await newest(hub_database.owner_url)).root == naive.root(contents(order, entries))


async def test_a_turn_begins_soon_however_many_checkpoints_there_are(
    hand: Hand, database: Database, hub_database: HubDatabase
) -> None:
    await run(
        hub_database.owner_url,
        "INSERT INTO hub.log_head (year, size, edge) VALUES (2024, 0, ''), (2025, 0, '')",
        "INSERT INTO hub.log_checkpoint (year, size, root, at, note)"
        " SELECT y, i, '', now(), '' FROM generate_series(1, 3000) AS i,"
        " (VALUES (2025), (2026)) AS v (y)",
    )
    await hand.tick()
    assert await hand.turn.checkpointed() == {2025: 3000, 2026: 3000}
    connection = await database.connect(**SETTINGS)
    try:
        assert await rows_read(connection, CHECKPOINTED, ()) < 20
    finally:
        await connection.close()


async def test_entries_written_while_nobody_sequences_wait(
    log: DurableLog, hand: Hand, hub_database: HubDatabase
) -> None:
    async with asyncio.TaskGroup() as group:
        for number in range(50):
            group.create_task(log.append(disclosure(code(number))))
    assert await in_tree(hub_database.owner_url) == []
    await hand.tick()
    assert len(await in_tree(hub_database.owner_url)) == 50
