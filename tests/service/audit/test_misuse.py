"""Findings in a real PostgreSQL: read in bulk, kept once, closed for a reason, found again."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest
from cryptography.exceptions import InvalidTag

from hub.audit.log import DurableLog
from hub.audit.misuse.detect import detect, still_holds
from hub.audit.misuse.reading import LookReader
from hub.errors import Code, ServiceUnavailable
from hub.model.entry import Disclosure, SubjectEntry
from hub.model.misuse import Finding, Kind, Look
from hub.ports.misuse import Kept
from hub.storage.database import Database
from hub.storage.findings import FindingTable
from hub.storage.looks import LookTable
from hub.storage.officials import OfficialTable, VipTable
from tests.service.audit.ordering import begun
from tests.service.storage.fixtures import StillClock
from tests.service.storage.hub_database import HubDatabase, ask, code, keyring
from tests.unit.audit.making import disclosure
from tests.unit.audit.misuse.given import around, thresholds

pytestmark = pytest.mark.asyncio

SINCE, UNTIL = datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC)
AT = datetime(2026, 11, 17, 1, tzinfo=UTC)
"""By night in Rīga."""
TOLD: dict[str, Any] = {
    "client": "riga-social-service",
    "recipient": "RD-LD",
    "agreement": "RSD-2026-004",
    "official": "RD-101",
}


def act(*subjects: SubjectEntry, number: int = 0, **told: object) -> Disclosure:
    usual = {"operation_id": f"{number:032x}", "at": AT + timedelta(minutes=number), **TOLD}
    return Disclosure(header=disclosure(**{**usual, **told}).header, subjects=subjects)


def about(number: int, outcome: str = "found", relation: str = "asked") -> SubjectEntry:
    return SubjectEntry(subject=code(number), outcomes={"person": outcome}, relation=relation)


@pytest.fixture
def looks(database: Database) -> LookReader:
    return LookReader(LookTable(database), keyring())


@pytest.fixture
def findings(database: Database) -> FindingTable:
    return FindingTable(database)


async def lived(log: DurableLog, database: Database, clock: StillClock, *acts: Disclosure) -> None:
    for each in acts:
        await log.append(each)
    hand = await begun(database, clock)
    try:
        await hand.tick()
    finally:
        await hand.turn.close()


async def test_entries_are_opened_in_bulk(
    log: DurableLog, looks: LookReader, database: Database, clock: StillClock
) -> None:
    await lived(
        log,
        database,
        clock,
        act(about(1), about(2, "not_found"), about(3, relation="child")),
        act(about(1), number=1, person_acting=True),
        act(number=2, decision="refused", codes=("field_forbidden",)),
        act(about(4), number=3, at=AT + timedelta(days=10), official=None),
        act(about(5), number=4, at=UNTIL),
    )
    read = await looks.between(SINCE, UNTIL)
    assert [(each.subject, each.found, each.asked, each.official) for each in read] == [
        (code(1), True, True, "RD-101"),
        (code(2), False, True, "RD-101"),
        (code(3), True, False, "RD-101"),
        (code(4), True, True, None),
    ]
    assert read[0].at == AT
    assert [each.place.position for each in read] == [0, 1, 2, 5]
    assert await looks.at([read[3].place, read[0].place]) == [read[0], read[3]]
    assert (read[0].agreement, read[0].recipient) == ("RSD-2026-004", "RD-LD")


async def test_whose_key_is_destroyed_is_not_named(
    log: DurableLog,
    looks: LookReader,
    database: Database,
    clock: StillClock,
    hub_database: HubDatabase,
) -> None:
    await lived(log, database, clock, act(about(1)), act(about(2), number=1))
    first, _ = await looks.between(SINCE, UNTIL)
    index = await ask(hub_database.owner_url, "SELECT index FROM hub.log_entry WHERE position = 0")
    await ask(hub_database.owner_url, "DELETE FROM hub.subject_key WHERE index = $1", index)
    again = await looks.between(SINCE, UNTIL)
    assert first.subject == code(1)
    assert [each.subject for each in again] == [None, code(2)]


async def nightly(
    log: DurableLog, database: Database, clock: StillClock, number: int = 3
) -> list[Disclosure]:
    acts = [act(about(each + 1), number=each) for each in range(number)]
    await lived(log, database, clock, *acts)
    return acts


def hunted(read: list[Look]) -> list[Finding]:
    return detect(read, around(), thresholds(), keyring(), (Kind.OUT_OF_HOURS,))


async def test_found_twice_is_one_finding_that_holds_by_what_it_cites(
    log: DurableLog,
    looks: LookReader,
    findings: FindingTable,
    database: Database,
    clock: StillClock,
) -> None:
    await nightly(log, database, clock)
    made = hunted(await looks.between(SINCE, UNTIL))
    assert await findings.keep(made, clock.at) == Kept(opened=1, reopened=0, known=0)
    assert await findings.keep(made, clock.at) == Kept(opened=0, reopened=0, known=1)
    (told,) = await findings.page("RD-LD", open_only=True, before=None, most=10)
    assert (told.kind, told.official, told.entries, told.open) == (
        Kind.OUT_OF_HOURS,
        "RD-101",
        3,
        True,
    )
    assert told.operations == tuple(f"{number:032x}" for number in (2, 1, 0))
    assert told.measured == {"households": 3, "persons": 3}
    kept = await findings.find(told.id)
    assert kept == made[0]
    cited = await looks.at(kept.evidence)
    assert still_holds(kept, cited, around(), thresholds(), keyring())
    assert await findings.find("0" * 32) is None


async def test_two_searches_at_once_make_one_finding(
    log: DurableLog,
    looks: LookReader,
    findings: FindingTable,
    database: Database,
    clock: StillClock,
) -> None:
    await nightly(log, database, clock)
    made = hunted(await looks.between(SINCE, UNTIL))
    kept = await asyncio.gather(*(findings.keep(made, clock.at) for _ in range(4)))
    assert sum(each.opened for each in kept) == 1
    assert sum(each.reopened for each in kept) == 0
    assert len(await findings.page(None, open_only=False, before=None, most=10)) == 1


async def test_what_is_closed_opens_again_with_new_evidence_alone(
    log: DurableLog,
    looks: LookReader,
    findings: FindingTable,
    database: Database,
    clock: StillClock,
) -> None:
    await nightly(log, database, clock)
    made = hunted(await looks.between(SINCE, UNTIL))
    await findings.keep(made, clock.at)
    told = (made[0].id, "RD-LD", "on duty that night", "DVI-2026-003", "f" * 32, clock.at)
    elsewhere = (made[0].id, "MND", *told[2:])
    assert await findings.close(*elsewhere) is False
    assert await findings.close(*told) is True
    assert await findings.close(*told) is False
    assert await findings.page(None, open_only=True, before=None, most=10) == []
    (closed,) = await findings.page("RD-LD", open_only=False, before=None, most=10)
    assert (closed.open, closed.reason) == (False, "on duty that night")
    assert (await findings.keep(made, clock.at)).known == 1
    await lived(log, database, clock, act(about(9), number=9))
    more = hunted(await looks.between(SINCE, UNTIL))
    assert await findings.keep(more, clock.at) == Kept(opened=0, reopened=1, known=0)
    (again,) = await findings.page("RD-LD", open_only=True, before=None, most=10)
    assert (again.id, again.entries, again.reason) == (made[0].id, 4, None)


async def test_pages_go_on_where_the_last_ended_and_stay_in_the_institution(
    log: DurableLog,
    looks: LookReader,
    findings: FindingTable,
    database: Database,
    clock: StillClock,
) -> None:
    acts = [
        act(about(day * 10 + n), number=day * 10 + n, at=AT + timedelta(days=day, minutes=n))
        for day in range(3)
        for n in range(3)
    ]
    acts += [act(about(90 + n), number=90 + n, recipient="MND") for n in range(3)]
    await lived(log, database, clock, *acts)
    await findings.keep(hunted(await looks.between(SINCE, UNTIL)), clock.at)
    first = await findings.page("RD-LD", open_only=False, before=None, most=2)
    rest = await findings.page("RD-LD", open_only=False, before=first[-1].seq, most=2)
    assert [each.since.day for each in (*first, *rest)] == [19, 18, 17]
    assert len(await findings.page(None, open_only=False, before=None, most=10)) == 4
    assert len(await findings.page("MND", open_only=False, before=None, most=10)) == 1


async def test_an_open_finding_keeps_the_keys_of_whom_it_cites(
    log: DurableLog,
    looks: LookReader,
    findings: FindingTable,
    database: Database,
    clock: StillClock,
    hub_database: HubDatabase,
) -> None:
    await nightly(log, database, clock)
    made = hunted(await looks.between(SINCE, UNTIL))
    count = (
        "SELECT count(*) FROM hub.open_finding_index o"
        " JOIN hub.log_entry e USING (year, index) WHERE e.year = 2026"
    )
    assert await ask(hub_database.owner_url, count) == 0
    await findings.keep(made, clock.at)
    assert await ask(hub_database.owner_url, count) == 3
    reason = ("RD-LD", "on duty that night", "DVI-2026-003", "f" * 32, clock.at)
    await findings.close(made[0].id, *reason)
    assert await ask(hub_database.owner_url, count) == 0


async def test_findings_are_never_changed(hub_database: HubDatabase) -> None:
    connection = await asyncpg.connect(hub_database.url)
    for statement in (
        "UPDATE hub.finding SET official = NULL",
        "DELETE FROM hub.finding",
        "DELETE FROM hub.finding_entry",
        "UPDATE hub.finding_event SET reason = ''",
        "UPDATE hub.vip SET sealed = ''",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(statement)
    await connection.close()


async def test_officials_are_kept_encrypted(
    database: Database, clock: StillClock, hub_database: HubDatabase
) -> None:
    table = OfficialTable(database, keyring())
    desks = {("RD-LD", "RD-101"): code(1), ("RD-LD", "RD-102"): code(2), ("MND", "1"): code(1)}
    await table.put(desks, clock.at)
    await table.put({("RD-LD", "RD-102"): code(3)}, clock.at)
    assert await table.officials() == desks | {("RD-LD", "RD-102"): code(3)}
    assert [row[:2] for row in await table.names("RD-LD")] == [
        ("RD-LD", "RD-101"),
        ("RD-LD", "RD-102"),
    ]
    dump = str(await ask(hub_database.owner_url, "SELECT json_agg(o)::text FROM hub.official o"))
    for each in (code(1), code(2), code(3)):
        assert each not in dump
        assert each.encode().hex() not in dump
    assert await ask(hub_database.owner_url, "SELECT count(DISTINCT token) FROM hub.official") == 2
    assert await table.remove([("MND", "1"), ("MND", "2")]) == 1
    swapped = "UPDATE hub.official SET official = 'RD-109' WHERE official = 'RD-101'"
    await ask(hub_database.owner_url, swapped)
    with pytest.raises(InvalidTag):  # no row takes another's place
        await table.officials()


async def test_the_list_of_persons_is_kept_encrypted(
    database: Database, clock: StillClock, hub_database: HubDatabase
) -> None:
    table = VipTable(database, keyring())
    assert await table.add([code(1), code(2)], clock.at) == 2
    assert await table.add([code(2), code(3)], clock.at) == 1
    assert await table.remove([code(1), code(9)]) == 1
    assert await table.vips() == {code(2), code(3)}
    assert await table.added() == [clock.at, clock.at]
    dump = str(await ask(hub_database.owner_url, "SELECT json_agg(v)::text FROM hub.vip v"))
    assert not any(each in dump or each.encode().hex() in dump for each in (code(2), code(3)))


async def test_a_database_that_is_gone_is_said_to_be(clock: StillClock) -> None:
    gone = Database("postgresql://nobody@127.0.0.1:1/none")
    with pytest.raises(ServiceUnavailable) as told:
        await FindingTable(gone).keep([], clock.at)
    assert told.value.code is Code.AUDIT_UNAVAILABLE
    await gone.aclose()
