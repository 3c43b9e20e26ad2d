"""The officer's questions to a real log: every filter, pages, and whose entries are shown."""

from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio

from hub.audit.log import DurableLog
from hub.errors import HubError
from hub.model.catalogue import Category
from tests.service.audit.asking import NOW, WHY, Office, by_officer
from tests.service.audit.ordering import Hand
from tests.service.storage.hub_database import HubDatabase
from tests.unit.audit.making import code

pytestmark = pytest.mark.asyncio

ANNA, BERTA = code(1), code(2)
SEALED = ("RBT-2026-002", 1)


@pytest_asyncio.fixture
async def office(hub_database: HubDatabase, log: DurableLog) -> AsyncIterator[Office]:
    made = Office(hub_database.url, log)
    await made.furnish()
    yield made
    await made.database.aclose()


@pytest.mark.parametrize(
    "asked",
    [
        {"person": ANNA},
        {"recipient": "RBT"},
        {"official": "A.Tiesa"},
        {"case": "BT-2026/17"},
        {"agreement": "RBT-2026-002"},
        {"client": "orphan-court"},
        {"purpose": "https://vienreiz.example/purpose#ChildRiskAssessment"},
        {"purpose": "ChildRiskAssessment"},
        {"register": "childProtection"},
        {"category": Category.CHILD_PROTECTION},
        {"outcome": "refused"},
        {"code": "quota_exhausted"},
        {"operationId": "a" * 32},
        {"from": NOW - timedelta(days=41), "to": NOW - timedelta(days=39)},
        {"from": NOW - timedelta(days=41), "to": NOW - timedelta(days=39), "person": ANNA},
        {"recipient": "RBT", "official": "A.Tiesa", "code": "quota_exhausted"},
    ],
)
async def test_every_condition_finds_what_it_says(
    office: Office, hand: Hand, asked: Mapping[str, Any]
) -> None:
    for days_ago in (50, 45):
        await office.look(BERTA, days_ago=days_ago)
    await office.look(
        ANNA,
        under=SEALED,
        days_ago=40,
        operation_id="a" * 32,
        official="A.Tiesa",
        case="BT-2026/17",
        registers=("childProtection", "disability"),
        categories=("CHILD_PROTECTION",),
        decision="refused",
        codes=("agreement_unknown", "quota_exhausted"),
    )
    for days_ago in (30, 0):
        await office.look(BERTA, days_ago=days_ago)
    await hand.tick()
    (row,) = (await office.access_log(asked)).value.rows
    assert row.found.operation_id == "a" * 32
    assert row.told["official"] == "A.Tiesa"
    assert row.place == "2026/2"


async def test_entries_are_newest_first_and_paged(office: Office, hand: Hand) -> None:
    for days_ago in range(9, 2, -1):
        await office.look(ANNA, BERTA, days_ago=days_ago)
    await hand.tick()
    places: list[str] = []
    after, pages = None, 0
    while True:
        page = (await office.access_log({"outcome": "disclosed"}, first=4, after=after)).value
        places += [row.place for row in page.rows]
        pages += 1
        if not page.more:
            break
        after = page.cursor
    assert (places, pages) == ([f"2026/{place}" for place in reversed(range(14))], 4)


async def test_what_few_entries_list_is_paged_in_the_order_of_all(
    office: Office, hand: Hand
) -> None:
    for days_ago in range(9, 0, -1):
        told = ("rare", "common") if days_ago in {9, 8} else ("common",)
        agreement = ("RSD-2026-001", 1) if days_ago % 2 else SEALED
        await office.look(days_ago=days_ago, codes=told, decision="refused", under=agreement)
    await hand.tick()

    async def found(code: str) -> list[str]:
        places: list[str] = []
        after = None
        while True:
            asked = await office.access_log({"code": code}, first=2, after=after)
            places += [row.place for row in asked.value.rows]
            if not asked.value.more:
                return places
            after = asked.value.cursor

    assert await found("rare") == ["2026/1", "2026/0"]
    assert await found("common") == [f"2026/{place}" for place in range(8, -1, -1)]
    assert await found("quota_exhausted") == []


async def test_the_hubs_officer_reads_what_depends_on_the_person_where_one_is_named(
    office: Office, hand: Hand
) -> None:
    await office.look(ANNA)
    await hand.tick()
    (named,) = (await office.access_log({"person": ANNA})).value.rows
    assert named.outcomes == [("disability", "found"), ("employment", "absent")]
    assert named.relation == "asked"
    (unnamed,) = (await office.access_log({})).value.rows
    assert (unnamed.outcomes, unnamed.relation) == (None, None)
    (own,) = (await office.access_log({"person": ANNA}, officer="DVI-2026-003")).value.rows
    assert (own.outcomes, own.relation, own.place) == (None, None, None)


@pytest.mark.parametrize("asked", [{}, {"person": ANNA}, {"register": "disability"}])
async def test_an_institutions_officer_sees_that_institutions_entries_alone(
    office: Office, hand: Hand, asked: Mapping[str, Any]
) -> None:
    await office.look(ANNA)
    await office.look(ANNA, under=SEALED)
    await office.look(ANNA, recipient=None)
    await hand.tick()
    rows = (await office.access_log(asked, officer="DVI-2026-003")).value.rows
    assert [row.told["recipient"] for row in rows] == ["RD-LD"]


async def test_another_institutions_entries_are_refused(office: Office) -> None:
    with pytest.raises(HubError) as refused:
        await office.access_log({"recipient": "RBT"}, officer="DVI-2026-003")
    assert refused.value.code.code == "oversight_missing"


@pytest.mark.parametrize(
    ("condition", "known", "mistyped"),
    [
        ("register", "vaccination", "vacination"),
        ("purpose", "FreeTransport", "FreeTransprt"),
        ("purpose", "https://vienreiz.example/purpose#FreeTransport", "https://e.example/#Free"),
        ("recipient", "RBT", "RTB"),
        ("client", "orphan-court", "orphan-cuort"),
        ("agreement", "RBT-2026-001", "RBT-2026-0001"),
        ("code", "quota_exhausted", "quota_exausted"),
    ],
)
async def test_what_is_mistyped_is_refused_and_not_told_as_nobody(
    office: Office, condition: str, known: str, mistyped: str
) -> None:
    assert (await office.access_log({condition: known})).value.rows == []
    with pytest.raises(HubError) as refused:
        await office.access_log({condition: mistyped})
    assert refused.value.code.code == "parameter_invalid"


async def test_a_client_that_no_agreement_names_is_found_by_its_refusals(
    office: Office, hand: Hand
) -> None:
    await office.look(client="stranger", decision="refused", codes=("agreement_unknown",))
    await hand.tick()
    (row,) = (await office.access_log({"client": "stranger"})).value.rows
    assert row.told["client"] == "stranger"


async def test_an_institutions_officer_does_not_learn_which_agreements_others_have(
    office: Office,
) -> None:
    for number in ("RBT-2026-002", "RBT-2026-999"):
        with pytest.raises(HubError) as refused:
            await office.access_log({"agreement": number}, officer="DVI-2026-003")
        assert refused.value.code.code == "parameter_invalid"
    own = await office.access_log({"agreement": "RSD-2026-001"}, officer="DVI-2026-003")
    assert own.value.rows == []


async def test_the_question_is_about_the_person_named_and_tells_why(office: Office) -> None:
    answer = await office.access_log({"person": ANNA})
    assert ([each.subject for each in answer.subjects], answer.reason) == ([ANNA], WHY)
    assert (await office.access_log({})).subjects == ()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"reason": "short"}, "reason_invalid"),
        ({"reason": f"about {ANNA} in person"}, "reason_invalid"),
        ({"first": 501}, "page_invalid"),
        ({"after": "AAAA"}, "cursor_invalid"),
        ({"filter": {"from": NOW, "to": NOW}}, "window_invalid"),
    ],
)
async def test_what_cannot_be_asked(office: Office, arguments: dict[str, Any], told: str) -> None:
    given = {"reason": WHY, "filter": {}} | arguments
    with pytest.raises(HubError) as refused:
        await office.questions.access_log(by_officer("accessLog", **given))
    assert refused.value.code.code == told


async def test_a_cursor_of_another_client_serves_nobody(office: Office, hand: Hand) -> None:
    for _ in range(3):
        await office.look(ANNA)
    await hand.tick()
    cursor = (await office.access_log({}, first=1)).value.cursor
    for number, asked in (("DVI-2026-003", {}), ("DVI-2026-001", {"register": "disability"})):
        with pytest.raises(HubError) as refused:
            await office.access_log(asked, officer=number, after=cursor)
        assert refused.value.code.code == "cursor_invalid"
