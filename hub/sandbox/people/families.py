"""Who is whose: couples, parents and children, and what a family is paid."""

from collections.abc import Sequence
from typing import Final

from hub.sandbox.people import money
from hub.sandbox.people.births import Cradle, die
from hub.sandbox.people.care import Guardian, GuardianKind, Scope
from hub.sandbox.people.days import add_years, after, eve
from hub.sandbox.people.draft import Draft
from hub.sandbox.people.life import Sex
from hub.sandbox.people.names import both_forms

_DEATHS: Final = ((65, 0.02), (80, 0.08), (200, 0.25))


def adult(cradle: Cradle, years: int, sex: Sex | None = None) -> Draft:
    """Make one adult."""
    return cradle.bear(years, sex or cradle.sex(), cradle.last_name())


def couple(cradle: Cradle, years: int) -> list[Draft]:
    """Make a woman of ``years`` and a man of about her age, married mostly."""
    family = cradle.last_name()
    woman = cradle.bear(years, Sex.FEMALE, cradle.last_name())
    man = cradle.bear(max(18, years + cradle.years(-2, 6)), Sex.MALE, family)
    possible = add_years(max(woman.born, man.born), 19)
    span = (woman.today - possible).days
    if span > 700 and cradle.rng.random() < 0.75:  # noqa: PLR2004 - two years to meet
        woman.maiden, woman.last = woman.last, family[1]
        woman.wed_on = after(possible, int(cradle.rng.random() * min(span, 5500)))
        woman.spouse, man.spouse = man.kin(), woman.kin()
    return [woman, man]


def children(cradle: Cradle, years: Sequence[int], parents: Sequence[Draft]) -> list[Draft]:
    """Make children of those ages, named after the last parent; without parents, after nobody."""
    family = both_forms(parents[-1].last) if parents else cradle.last_name()
    return [cradle.bear(one, cradle.sex(), family) for one in years]


def ages_of_children(cradle: Cradle, count: int) -> list[int]:
    """Draw ages of siblings, two years apart at least."""
    ages = [cradle.years(0, 17)]
    while len(ages) < count:
        ages.append(ages[-1] + 2 + cradle.years(0, 2))
    return ages


def parent_of(cradle: Cradle, person: Draft, sex: Sex) -> Draft:
    """Make a parent of an adult."""
    years = person.today.year - person.born.year + cradle.years(20, 34)
    return cradle.bear(years, sex, cradle.last_name())


def join(parents: Sequence[Draft], offspring: Sequence[Draft]) -> None:
    """Write parents and children into each other's lives; parents act for them to eighteen."""
    for child in offspring:
        for parent in parents:
            parent.children.append(child.kin())
            child.parents.append(parent.kin())
            bounds = [eve(child.of_age_on), parent.died, child.closed_on]
            child.guardians.append(
                Guardian(
                    who=parent.kin(),
                    kind=GuardianKind.PARENT,
                    scope=Scope.FULL,
                    begins=child.born,
                    ends=min(day for day in bounds if day is not None),
                )
            )


def mourn(people: Sequence[Draft]) -> None:
    """Let at most one of them have died, the likelier the older."""
    eldest = min(people, key=lambda person: person.born)
    share = next(share for limit, share in _DEATHS if eldest.age < limit)
    if eldest.chance(share):
        die(eldest, add_years(eldest.born, 18))


def endow(parents: Sequence[Draft], offspring: Sequence[Draft]) -> None:
    """Grant what a family with children is paid: to the first parent, and for a dead one."""
    living = [parent for parent in parents if parent.died is None]
    if living:
        money.support(living[0], offspring)
    payee = living[0].kin() if living else None
    for parent in parents:
        for child in offspring:
            money.orphan(child, parent, payee)


def bereave(people: Sequence[Draft]) -> None:
    """Grant widows and widowers what they are paid."""
    by_code = {person.codes[0].code: person for person in people}
    for dead in people:
        if dead.died is not None and dead.spouse is not None:
            money.bereave(by_code[dead.spouse.code], dead)
