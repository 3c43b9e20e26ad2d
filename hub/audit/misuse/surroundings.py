"""What detectors know besides the log: officials, households, listed persons, agreements."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from hub.model.agreement import Agreement
from hub.model.personal_code import PersonalCode
from hub.ports import Kin, Residence

_ENDINGS: Final = ("ais", "is", "us", "s", "š", "a", "ā", "e")
_SHORTEST: Final = 3
_NOBODY: Final = Kin(surname=None, home=None, relatives=frozenset())

Desk = tuple[str, str]
"""An official: institution's code, official's number there."""


def stem(surname: str) -> str:
    """Return what the masculine and the feminine form of a Latvian surname share."""
    name = surname.strip().casefold()
    for ending in _ENDINGS:
        if name.endswith(ending) and len(name) - len(ending) >= _SHORTEST:
            return name.removesuffix(ending)
    return name


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """Lives in memory for one analysis; nothing of it goes into a finding.

    Attributes:
        officials: Who an official is in private, of those who are known.
        people: What the population register knows, by every code asked.
        vips: Persons whom curiosity seeks.
        agreements: Newest revision by number.
    """

    officials: Mapping[Desk, PersonalCode] = field(default_factory=dict, repr=False)
    people: Mapping[PersonalCode, Residence] = field(default_factory=dict, repr=False)
    vips: frozenset[PersonalCode] = field(default=frozenset(), repr=False)
    agreements: Mapping[str, Agreement] = field(default_factory=dict)

    def current(self, code: PersonalCode) -> PersonalCode:
        """Return the present code of whoever ever had ``code``."""
        return self._current.get(code, code)

    def kin(self, code: PersonalCode) -> Kin:
        """Return whose household somebody belongs to; nobody's where that is not known."""
        known = self.people.get(code) or self.people.get(self.current(code))
        return known.kin if known and known.kin else _NOBODY

    def relatives(self, code: PersonalCode) -> frozenset[PersonalCode]:
        """Return present codes of parents, children and spouse."""
        return frozenset(map(self.current, self.kin(code).relatives))

    def together(self, one: PersonalCode, other: PersonalCode) -> bool:
        """Tell whether two persons are relatives, or declared at one address."""
        first, second = self.current(one), self.current(other)
        home = self.kin(first).home
        return (
            second in self.relatives(first)
            or first in self.relatives(second)
            or (home is not None and home == self.kin(second).home)
        )

    @cached_property
    def listed(self) -> frozenset[PersonalCode]:
        """Present codes of ``vips``."""
        return frozenset(map(self.current, self.vips))

    @cached_property
    def _current(self) -> Mapping[PersonalCode, PersonalCode]:
        return {code: known.codes[0] for known in self.people.values() for code in known.codes}


class Institution:
    """The officials of one institution, found by whose household somebody belongs to."""

    def __init__(self, recipient: str, around: Surroundings) -> None:
        self._around = around
        self.officials = {
            number: around.current(code)
            for (of, number), code in around.officials.items()
            if of == recipient
        }
        self._at_home: dict[bytes, set[str]] = {}
        self._related: dict[PersonalCode, set[str]] = {}
        self._numbers: dict[PersonalCode, set[str]] = {}
        for number, code in self.officials.items():
            self._numbers.setdefault(code, set()).add(number)
            if home := around.kin(code).home:
                self._at_home.setdefault(home, set()).add(number)
            for relative in around.relatives(code):
                self._related.setdefault(relative, set()).add(number)

    def is_official(self, person: PersonalCode) -> set[str]:
        """Return the numbers under which a person is an official here."""
        return self._numbers.get(person, set())

    def households(self, person: PersonalCode) -> set[str]:
        """Return the officials to whose household a person belongs, that person included."""
        found = self.is_official(person) | self._related.get(person, set())
        if home := self._around.kin(person).home:
            found = found | self._at_home.get(home, set())
        for relative in self._around.relatives(person):
            found = found | self._numbers.get(relative, set())
        return found
