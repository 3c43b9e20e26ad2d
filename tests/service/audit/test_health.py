"""How the log stands, as its desk tells it: what waits, who cosigned, what was found wrong."""

from datetime import timedelta

import pytest
import pytest_asyncio

from hub.audit.health import HealthDesk
from hub.audit.log import DurableLog
from hub.errors import BadRequest, Code
from hub.model.health import LogHealth, RaisedAlarm
from hub.storage.database import Database
from hub.storage.health import HealthTable
from tests.service.audit.asking import NOW, WHY, by_officer
from tests.service.audit.ordering import Author, Connection, Hand, put
from tests.service.storage.hub_database import HubDatabase, run
from tests.unit.audit.making import code, disclosure

pytestmark = pytest.mark.asyncio


@pytest_asyncio.fixture
async def desk(database: Database) -> HealthDesk:
    return HealthDesk(store=HealthTable(database))


async def health(desk: HealthDesk) -> LogHealth:
    made: LogHealth = (await desk.log_health(by_officer("logHealth", reason=WHY))).value
    return made


async def test_a_log_that_has_nothing_is_in_order(desk: HealthDesk) -> None:
    found = await health(desk)
    assert (found.year, found.state.size, found.state.signed_at) == (NOW.year, 0, None)
    assert (found.state.waiting, found.lag_s) == (0, 0.0)
    assert (found.alarms, found.state.alarms, found.cosignatures) == ([], 0, [])


async def test_what_waits_is_told_until_it_is_in_the_tree(
    desk: HealthDesk, log: DurableLog, hand: Hand
) -> None:
    for minutes in (7, 3):
        at = NOW - timedelta(minutes=minutes)
        await log.append(disclosure(code(1), code(2), at=at))
    found = await health(desk)
    assert (found.state.size, found.state.waiting, found.lag_s) == (0, 4, 420.0)
    await hand.tick()  # where the next turn begins is not moved on yet
    found = await health(desk)
    assert (found.state.size, found.state.signed_size) == (4, 4)
    assert found.state.signed_at is not None
    assert (found.state.waiting, found.lag_s) == (0, 0.0)


async def test_alarms_come_newest_first_and_no_more_than_a_hundred(
    desk: HealthDesk, line: Connection, hand: Hand
) -> None:
    author = Author()
    entries = author.entries(206)
    await put(line, [each for each in entries if each.wseq % 2 == 0])
    await hand.tick(2)
    found = await health(desk)
    assert (found.state.alarms, len(found.alarms)) == (103, 100)
    newest = found.alarms[0]
    expected = RaisedAlarm(at=newest.at, kind="gap", writer=entries[0].writer, wseq=206, missing=1)
    assert newest == expected
    assert [each.wseq for each in found.alarms] == list(range(206, 6, -2))


async def test_each_witness_is_told_with_what_it_cosigned_last(
    desk: HealthDesk, hub_database: HubDatabase
) -> None:
    await run(
        hub_database.owner_url,
        "INSERT INTO hub.log_cosignature (year, size, witness, line, at) VALUES"
        " (2025, 900, 'a', 'x', '2025-12-31Z'), (2026, 5, 'a', 'x', '2026-01-01Z'),"
        " (2026, 7, 'a', 'x', '2026-01-02Z'), (2025, 800, 'b', 'x', '2025-12-30Z'),"
        " (2026, 7, 'c', 'x', '2026-01-02Z')",
    )
    found = (await health(desk)).cosignatures
    assert [(each.witness, each.year, each.size) for each in found] == [
        ("a", 2026, 7),
        ("b", 2025, 800),
        ("c", 2026, 7),
    ]


async def test_nobody_asks_without_a_reason(desk: HealthDesk) -> None:
    with pytest.raises(BadRequest) as refused:
        await desk.log_health(by_officer("logHealth", reason=" "))
    assert refused.value.code is Code.REASON_INVALID
