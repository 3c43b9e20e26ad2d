"""Choices that generators make: drawn by Hypothesis, which can shrink them, or rolled by a seed."""

from collections.abc import Callable, Sequence
from random import Random
from typing import Protocol, TypeVar

from hypothesis import strategies as st

Item = TypeVar("Item")


class Dice(Protocol):
    """Where generators get their choices; smaller answers mean simpler cases."""

    def below(self, bound: int) -> int:
        """Return a number from 0 to ``bound`` - 1."""
        ...


class Drawn:
    """Hypothesis decides."""

    def __init__(self, draw: Callable[[st.SearchStrategy[int]], int]) -> None:
        self._draw = draw
        self._known: dict[int, st.SearchStrategy[int]] = {}

    def below(self, bound: int) -> int:
        if bound not in self._known:
            self._known[bound] = st.integers(0, bound - 1)
        return self._draw(self._known[bound])


class Rolled:
    """A seed decides: hundreds of times faster than drawing, and told by one number."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed).random

    def below(self, bound: int) -> int:
        return int(self._random() * bound)


def pick(dice: Dice, items: Sequence[Item]) -> Item:
    """Return one of ``items``; the first is the simplest."""
    return items[dice.below(len(items))]


def chance(dice: Dice, percent: int) -> bool:
    """Tell whether something happens that happens so often; that it does not is simpler."""
    return percent > 0 and dice.below(100) >= 100 - percent
