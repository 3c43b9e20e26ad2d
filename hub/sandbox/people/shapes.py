"""Kinds of households, how often each occurs, and which one a number is."""

from bisect import bisect_right
from dataclasses import dataclass
from enum import StrEnum
from itertools import accumulate
from typing import Final

from hub.sandbox.people.codes import OLD_CODES

SLOTS: Final = 16
"""Numbers kept for the people of one household; none has more."""

HOUSEHOLDS: Final = OLD_CODES // SLOTS
"""How many households can have codes: 1.8 million, twice the nation's."""


class Kind(StrEnum):
    """Kind of household."""

    ADULTS = "ADULTS"
    OLD = "OLD"
    FAMILY = "FAMILY"
    WARD = "WARD"
    FOSTER = "FOSTER"
    INSTITUTION = "INSTITUTION"
    ADOPTIVE = "ADOPTIVE"
    BIRTH = "BIRTH"  # a mother, and the closed record of a child who was adopted
    ABROAD = "ABROAD"
    FOREIGNER = "FOREIGNER"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A kind of household with its numbers of people.

    Attributes:
        share: Households out of 10,000.
    """

    kind: Kind
    share: int
    adults: int = 1
    elders: int = 0
    children: int = 0

    @property
    def size(self) -> int:
        """How many people it has."""
        return self.adults + self.elders + self.children


SHAPES: Final = (
    Shape(kind=Kind.ADULTS, share=2190),
    Shape(kind=Kind.ADULTS, share=1800, adults=2),
    Shape(kind=Kind.OLD, share=1400, adults=0, elders=1),
    Shape(kind=Kind.OLD, share=1000, adults=0, elders=2),
    Shape(kind=Kind.FAMILY, share=900, adults=1, children=1),
    Shape(kind=Kind.FAMILY, share=300, adults=1, children=2),
    Shape(kind=Kind.FAMILY, share=800, adults=2, children=1),
    Shape(kind=Kind.FAMILY, share=700, adults=2, children=2),
    Shape(kind=Kind.FAMILY, share=200, adults=2, children=3),
    Shape(kind=Kind.FAMILY, share=60, adults=2, children=5),
    Shape(kind=Kind.FAMILY, share=300, adults=2, elders=1, children=1),
    Shape(kind=Kind.WARD, share=50, adults=1, elders=1, children=1),
    Shape(kind=Kind.FOSTER, share=30, adults=2, children=2),
    Shape(kind=Kind.INSTITUTION, share=30, adults=0, children=1),
    Shape(kind=Kind.ADOPTIVE, share=20, adults=2, children=1),
    Shape(kind=Kind.BIRTH, share=20, adults=1, children=1),
    Shape(kind=Kind.ABROAD, share=150),
    Shape(kind=Kind.FOREIGNER, share=50),
)
_LIMITS: Final = tuple(accumulate(shape.share for shape in SHAPES))
_MASK: Final = (1 << 64) - 1


def mix(seed: int, number: int) -> int:
    """Return 64 bits that follow from both (splitmix64): where a household's draws start."""
    value = (seed * 0x9E3779B97F4A7C15 + number * 0xD1342543DE82EF95 + 0x632BE59BD9B4E019) & _MASK
    value = ((value ^ (value >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    value = ((value ^ (value >> 27)) * 0x94D049BB133111EB) & _MASK
    return value ^ (value >> 31)


def shape_of(seed: int, number: int) -> Shape:
    """Return the shape of household ``number``, without making anybody."""
    return SHAPES[bisect_right(_LIMITS, mix(seed, number) % _LIMITS[-1])]
