"""The Latvian personal code: both generations, both print forms, generated codes."""

import re
from datetime import date
from functools import lru_cache
from typing import Final
from unicodedata import digit

from stdnum.lv import pvn
from typing_extensions import override

from hub.errors import BadRequest, Code

_FORM = re.compile(r"([0-3]\d{5})-?(\d{5})", re.ASCII)
_CENTURIES = "012"  # 18xx, 19xx, 20xx
REMEMBERED: Final = 4_000
"""Codes read a moment ago, kept in memory alone; refused texts are not."""
_ANYWHERE = re.compile(r"(?<!\d)\d{6}[\s_./\u2010-\u2015-]{0,3}\d{5}(?!\d)")

_DIGITS: Final = 11
_PARTED = re.compile(r"\d(?:[\W_]{0,5}\d){10,}")
"""Digits of any script with no letter between them, enough for a code."""


class PersonalCode(str):
    """A well-formed personal code in its canonical print form, ``DDDDDD-DDDDD``.

    Equality and hash are those of the text. ``repr`` hides the code, so that tracebacks and
    dumps of surrounding objects do not tell it.
    """

    __slots__ = ()

    @classmethod
    def parse(cls, text: object) -> "PersonalCode":
        """Read eleven digits, with or without the dash.

        Old codes must name a real day and carry a right check digit. For the generation issued
        since 2017-07-01 (first digit 3, second 2 to 9, VSAA's generated codes among them) the
        check digit is not officially confirmed, so a failed one is accepted.

        Raises:
            BadRequest: ``personal_code_invalid``; the message never repeats the text.

        Source: Population Register Law; checksum by python-stdnum's ``lv.pvn``, the day as it
        reads it, to which a test holds this.
        """
        if not isinstance(text, str):
            raise BadRequest(Code.PERSONAL_CODE_INVALID)
        return read_code(text)

    @property
    def digits(self) -> str:
        """The eleven digits alone, as registers and CSV files write them."""
        return self[:6] + self[7:]

    @override
    def __repr__(self) -> str:
        """Hide the code."""
        return "PersonalCode(…)"


@lru_cache(maxsize=REMEMBERED)
def read_code(text: str) -> PersonalCode:
    """Return the code that ``text`` is; see ``PersonalCode.parse``.

    Raises:
        BadRequest: ``personal_code_invalid``.
    """
    found = _FORM.fullmatch(text)
    if found is None:
        raise BadRequest(Code.PERSONAL_CODE_INVALID)
    first, second = found.groups()
    digits = first + second
    if not _is_code(digits):
        raise BadRequest(Code.PERSONAL_CODE_INVALID)
    return PersonalCode(f"{first}-{second}")


def _is_new_generation(digits: str) -> bool:
    return digits[0] == "3" and digits[1] >= "2"


def _is_old_generation(digits: str) -> bool:
    if pvn.calc_check_digit_pers(digits[:10]) != digits[10] or digits[6] not in _CENTURIES:
        return False
    try:  # the library's ``get_birth_date`` cleans its input first, at twice the price of all else
        date(1800 + int(digits[6]) * 100 + int(digits[4:6]), int(digits[2:4]), int(digits[:2]))
    except ValueError:
        return False
    return True


def looks_like_code(text: str) -> bool:
    """Tell whether ``text`` holds anything shaped like a personal code, well-formed or not."""
    return _ANYWHERE.search(text) is not None


def hides_code(text: str) -> bool:
    """Tell whether free text holds a personal code, in whatever way its digits are parted.

    For what people write rarely; it refuses some other numbers too.
    """
    runs = ["".join(str(digit(each, "")) for each in run) for run in _PARTED.findall(text)]
    return looks_like_code(text) or any(
        _is_code(run[at : at + _DIGITS]) for run in runs for at in range(len(run) - _DIGITS + 1)
    )


def _is_code(digits: str) -> bool:
    return _is_new_generation(digits) or _is_old_generation(digits)
