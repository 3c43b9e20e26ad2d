"""Misuse put into the made-up city's traffic; some of it too slight for any threshold."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from bench.misuse_town import (
    CRISIS,
    HOUSEHOLDS,
    NOBODY,
    RIDES,
    TIED,
    USUAL,
    WITHOUT,
    City,
    at,
    days,
)
from hub.audit.misuse.surroundings import Desk
from hub.model.found import Place
from hub.model.misuse import Kind, Look


@dataclass(frozen=True)
class Seed:
    """One matter of misuse."""

    kind: Kind
    looks: tuple[Look, ...]

    @property
    def places(self) -> frozenset[Place]:
        return frozenset(look.place for look in self.looks)


Made = Callable[[City], list[Look]]


def seeds(made: City) -> Iterator[Seed]:
    """Yield some of every kind, each by an official or client drawn anew."""
    for kind, (times, make) in SEEDED.items():
        for _ in range(times):
            yield Seed(kind, tuple(make(made)))


def _desk(made: City) -> Desk:
    return made.dice.choice([*made.officials])


def _day(made: City) -> date:
    return made.dice.choice([day for day in days()[USUAL:] if day.weekday() < 5])


def _own_code(made: City) -> list[Look]:
    desk, day = _desk(made), _day(made)
    times = made.dice.randint(1, 3)
    return [made.look(made.officials[desk], at(day, 9 + n), desk, case="x/1") for n in range(times)]


def _own_household(made: City) -> list[Look]:
    while True:
        desk = _desk(made)
        own = made.officials[desk]
        near = [*made.households[made.household_of[own]], *made.parents.get(own, ())]
        near = [each for each in near if each != own]
        if near:
            break
    day, many = _day(made), made.dice.randint(1, len(near))
    return [made.look(w, at(day, 12), desk, case="x/2") for w in made.dice.sample(near, many)]


def _colleague(made: City) -> list[Look]:
    desk = _desk(made)
    whose = made.dice.choice([d for d in made.officials if d[0] == desk[0] and d != desk])
    people = made.households[made.household_of[made.officials[whose]]]
    day, many = _day(made), made.dice.randint(1, len(people))
    some = made.dice.sample(people, many)
    return [made.look(w, at(day, 12.5), desk, case="x/3") for w in some]


def _namesake(made: City) -> list[Look]:
    """Of a common name too: nobody can tell that from chance."""
    while True:
        desk = _desk(made)
        own = made.officials[desk]
        homes = [
            home
            for home, people in enumerate(made.households)
            if home != made.household_of[own]
            and any(made.surnames[each] == made.surnames[own] for each in people)
        ]
        if homes:
            break
    people = made.households[made.dice.choice(homes)]
    day, many = _day(made), max(1, len(people) - made.dice.randint(0, 1))
    return [made.look(w, at(day, 13), desk, agreement=WITHOUT) for w in people[:many]]


def _vip(made: City) -> list[Look]:
    desk, day = _desk(made), _day(made)
    return [made.look(made.dice.choice(made.vips), at(day, 15), desk, case="x/5")]


def _out_of_hours(made: City) -> list[Look]:
    desk, day, dice = _desk(made), _day(made), made.dice
    weekend = dice.random() < 0.5
    if weekend:
        day += timedelta(days=5 - day.weekday())
    hour = dice.uniform(10, 18) if weekend else dice.uniform(20.1, 23)
    homes = [dice.choice(made.caseloads[desk]) for _ in range(dice.randint(2, 12))]
    return [
        made.look(
            dice.choice(made.households[home]), at(day, hour + n / 60), desk, case=f"y/{home}"
        )
        for n, home in enumerate(homes)
    ]


def _without_case(made: City) -> list[Look]:
    desk, dice = _desk(made), made.dice
    if dice.random() < 0.3:
        day = _day(made)
        people = [dice.randrange(1, HOUSEHOLDS) for _ in range(dice.randint(2, 8))]
        return [
            made.look(w, at(day, 10), desk, agreement=TIED, case="BT/1", found=False)
            for w in people
        ]
    month = [day for day in days()[USUAL:] if day.month == 10 and day.weekday() < 5]
    number = f"{desk[1]}/{dice.randrange(10**6)}"
    homes = dice.sample(range(HOUSEHOLDS), dice.randint(4, 30))
    return [
        made.look(made.households[home][0], at(dice.choice(month), 14), desk, case=number)
        for home in homes
    ]


def _volume(made: City) -> list[Look]:
    """So many as would look odd to a colleague; from what is usual nobody computes them."""
    desk, day, dice = _desk(made), _day(made), made.dice
    homes = dice.sample(range(HOUSEHOLDS), dice.randint(40, 200))
    return [
        made.look(who, at(day, dice.uniform(8, 17)), desk, agreement=WITHOUT)
        for home in homes
        for who in made.households[home][:1]
    ]


def _enumeration(made: City) -> list[Look]:
    desk, day, dice = _desk(made), _day(made), made.dice
    begins, many = dice.uniform(8, 16), dice.randint(12, 120)
    spread = dice.choice((0.3, 0.9, 3.0))
    return [
        made.look(
            NOBODY + dice.randrange(10**6)
            if (missed := dice.random() < 0.9)
            else dice.randrange(1, 9_999),
            at(day, begins + dice.random() * spread),
            desk,
            agreement=WITHOUT,
            found=not missed,
        )
        for _ in range(many)
    ]


def _quota_edge(made: City) -> list[Look]:
    """Somebody fills what ordinary use left of a daily quota, for some days."""
    begins, dice = made.dice.randrange(USUAL, USUAL + 5), made.dice
    looks = []
    for day in days()[begins : begins + dice.randint(4, 9)]:
        used = len(made.crisis.get(day, ()))
        people = dice.sample(range(1, HOUSEHOLDS), max(0, dice.randint(46, 50) - used))
        looks += [
            made.look(w, at(day, 16), ("RD-LD", "RD-LD-150"), agreement=CRISIS) for w in people
        ]
    return looks


def _status_sweep(made: City) -> list[Look]:
    dice, day = made.dice, _day(made)
    who, begins = dice.randrange(1, HOUSEHOLDS), dice.uniform(8, 20)
    times, gap = dice.randint(7, 40), dice.choice((0.005, 0.02, 0.1))
    return [
        made.look(who, at(day, begins + n * gap), None, agreement=RIDES, action="status")
        for n in range(times)
    ]


SEEDED: dict[Kind, tuple[int, Made]] = {
    Kind.OWN_CODE: (8, _own_code),
    Kind.OWN_HOUSEHOLD: (10, _own_household),
    Kind.COLLEAGUE: (10, _colleague),
    Kind.NAMESAKE: (10, _namesake),
    Kind.VIP: (10, _vip),
    Kind.OUT_OF_HOURS: (10, _out_of_hours),
    Kind.WITHOUT_CASE: (10, _without_case),
    Kind.VOLUME: (10, _volume),
    Kind.ENUMERATION: (10, _enumeration),
    Kind.QUOTA_EDGE: (1, _quota_edge),
    Kind.STATUS_SWEEP: (10, _status_sweep),
}
