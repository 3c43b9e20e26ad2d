"""Who looked at my data, over a real log: what is told, what is not, and nothing between them."""

from collections.abc import AsyncIterator
from dataclasses import asdict
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio
from structlog.testing import capture_logs

from hub.audit.keys import YearKeys
from hub.audit.log import DurableLog
from hub.errors import BadRequest, HubError, Refused
from hub.model.desk import DeskQuestion
from hub.model.personal_code import PersonalCode
from hub.model.usage import Disclosed
from tests.service.audit.asking import NOW, WHY, Office, alter, by_officer, by_person
from tests.service.audit.ordering import Hand
from tests.service.storage.hub_database import HubDatabase, keyring
from tests.unit.audit.making import code

pytestmark = pytest.mark.asyncio

ANNA, BERTA = code(1), code(2)
RSD, DELAYED, LATER = ("RSD-2026-001", 1), ("ATD-2026-001", 1), ("ATD-2026-001", 2)
SEALED, UNSEALED = ("RBT-2026-002", 1), ("RBT-2026-002", 2)


@pytest_asyncio.fixture
async def office(hub_database: HubDatabase, log: DurableLog) -> AsyncIterator[Office]:
    made = Office(hub_database.url, log)
    await made.furnish()
    yield made
    await made.database.aclose()


async def test_a_person_is_told_who_looked_what_for_and_what_they_learned(
    office: Office, hand: Hand
) -> None:
    await office.look(ANNA, BERTA, case="SP-1", official="L.Vanaga")
    await hand.tick()
    (use,) = (await office.usage(ANNA)).value.rows
    assert (use.recipient, use.recipient_en) == ("RD-LD", "Riga City Council, Welfare Department")
    assert use.purpose_en == "assessing a household's means for social assistance"
    assert use.purpose_lv.startswith("mājsaimniecības")
    assert use.basis_lv[0] == "uzdevums sabiedrības interesēs"
    assert [(each.register, each.disclosed) for each in use.registers] == [
        ("disability", Disclosed.FACTS),
        ("employment", Disclosed.NO_RECORD),
    ]
    assert (use.categories, use.by_consent, use.mentioned) == (["HEALTH"], False, False)
    told = repr(asdict(use))
    assert not any(hidden in told for hidden in ("SP-1", "Vanaga", ANNA, BERTA))


@pytest.mark.parametrize(
    ("under", "days_ago", "is_told"),
    [
        (RSD, 0, True),
        (DELAYED, 29, False),
        (DELAYED, 31, True),
        (LATER, 0, True),
        (SEALED, 300, False),
        (UNSEALED, 0, True),
        (("RBT-2026-002", 3), 1, True),  # the seal ended yesterday
        (("RBT-2026-002", 4), 1, False),  # it ends today
    ],
)
async def test_the_revision_that_an_entry_names_says_when_it_is_told(
    office: Office, hand: Hand, under: tuple[str, int], days_ago: int, is_told: bool
) -> None:
    await office.look(ANNA, under=under, days_ago=days_ago)
    await hand.tick()
    assert len(await office.told(ANNA)) == is_told
    found = await office.access_log({"person": ANNA})
    assert len(found.value.rows) == 1  # the log holds it all the same


async def test_pages_hold_what_is_told_and_end_where_that_ends(office: Office, hand: Hand) -> None:
    for place in range(7):
        for each in (ANNA, BERTA):
            await office.look(each, days_ago=7 - place)
        await office.look(BERTA, under=SEALED, days_ago=7 - place)
    await office.look(BERTA, under=SEALED)
    await hand.tick()

    async def pages(person: PersonalCode) -> list[tuple[list[Any], bool, int]]:
        found, after = [], None
        while True:
            page = (await office.usage(person, first=3, after=after)).value
            rows = [(use.at, use.system) for use in page.rows]
            found.append((rows, page.more, len(page.cursor)))
            if not page.more:
                return found
            after = page.cursor

    of_anna, of_berta = await pages(ANNA), await pages(BERTA)
    assert of_anna == of_berta
    assert [len(rows) for rows, _, _ in of_anna] == [3, 3, 1]
    instants = [at for rows, _, _ in of_anna for at, _ in rows]
    assert instants == sorted(instants, reverse=True)


async def test_sealed_entries_cost_no_statement_and_move_no_bound(
    office: Office, hand: Hand
) -> None:
    await office.look(ANNA)
    await office.look(BERTA)
    for _ in range(20):
        await office.look(BERTA, under=SEALED, days_ago=200)
    await hand.tick()
    seen = []
    await office.told(ANNA)  # revisions are read once
    for person in (ANNA, BERTA):
        office.database.statements = 0
        uses = (await office.usages.find_usage(by_person(person, "findUsage"))).value
        whole = await office.usage(person)
        period = (await office.usages.usage_period(by_person(person, "usagePeriod"))).value
        facts = (len(uses), len(whole.value.rows), whole.value.more, period)
        seen.append((office.database.statements, facts))
    assert seen[0] == seen[1]


async def test_an_index_that_points_at_somebody_else_shows_nothing_and_raises_an_alarm(
    office: Office, hand: Hand, hub_database: HubDatabase
) -> None:
    await office.look(ANNA)
    await office.look(BERTA)
    await hand.tick()
    indexes = YearKeys(keyring(), 2026)
    await alter(
        hub_database.owner_url,
        "UPDATE hub.log_entry SET index = $2 WHERE index = $1",
        indexes.index(BERTA),
        indexes.index(ANNA),
    )
    with capture_logs() as lines:
        assert len(await office.told(ANNA)) == 1
        found = await office.access_log({"person": ANNA})
        assert len(found.value.rows) == 1
    assert [(each["event"], each["differs"]) for each in lines] == [
        ("log_entry_disagrees", "subject")
    ] * 2
    assert ANNA not in repr(lines)
    assert BERTA not in repr(lines)


async def test_columns_that_were_altered_reveal_no_sealed_entry(
    office: Office, hand: Hand, hub_database: HubDatabase
) -> None:
    await office.look(ANNA, under=SEALED)
    await hand.tick()
    await alter(hub_database.owner_url, "UPDATE hub.log_entry SET visibility = 'immediate'")
    with capture_logs() as lines:
        assert await office.told(ANNA) == []
    assert [each["differs"] for each in lines] == ["columns"]


async def test_nothing_is_shown_of_whose_key_was_destroyed(
    office: Office, hand: Hand, hub_database: HubDatabase
) -> None:
    await office.look(ANNA, BERTA)
    await hand.tick()
    index = YearKeys(keyring(), 2026).index(ANNA)
    await alter(hub_database.owner_url, "DELETE FROM hub.subject_key WHERE index = $1", index)
    with capture_logs() as lines:
        assert await office.told(ANNA) == []
        assert (await office.access_log({"person": ANNA})).value.rows == []
    assert lines == []  # it was destroyed lawfully: nothing to be alarmed at
    assert len(await office.told(BERTA)) == 1


async def test_entries_under_former_codes_are_the_persons_too(office: Office, hand: Hand) -> None:
    former = code(9)
    office.register.histories[ANNA] = (ANNA, former)
    await office.look(former, days_ago=3)
    await office.look(ANNA, days_ago=1)
    await office.look(former, days_ago=0.5)
    await hand.tick()
    told = await office.told(ANNA)
    assert [NOW - at for _, at in told] == [timedelta(days=days, seconds=1) for days in (0.5, 1, 3)]


async def test_whoever_is_named_in_anothers_record_is_told_nothing_of_that_other(
    office: Office, hand: Hand
) -> None:
    await office.look(ANNA, relation="child", outcomes={})
    await office.look(ANNA, relation="asked,child")
    await hand.tick()
    asked, named = (await office.usage(ANNA)).value.rows
    assert (named.mentioned, list(named.registers), list(named.categories)) == (
        True,
        [],
        ["IDENTITY"],
    )
    assert (asked.mentioned, len(asked.registers)) == (False, 2)


async def test_a_representative_is_told_nothing_of_the_protection_of_children(
    office: Office, hand: Hand
) -> None:
    office.register.acting.add((BERTA, ANNA))
    await office.look(ANNA)
    await office.look(ANNA, categories=("CHILD_PROTECTION",))
    await office.look(ANNA, under=("RBT-2026-001", 1))  # whatever was asked under it
    await hand.tick()
    assert [who for who, _ in await office.told(BERTA, personalCode=ANNA)] == [
        "riga-social-service"
    ]
    assert len(await office.told(ANNA)) == 3


async def test_nobody_is_told_of_whom_they_do_not_represent(office: Office) -> None:
    with pytest.raises(Refused) as refused:
        await office.usage(BERTA, personalCode=ANNA)
    assert refused.value.code.code == "representation_missing"


async def test_an_officer_asks_on_a_persons_behalf_and_sees_what_the_person_would(
    office: Office, hand: Hand
) -> None:
    await office.look(ANNA)
    await office.look(ANNA, under=("RBT-2026-001", 1))
    await office.look(ANNA, under=SEALED)
    await hand.tick()
    seen = {}
    for number in ("DVI-2026-001", "DVI-2026-003"):
        question = by_officer("usage", officer=number, personalCode=ANNA, reason=WHY)
        answer = await office.usages.usage(question)
        assert answer.reason == WHY
        assert [each.subject for each in answer.subjects] == [ANNA]
        seen[number] = [use.recipient for use in answer.value.rows]
    assert seen == {"DVI-2026-001": ["RBT", "RD-LD"], "DVI-2026-003": ["RD-LD"]}


@pytest.mark.parametrize("reason", [None, "short", f"of {ANNA} by telephone"])
async def test_an_officer_gives_a_reason_that_names_nobody(
    office: Office, reason: str | None
) -> None:
    with pytest.raises(BadRequest) as refused:
        await office.usages.usage(by_officer("usage", personalCode=ANNA, reason=reason))
    assert refused.value.code.code == "reason_invalid"


async def test_the_persons_own_words_and_questions_are_no_look_ups(
    office: Office, hand: Hand
) -> None:
    for decision, acting in (("consent", True), ("accountability", True), ("consent", False)):
        await office.look(ANNA, decision=decision, person_acting=acting)
    await office.look(ANNA, decision="accountability", official="dpo")
    await office.look(ANNA, person_acting=True)  # data left all the same
    await hand.tick()
    assert len(await office.told(ANNA)) == 2


async def test_a_cursor_serves_one_person_and_one_question(office: Office, hand: Hand) -> None:
    for each in (ANNA, BERTA):
        for _ in range(2):
            await office.look(each)
    await hand.tick()
    cursor = (await office.usage(ANNA, first=1)).value.cursor
    assert len((await office.usage(ANNA, first=5, after=cursor)).value.rows) == 1
    for question in (
        by_person(BERTA, "usage", first=1, after=cursor),
        by_person(ANNA, "usage", first=1, after=cursor, to=NOW),
        by_person(ANNA, "usage", first=1, after=("A" if cursor[0] != "A" else "B") + cursor[1:]),
        by_person(ANNA, "usage", first=1, after="x"),
    ):
        assert await _code(office, question) == "cursor_invalid"


@pytest.mark.parametrize("first", [0, -1, 1001])
async def test_pages_are_bounded(office: Office, first: int) -> None:
    assert await _code(office, by_person(ANNA, "usage", first=first)) == "page_invalid"


@pytest.mark.parametrize(
    "asked", [{"offset": -1}, {"offset": 10_001}, {"limit": 1_001}, {"limit": 0}]
)
async def test_what_the_tracker_asks_is_bounded(office: Office, asked: dict[str, int]) -> None:
    with pytest.raises(HubError) as refused:
        await office.usages.find_usage(by_person(ANNA, "findUsage", **asked))
    assert refused.value.code.code == "page_invalid"


async def test_an_officer_names_the_person(office: Office) -> None:
    assert await _code(office, by_officer("usage", reason=WHY)) == "variable_invalid"


async def test_an_interval_bounds_what_is_told(office: Office, hand: Hand) -> None:
    for days_ago in (1, 5, 9):
        await office.look(ANNA, days_ago=days_ago)
    await hand.tick()
    bounds = {"from": NOW - timedelta(days=7), "to": NOW - timedelta(days=3)}
    assert len(await office.told(ANNA, **bounds)) == 1
    backwards = {"from": NOW, "to": NOW}
    assert await _code(office, by_person(ANNA, "usage", **backwards)) == "window_invalid"


async def _code(office: Office, question: DeskQuestion) -> str:
    with pytest.raises(HubError) as refused:
        await office.usages.usage(question)
    return refused.value.code.code
