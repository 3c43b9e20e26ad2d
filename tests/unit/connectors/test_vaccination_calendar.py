from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.vaccination.calendar import (
    CALENDAR,
    GRACE_MONTHS,
    calendar_status,
    completed_months,
)
from connectors.vaccination.codings import vaccine
from hub.sandbox.people import health
from hub.sandbox.people.days import add_months
from hub.sandbox.people.generate import Population, lives
from hub.sandbox.people.health import Coverage, VaccinationStatus
from schemas.registers.vaccination.codes import CalendarStatus, VaccineAtc
from tests.unit.connectors.origin import TODAY

DAYS = st.dates(date(1990, 1, 1), date(2040, 12, 31))
GIVEN = st.lists(st.tuples(st.sampled_from(VaccineAtc), DAYS), max_size=30)


@given(DAYS, st.integers(0, 250))
def test_months_of_age_agree_with_the_day_they_are_completed(born: date, months: int) -> None:
    birthday = add_months(born, months)
    assert completed_months(born, birthday) == months
    assert completed_months(born, birthday - timedelta(days=1)) == months - 1


def follow(born: date, at: date) -> list[tuple[VaccineAtc, date]]:
    """Every dose on the day it falls due."""
    return [
        (line.vaccine, due) for line in CALENDAR if (due := add_months(born, line.due_month)) <= at
    ]


@given(DAYS, st.integers(0, 17 * 365))
def test_whoever_follows_the_calendar_is_never_behind(born: date, days: int) -> None:
    at = born + timedelta(days=days)
    assert calendar_status(born, follow(born, at), at) is CalendarStatus.COMPLETE


@pytest.mark.parametrize("line", CALENDAR, ids=str)
def test_each_dose_becomes_overdue_when_its_grace_ends(line: object) -> None:
    assert line in CALENDAR
    index = CALENDAR.index(line)
    missed, born = CALENDAR[index], date(2008, 2, 29)
    late = add_months(born, missed.due_month + GRACE_MONTHS)
    for day, expected in (
        (late - timedelta(days=1), CalendarStatus.COMPLETE),
        (late, CalendarStatus.OVERDUE),
    ):
        doses = follow(born, day)
        of_it = [dose for dose in doses if dose[0] is missed.vaccine][missed.number - 1 :]
        rest = [dose for dose in doses if dose not in of_it]
        assert calendar_status(born, rest, day) is expected


@given(DAYS, DAYS, GIVEN, st.tuples(st.sampled_from(VaccineAtc), DAYS))
def test_one_more_dose_never_puts_anybody_behind(
    born: date,
    at: date,
    given_doses: list[tuple[VaccineAtc, date]],
    more: tuple[VaccineAtc, date],
) -> None:
    if calendar_status(born, given_doses, at) is CalendarStatus.COMPLETE:
        assert calendar_status(born, [*given_doses, more], at) is CalendarStatus.COMPLETE


@given(DAYS, DAYS, GIVEN)
def test_later_doses_do_not_count(
    born: date, at: date, given_doses: list[tuple[VaccineAtc, date]]
) -> None:
    by_then = [dose for dose in given_doses if dose[1] <= at]
    assert calendar_status(born, given_doses, at) is calendar_status(born, by_then, at)


def test_one_dose_entered_twice_is_one_dose() -> None:
    born, at = date(2025, 1, 1), date(2025, 8, 1)
    doses = [dose for dose in follow(born, at) if dose[0] is not VaccineAtc.J07CA09]
    twice = [(VaccineAtc.J07CA09, date(2025, 3, 1))] * 2
    assert calendar_status(born, [*doses, *twice], at) is CalendarStatus.OVERDUE


def test_rotavirus_missed_in_infancy_is_no_longer_overdue() -> None:
    born = date(2025, 1, 31)
    at = add_months(born, 7)
    doses = [dose for dose in follow(born, at) if dose[0] is not VaccineAtc.J07BH]
    assert calendar_status(born, doses, at) is CalendarStatus.OVERDUE
    assert calendar_status(born, doses, add_months(born, 8)) is CalendarStatus.COMPLETE


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (date(2007, 12, 31), CalendarStatus.NOT_APPLICABLE),  # not born
        (date(2008, 1, 1), CalendarStatus.COMPLETE),
        (date(2025, 12, 31), CalendarStatus.OVERDUE),
        (date(2026, 1, 1), CalendarStatus.NOT_APPLICABLE),  # of age
    ],
)
def test_the_calendar_applies_from_birth_to_majority(at: date, expected: CalendarStatus) -> None:
    assert calendar_status(date(2008, 1, 1), [], at) is expected


def test_without_a_day_of_birth_the_state_is_unknown() -> None:
    assert calendar_status(None, [], TODAY) is CalendarStatus.UNKNOWN


def test_the_sandbox_follows_the_same_calendar() -> None:
    ours = {(line.vaccine, line.number, line.due_month) for line in CALENDAR}
    theirs = {(vaccine(line.atc), line.number, line.due_month) for line in health.CALENDAR}
    assert ours == theirs
    assert health.GRACE_MONTHS == GRACE_MONTHS


def test_the_population_is_as_far_behind_as_it_was_made_to_be() -> None:
    """Infants who missed nothing but rotavirus, which cannot be caught up, may differ."""
    expected = {
        Coverage.COMPLETE: CalendarStatus.COMPLETE,
        Coverage.OVERDUE: CalendarStatus.OVERDUE,
        Coverage.NOT_APPLICABLE: CalendarStatus.NOT_APPLICABLE,
    }
    seen = set()
    for life in lives(Population(seed=3, people=3000, today=TODAY)):
        if life.ended_on:
            continue
        doses = [
            (vaccine(dose.atc), dose.occurred_on)
            for dose in life.doses
            if dose.status is VaccinationStatus.COMPLETED
        ]
        rotavirus = [
            (VaccineAtc.J07BH, add_months(life.born, line.due_month))
            for line in CALENDAR
            if line.vaccine is VaccineAtc.J07BH
        ]
        found = {calendar_status(life.born, each, TODAY) for each in (doses, doses[:0])}
        found |= {calendar_status(life.born, [*doses, *rotavirus], TODAY)}
        assert expected[life.coverage] in found
        seen.add(life.coverage)
    assert seen == set(Coverage)
