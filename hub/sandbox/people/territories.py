"""Municipalities by ATVK 2021 code, with validity and successor.

Seven state cities and 36 counties since 2021-07-01; Varakļāni joined Madona on 2025-07-01, which
leaves 42. Codes follow the published pattern and are to be checked against the statistical
office's file before they meet real data.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType
from typing import Final

REFORM: Final = date(2021, 7, 1)
"""First day of ATVK 2021; earlier residences were recoded to it."""

MERGER: Final = date(2025, 7, 1)
"""First day on which Varakļāni belonged to Madona."""

RIGA: Final = "0001000"
MADONA: Final = "0038000"
VARAKLANI: Final = "0054000"


@dataclass(frozen=True, slots=True, kw_only=True)
class Territory:
    """A municipality.

    Attributes:
        ends: Last day it existed, None while it does.
        successor: ATVK code of the municipality that it joined.
        weight: Residents in thousands, roughly; how often it is drawn.
    """

    code: str
    name: str
    begins: date = REFORM
    ends: date | None = None
    successor: str | None = None
    weight: int


_CITIES = (
    ("Rīga", 605),
    ("Daugavpils", 78),
    ("Jelgava", 54),
    ("Jūrmala", 52),
    ("Liepāja", 67),
    ("Rēzekne", 26),
    ("Ventspils", 32),
)
_COUNTIES = (
    ("Aizkraukles novads", 29),
    ("Alūksnes novads", 13),
    ("Augšdaugavas novads", 24),
    ("Ādažu novads", 23),
    ("Balvu novads", 18),
    ("Bauskas novads", 41),
    ("Cēsu novads", 41),
    ("Dienvidkurzemes novads", 33),
    ("Dobeles novads", 28),
    ("Gulbenes novads", 19),
    ("Jelgavas novads", 32),
    ("Jēkabpils novads", 39),
    ("Krāslavas novads", 20),
    ("Kuldīgas novads", 27),
    ("Ķekavas novads", 31),
    ("Limbažu novads", 28),
    ("Līvānu novads", 10),
    ("Ludzas novads", 21),
    ("Madonas novads", 27),
    ("Mārupes novads", 36),
    ("Ogres novads", 57),
    ("Olaines novads", 20),
    ("Preiļu novads", 16),
    ("Rēzeknes novads", 29),
    ("Ropažu novads", 34),
    ("Salaspils novads", 23),
    ("Saldus novads", 26),
    ("Saulkrastu novads", 10),
    ("Siguldas novads", 31),
    ("Smiltenes novads", 18),
    ("Talsu novads", 35),
    ("Tukuma novads", 44),
    ("Valkas novads", 8),
    ("Valmieras novads", 51),
    ("Varakļānu novads", 3),
    ("Ventspils novads", 11),
)


def _territory(number: int, name: str, weight: int) -> Territory:
    code = f"{number:04}000"
    if code != VARAKLANI:
        return Territory(code=code, name=name, weight=weight)
    last_day = MERGER - timedelta(days=1)
    return Territory(code=code, name=name, ends=last_day, successor=MADONA, weight=weight)


TERRITORIES: Final[Sequence[Territory]] = tuple(
    _territory(number, name, weight)
    for first, listed in ((1, _CITIES), (20, _COUNTIES))
    for number, (name, weight) in enumerate(listed, start=first)
)
"""All 43, in the order of their codes."""

BY_CODE: Final[Mapping[str, Territory]] = MappingProxyType({one.code: one for one in TERRITORIES})


def valid_on(code: str, day: date) -> str:
    """Return the ATVK code that the place of ``code`` has on ``day``: its own or a successor's.

    Raises:
        KeyError: There is no such territory.
    """
    territory = BY_CODE[code]
    if territory.successor is None or territory.ends is None or day <= territory.ends:
        return code
    return valid_on(territory.successor, day)
