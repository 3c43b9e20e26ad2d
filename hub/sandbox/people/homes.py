"""Draws where a household lived, and splits stays where a municipality ended."""

from datetime import date
from itertools import accumulate
from typing import Final

from hub.sandbox.people.births import Cradle
from hub.sandbox.people.days import after, eve
from hub.sandbox.people.draft import Draft
from hub.sandbox.people.life import Stay
from hub.sandbox.people.names import STREETS
from hub.sandbox.people.territories import BY_CODE, TERRITORIES, valid_on

_WEIGHTS: Final = tuple(accumulate(one.weight for one in TERRITORIES))
_TOLD_DAYS: Final = 7300
"""Residences are told twenty years back."""


def settle(cradle: Cradle) -> list[Stay]:
    """Draw the household's homes: the present one, and mostly one before."""
    moved = after(cradle.today, -int(200 + cradle.rng.random() * 5000))
    homes = [home(cradle, moved)]
    if cradle.rng.random() < 0.6:  # noqa: PLR2004 - a share
        before = home(cradle, after(cradle.today, -_TOLD_DAYS))
        homes.insert(0, until(before, eve(moved)))
    return homes


def home(cradle: Cradle, begins: date) -> Stay:
    """Draw one home."""
    territory = cradle.rng.choices(TERRITORIES, cum_weights=_WEIGHTS)[0].code
    house, flat = cradle.years(1, 60), cradle.years(1, 90)
    address = f"{cradle.rng.choice(STREETS)} {house} - {flat}"
    return Stay(territory=territory, address=address, begins=begins, ends=None)


def until(stay: Stay, last_day: date) -> Stay:
    """Return the stay ending on ``last_day`` at the latest."""
    ends = last_day if stay.ends is None else min(stay.ends, last_day)
    return Stay(territory=stay.territory, address=stay.address, begins=stay.begins, ends=ends)


def lived(person: Draft, homes: list[Stay]) -> list[Stay]:
    """Return the person's own stays in the household's homes: from birth, to death."""
    own = []
    for stay in homes:
        begins = max(stay.begins, person.born)
        if begins > min(stay.ends or person.last_day, person.last_day):
            continue
        clipped = Stay(
            territory=stay.territory, address=stay.address, begins=begins, ends=stay.ends
        )
        ended = person.ended_on
        own.extend(split(clipped if ended is None else until(clipped, ended), person.today))
    return own


def split(stay: Stay, today: date) -> list[Stay]:
    """Return the stay as one period per municipality that the address belonged to."""
    now = valid_on(stay.territory, stay.begins)
    ended = BY_CODE[now].ends
    is_whole = ended is None or ended >= today or (stay.ends is not None and stay.ends <= ended)
    if ended is None or is_whole:
        return [Stay(territory=now, address=stay.address, begins=stay.begins, ends=stay.ends)]
    rest = Stay(territory=now, address=stay.address, begins=after(ended, 1), ends=stay.ends)
    first = Stay(territory=now, address=stay.address, begins=stay.begins, ends=ended)
    return [first, *split(rest, today)]
