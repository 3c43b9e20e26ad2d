"""Where outcomes came from, as metrics may tell it."""

from collections.abc import Iterable
from typing import Final

from hub.model.evidence import Outcome, Unavailable

CACHE: Final = "cache"


def origin_of(outcome: Outcome) -> str:
    """Return where one outcome came from.

    Whether there was a record is a fact about a person, and no metric's matter (invariant 9).
    """
    if isinstance(outcome, Unavailable):
        return outcome.failure.value
    if outcome.stale:
        return "stale"
    return CACHE if outcome.cached else "register"


def origins_of(outcomes: Iterable[Outcome]) -> dict[str, int]:
    """Count outcomes by where they came from."""
    origins: dict[str, int] = {}
    for each in outcomes:
        origin = origin_of(each)
        origins[origin] = origins.get(origin, 0) + 1
    return origins
