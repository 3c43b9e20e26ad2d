"""What was made of a record is kept with it, and told to nobody for whom it was not made.

Every answer is compared with that of graphql-core over records that remember nothing.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import product
from random import Random
from typing import Any

import orjson
import pytest

from hub.pipeline import Rooms
from tests.unit.pipeline.given import (
    AGREEMENTS,
    ANNA,
    BERTA,
    EVENING,
    AtHand,
    HeldClock,
    Shelf,
    book,
    people,
    request,
    rooms,
    told,
    untouched,
    wide,
    without,
)

TYPES = {
    "from": "Date",
    "to": "Date",
    "kinds": "[BenefitKind!]",
    "on": "Date",
    "kind": "BenefitKind! = FAMILY",
    "with": "Boolean = true",
}
SELECTIONS = (
    "employment { status branch }",
    "employment { branch status }",
    "employment { status }",
    "employment { state: status }",
    "employment { status: branch branch: status }",
    "employment { status endReason }",
    "employment(on: $on) { status endReason grantedOn endedOn }",
    "employment { status ... @include(if: $with) { endReason branch } }",
    "employment { status measures { kind } }",
    "employment { provenance { cached } }",
    "employment { __typename status }",
    "a: employment { branch } b: employment(on: $on) { branch status }",
    "b: employment { branch } a: employment(on: $on) { branch status }",
    "socialInsurance { benefits { kind grantedAmount } }",
    "socialInsurance(from: $from, to: $to) { benefits { kind payments { forMonth net } } }",
    "socialInsurance(from: $from, to: $to) { benefits { kind payments { forMonth gross } } }",
    "socialInsurance(kinds: $kinds) { benefits { kind } }",
    "socialInsurance(kinds: $kinds, from: $from) { benefits { kind child { personalCode } } }",
    "socialInsurance { benefits { kind child { firstName personalCode } } totalInsuranceDays }",
    "socialInsurance(kinds: [PARENTAL, $kind], to: $to) { benefits { kind } }",
    "employment { status } socialInsurance { benefits { payments { net } } } absences { code }",
)
VARIABLES: Sequence[dict[str, Any]] = (
    {},
    {"from": "2026-09-01"},
    {"from": "2026-09-01", "to": "2026-10-31"},
    {"to": "2026-09-30", "from": "2026-08-01"},
    {"kinds": ["FAMILY"]},
    {"kinds": ["SICKNESS", "FAMILY"]},
    {"kinds": []},
    {"kind": "SICKNESS"},
    {"on": "2026-09-01"},
    {"on": "2026-11-20"},
    {"on": "2026-11-21", "with": False},
    {"with": False},
)


@dataclass
class Two:
    """A corridor whose records remember, and one that starts anew for every request."""

    def __init__(self) -> None:
        self.clock, self.shelf, self.fetch = HeldClock(), Shelf(), AtHand(people())
        self.wired: Rooms = rooms(self.fetch, self.shelf, self.clock)
        self._plain = rooms(untouched(people()), self.shelf, self.clock, planner=False)

    async def agree(
        self, selection: str, agreement: str, variables: dict[str, Any] | None = None
    ) -> Any:  # noqa: ANN401 — JSON
        asked = request(asking(selection), agreement, {"p": [ANNA, BERTA]} | (variables or {}))
        found, right = await told(asked, self.wired), await told(asked, self._plain)
        assert found == right, (selection, agreement, variables, self.clock.at)
        return orjson.loads(found) if found.startswith(b"[") else found.decode()


async def anna(two: Two, selection: str, agreement: str, **variables: object) -> Any:  # noqa: ANN401 — JSON
    data, errors = await two.agree(selection, agreement, variables)
    del errors
    return data["persons"][0]


def asking(selection: str) -> str:
    """Return a document with the variables that ``selection`` has."""
    used = [
        f"${name}: {kind}" for name, kind in TYPES.items() if re.search(rf"\${name}\b", selection)
    ]
    return (
        f"query({', '.join(['$p: [PersonalCode!]!', *used])}) "
        f"{{ persons(personalCodes: $p) {{ personalCode {selection} }} }}"
    )


NUMBERS = {name: agreement.number for name, agreement in AGREEMENTS.items()}


@pytest.mark.asyncio
async def test_two_agreements_see_their_own_classes_and_leaves_of_one_record() -> None:
    two = Two()
    work = "employment { status branch endReason }"
    paid = "socialInsurance { benefits { kind } }"
    two.clock.at += timedelta(days=1)  # the reason of health is told from then on
    for _ in range(2):
        told_all = (await anna(two, work, NUMBERS["everything"]))["employment"]
        assert told_all["branch"] == "Rīgas filiāle"
        assert told_all["endReason"]
        fewer = (await anna(two, work, NUMBERS["no classes"]))["employment"]
        assert fewer == {**told_all, "endReason": None}
        null = (await anna(two, work, NUMBERS["no branch"]))["employment"]
        assert null == {**told_all, "branch": None}
        kinds = [
            [row["kind"] for row in (await anna(two, paid, number))["socialInsurance"]["benefits"]]
            for number in (NUMBERS["everything"], NUMBERS["no classes"], NUMBERS["everything"])
        ]
        assert kinds == [["FAMILY", "SICKNESS"], ["FAMILY"], ["FAMILY", "SICKNESS"]]


@pytest.mark.asyncio
async def test_a_new_revision_and_a_new_policy_see_nothing_made_before() -> None:
    two, work = Two(), "employment { status branch }"
    number = "SBX-2026-009"
    every, less = wide(number), wide(number, revision=2, fields=without("employment.branch"))
    null = wide(number, revision=3, fields=less.fields, on_excess=AGREEMENTS["no branch"].on_excess)
    two.shelf.book = book(every)
    assert (await anna(two, work, number))["employment"]["branch"] == "Rīgas filiāle"
    two.shelf.book = book(less)
    assert "field_not_in_agreement" in str(await two.agree(work, number)) or "Several" in str(
        await two.agree(work, number)
    )
    two.shelf.book = book(null)
    assert (await anna(two, work, number))["employment"] == {"status": "UNEMPLOYED", "branch": None}
    two.shelf.book = book(every)
    assert (await anna(two, work, number))["employment"]["branch"] == "Rīgas filiāle"


@pytest.mark.asyncio
async def test_midnight_in_riga_makes_it_anew() -> None:
    two, work = Two(), "employment { status }"
    number = NUMBERS["everything"]
    for _ in range(2):
        two.clock.at = EVENING
        assert (await anna(two, work, number))["employment"] == {"status": "UNEMPLOYED"}
        two.clock.at = EVENING + timedelta(minutes=9, seconds=59)
        assert (await anna(two, work, number))["employment"] == {"status": "UNEMPLOYED"}
        two.clock.at = EVENING + timedelta(minutes=10)
        assert (await anna(two, work, number))["employment"] == {"status": "NONE"}


@pytest.mark.asyncio
async def test_what_runs_to_this_day_grows_at_midnight_though_no_argument_changes() -> None:
    two, total = Two(), "socialInsurance { totalInsuranceDays }"
    for _ in range(2):
        days = []
        for minutes in (0, 9, 10, 24 * 60 + 10):
            two.clock.at = EVENING + timedelta(minutes=minutes)
            told_days = (await anna(two, total, NUMBERS["everything"]))["socialInsurance"]
            days.append(told_days["totalInsuranceDays"])
        assert days == [days[0], days[0], days[0] + 1, days[0] + 2]


@pytest.mark.asyncio
async def test_the_month_moves_what_is_told_by_default() -> None:
    two, number = Two(), NUMBERS["three months"]
    paid = "socialInsurance { benefits { payments { forMonth } } }"

    async def first() -> str:
        rows = (await anna(two, paid, number))["socialInsurance"]["benefits"]
        month: str = rows[0]["payments"][0]["forMonth"]
        return month

    assert await first() == "2026-08-01"
    two.clock.at += timedelta(days=15)
    assert await first() == "2026-09-01"


@pytest.mark.asyncio
async def test_aliases_that_differ_in_order_or_name_are_told_apart() -> None:
    two, number = Two(), NUMBERS["everything"]
    for _ in range(3):
        names = [
            [*(await anna(two, selection, number))["employment"].items()]
            for selection in SELECTIONS[:5]
        ]
        assert names == [
            [("status", "UNEMPLOYED"), ("branch", "Rīgas filiāle")],
            [("branch", "Rīgas filiāle"), ("status", "UNEMPLOYED")],
            [("status", "UNEMPLOYED")],
            [("state", "UNEMPLOYED")],
            [("status", "Rīgas filiāle"), ("branch", "UNEMPLOYED")],
        ]


@pytest.mark.asyncio
async def test_every_period_is_told_for_itself() -> None:
    two, number = Two(), NUMBERS["everything"]
    for _ in range(2):
        for selection, variables in product(SELECTIONS[14:19], VARIABLES):
            await two.agree(selection, number, variables)


@pytest.mark.asyncio
@pytest.mark.parametrize("seed", range(6))
async def test_whatever_was_asked_before_changes_no_answer(seed: int) -> None:
    """Agreements, documents, arguments and days, in an order made by chance."""
    dice, two = Random(seed), Two()
    books = [
        two.shelf.book,
        book(*(each for name, each in AGREEMENTS.items() if name != "no branch")),
    ]
    most = 0
    for _ in range(120):
        two.clock.at = EVENING + timedelta(days=dice.choice([0, 0, 1, 15]))
        two.shelf.book = dice.choice([books[0], *books])
        await two.agree(
            dice.choice(SELECTIONS), dice.choice([*NUMBERS.values()]), dice.choice(VARIABLES)
        )
        most = max(most, *map(len, two.fetch.views()))
    assert 2 < most <= 4


@pytest.mark.asyncio
async def test_what_is_kept_is_used_again() -> None:
    """Else nothing above would prove anything."""
    two, number = Two(), NUMBERS["everything"]
    await two.agree("employment { status }", number)
    kept = [dict(views) for views in two.fetch.views()]
    assert [len(views) for views in kept] == [1, 1, 0, 0]
    await two.agree("employment { status }", number)
    assert [dict(views) for views in two.fetch.views()] == kept


@pytest.mark.asyncio
async def test_a_record_keeps_few_views() -> None:
    two, number = Two(), NUMBERS["everything"]
    for day in range(1, 29):
        await two.agree("employment(on: $on) { status }", number, {"on": f"2026-09-{day:02}"})
        assert all(len(views) <= 4 for views in two.fetch.views())
    assert any(two.fetch.views())
