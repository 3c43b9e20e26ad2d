"""What is recalled is what would be made again, for nobody else, and logged every time."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from itertools import product
from random import Random
from typing import Any

import pytest

from hub.model.decision import Permit
from hub.model.evidence import Order
from hub.model.personal_code import PersonalCode
from hub.pipeline import Recollections, Rooms
from tests.unit.pipeline.given import (
    AGREEMENTS,
    ANNA,
    BERTA,
    AtHand,
    HeldClock,
    Ledger,
    Shelf,
    book,
    employment,
    kept,
    people,
    request,
    rooms,
    told,
    untouched,
    wide,
    without,
)
from tests.unit.pipeline.test_views import NUMBERS, SELECTIONS, VARIABLES, asking

ALL = NUMBERS["everything"]


class Peeked(AtHand):
    """Tells how often anybody looked at records."""

    def __init__(self) -> None:
        super().__init__(people())
        self.looks = 0

    def peek(self, permit: Permit, orders: Sequence[Order]) -> Any:  # noqa: ANN401 — as the port's
        self.looks += 1
        return super().peek(permit, orders)


class Alone:
    """A corridor that recalls, and one that starts anew; questions about one person each."""

    def __init__(self) -> None:
        self.clock, self.shelf, self.fetch = HeldClock(), Shelf(), Peeked()
        self.wired: Rooms = rooms(self.fetch, self.shelf, self.clock)

    async def ask(
        self,
        selection: str,
        agreement: str = ALL,
        who: PersonalCode = ANNA,
        variables: dict[str, Any] | None = None,
    ) -> bool:
        """Ask, compare with an answer made anew, and tell whether it was recalled."""
        plain = rooms(untouched(self.fetch.outcomes), self.shelf, self.clock, planner=False)
        asked = request(asking(selection), agreement, {"p": [who]} | (variables or {}))
        looks, ledger = self.fetch.looks, self.wired.access_log
        assert isinstance(ledger, Ledger)
        entries = len(ledger.entered)
        found, right = await told(asked, self.wired), await told(asked, plain)
        assert found == right
        if not found.startswith(b"["):
            return False
        (entry,), other = ledger.entered[entries:], plain.access_log
        assert isinstance(other, Ledger)
        assert entry.subjects == other.entered[-1].subjects
        assert entry.header.operation_id != other.entered[-1].header.operation_id
        return self.fetch.looks == looks


@pytest.mark.asyncio
async def test_the_same_again_is_recalled_and_logged() -> None:
    alone = Alone()
    told_again = [await alone.ask("employment { status }") for _ in range(3)]
    assert told_again == [False, True, True]
    assert not await alone.ask("employment { status }", who=BERTA)
    assert not await alone.ask("employment { status }", NUMBERS["no branch"])
    assert not await alone.ask("employment { state: status }")


@pytest.mark.asyncio
async def test_nothing_is_recalled_of_other_records_days_periods_or_policies() -> None:
    alone, work = Alone(), "employment(on: $on) { status branch }"
    day = {"on": "2026-11-01"}
    changes: list[Callable[[], object]] = [
        lambda: alone.fetch.outcomes["employment"].update({ANNA: kept(employment("DMEK"))}),
        lambda: setattr(alone.clock, "at", alone.clock.at + timedelta(days=1)),
        lambda: day.update(on="2026-11-02"),
        lambda: setattr(alone.shelf, "book", book(wide(), *list(AGREEMENTS.values())[1:3])),
        lambda: setattr(
            alone.shelf, "book", book(wide(revision=2, fields=without("employment.branch")))
        ),
    ]
    for change in changes:
        await alone.ask(work, variables=day)
        assert await alone.ask(work, variables=day)
        change()
        assert not await alone.ask(work, variables=day)


@pytest.mark.asyncio
async def test_answers_in_which_others_are_named_are_made_anew() -> None:
    alone = Alone()
    for _ in range(3):
        named = "socialInsurance { benefits { child { firstName } } }"
        assert not await alone.ask(named)


@pytest.mark.asyncio
async def test_only_so_many_are_kept() -> None:
    alone = Alone()
    few = Recollections(alone.wired.fetch, capacity=2)
    object.__setattr__(alone.wired, "recollections", few)
    asked = ["employment { status }", "employment { branch }", "employment { grantedOn }"]
    for selection in (*asked, *asked):
        assert not await alone.ask(selection)
    assert await alone.ask(asked[-1])


@pytest.mark.asyncio
async def test_in_any_order_everybody_is_told_their_own() -> None:
    """Questions of one person each, again and again, in an order made by chance."""
    chance, alone, recalled = Random(20261120), Alone(), 0
    cases = [*product(SELECTIONS, VARIABLES, NUMBERS.values(), (ANNA, BERTA))]
    cases = chance.sample(cases, 60) * 4
    chance.shuffle(cases)
    for selection, variables, number, who in cases:
        recalled += await alone.ask(selection, number, who, variables)
    assert recalled > len(cases) // 8
