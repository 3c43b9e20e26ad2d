"""Unusual work: each detector on both sides of its threshold."""

from datetime import UTC, date, datetime, timedelta
from itertools import chain

import pytest

from hub.audit.misuse.hours import easter, holidays
from hub.model.agreement import Scope
from hub.model.misuse import Kind, Look
from tests.unit.audit.misuse.given import (
    NOON,
    around,
    daily,
    day,
    found,
    hours,
    lived,
    look,
    terms,
    thresholds,
)

NIGHT = datetime(2026, 11, 17, 0, 30, tzinfo=UTC)


def nightly(number: int, **told: object) -> list[Look]:
    return [look(each, at=NIGHT, **told) for each in range(number)]


def test_three_households_by_night_are_found() -> None:
    assert found(Kind.OUT_OF_HOURS, nightly(2)) == []
    (told,) = found(Kind.OUT_OF_HOURS, nightly(3))
    assert told.measured == {"households": 3, "persons": 3}


def test_one_familys_file_finished_late_is_no_misuse() -> None:
    family = around(*(lived(number, home="a") for number in range(1, 3)))
    assert found(Kind.OUT_OF_HOURS, nightly(3), family) == []
    assert len(found(Kind.OUT_OF_HOURS, nightly(4), family)) == 1


@pytest.mark.parametrize(
    ("at", "odd"),
    [
        (datetime(2026, 11, 17, 4, 59, tzinfo=UTC), True),  # 06:59 in Rīga
        (datetime(2026, 11, 17, 5, 0, tzinfo=UTC), False),
        (datetime(2026, 11, 17, 17, 59, tzinfo=UTC), False),
        (datetime(2026, 11, 17, 18, 0, tzinfo=UTC), True),
        (datetime(2026, 7, 14, 4, 0, tzinfo=UTC), False),  # summer time
        (datetime(2026, 11, 18, 10, tzinfo=UTC), True),  # the Republic's day
        (datetime(2026, 11, 21, 10, tzinfo=UTC), True),  # a Saturday
        (datetime(2026, 4, 6, 10, tzinfo=UTC), True),  # Easter Monday
    ],
)
def test_hours_are_those_of_riga(at: datetime, odd: bool) -> None:
    looks = [look(each, at=at) for each in range(3)]
    assert bool(found(Kind.OUT_OF_HOURS, looks)) == odd


def test_what_cannot_wait_is_exempt() -> None:
    crisis = "https://vienreiz.example/purpose#CrisisBenefit"
    assert found(Kind.OUT_OF_HOURS, nightly(5, purpose=crisis)) == []
    night = around(agreements=[terms(hours=(0, 6))])
    assert found(Kind.OUT_OF_HOURS, nightly(5), night) == []
    assert len(found(Kind.OUT_OF_HOURS, nightly(5), around(agreements=[terms()]))) == 1
    assert found(Kind.OUT_OF_HOURS, nightly(5, official=None)) == []


def test_holidays_move_to_monday() -> None:
    table = thresholds().out_of_hours
    assert date(2025, 5, 5) in holidays(2025, table)  # 4 May was a Sunday
    assert date(2026, 5, 5) not in holidays(2026, table)
    assert date(2028, 11, 20) in holidays(2028, table)  # 18 November is a Saturday


@pytest.mark.parametrize(
    ("year", "sunday"),
    [(2024, date(2024, 3, 31)), (2025, date(2025, 4, 20)), (2038, date(2038, 4, 25))],
)
def test_easter(year: int, sunday: date) -> None:
    assert easter(year) == sunday


TODAY = date(2026, 11, 16)


def worked(per_day: int, today: int, days: int = 10, **told: object) -> list[Look]:
    """So many persons on each of some days before, and today."""
    looks = [
        look(1_000 * back + number, at=day(TODAY - timedelta(days=back)), **told)
        for back in range(1, days + 1)
        for number in range(per_day)
    ]
    return looks + [look(number, at=day(TODAY), **told) for number in range(today)]


def test_a_sudden_volume_is_more_than_three_times_the_usual() -> None:
    assert found(Kind.VOLUME, worked(20, 60)) == []
    (told,) = found(Kind.VOLUME, worked(20, 61))
    assert told.measured == {"persons": 61, "usual": 20}
    assert (len(told.evidence), len(told.baseline)) == (61, 200)


def test_few_are_never_sudden() -> None:
    assert found(Kind.VOLUME, worked(2, 39)) == []
    assert len(found(Kind.VOLUME, worked(2, 40))) == 1


def test_an_uneven_week_widens_what_is_usual() -> None:
    uneven = [
        look(1_000 * back + number, at=day(TODAY - timedelta(days=back)))
        for back in range(1, 11)
        for number in range(5 if back % 2 else 35)
    ]
    looks = [look(number, at=day(TODAY)) for number in range(100)]
    assert found(Kind.VOLUME, uneven + looks) == []
    assert len(found(Kind.VOLUME, uneven + [look(n, at=day(TODAY)) for n in range(111)])) == 1


def test_the_same_persons_again_are_no_volume() -> None:
    again = [look(number % 30, at=day(TODAY)) for number in range(300)]
    assert found(Kind.VOLUME, worked(9, 0) + again) == []


def test_a_new_official_is_measured_by_colleagues_on_the_day() -> None:
    new = worked(0, 61)
    colleagues = [
        [look(5_000 + n, at=day(TODAY), official=f"RD-2{each}") for n in range(20)]
        for each in range(3)
    ]
    assert found(Kind.VOLUME, new + colleagues[0] + colleagues[1]) == []
    all_three = list(chain.from_iterable(colleagues))
    assert len(found(Kind.VOLUME, new + all_three)) == 1
    assert found(Kind.VOLUME, worked(0, 60) + all_three) == []


def test_a_busy_day_of_all_is_nobodys_misuse() -> None:
    busy = [
        look(5_000 + n, at=day(TODAY), official=f"RD-2{each}")
        for each in range(3)
        for n in range(20)
    ]
    few = [each for each in busy if each.official != "RD-22"]
    assert len(found(Kind.VOLUME, worked(5, 60))) == 1
    assert found(Kind.VOLUME, worked(5, 60) + busy) == []
    assert len(found(Kind.VOLUME, worked(5, 61) + busy)) == 1
    assert len(found(Kind.VOLUME, worked(5, 60) + few)) == 1  # two colleagues tell nothing


CASES = around(agreements=[terms(case_required=True)])


def test_one_case_for_many_households() -> None:
    assert found(Kind.WITHOUT_CASE, [look(n, case="1") for n in range(5)], CASES) == []
    (told,) = found(Kind.WITHOUT_CASE, [look(n, case="1") for n in range(6)], CASES)
    assert (told.case, told.measured) == ("1", {"households": 6, "persons": 6})
    assert found(Kind.WITHOUT_CASE, [look(n, case=str(n)) for n in range(6)], CASES) == []
    assert found(Kind.WITHOUT_CASE, [look(n, case="1") for n in range(6)], around()) == []


def test_a_large_family_is_one_household() -> None:
    row = [lived(n, kin=[n + 1]) for n in range(5)]
    shared = [lived(n, home="a") for n in range(10, 15)]
    related = around(*row, lived(5), *shared, agreements=[terms(case_required=True)])
    family = [look(n, case="1") for n in [*range(6), *range(10, 15)]]
    strangers = [look(n, case="1") for n in range(20, 24)]
    assert found(Kind.WITHOUT_CASE, family + strangers[:3], related) == []
    (told,) = found(Kind.WITHOUT_CASE, family + strangers, related)
    assert told.measured["households"] == 6


def test_persons_not_tied_to_the_case_they_are_asked_under() -> None:
    bound = around(agreements=[terms(case_required=True, scope=Scope(case=True))])
    looks = [look(n, case="1", found=False) for n in range(3)]
    assert found(Kind.WITHOUT_CASE, looks[:2], bound) == []
    assert len(found(Kind.WITHOUT_CASE, looks, bound)) == 1
    assert found(Kind.WITHOUT_CASE, looks, CASES) == []


def used(per_day: list[int], first: date = TODAY) -> list[Look]:
    return [
        look(number, at=day(first + timedelta(days=back)))
        for back, many in enumerate(per_day)
        for number in range(many)
    ]


QUOTA = around(agreements=[terms(quota=daily(50))])


@pytest.mark.parametrize(
    ("per_day", "expected"),
    [
        ([45, 46, 47, 48, 50], 1),
        ([45, 46, 47, 48], 0),
        ([45, 46, 44, 48, 50], 0),
        ([45, 46, 0, 0, 47, 48, 50], 1),  # a weekend ends nothing
        ([45, 46, 20, 47, 48, 50], 0),
        ([45, 46, 51, 47, 48, 50], 0),
    ],
)
def test_a_quota_used_almost_day_after_day(per_day: list[int], expected: int) -> None:
    assert len(found(Kind.QUOTA_EDGE, used(per_day), QUOTA)) == expected


def test_other_quotas_are_not_looked_at() -> None:
    looks = used([45] * 6)
    assert len(found(Kind.QUOTA_EDGE, looks, QUOTA)) == 1
    assert found(Kind.QUOTA_EDGE, looks, around(agreements=[terms()])) == []
    large = thresholds().quota_edge.largest_quota + 1
    assert found(Kind.QUOTA_EDGE, looks, around(agreements=[terms(quota=daily(large))])) == []


def test_two_rows_of_days_in_one_month_are_one_finding() -> None:
    looks = used([45] * 5 + [1] + [46] * 5, date(2026, 10, 5))
    (told,) = found(Kind.QUOTA_EDGE, looks, QUOTA)
    assert len(told.evidence) == 5 * 45 + 5 * 46


def test_noon_is_a_working_hour() -> None:
    assert found(Kind.OUT_OF_HOURS, [look(n, at=NOON + hours(n)) for n in range(5)]) == []
