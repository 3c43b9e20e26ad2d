"""Makes the people of a household: code, name, birth and death."""

from datetime import date
from random import Random
from typing import Final

from hub.sandbox.people.codes import (
    birthday,
    exchanged_code,
    generated_code,
    new_code,
    old_code,
    old_slot,
)
from hub.sandbox.people.days import after, eve
from hub.sandbox.people.draft import Draft
from hub.sandbox.people.life import CodeKind, CodeSpan, Sex
from hub.sandbox.people.names import LAST, MEN, WOMEN
from hub.sandbox.people.shapes import SLOTS, mix

NEW_GENERATION: Final = date(2017, 7, 1)
"""Newborns get codes of the new generation since this day, and others may exchange theirs."""


class Cradle:
    """Brings the people of one household into the world, one slot each.

    Attributes:
        rng: The household's only source of chance.
    """

    def __init__(self, seed: int, household: int, today: date) -> None:
        """Open household ``household`` of the population ``seed``."""
        self.rng = Random(mix(seed, household))  # noqa: S311 - made-up people, no secrets
        self.today = today
        self.salt = mix(seed, -1) & 0x1FF_FFFF
        self._seed = seed
        self._household = household
        self._made = 0

    def last_name(self) -> tuple[str, str]:
        """Draw a family's name: masculine and feminine."""
        return self.rng.choice(LAST)

    def sex(self) -> Sex:
        """Draw a sex."""
        return Sex.FEMALE if self.rng.random() < 0.53 else Sex.MALE  # noqa: PLR2004 - a share

    def years(self, low: int, high: int) -> int:
        """Draw an age between ``low`` and ``high``, both included."""
        return low + int(self.rng.random() * (high - low + 1))

    def bear(self, years: int, sex: Sex, last: tuple[str, str]) -> Draft:
        """Make a person of ``years`` completed years."""
        number = self._household * SLOTS + self._made
        self._made += 1
        slot = old_slot(number, self.salt)
        born = born_on(self.today, years, *birthday(slot))
        is_woman = sex is Sex.FEMALE
        return Draft(
            rng=self.rng,
            today=self.today,
            serial=number,
            seed=mix(self._seed ^ 0x5EED, number),
            sex=sex,
            codes=self._codes(number, slot, born),
            first=self.rng.choice(WOMEN if is_woman else MEN),
            last=last[1] if is_woman else last[0],
            born=born,
            household=self._household,
        )

    def generate_code(self, person: Draft, *, only: bool) -> None:
        """Give a foreigner VSAA's generated code: for good, or until a personal code came."""
        code = generated_code(person.serial, self.salt)
        came = after(self.today, -person.days(700, 2500))
        met = after(self.today, -person.days(200, 690))
        generated = CodeSpan(
            code=code, kind=CodeKind.GENERATED, begins=came, ends=None if only else eve(met)
        )
        own = CodeSpan(
            code=new_code(person.serial, self.salt), kind=CodeKind.NEW, begins=met, ends=None
        )
        person.codes = (generated,) if only else (own, generated)

    def _codes(self, number: int, slot: int, born: date) -> tuple[CodeSpan, ...]:
        if born >= NEW_GENERATION:
            code = new_code(number, self.salt)
            return (CodeSpan(code=code, kind=CodeKind.NEW, begins=born, ends=None),)
        code = old_code(slot)
        if self.rng.random() >= 0.02:  # noqa: PLR2004 - a share
            return (CodeSpan(code=code, kind=CodeKind.OLD, begins=born, ends=None),)
        span = (self.today - NEW_GENERATION).days
        changed = after(NEW_GENERATION, int(self.rng.random() * span))
        new = exchanged_code(number, self.salt)
        return (
            CodeSpan(code=new, kind=CodeKind.NEW, begins=changed, ends=None),
            CodeSpan(code=code, kind=CodeKind.OLD, begins=born, ends=eve(changed)),
        )


def born_on(today: date, years: int, month: int, day: int) -> date:
    """Return the day of birth of who has that birthday and ``years`` completed years ``today``."""
    has_had_birthday = (month, day) <= (today.month, today.day)
    return date(today.year - years - (0 if has_had_birthday else 1), month, day)


def die(person: Draft, not_before: date) -> None:
    """Let the person die on some day of the last ten years, after ``not_before``."""
    earliest = max(not_before, person.codes[0].begins, after(person.today, -3650))
    span = (person.today - earliest).days
    if span > 0:
        person.died = after(earliest, person.days(1, span))
