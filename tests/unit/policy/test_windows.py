from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as some

from hub.errors import BadRequest, Code, Refused
from hub.model.evidence import Window
from hub.policy.windows import day, period, reach
from tests.unit.policy.given import agreement

TODAY = date(2026, 11, 20)
THREE = agreement(window_months=3)
FREE = agreement()


@pytest.mark.parametrize(
    ("months", "today", "start", "end"),
    [
        (3, TODAY, date(2026, 8, 1), date(2026, 11, 30)),
        (1, date(2026, 1, 31), date(2025, 12, 1), date(2026, 1, 31)),
        (12, date(2024, 2, 29), date(2023, 2, 1), date(2024, 2, 29)),
        (120, date(2026, 12, 1), date(2016, 12, 1), date(2026, 12, 31)),
    ],
)
def test_full_months_back_and_the_present_one(
    months: int, today: date, start: date, end: date
) -> None:
    assert reach(agreement(window_months=months), today) == Window(start=start, end=end)


def test_without_a_bound_everything_is_in_reach() -> None:
    assert reach(FREE, TODAY) is None
    assert period(FREE, None, None, TODAY) is None
    assert period(FREE, date(2020, 1, 1), None, TODAY) == Window(
        start=date(2020, 1, 1), end=date.max
    )
    assert period(FREE, None, date(2020, 1, 1), TODAY) == Window(
        start=date.min, end=date(2020, 1, 1)
    )
    assert day(FREE, date(1990, 1, 1), TODAY) == date(1990, 1, 1)


def test_what_is_left_out_is_the_whole_bound() -> None:
    assert period(THREE, None, None, TODAY) == reach(THREE, TODAY)
    assert period(THREE, date(2026, 10, 5), None, TODAY) == Window(
        start=date(2026, 10, 5), end=date(2026, 11, 30)
    )
    assert day(THREE, None, TODAY) == TODAY


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (date(2026, 7, 31), None),
        (None, date(2026, 12, 1)),
        (None, date(2026, 7, 31)),
        (date(2026, 12, 1), None),
    ],
)
def test_a_day_outside_the_bound_is_refused_with_the_bound(
    start: date | None, end: date | None
) -> None:
    with pytest.raises(Refused) as told:
        period(THREE, start, end, TODAY)
    assert told.value.extensions() == {
        "code": "window_not_in_agreement",
        "earliest": "2026-08-01",
        "latest": "2026-11-30",
    }


@pytest.mark.parametrize("on", [date(2026, 7, 31), date(2026, 12, 1)])
def test_on_is_bound_too(on: date) -> None:
    with pytest.raises(Refused) as told:
        day(THREE, on, TODAY)
    assert told.value.code is Code.WINDOW_NOT_IN_AGREEMENT


@pytest.mark.parametrize("of", [FREE, THREE])
def test_a_period_that_ends_before_it_begins_is_no_period(of: object) -> None:
    with pytest.raises(BadRequest) as told:
        period(of, date(2026, 10, 2), date(2026, 10, 1), TODAY)  # type: ignore[arg-type]
    assert told.value.code is Code.WINDOW_INVALID


@given(
    months=some.integers(1, 120),
    today=some.dates(date(2000, 1, 1), date(2100, 1, 1)),
    start=some.none() | some.dates(date(1990, 1, 1), date(2110, 1, 1)),
    end=some.none() | some.dates(date(1990, 1, 1), date(2110, 1, 1)),
)
def test_no_period_ever_leaves_the_bound(
    months: int, today: date, start: date | None, end: date | None
) -> None:
    of = agreement(window_months=months)
    bound = reach(of, today)
    assert bound is not None
    assert bound.start.day == 1
    assert bound.start <= today <= bound.end
    try:
        found = period(of, start, end, today)
    except (Refused, BadRequest):
        return
    assert found is not None
    assert bound.start <= found.start <= found.end <= bound.end
