"""Streams a population household by household, in bounded memory."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from hub.sandbox.people.households import household
from hub.sandbox.people.life import Life
from hub.sandbox.people.shapes import HOUSEHOLDS, shape_of


class TooManyPeople(Exception):
    """There are not enough codes for so many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Population:
    """What determines everybody: the same three values, the same people.

    Households follow one another by number, so a smaller population of the same seed and day is
    the beginning of a larger one (its last few households apart, which make the count exact).

    Attributes:
        seed: Any whole number.
        people: How many to make, personas not counted.
        today: The day they are made for; nothing has happened later.
    """

    seed: int
    people: int
    today: date


def households(population: Population) -> Iterator[int]:
    """Number the households that have exactly ``population.people`` members, making nobody.

    Raises:
        TooManyPeople: More than there are codes for.
    """
    left = population.people
    for number in range(HOUSEHOLDS):
        if not left:
            return
        size = shape_of(population.seed, number).size
        if size <= left:
            left -= size
            yield number
    if left:
        raise TooManyPeople(population.people)


def lives(population: Population) -> Iterator[Life]:
    """Make everybody, one household after another."""
    for number in households(population):
        yield from household(population.seed, number, population.today)
