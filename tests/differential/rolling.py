"""Cases by number: each number is one case, over the published schema or a random one."""

import traceback
from collections import Counter
from collections.abc import Callable
from typing import Final

from tests.differential.cases import Case, judged, made, published_case
from tests.differential.composed import composed
from tests.differential.dice import Dice, Rolled
from tests.differential.shrinking import shrunk

_OF_ONE_SCHEMA: Final = 200


def maker(number: int) -> Callable[[Dice], Case]:
    """Return what makes case ``number``: half are over the published schema."""
    if number % 2 == 0:
        return published_case
    return lambda dice: made(dice, composed(number // _OF_ONE_SCHEMA))


def failure(number: int, seen: Counter[str] | None = None) -> str | None:
    """Return what is wrong with case ``number``, shrunk and told in full; None if it is right."""
    make = maker(number)
    if not wrong(make, Rolled(number), seen):
        return None
    smallest = shrunk(number, lambda dice: bool(wrong(make, dice)))
    told = wrong(make, smallest) or wrong(make, Rolled(number))
    return f"case {number}: {told}"


def wrong(make: Callable[[Dice], Case], dice: Dice, seen: Counter[str] | None = None) -> str:
    """Return what is wrong with a case; empty if it is right."""
    case = make(dice)
    try:
        found = judged(case, seen)
    except Exception:  # noqa: BLE001 — the planner must not raise anything
        found = [traceback.format_exc(limit=-4)]
    return "\n".join([*found, str(case)]) if found else ""
