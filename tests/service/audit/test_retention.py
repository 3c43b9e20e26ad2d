"""Keys end by two officers' order or with their year, never under a hold; proofs stay valid."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import asyncpg
import orjson
import pytest

from hub.audit.keys import SubjectKeys, YearKeys
from hub.audit.log import DurableLog
from hub.audit.reader import LogReader, opened
from hub.audit.retention import Retention
from hub.audit.tlog.entrybytes import entry_bytes
from hub.audit.tlog.proof import consistency, inclusion, verify_consistency, verify_inclusion
from hub.audit.tlog.tiles import Place
from hub.audit.tlog.tree import Tree, leaf_hash
from hub.errors import Code, HubError
from hub.model.entry import StoredEntry
from hub.model.retention import DestructionOrder, HoldKind, RetentionTerms
from hub.storage.database import Database
from hub.storage.log import KeyTable, LogTable
from hub.storage.oversight import RetentionTable, YearTable
from tests.service.storage.fixtures import StillClock
from tests.service.storage.hub_database import HubDatabase, ask, keyring, run
from tests.unit.audit.making import code, disclosure

pytestmark = pytest.mark.asyncio

FIRST, SECOND = "VDAA/dpo", "RD-LD/dpo"
GROUND = "GDPR 17(1)(d), judgment in force"
TERMS = RetentionTerms(years=5, law=("VDAR 5. pants",), en="five years", lv="pieci gadi")
SEQUENCE = """
WITH placed AS (
    INSERT INTO hub.log_entry (
        year, position, writer, wseq, at, operation_id, decision, agreement, registers, categories,
        codes, question, visibility, person_acting, index
    )
    SELECT extract(year FROM at AT TIME ZONE 'UTC'), arrival, writer, wseq, at, operation_id,
           CAST(open AS jsonb) ->> 'decision', CAST(open AS jsonb) ->> 'agreement', '{}', '{}',
           '{}', '{}', 'immediate', false, index
    FROM hub.access_entry a WHERE a.arrival > (SELECT arrival FROM hub.log_mark)
)
UPDATE hub.log_mark SET arrival = (SELECT coalesce(max(arrival), 0) FROM hub.access_entry)
"""
"""What the sequencer does, as far as retention sees it; positions count arrivals."""


@pytest.fixture
def retention(database: Database, log: DurableLog, clock: StillClock) -> Retention:
    return Retention(RetentionTable(database), log, keyring(), clock)


@pytest.fixture
def years(hub_database: HubDatabase) -> YearTable:
    return YearTable(hub_database.owner_url)


async def ordered(retention: Retention, number: int = 1, year: int = 2026) -> DestructionOrder:
    made = await retention.order(code(number), [year], officer=FIRST, ground=GROUND)
    return await retention.confirm(made.id, code(number), officer=SECOND, reason=GROUND)


async def refused(step: object) -> Code:
    with pytest.raises(HubError) as caught:
        await step  # type: ignore[misc]
    return caught.value.code


def leaves(entries: Sequence[StoredEntry]) -> list[bytes]:
    return [
        leaf_hash(entry_bytes(each.writer, each.wseq, each.open.encode(), each.salt, each.sealed))
        for each in entries
    ]


async def everything(table: LogTable) -> list[StoredEntry]:
    return [each for writer in await table.writers() for each in await table.of_writer(writer)]


async def test_two_officers_order_destroys_one_persons_keys_and_nothing_else(
    retention: Retention,
    log: DurableLog,
    reader: LogReader,
    table: LogTable,
    hub_database: HubDatabase,
) -> None:
    made = disclosure(code(1), code(2))
    receipt = await log.append(made)
    before = leaves(await everything(table))
    order = await ordered(retention)
    assert order.person == code(1)
    await run(hub_database.owner_url, SEQUENCE)
    done = await retention.carry_out(order.id, officer=SECOND)
    assert (done.keys, done.person) == (1, None)
    entries = await reader.entries(receipt.id)
    assert [await reader.reveal(each) for each in entries] == [None, made.subjects[1]]
    assert await reader.proves(receipt)
    assert not await retention.finish(order.id)  # the last entry has not been sequenced yet
    await run(hub_database.owner_url, SEQUENCE)
    assert await retention.finish(order.id)
    assert not await retention.finish(order.id)
    entries = await reader.entries(receipt.id)
    assert [each.index is None for each in entries] == [True, False]
    gone = "SELECT count(*) FROM hub.log_entry WHERE index = $1"
    index = YearKeys(keyring(), 2026).index(code(1))
    assert await ask(hub_database.owner_url, gone, index) == 0
    for relation in ("destruction_key", "subject_key", "access_entry"):
        left = f"SELECT count(*) FROM hub.{relation} WHERE index = $1"
        assert await ask(hub_database.owner_url, left, index) == 0
    assert leaves(await everything(table))[: len(before)] == before


async def test_each_step_is_an_entry_that_names_the_officer_and_no_person_in_the_open(
    retention: Retention, table: LogTable, hub_database: HubDatabase
) -> None:
    order = await ordered(retention)
    await run(hub_database.owner_url, SEQUENCE)
    await retention.carry_out(order.id, officer=SECOND)
    hold = await retention.hold(
        HoldKind.PERSON, person=code(1), officer=FIRST, reason="an inquiry into look-ups"
    )
    await retention.lift(hold.id, officer=SECOND, reason="the inquiry has ended")
    told = [opened(each) for each in await everything(table)]
    assert [(each["question"][0], each["official"]) for each in told] == [
        ("orderDestruction", FIRST),
        ("confirmDestruction", SECOND),
        ("carryOutDestruction", SECOND),
        ("destroyed", SECOND),
        ("setHold", FIRST),
        ("liftHold", SECOND),
    ]
    assert {each["decision"] for each in told} == {"oversight"}
    assert {each["case"] for each in told} == {order.id, hold.id}
    assert not [each for each in await everything(table) if code(1) in each.open]


async def test_nothing_is_destroyed_on_one_officers_word(
    retention: Retention, log: DurableLog, database: Database, hub_database: HubDatabase
) -> None:
    await log.append(disclosure(code(1)))
    made = await retention.order(code(1), [2026], officer=FIRST, ground=GROUND)
    await run(hub_database.owner_url, SEQUENCE)
    assert await refused(retention.carry_out(made.id, officer=SECOND)) is Code.ORDER_UNCONFIRMED
    for same in (FIRST, FIRST.lower(), " VDAA/DPO "):
        confirming = retention.confirm(made.id, code(1), officer=same, reason=GROUND)
        assert await refused(confirming) is Code.OFFICER_SAME
    other = retention.confirm(made.id, code(2), officer=SECOND, reason=GROUND)
    assert await refused(other) is Code.ORDER_UNKNOWN
    # what a hub gone wrong could ask PostgreSQL itself
    store = RetentionTable(database)
    index = YearKeys(keyring(), 2026).index(code(1))
    now = datetime.now(UTC)
    assert await store.confirm(made.id, [index], FIRST.upper(), now) == "same_officer"
    obstacles, keys = await store.carry_out(made.id, now)
    assert ("unconfirmed" in obstacles, keys) == (True, 0)
    kept = "SELECT count(*) FROM hub.subject_key WHERE index = $1"
    assert await ask(hub_database.owner_url, kept, index) == 1


@pytest.mark.parametrize(
    ("kind", "named"),
    [
        (HoldKind.PERSON, {"person": code(1)}),
        (HoldKind.PERSON, {"person": code(1), "year": 2026}),
        (HoldKind.YEAR, {"year": 2026}),
        (HoldKind.AGREEMENT, {"agreement": "RSD-2026-001"}),
        (HoldKind.AGREEMENT, {"agreement": "RSD-2026-001", "year": 2026}),
    ],
)
async def test_a_hold_forbids_it_until_it_is_lifted(
    retention: Retention,
    log: DurableLog,
    database: Database,
    hub_database: HubDatabase,
    kind: HoldKind,
    named: dict[str, object],
) -> None:
    await log.append(disclosure(code(1), agreement="RSD-2026-001"))
    order = await ordered(retention)
    held = await retention.hold(
        kind,
        officer=FIRST,
        reason="an inquiry into look-ups",
        **named,  # type: ignore[arg-type]
    )
    await run(hub_database.owner_url, SEQUENCE)
    assert await refused(retention.carry_out(order.id, officer=SECOND)) is Code.RECORDS_HELD
    store = RetentionTable(database)
    assert await store.carry_out(order.id, datetime.now(UTC)) == (["held"], 0)
    await retention.lift(held.id, officer=SECOND, reason="the inquiry has ended")
    (shown,) = await retention.holds()
    assert (shown.person, shown.lifted_by) == (None, SECOND)
    await run(hub_database.owner_url, SEQUENCE)
    assert (await retention.carry_out(order.id, officer=SECOND)).keys == 1


@pytest.mark.parametrize(
    ("kind", "named"),
    [
        (HoldKind.PERSON, {"person": code(2)}),
        (HoldKind.PERSON, {"person": code(1), "year": 2025}),
        (HoldKind.YEAR, {"year": 2025}),
        (HoldKind.AGREEMENT, {"agreement": "RSD-2026-002"}),
    ],
)
async def test_a_hold_on_something_else_is_no_hold_on_this(
    retention: Retention,
    log: DurableLog,
    hub_database: HubDatabase,
    kind: HoldKind,
    named: dict[str, object],
) -> None:
    await log.append(disclosure(code(1), agreement="RSD-2026-001"))
    order = await ordered(retention)
    reason = "an inquiry into look-ups"
    await retention.hold(kind, officer=FIRST, reason=reason, **named)  # type: ignore[arg-type]
    await run(hub_database.owner_url, SEQUENCE)
    assert (await retention.carry_out(order.id, officer=SECOND)).keys == 1


async def test_a_hold_names_one_thing(retention: Retention) -> None:
    wrong: list[tuple[HoldKind, dict[str, object]]] = [
        (HoldKind.PERSON, {}),
        (HoldKind.PERSON, {"person": code(1), "agreement": "RSD-2026-001"}),
        (HoldKind.YEAR, {}),
        (HoldKind.YEAR, {"year": 2026, "person": code(1)}),
        (HoldKind.AGREEMENT, {"year": 2026}),
        (HoldKind.AGREEMENT, {"agreement": "RSD-2026-001", "person": code(1)}),
    ]
    reason = "an inquiry into look-ups"
    for kind, named in wrong:
        setting = retention.hold(kind, officer=FIRST, reason=reason, **named)  # type: ignore[arg-type]
        assert await refused(setting) is Code.HOLD_INVALID
    nameless = retention.hold(HoldKind.YEAR, year=2026, officer="somebody", reason=reason)
    assert await refused(nameless) is Code.OFFICER_INVALID


async def open_finding(hub_database: HubDatabase, year: int, index: bytes) -> None:
    await run(
        hub_database.owner_url,
        "CREATE OR REPLACE VIEW hub.open_finding_index AS SELECT"
        f" CAST({year} AS smallint) AS year, CAST('\\x{index.hex()}' AS bytea) AS index",
    )


async def test_an_open_finding_forbids_it(
    retention: Retention, log: DurableLog, database: Database, hub_database: HubDatabase
) -> None:
    await log.append(disclosure(code(1)))
    order = await ordered(retention)
    await run(hub_database.owner_url, SEQUENCE)
    await open_finding(hub_database, 2026, YearKeys(keyring(), 2026).index(code(1)))
    assert await refused(retention.carry_out(order.id, officer=SECOND)) is Code.FINDING_OPEN
    store = RetentionTable(database)
    assert await store.carry_out(order.id, datetime.now(UTC)) == (["finding"], 0)


async def test_what_no_finding_can_have_seen_yet_forbids_it(
    retention: Retention, log: DurableLog, hub_database: HubDatabase
) -> None:
    order = await ordered(retention)
    await log.append(disclosure(code(1)))
    assert await refused(retention.carry_out(order.id, officer=SECOND)) is Code.ENTRIES_UNSEQUENCED
    await run(hub_database.owner_url, SEQUENCE)
    assert (await retention.carry_out(order.id, officer=SECOND)).keys == 1
    assert await refused(retention.carry_out(order.id, officer=SECOND)) is Code.ORDER_UNKNOWN


FORBIDDEN = [
    "DELETE FROM hub.subject_key",
    "DELETE FROM hub.hold",
    "UPDATE hub.hold SET lifted_at = now()",
    "DELETE FROM hub.hold_index",
    "UPDATE hub.hold_index SET year = 1",
    "INSERT INTO hub.destruction_order (id) VALUES ('x')",
    "UPDATE hub.destruction_order SET confirmed_by = 'a/b'",
    "INSERT INTO hub.destruction_key SELECT 'x', 2026, index FROM hub.subject_key",
    "UPDATE hub.log_entry SET index = NULL",
    "UPDATE hub.key_epoch SET epoch = 0",
    "SELECT hub.retire_year(CAST(2019 AS smallint))",
    "CREATE OR REPLACE VIEW hub.open_finding_index AS SELECT 1",
]


@pytest.mark.parametrize("statement", FORBIDDEN)
async def test_the_runtime_role_destroys_nothing_by_itself(
    hub_database: HubDatabase, statement: str
) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await run(hub_database.url, statement)


CONFIRM = "SELECT hub.confirm_destruction($1, $2, $3, now())"


@pytest.mark.parametrize("indexes", [None, [None], [], [bytes(32), None]])
async def test_postgresql_takes_no_second_word_that_names_nobody(
    retention: Retention, hub_database: HubDatabase, indexes: list[bytes | None] | None
) -> None:
    order = await retention.order(code(1), [2026], officer=FIRST, ground=GROUND)
    told = await ask(hub_database.url, CONFIRM, order.id, indexes, "dvi/second")
    assert told == "other_person"
    assert await ask(hub_database.url, CONFIRM, order.id, indexes, None) == "same_officer"
    assert (await retention.orders())[0].confirmed_by is None


async def until(done: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not done():  # noqa: ASYNC110 — what is watched tells nobody
            await asyncio.sleep(0.02)


async def test_a_replica_forgets_destroyed_keys_and_later_entries_have_a_new_one(
    retention: Retention,
    database: Database,
    log: DurableLog,
    reader: LogReader,
    hub_database: HubDatabase,
) -> None:
    keys = SubjectKeys(KeyTable(database), keyring())
    deadline = asyncio.get_running_loop().time() + 60
    async with asyncio.TaskGroup() as group:
        making = group.create_task(keys.group.run())
        watching = group.create_task(keys.watch())
        await keys.look()
        (old,) = await keys.of([code(1)], 2026, deadline)
        assert keys.known([code(1)], 2026) == [old]
        order = await ordered(retention)
        await run(hub_database.owner_url, SEQUENCE)
        await retention.carry_out(order.id, officer=SECOND)
        await until(lambda: not keys.known([code(1)], 2026))
        await until(lambda: not log._keys.known([code(1)], 2026))
        (new,) = await keys.of([code(1)], 2026, deadline)
        assert new.secret != old.secret
        assert new.index == old.index
        watching.cancel()
        keys.group.close()
        await making
    receipt = await log.append(disclosure(code(1)))
    (entry,) = await reader.entries(receipt.id)
    assert (told := await reader.reveal(entry))
    assert told.subject == code(1)
    await run(hub_database.owner_url, SEQUENCE)
    assert await retention.finish(order.id)
    (entry,) = await reader.entries(receipt.id)
    assert entry.index == new.index  # its key stands, so it is still found


# ---- the end of a year ----------------------------------------------------------------------


async def of_2019(log: DurableLog, hub_database: HubDatabase) -> None:
    """Entries of a year whose retention is over: a month with a partition, and one without."""
    await run(hub_database.owner_url, "SELECT hub.add_log_partition('2019-03-01')")
    for month in (3, 3, 7):
        at = datetime(2019, month, 5, 12, tzinfo=UTC)
        await log.append(disclosure(code(1), code(2), at=at, agreement="RSD-2019-001"))
    await log.append(disclosure(at=datetime(2019, 3, 1, tzinfo=UTC), decision="agreement"))
    await log.append(disclosure(code(1), agreement="RSD-2026-001"))
    await run(hub_database.owner_url, SEQUENCE)


async def counts(hub_database: HubDatabase) -> tuple[int, ...]:
    statements = (
        "SELECT count(*) FROM hub.access_entry WHERE at < '2020-01-01Z'",
        "SELECT count(*) FROM hub.log_entry WHERE year = 2019",
        "SELECT count(*) FROM hub.subject_key WHERE year = 2019",
        "SELECT count(*) FROM hub.subject_key WHERE year = 2026",
    )
    return tuple([await ask(hub_database.owner_url, each) for each in statements])


async def test_a_year_ends_and_every_proof_stays_valid(
    retention: Retention,
    log: DurableLog,
    table: LogTable,
    years: YearTable,
    hub_database: HubDatabase,
) -> None:
    await of_2019(log, hub_database)
    kept = leaves([each for each in await everything(table) if each.at.year == 2019])
    tiles, roots = trees(kept)
    assert await counts(hub_database) == (7, 7, 2, 1)
    size = await retention.check_year(years, 2019, TERMS)
    assert (size.entries, size.keys, size.partitions) == (6, 2, 1)
    assert await counts(hub_database) == (7, 7, 2, 1)
    assert await retention.retire_year(years, 2019, TERMS, officer=FIRST) == size
    # what puts an agreement in force stays: it concerns nobody, and the agreement rests on it
    assert await counts(hub_database) == (1, 1, 0, 1)
    left = await ask(
        hub_database.owner_url,
        "SELECT CAST(open AS jsonb) ->> 'decision' FROM hub.access_entry WHERE at < '2020-01-01Z'",
    )
    assert left == "agreement"
    (told,) = [opened(e) for e in await everything(table) if "retireYear" in e.open]
    assert (told["decision"], told["official"], told["case"]) == ("oversight", FIRST, "2019")
    for position, leaf in enumerate(kept):
        proof = inclusion(position, len(kept)).proof(tiles[len(kept)])
        verify_inclusion(position, len(kept), leaf, roots[len(kept)], proof)
    for old in range(1, len(kept)):
        proof = consistency(old, len(kept)).proof(tiles[len(kept)])
        verify_consistency(old, len(kept), roots[old], roots[len(kept)], proof)


def trees(kept: Sequence[bytes]) -> tuple[dict[int, dict[Place, bytes]], dict[int, bytes]]:
    """Tiles and roots of every size, as the hub keeps them: hashes, and nothing of the entries."""
    tree = Tree()
    tiles: dict[int, dict[Place, bytes]] = {}
    roots: dict[int, bytes] = {}
    for size, leaf in enumerate(kept, start=1):
        tree.append([leaf])
        tiles[size] = {each.place: each.hashes for each in tree.partial()}
        roots[size] = tree.root()
    return tiles, roots


async def test_no_year_ends_before_its_time(
    retention: Retention,
    log: DurableLog,
    years: YearTable,
    clock: StillClock,
    hub_database: HubDatabase,
) -> None:
    await of_2019(log, hub_database)
    before = await counts(hub_database)
    for year, now in ((2022, 2027), (2021, 2026), (2019, 2024)):
        clock.at = datetime(now, 12, 31, 23, 59, tzinfo=UTC)
        ending = retention.retire_year(years, year, TERMS, officer=FIRST)
        assert await refused(ending) is Code.RETENTION_NOT_OVER
    # whatever the policy says, PostgreSQL ends no year that still runs by its own clock
    assert await years.retire(datetime.now(UTC).year) == (["running"], None)
    assert await counts(hub_database) == before


@pytest.mark.parametrize(
    ("kind", "named"),
    [
        (HoldKind.PERSON, {"person": code(1)}),
        (HoldKind.YEAR, {"year": 2019}),
        (HoldKind.AGREEMENT, {"agreement": "RSD-2019-001"}),
    ],
)
async def test_a_hold_keeps_the_year(
    retention: Retention,
    log: DurableLog,
    years: YearTable,
    hub_database: HubDatabase,
    kind: HoldKind,
    named: dict[str, object],
) -> None:
    await of_2019(log, hub_database)
    reason = "an inquiry into look-ups"
    held = await retention.hold(kind, officer=FIRST, reason=reason, **named)  # type: ignore[arg-type]
    ending = retention.retire_year(years, 2019, TERMS, officer=FIRST)
    assert await refused(ending) is Code.RECORDS_HELD
    assert await years.retire(2019) == (["held"], None)
    await retention.lift(held.id, officer=SECOND, reason=reason)
    assert (await retention.retire_year(years, 2019, TERMS, officer=FIRST)).keys == 2


async def test_an_open_finding_keeps_the_year(
    retention: Retention, log: DurableLog, years: YearTable, hub_database: HubDatabase
) -> None:
    await of_2019(log, hub_database)
    await open_finding(hub_database, 2019, b"whomever it cites")
    ending = retention.retire_year(years, 2019, TERMS, officer=FIRST)
    assert await refused(ending) is Code.FINDING_OPEN
    assert await years.retire(2019) == (["finding"], None)


async def test_nothing_of_a_person_stands_in_the_clear(
    retention: Retention, hub_database: HubDatabase
) -> None:
    reason = "an inquiry into look-ups"
    await retention.hold(HoldKind.PERSON, person=code(1), officer=FIRST, reason=reason)
    await retention.order(code(1), [2026], officer=FIRST, ground=GROUND)
    (shown,), (order,) = await retention.holds(), await retention.orders()
    assert shown.person == order.person == code(1)
    assert code(1) not in repr(shown) + repr(order)
    for relation in ("hold", "destruction_order"):
        rows = await ask(hub_database.owner_url, f"SELECT jsonb_agg(r) FROM hub.{relation} AS r")
        assert code(1).encode().hex() not in rows
        assert code(1) not in orjson.loads(rows).__repr__()
