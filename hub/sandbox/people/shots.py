"""Draws vaccination facts, tests and checks of immunity."""

from datetime import date
from decimal import Decimal
from typing import Final

from hub.sandbox.people.days import add_months, add_years, after
from hub.sandbox.people.draft import Draft
from hub.sandbox.people.health import (
    BOOSTER_MONTHS,
    CALENDAR,
    GRACE_MONTHS,
    Coverage,
    Dose,
    ImmunityCheck,
    TuberculinTest,
    VaccinationStatus,
)

RECORDS_BEGIN: Final = date(2015, 1, 1)
"""Adults' doses before this day are on paper."""

TETANUS: Final = "J07AM51"
COVID: Final = "J07BN"
INFLUENZA: Final = "J07BB"
ENCEPHALITIS: Final = "J07BA01"
_COVID_BEGINS: Final = date(2021, 1, 4)
_DISEASES: Final = ("B05", "B16", "B01")


def vaccinate(draft: Draft) -> None:
    """Draw the person's vaccination history."""
    if draft.is_child:
        _child(draft)
    else:
        _adult(draft)
    if draft.chance(0.01):
        _check_immunity(draft)


def follow_calendar(draft: Draft, *, missing: frozenset[str] = frozenset()) -> None:
    """Give every calendar dose fallen due, but none of the vaccines ``missing``."""
    for entry in CALENDAR:
        occurred = after(add_months(draft.born, entry.due_month), draft.days(0, 60))
        if entry.atc not in missing and occurred <= draft.last_day:
            give(draft, entry.atc, entry.number, occurred)
    overdue = missing & _overdue(draft)
    draft.coverage = Coverage.OVERDUE if overdue else Coverage.COMPLETE


def give(draft: Draft, atc: str, number: int, occurred: date) -> None:
    """Add one dose, entered within a week or so."""
    recorded = min(after(occurred, draft.days(0, 6)), draft.last_day)
    draft.doses.append(Dose(atc=atc, number=number, occurred_on=occurred, recorded_on=recorded))


def give_in_error(draft: Draft, atc: str, number: int, occurred: date) -> None:
    """Add a dose that was never given: it must not count."""
    draft.doses.append(
        Dose(
            atc=atc,
            number=number,
            occurred_on=occurred,
            recorded_on=min(after(occurred, 2), draft.last_day),
            status=VaccinationStatus.ENTERED_IN_ERROR,
        )
    )


def test_tuberculin(draft: Draft, done: date) -> None:
    """Add a tuberculin test, read three days later."""
    draft.tuberculin.append(
        TuberculinTest(done_on=done, read_on=after(done, 3), size_mm=draft.days(0, 14))
    )


def _overdue(draft: Draft) -> set[str]:
    """Return vaccines of which a dose is overdue when none was given."""
    limit = draft.last_day
    return {
        entry.atc
        for entry in CALENDAR
        if add_months(draft.born, entry.due_month + GRACE_MONTHS) <= limit
    }


def _child(draft: Draft) -> None:
    luck = draft.rng.random()
    vaccines = sorted({entry.atc for entry in CALENDAR})
    if luck < 0.8:  # noqa: PLR2004 - a share
        follow_calendar(draft)
    elif luck < 0.97:  # noqa: PLR2004 - a share
        follow_calendar(draft, missing=frozenset(draft.rng.sample(vaccines, 3)))
    else:
        follow_calendar(draft, missing=frozenset(vaccines))
    _mistake(draft)
    week = after(draft.born, draft.days(400, 2000))
    if draft.chance(0.05) and week < after(draft.last_day, -3):
        test_tuberculin(draft, week)


def _mistake(draft: Draft) -> None:
    """Now and then a dose is entered that belongs to somebody else."""
    if not draft.doses or not draft.chance(0.03):
        return
    twin = draft.rng.choice(draft.doses)
    give_in_error(draft, twin.atc, twin.number, twin.occurred_on)


def _adult(draft: Draft) -> None:
    _boosters(draft)
    _covid(draft)
    _influenza(draft)
    if draft.chance(0.1):
        _series(draft, ENCEPHALITIS, (0, 2, 10))


def _boosters(draft: Draft) -> None:
    if not draft.chance(0.6):
        return
    occurred = after(RECORDS_BEGIN, draft.days(0, 3650))
    number = 4
    while occurred <= draft.last_day:
        give(draft, TETANUS, number, occurred)
        occurred, number = (
            after(add_months(occurred, BOOSTER_MONTHS), draft.days(0, 200)),
            number + 1,
        )


def _covid(draft: Draft) -> None:
    if not draft.chance(0.65):
        return
    occurred = after(_COVID_BEGINS, draft.days(0, 330))
    for number in range(1, draft.days(1, 3) + 1):
        if _COVID_BEGINS <= occurred <= draft.last_day:
            give(draft, COVID, number, occurred)
        occurred = after(occurred, draft.days(28, 200))


def _influenza(draft: Draft) -> None:
    share = 0.35 if draft.age >= 65 else 0.1  # noqa: PLR2004 - advised from 65
    if not draft.chance(share):
        return
    for year in range(draft.today.year - 4, draft.today.year + 1):
        occurred = after(date(year, 10, 1), draft.days(0, 60))
        if occurred <= draft.last_day and occurred > draft.born and draft.chance(0.6):
            give(draft, INFLUENZA, 1, occurred)


def _series(draft: Draft, atc: str, months: tuple[int, ...]) -> None:
    begins = after(RECORDS_BEGIN, draft.days(0, 3650))
    for number, month in enumerate(months, start=1):
        occurred = add_months(begins, month)
        if add_years(draft.born, 1) < occurred <= draft.last_day:
            give(draft, atc, number, occurred)


def _check_immunity(draft: Draft) -> None:
    done = after(draft.last_day, -draft.days(1, 900))
    if done <= draft.born:
        return
    titre = Decimal(draft.days(0, 400)) / 10
    disease = draft.rng.choice(_DISEASES)
    check = ImmunityCheck(done_on=done, disease=disease, titre=titre, immune=titre >= 10)  # noqa: PLR2004 - IU/l
    draft.immunity.append(check)
