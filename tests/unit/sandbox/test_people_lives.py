from collections.abc import Callable
from datetime import date
from itertools import islice, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.sandbox.people import money, shapes
from hub.sandbox.people.days import add_months
from hub.sandbox.people.generate import Population, TooManyPeople, households, lives
from hub.sandbox.people.health import (
    CALENDAR,
    GRACE_MONTHS,
    Coverage,
    DisabilityStatus,
    VaccinationStatus,
)
from hub.sandbox.people.life import CodeKind, Life
from hub.sandbox.people.territories import MADONA, VARAKLANI
from tests.unit.sandbox.people_laws import check_all, mentioned

TODAY = date(2026, 11, 20)


@pytest.fixture(scope="module")
def nation() -> list[Life]:
    return list(lives(Population(seed=7, people=8000, today=TODAY)))


def test_the_laws_hold_over_a_whole_population(nation: list[Life]) -> None:
    check_all(nation, TODAY)


@settings(max_examples=40, deadline=None)
@given(st.integers(-(2**70), 2**70), st.dates(date(2025, 1, 1), date(2031, 12, 31)))
def test_the_laws_hold_for_every_seed_and_day(seed: int, today: date) -> None:
    check_all(lives(Population(seed=seed, people=60, today=today)), today)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**40), st.integers(0, 90))
def test_as_many_people_as_asked(seed: int, people: int) -> None:
    assert sum(1 for _ in lives(Population(seed=seed, people=people, today=TODAY))) == people


def test_the_same_seed_makes_the_same_people() -> None:
    one, other = (list(lives(Population(seed=3, people=300, today=TODAY))) for _ in range(2))
    assert one == other
    assert [life.rng("iis").random() for life in one] == [
        life.rng("iis").random() for life in other
    ]


def test_another_seed_makes_others() -> None:
    one, other = (
        {life.code for life in lives(Population(seed=seed, people=300, today=TODAY))}
        for seed in (3, 4)
    )
    assert len(one & other) < 3


def test_a_small_population_is_the_beginning_of_a_large_one() -> None:
    small = list(lives(Population(seed=3, people=200, today=TODAY)))
    large = list(islice(lives(Population(seed=3, people=100_000, today=TODAY)), 190))
    assert large == small[:190]


def test_more_people_than_codes_are_refused() -> None:
    few = Population(seed=1, people=10**9, today=TODAY)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("hub.sandbox.people.generate.HOUSEHOLDS", 10)
        with pytest.raises(TooManyPeople):
            list(households(few))


def test_the_nation_has_codes_for_twice_its_size() -> None:
    share = sum(shape.share * shape.size for shape in shapes.SHAPES) / 10_000
    assert shapes.HOUSEHOLDS * share > 2 * 1_700_000
    assert sum(shape.share for shape in shapes.SHAPES) == 10_000
    assert all(shape.size <= shapes.SLOTS for shape in shapes.SHAPES)


WITNESSES: dict[str, Callable[[Life], bool]] = {
    "old code exchanged": lambda life: life.codes[-1].kind is CodeKind.OLD and len(life.codes) == 2,
    "generated code, then own": lambda life: (
        life.codes[-1].kind is CodeKind.GENERATED and life.codes[0].kind is CodeKind.NEW
    ),
    "unknown to the population register": lambda life: not life.in_population,
    "dead": lambda life: life.died is not None,
    "closed": lambda life: life.closed_on is not None,
    "adoption benefit": lambda life: _has(life, money.ADOPTION),
    "guardianship": lambda life: _has(life, money.WARD),
    "several decisions at once": lambda life: (
        sum(one.valid_to is None or one.valid_to >= TODAY for one in life.disabilities) > 1
    ),
    "decided later": lambda life: any(one.decided_on > one.valid_from for one in life.disabilities),
    "child with disability": lambda life: any(
        one.status is DisabilityStatus.CHILD for one in life.disabilities
    ),
    "predictable": lambda life: any(
        one.status is DisabilityStatus.PREDICTABLE for one in life.disabilities
    ),
    "overdue": lambda life: life.coverage is Coverage.OVERDUE,
    "complete": lambda life: life.coverage is Coverage.COMPLETE,
    "entered in error": lambda life: any(
        dose.status is VaccinationStatus.ENTERED_IN_ERROR for dose in life.doses
    ),
    "unemployed now": lambda life: any(spell.ended_on is None for spell in life.unemployment),
    "no end reason": lambda life: any(
        spell.ended_on and not spell.end_reason for spell in life.unemployment
    ),
    "lived through the merger": lambda life: any(
        before.territory == VARAKLANI and after.territory == MADONA
        for before, after in pairwise(life.stays)
    ),
    "lives nowhere": lambda life: bool(life.stays) and all(stay.ends for stay in life.stays),
    "changed name": lambda life: len(life.names) > 1,
    "not permitted": lambda life: life.specialist is not None and not life.specialist.permitted,
    "orphan certificate": lambda life: bool(life.certificates),
    "posted abroad": lambda life: bool(life.posted_abroad),
    "complaint": lambda life: bool(life.complaints),
    "tuberculin test": lambda life: bool(life.tuberculin),
    "immunity check": lambda life: bool(life.immunity),
}


def _has(life: Life, kind: int) -> bool:
    return any(one.virsis_id == kind for one in life.entitlements)


@pytest.mark.parametrize("what", WITNESSES)
def test_there_is_somebody(nation: list[Life], what: str) -> None:
    assert any(WITNESSES[what](life) for life in nation)


def test_kin_are_mutual(nation: list[Life]) -> None:
    by_code = {life.code: life for life in nation}
    for life in nation:
        for parent in life.parents:
            assert life.code in {child.code for child in by_code[parent.code].children}
        if life.spouse:
            assert by_code[life.spouse.code].spouse == life.as_kin()
        for code in mentioned(life):
            assert by_code[code].household == life.household


def test_children_are_vaccinated_as_intended(nation: list[Life]) -> None:
    for life in nation:
        if life.coverage is Coverage.NOT_APPLICABLE:
            continue
        given_ = {
            (dose.atc, dose.number)
            for dose in life.doses
            if dose.status is VaccinationStatus.COMPLETED
        }
        overdue = [
            entry
            for entry in CALENDAR
            if (entry.atc, entry.number) not in given_
            and add_months(life.born, entry.due_month + GRACE_MONTHS) <= life.last_day(TODAY)
        ]
        assert bool(overdue) == (life.coverage is Coverage.OVERDUE)


def test_a_record_names_the_code_of_its_day(nation: list[Life]) -> None:
    changed = next(life for life in nation if len(life.codes) == 2 and life.in_population)
    new, old = changed.codes
    assert changed.code_on(new.begins) == new.code == changed.code
    assert changed.code_on(old.begins) == old.code
    assert changed.code_on(date(1900, 1, 1)) == old.code


def test_keys_are_unique_over_people(nation: list[Life]) -> None:
    assert len({life.key(9999) for life in nation} | {life.key() for life in nation}) == 16_000
