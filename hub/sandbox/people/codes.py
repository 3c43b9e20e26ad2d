"""Personal codes that name nobody: from ranges that are not issued.

| range                          | why it is free                         | used for            |
|--------------------------------|----------------------------------------|---------------------|
| ``DDMMYY-0…``, years 1800-1878 | nobody born then is in the register    | generated people    |
| ``DDMM79-0…``                  | the same                               | personas            |
| ``33…``, ``34…``               | all codes issued so far begin ``32``   | generated people    |
| ``38…``                        | the same                               | personas            |
| ``39…``                        | the same; stands for VSAA's own codes  | generated, personas |

An old code shows the day and month of birth, as real ones do, and a year that is not the person's.
Every code follows from a number alone, so people can be made in any order and never share one.
"""

from typing import Final

DAYS: Final = tuple(
    (month, day)
    for month, length in enumerate((31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31), start=1)
    for day in range(1, length + 1)
)
"""Month and day of every birthday; nobody is born on 29 February, for simplicity."""

PERSONA_YEAR: Final = 79
OLD_CODES: Final = len(DAYS) * PERSONA_YEAR * 1000
"""How many numbers have an old code: 28,835,000."""

_WEIGHTS: Final = (10, 5, 8, 4, 2, 1, 6, 3, 7, 9)
_BITS: Final = 25
_MASK: Final = (1 << _BITS) - 1
_MULTIPLIERS: Final = (0x9E3779B1, 0x85EBCA6B)
_NEW: Final = 0x0A5_5A5A
_EXCHANGED: Final = 0x155_A5A5
_GENERATED: Final = 0x0F0_F0F0


def complete(ten: str) -> str:
    """Append the check digit: (1 + sum of weighted digits) mod 11 mod 10."""
    total = 1 + sum(w * int(d) for w, d in zip(_WEIGHTS, ten, strict=True))
    return f"{ten}{total % 11 % 10}"


def scatter(number: int, salt: int) -> int:
    """Return the number's place in a fixed shuffle of all 25-bit numbers, chosen by ``salt``."""
    for multiplier in _MULTIPLIERS:
        number = ((number ^ salt) * multiplier) & _MASK
        number ^= number >> 13
    return number


def old_slot(number: int, salt: int) -> int:
    """Return which old code belongs to ``number``, below ``OLD_CODES``; walks until it fits."""
    slot = scatter(number, salt)
    while slot >= OLD_CODES:
        slot = scatter(slot, salt)
    return slot


def birthday(slot: int) -> tuple[int, int]:
    """Return month and day of birth that go with the old code ``slot``."""
    return DAYS[slot % len(DAYS)]


def old_code(slot: int) -> str:
    """Return the old code ``slot``: century digit 0, a year from 1800 to 1878."""
    month, day = birthday(slot)
    year, serial = divmod(slot // len(DAYS), 1000)
    return complete(f"{day:02}{month:02}{year:02}0{serial:03}")


def new_code(number: int, salt: int) -> str:
    """Return the code ``33…`` of ``number``, given at birth; it tells nothing of the person."""
    return complete(f"33{scatter(number, salt ^ _NEW):08}")


def exchanged_code(number: int, salt: int) -> str:
    """Return the code ``34…`` that ``number`` got in exchange for an old one."""
    return complete(f"34{scatter(number, salt ^ _EXCHANGED):08}")


def generated_code(number: int, salt: int) -> str:
    """Return VSAA's generated code ``39…`` of ``number``."""
    return complete(f"39{scatter(number, salt ^ _GENERATED):08}")
