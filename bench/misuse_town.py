"""A made-up city for the benchmark of misuse: people, households, officials, ordinary work.

Nothing of it is a measurement: rates of oddities are guesses. ``docs/misuse.md`` tells what was
changed here, and in the detectors, after the first run.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import accumulate, count
from random import Random
from zoneinfo import ZoneInfo

from hub.audit.misuse.surroundings import Desk, Surroundings
from hub.model.agreement import Agreement
from hub.model.found import Place
from hub.model.misuse import Look
from hub.model.personal_code import PersonalCode
from hub.ports import Kin, Residence

RIGA = ZoneInfo("Europe/Riga")
FIRST = date(2026, 9, 21)
DAYS = 42
USUAL = 28
"""Days before those that are judged."""
HOUSEHOLDS = 60_000
INSTITUTIONS = {"RD-LD": 140, "MND": 60, "JRM": 50, "LPJ": 30, "VNT": 20}
VIPS = 40
CASELOAD = 90
KNOWN = 0.9
"""Officials whose institution told who they are."""
WITH_CASE, WITHOUT, CRISIS, RIDES = "RSD-2026-004", "RSD-2026-001", "RSD-2026-005", "ATD-2026-001"
TIED = "RBT-2026-001"


@dataclass
class City:
    """Everybody, by number; a household is a list of numbers."""

    dice: Random
    agreements: Mapping[str, Agreement]
    households: list[list[int]] = field(default_factory=list)
    household_of: dict[int, int] = field(default_factory=dict)
    surnames: dict[int, str] = field(default_factory=dict)
    parents: dict[int, list[int]] = field(default_factory=dict)
    officials: dict[Desk, int] = field(default_factory=dict)
    caseloads: dict[Desk, list[int]] = field(default_factory=dict)
    vips: list[int] = field(default_factory=list)
    crisis: dict[date, set[PersonalCode]] = field(default_factory=dict)
    positions: Iterator[int] = field(default_factory=count)

    def note_crisis(self, looks: list[Look]) -> None:
        """Note how much of the daily quota ordinary work used."""
        for look in looks:
            if look.agreement == CRISIS and look.subject:
                day = look.at.astimezone(RIGA).date()
                self.crisis.setdefault(day, set()).add(look.subject)

    def look(self, who: int | None, at: datetime, desk: Desk | None, **told: object) -> Look:
        number = next(self.positions)
        agreement = str(told.pop("agreement", WITH_CASE))
        terms = self.agreements[agreement]
        usual: dict[str, object] = {
            "place": Place(2026, number),
            "at": at,
            "operation": f"{number:032x}",
            "client": terms.client,
            "recipient": desk[0] if desk else terms.recipient,
            "agreement": agreement,
            "purpose": terms.purpose,
            "action": "record",
            "official": desk[1] if desk else None,
            "subject": None if who is None else code(who),
        }
        return Look(**{**usual, **told})  # type: ignore[arg-type]

    def surroundings(self, looks: list[Look]) -> Surroundings:
        """What a search would know: everybody looked up, officials told of, the list."""
        dice = Random(len(looks))
        told = {desk: code(who) for desk, who in self.officials.items() if dice.random() < KNOWN}
        concerned = {look.subject for look in looks if look.subject}
        concerned |= {*told.values(), *map(code, self.vips)}
        return Surroundings(
            officials=told,
            people={each: self.residence(each) for each in concerned if exists(each)},
            vips=frozenset(map(code, self.vips)),
            agreements=self.agreements,
        )

    def residence(self, person: PersonalCode) -> Residence:
        number = int(person.replace("-", "")[2:])
        home = self.household_of[number]
        near = {*self.households[home], *self.parents.get(number, ())} - {number}
        return Residence(
            codes=(person,),
            territory="0001000",
            born=None,
            died=None,
            kin=Kin(
                surname=self.surnames[number],
                home=home.to_bytes(4, "big"),
                relatives=frozenset(map(code, near)),
            ),
        )


def code(number: int) -> PersonalCode:
    return PersonalCode(f"34{number // 100_000:04d}-{number % 100_000:05d}")


def exists(person: PersonalCode) -> bool:
    return int(person.replace("-", "")[2:]) < NOBODY


NOBODY = 50_000_000
"""Numbers from here on name nobody."""


def city(dice: Random, agreements: Mapping[str, Agreement], common: tuple[str, ...]) -> City:
    """Make people: one in fourteen bears one of thirty common names, the others one of thousands.

    The commonest of those, ``Rets31``, is borne by one in seven hundred, the rarest by nobody else.
    """
    made = City(dice, agreements)
    number = count(1)
    ranks = range(31, 20_000)
    weights = [*accumulate(rank**-0.7 for rank in ranks)]
    rare = iter(dice.choices(ranks, cum_weights=weights, k=6 * HOUSEHOLDS))
    for home in range(HOUSEHOLDS):
        name = dice.choice(common) if dice.random() < 1 / 14 else f"Rets{next(rare)}"
        people = [
            next(number) for _ in range(dice.choices((1, 2, 3, 4, 5), (35, 28, 17, 14, 6))[0])
        ]
        made.households.append(people)
        for each in people:
            made.household_of[each] = home
            made.surnames[each] = name if dice.random() < 0.9 else f"Rets{next(rare)}"
    everybody = list(made.household_of)
    for each in dice.sample(everybody, len(everybody) // 3):  # a parent who lives elsewhere
        made.parents[each] = [dice.choice(everybody)]
    made.vips = dice.sample(everybody, VIPS)
    _staff(made, everybody)
    return made


def _staff(made: City, everybody: list[int]) -> None:
    """Hire, and give each a caseload; officials and listed persons seldom need assistance."""
    dice = made.dice
    staff = dice.sample(everybody, sum(INSTITUTIONS.values()))
    well = {made.household_of[each] for each in (*staff, *made.vips) if dice.random() < 0.9}
    clients = [home for home in range(HOUSEHOLDS) if home not in well]
    dice.shuffle(clients)
    for institution, many in INSTITUTIONS.items():
        for number in range(many):
            desk = (institution, f"{institution}-{number + 101}")
            made.officials[desk] = staff.pop()
            made.caseloads[desk] = [clients.pop() for _ in range(CASELOAD)]


def days() -> list[date]:
    return [FIRST + timedelta(days=each) for each in range(DAYS)]


def at(day: date, hour: float) -> datetime:
    return datetime.combine(day, time(), RIGA) + timedelta(seconds=int(hour * 3600))


def ordinary(made: City) -> Iterator[Look]:
    """Yield six weeks of work, innocent oddities among it."""
    rushed = {made.dice.choice([*INSTITUTIONS]): made.dice.choice(_working())}
    paces = {desk: made.dice.lognormvariate(2.2, 0.4) for desk in made.officials}
    for day in days():
        if day.weekday() < 5:
            for desk, pace in paces.items():
                if made.dice.random() < 0.88:  # leave, illness
                    rush = 4 if rushed.get(desk[0]) == day else 1  # a team's recalculation day
                    yield from _desk_day(made, desk, day, pace * rush)
        yield from _crisis(made, day)
        yield from _rides(made, day)
    for oddity in (_overtime, _clients, _collective, _typing, _long_lists):
        yield from oddity(made)


def _working() -> list[date]:
    return [day for day in days()[USUAL:] if day.weekday() < 5]


def _desk_day(made: City, desk: Desk, day: date, pace: float) -> Iterator[Look]:
    dice = made.dice
    for _ in range(max(1, int(dice.gauss(pace, pace / 4)))):
        home = dice.choice(made.caseloads[desk])
        late = dice.random() < 0.004  # one file more in the evening
        moment = at(day, dice.uniform(19.5, 21.5) if late else dice.uniform(8, 17.5))
        people = made.households[home]
        for who in dice.sample(people, dice.randint(1, len(people))):
            slip = dice.random() < 0.01  # of the pen
            cased = dice.random() < 0.85
            yield made.look(
                NOBODY + dice.randrange(10**6) if slip else who,
                moment,
                desk,
                agreement=WITH_CASE if cased else WITHOUT,
                case=f"{desk[1]}/{home}" if cased else None,
                found=not slip,
            )


def _crisis(made: City, day: date) -> Iterator[Look]:
    """A duty officer, by day and night, under a quota of fifty a day."""
    dice = made.dice
    desk = ("RD-LD", f"RD-LD-{101 + day.toordinal() % 6}")
    for _ in range(max(3, int(dice.gauss(28, 8)))):
        who = dice.choice(made.households[dice.randrange(HOUSEHOLDS)])
        yield made.look(who, at(day, dice.uniform(0, 24)), desk, agreement=CRISIS)


def _rides(made: City, day: date) -> Iterator[Look]:
    """Status checks by a machine; now and then a reader is stuck and repeats itself."""
    dice = made.dice
    for _ in range(900):
        who, begins = dice.choice(made.households[dice.randrange(HOUSEHOLDS)]), dice.uniform(5, 23)
        times = dice.randint(9, 13) if dice.random() < 0.0005 else dice.randint(1, 3)
        for number in range(times):
            moment = at(day, begins + number * (0.01 if times > 5 else 0.8))
            yield made.look(who, moment, None, agreement=RIDES, action="status")


def _overtime(made: City) -> Iterator[Look]:
    """Four evenings before a deadline."""
    dice, desks = made.dice, [*made.officials]
    for _ in range(4):
        desk, day = dice.choice(desks), dice.choice(_working())
        for _ in range(dice.randint(2, 5)):
            home = dice.choice(made.caseloads[desk])
            who = dice.choice(made.households[home])
            yield made.look(who, at(day, dice.uniform(20, 22)), desk, case=f"{desk[1]}/{home}")


def _clients(made: City) -> Iterator[Look]:
    """Three colleagues' households, and two listed persons, that do need help."""
    dice, desks = made.dice, [*made.officials]
    for _ in range(3):
        desk, whose = dice.sample(desks, 2)
        home = made.household_of[made.officials[whose]]
        day = dice.choice(_working())
        for who in made.households[home]:
            moment = at(day, dice.uniform(9, 16))
            yield made.look(who, moment, (whose[0], desk[1]), case=f"{desk[1]}/{home}")
    for _ in range(2):
        desk, who = dice.choice(desks), dice.choice(made.vips)
        yield made.look(who, at(dice.choice(_working()), 11), desk, case=f"{desk[1]}/v")


def _collective(made: City) -> Iterator[Look]:
    """Three homes for the elderly, each under one case."""
    dice, desks = made.dice, [*made.officials]
    for _ in range(3):
        desk = dice.choice(desks)
        for home in dice.sample(range(HOUSEHOLDS), dice.randint(4, 9)):
            moment = at(dice.choice(_working()), dice.uniform(9, 16))
            yield made.look(made.households[home][0], moment, desk, case=f"{desk[1]}/home")


def _typing(made: City) -> Iterator[Look]:
    """Old paper files, typed by three who are new."""
    dice, desks = made.dice, [*made.officials]
    for _ in range(3):
        desk, day = dice.choice(desks), dice.choice(_working())
        for _ in range(dice.randint(8, 24)):
            who = NOBODY + dice.randrange(10**6)
            moment = at(day, dice.uniform(10, 10.9))
            yield made.look(who, moment, desk, agreement=WITHOUT, found=False)


def _long_lists(made: City) -> Iterator[Look]:
    """Two long days after a holiday."""
    dice, desks = made.dice, [*made.officials]
    for _ in range(2):
        desk, day = dice.choice(desks), dice.choice(_working())
        for _ in range(dice.randint(35, 70)):
            home = dice.choice(made.caseloads[desk])
            who = dice.choice(made.households[home])
            yield made.look(who, at(day, dice.uniform(8, 17)), desk, case=f"{desk[1]}/{home}")
