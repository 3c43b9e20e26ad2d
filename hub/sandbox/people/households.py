"""Makes one household: who lives together, and all that happens to them."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Final

from hub.sandbox.people import families, homes, money, protection
from hub.sandbox.people.births import Cradle, die
from hub.sandbox.people.care import CareForm, CaseKind
from hub.sandbox.people.careers import work
from hub.sandbox.people.days import add_years, after
from hub.sandbox.people.draft import Draft
from hub.sandbox.people.illness import disable
from hub.sandbox.people.life import Life, Sex, Stay
from hub.sandbox.people.shapes import Kind, Shape, shape_of
from hub.sandbox.people.shots import vaccinate
from hub.sandbox.people.work import Basis


def household(seed: int, number: int, today: date) -> list[Life]:
    """Make the people of household ``number``: the same for the same three arguments."""
    shape = shape_of(seed, number)
    people = _MAKERS[shape.kind](Cradle(seed, number, today), shape)
    return [person.finish() for person in people]


def tell(people: Sequence[Draft], stays: list[Stay]) -> None:
    """Draw everything that happens to people of whom birth, death and kin are known."""
    for person in people:
        person.stays = homes.lived(person, stays)
        disable(person)
        work(person)
        vaccinate(person)
        money.insure(person)
        if person.is_child:
            protection.complain(person, 0.003)
    families.bereave(people)


def _adults(cradle: Cradle, shape: Shape) -> list[Draft]:
    years = cradle.years(18, 64)
    pair = shape.adults > 1
    people = families.couple(cradle, years) if pair else [families.adult(cradle, years)]
    families.mourn(people)
    tell(people, homes.settle(cradle))
    return people


def _old(cradle: Cradle, shape: Shape) -> list[Draft]:
    years = 65 + int(cradle.rng.random() ** 1.7 * 33)
    pair = shape.elders > 1
    people = families.couple(cradle, years) if pair else [families.adult(cradle, years)]
    families.mourn(people)
    tell(people, homes.settle(cradle))
    return people


def _family(cradle: Cradle, shape: Shape) -> list[Draft]:
    ages = families.ages_of_children(cradle, shape.children)
    years = max(ages) + cradle.years(20, 36)
    pair = shape.adults > 1
    parents = families.couple(cradle, years) if pair else [families.adult(cradle, years)]
    children = families.children(cradle, ages, parents)
    elders = [families.parent_of(cradle, parents[0], Sex.FEMALE) for _ in range(shape.elders)]
    families.join(elders, parents[:1])
    if pair and cradle.rng.random() < 0.03:  # noqa: PLR2004 - a share
        die(parents[1], after(max(child.born for child in children), 300))
    return _grow_up(cradle, parents, children, elders)


def _grow_up(
    cradle: Cradle, parents: list[Draft], children: list[Draft], others: Sequence[Draft] = ()
) -> list[Draft]:
    people = [*parents, *children, *others]
    families.join(parents, children)
    tell(people, homes.settle(cradle))
    families.endow(parents, children)
    return people


def _ward(cradle: Cradle, _: Shape) -> list[Draft]:
    """Make a child whose mother died, and the grandmother who became the guardian."""
    years = cradle.years(3, 21)
    mother = families.adult(cradle, years + cradle.years(22, 34), Sex.FEMALE)
    child = families.children(cradle, [years], [mother])[0]
    guardian = families.parent_of(cradle, mother, Sex.FEMALE)
    die(mother, max(after(child.born, 400), add_years(cradle.today, -min(years, 9))))
    families.join([guardian], [mother])
    families.join([mother], [child])
    people = [mother, child, guardian]
    tell(people, homes.settle(cradle))
    bereaved = after(mother.last_day, child.days(1, 40))
    if bereaved < min(child.of_age_on, cradle.today):
        protection.place(child, CareForm.GUARDIAN, guardian, bereaved)
    money.orphan(child, mother, guardian.kin())
    protection.complain(child, 0.1)
    return people


def _foster(cradle: Cradle, _: Shape) -> list[Draft]:
    parents = families.couple(cradle, cradle.years(34, 58))
    own = families.children(cradle, [cradle.years(0, 14)], parents)
    fostered = families.children(cradle, [cradle.years(1, 17)], [])[0]
    people = _grow_up(cradle, parents, own, [fostered])
    begins = _taken(fostered)
    protection.suit(parents[0], CaseKind.FOSTER_STATUS, after(begins, -200))
    protection.place(fostered, CareForm.FOSTER_FAMILY, parents[0], begins)
    protection.complain(fostered, 0.1)
    return people


def _institution(cradle: Cradle, _: Shape) -> list[Draft]:
    child = families.children(cradle, [cradle.years(2, 17)], [])[0]
    child.household = None
    tell([child], homes.settle(cradle))
    protection.place(child, CareForm.INSTITUTION, None, _taken(child))
    protection.complain(child, 0.1)
    return [child]


def _taken(child: Draft) -> date:
    """Draw the day on which a child came into care."""
    return after(child.born, child.days(100, (child.today - child.born).days - 40))


def _adoptive(cradle: Cradle, _: Shape) -> list[Draft]:
    """Make parents with an adopted child, whose life here begins at birth, as the law has it."""
    parents = families.couple(cradle, cradle.years(34, 48))
    children = families.children(cradle, [cradle.years(1, 7)], parents)
    people = _grow_up(cradle, parents, children)
    adopted = after(children[0].born, children[0].days(120, 330))
    protection.suit(parents[0], CaseKind.ADOPTION_SUITABILITY, after(adopted, -90))
    about = children[0].kin()
    money.grant(parents[0], money.ADOPTION, adopted, adopted, 1423, basis=Basis.CASE, about=about)
    return people


def _birth(cradle: Cradle, _: Shape) -> list[Draft]:
    """Make a mother and the record of her child, closed when somebody adopted it.

    Nothing says who did: this household and the adoptive one are made from numbers that have
    nothing to do with each other.
    """
    mother = families.adult(cradle, cradle.years(24, 38), Sex.FEMALE)
    child = families.children(cradle, [cradle.years(2, 6)], [mother])[0]
    child.closed_on = after(child.born, child.days(150, 700))
    return _grow_up(cradle, [mother], [child])


def _abroad(cradle: Cradle, _: Shape) -> list[Draft]:
    """Make somebody who declared that they left the country."""
    person = families.adult(cradle, cradle.years(20, 64))
    left = after(cradle.today, -person.days(100, 1500))
    stays = [homes.until(stay, left) for stay in homes.settle(cradle) if stay.begins < left]
    tell([person], stays)
    return [person]


def _foreigner(cradle: Cradle, _: Shape) -> list[Draft]:
    """Make somebody who worked here under VSAA's code before, or without, a personal code."""
    person = families.adult(cradle, cradle.years(24, 58))
    person.is_foreign = True
    only = person.chance(0.3)
    cradle.generate_code(person, only=only)
    if only:
        person.household, person.in_population = None, False
    tell([person], [] if only else [homes.home(cradle, person.codes[0].begins)])
    return [person]


_MAKERS: Final[Mapping[Kind, Callable[[Cradle, Shape], list[Draft]]]] = MappingProxyType(
    {
        Kind.ADULTS: _adults,
        Kind.OLD: _old,
        Kind.FAMILY: _family,
        Kind.WARD: _ward,
        Kind.FOSTER: _foster,
        Kind.INSTITUTION: _institution,
        Kind.ADOPTIVE: _adoptive,
        Kind.BIRTH: _birth,
        Kind.ABROAD: _abroad,
        Kind.FOREIGNER: _foreigner,
    }
)
