"""Detectors of unusual work: when, how much, under which case, how near to the quota."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from statistics import median

from hub.audit.misuse.hours import is_open
from hub.audit.misuse.surroundings import Surroundings
from hub.audit.misuse.suspicion import (
    Suspicion,
    asker_of,
    day_of,
    firsts,
    grouped,
    month_of,
    official_of,
    persons,
)
from hub.model.misuse import Kind, Look, OutOfHours, QuotaEdge, Volume, WithoutCase
from hub.model.personal_code import PersonalCode


def out_of_hours(
    looks: Sequence[Look], around: Surroundings, limits: OutOfHours
) -> Iterator[Suspicion]:
    """Find officials who looked people up by night, or on a day off, for purposes that can wait.

    Households are counted: one family's file finished late is no misuse.
    """
    exempt = frozenset(limits.exempt_purposes)

    def is_odd(look: Look) -> bool:
        agreement = around.agreements.get(look.agreement)
        own_hours = agreement is not None and agreement.hours is not None
        return not own_hours and look.purpose not in exempt and not is_open(look.at, limits)

    for (desk, day), found in grouped(filter(is_odd, looks), _official_day).items():
        households = _households(persons(found), around)
        if households >= limits.households:
            yield Suspicion(
                kind=Kind.OUT_OF_HOURS,
                matter=(*desk, str(day)),
                evidence=found,
                measured={"households": households, "persons": len(persons(found))},
            )


def volume(looks: Sequence[Look], _around: Surroundings, limits: Volume) -> Iterator[Suspicion]:
    """Find officials who looked up many more persons in a day than they and their colleagues do.

    Who is new is measured by colleagues alone; who has too few, by the days before. Colleagues
    tell a busy day from one official's. Medians are robust: some misuse before does not raise them.
    """
    days = {key: firsts(found) for key, found in grouped(looks, _official_day).items()}
    by_desk: dict[tuple[str, str], dict[date, list[Look]]] = {}
    by_day: dict[tuple[str, date], dict[str, list[Look]]] = {}
    for ((recipient, official), day), found in days.items():
        by_desk.setdefault((recipient, official), {})[day] = found
        by_day.setdefault((recipient, day), {})[official] = found
    for ((recipient, official), day), found in days.items():
        if len(found) < limits.persons:
            continue
        own = _usual(by_desk[recipient, official], day, limits)
        others = _peers(by_day[recipient, day], official, limits)
        if (own or others) and all(_exceeds(len(found), each, limits) for each in (own, others)):
            yield Suspicion(
                kind=Kind.VOLUME,
                matter=(recipient, official, str(day)),
                evidence=found,
                baseline=[look for each in (*own, *others) for look in each],
                measured={
                    "persons": len(found),
                    "usual": round(median(len(each) for each in own or others)),
                },
            )


def without_case(
    looks: Sequence[Look], around: Surroundings, limits: WithoutCase
) -> Iterator[Suspicion]:
    """Find cases that are no case: one number for many households, or for people not tied to it.

    The hub keeps no register of cases, so a case is judged by whom it was named for.
    """
    demanding = {number for number, each in around.agreements.items() if each.case_required}
    told = [look for look in looks if look.case and look.agreement in demanding]
    found_ones = (look for look in told if look.found and look.subject)
    for key, found in grouped(found_ones, _case_month).items():
        if (count := _households(persons(found), around)) >= limits.households:
            yield Suspicion(
                kind=Kind.WITHOUT_CASE,
                matter=("households", *key),
                evidence=found,
                measured={"households": count, "persons": len(persons(found))},
            )
    bound = {number for number, each in around.agreements.items() if each.scope.case}
    untied = (look for look in told if not look.found and look.agreement in bound)
    for (asker, day), found in grouped(untied, lambda x: (asker_of(x), day_of(x.at))).items():
        if len(persons(found)) >= limits.untied:
            yield Suspicion(
                kind=Kind.WITHOUT_CASE,
                matter=("untied", *asker, str(day)),
                evidence=found,
                measured={"persons": len(persons(found))},
            )


def quota_edge(
    looks: Sequence[Look], around: Surroundings, limits: QuotaEdge
) -> Iterator[Suspicion]:
    """Find agreements whose daily quota is used almost, and never wholly, on many days in a row.

    Days in a row are days of use: a weekend without any ends nothing.
    """
    quotas = {
        number: each.quota.subjects
        for number, each in around.agreements.items()
        if each.quota and each.quota.period == "day" and each.quota.subjects <= limits.largest_quota
    }
    for number, found in grouped(looks, lambda look: look.agreement).items():
        if number not in quotas:
            continue
        days = {day: firsts(each) for day, each in grouped(found, _day).items()}
        for row in _rows(days, quotas[number], limits):
            yield Suspicion(
                kind=Kind.QUOTA_EDGE,
                matter=(number, month_of(row[-1])),
                evidence=[look for day in row for look in days[day]],
                measured={
                    "days": len(row),
                    "quota": quotas[number],
                    "fewest": min(len(days[day]) for day in row),
                },
            )


def _usual(days: Mapping[date, list[Look]], day: date, limits: Volume) -> Sequence[list[Look]]:
    """Return the official's own days before, where there are enough."""
    first = day - timedelta(days=limits.trailing_days)
    own = [found for other, found in days.items() if first <= other < day]
    return own if len(own) >= limits.own_days else ()


def _peers(
    officials: Mapping[str, list[Look]], official: str, limits: Volume
) -> Sequence[list[Look]]:
    """Return what colleagues did on the day, where there are enough."""
    others = [found for other, found in officials.items() if other != official]
    return others if len(others) >= limits.peers else ()


def _exceeds(count: int, usual: Sequence[list[Look]], limits: Volume) -> bool:
    """Tell whether so many are more than usual; of nothing usual, they are."""
    if not usual:
        return True
    counts = [len(each) for each in usual]
    middle = median(counts)
    spread = max(1.0, median(abs(each - middle) for each in counts))
    return count > limits.times_median * middle and count > middle + limits.deviations * spread


def _rows(
    days: Mapping[date, Sequence[Look]], quota: int, limits: QuotaEdge
) -> Iterator[list[date]]:
    """Yield runs of days of use on which the quota was used almost."""
    row: list[date] = []
    for day in [*sorted(days), None]:
        if day and limits.percent * quota <= 100 * len(days[day]) <= 100 * quota:
            row.append(day)
            continue
        if len(row) >= limits.days:
            yield row
        row = []


def _households(people: set[PersonalCode], around: Surroundings) -> int:
    """Count the groups of persons who are relatives or live together, however distantly."""
    near = _neighbours({around.current(one) for one in people}, around)
    count = 0
    while near:
        count += 1
        _, reached = near.popitem()
        while reached:
            reached |= near.pop(reached.pop(), set())
    return count


def _neighbours(
    people: set[PersonalCode], around: Surroundings
) -> dict[PersonalCode, set[PersonalCode]]:
    """Return, of each of these persons, the others who are relatives or at the same address."""
    near: dict[PersonalCode, set[PersonalCode]] = {one: set() for one in people}
    homes: dict[bytes, PersonalCode] = {}
    for one in people:
        others = around.relatives(one) & people
        if home := around.kin(one).home:
            others |= {homes.setdefault(home, one)}
        for other in others:
            near[one].add(other)
            near[other].add(one)
    return near


def _case_month(look: Look) -> tuple[str, str, str, str, str]:
    month = month_of(day_of(look.at))
    return (*asker_of(look), look.agreement, look.case or "", month)


def _official_day(look: Look) -> tuple[tuple[str, str], date] | None:
    desk = official_of(look)
    return (desk, day_of(look.at)) if desk else None


def _day(look: Look) -> date:
    return day_of(look.at)
