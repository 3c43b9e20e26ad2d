"""The Latvian personal code: both generations, both print forms, generated codes."""

import re
from datetime import date
from operator import mul
from typing import Self

from typing_extensions import override

from hub.errors import BadRequest, Code

_FORM = re.compile(r"([0-3]\d{5})-?(\d{5})", re.ASCII)
_WEIGHTS = (10, 5, 8, 4, 2, 1, 6, 3, 7, 9)
_ANYWHERE = re.compile(r"(?<!\d)\d{6}[\s_./\u2010-\u2015-]{0,3}\d{5}(?!\d)")


class PersonalCode(str):
    """A well-formed personal code in its canonical print form, ``DDDDDD-DDDDD``.

    Equality and hash are those of the text. ``repr`` hides the code, so that tracebacks and
    dumps of surrounding objects do not tell it.
    """

    __slots__ = ()

    @classmethod
    def parse(cls, text: object) -> Self:
        """Read eleven digits, with or without the dash.

        Old codes must name a real day and carry a right check digit. For the generation issued
        since 2017-07-01 (first digit 3, second 2 to 9, VSAA's generated codes among them) the
        check digit is not officially confirmed, so a failed one is accepted.

        Raises:
            BadRequest: ``personal_code_invalid``; the message never repeats the text.

        Source: Population Register Law; checksum as python-stdnum ``lv.pvn`` documents it
            (a test compares).
        """
        if not isinstance(text, str) or not (found := _FORM.fullmatch(text)):
            raise BadRequest(Code.PERSONAL_CODE_INVALID)
        digits = found[1] + found[2]
        if not (_is_new_generation(digits) or _is_old_generation(digits)):
            raise BadRequest(Code.PERSONAL_CODE_INVALID)
        return cls(f"{found[1]}-{found[2]}")

    @property
    def digits(self) -> str:
        """The eleven digits alone, as registers and CSV files write them."""
        return self[:6] + self[7:]

    @override
    def __repr__(self) -> str:
        """Hide the code."""
        return "PersonalCode(…)"


def _is_new_generation(digits: str) -> bool:
    return digits[0] == "3" and digits[1] >= "2"


def _is_old_generation(digits: str) -> bool:
    check = (1 + sum(map(mul, _WEIGHTS, map(int, digits)))) % 11 % 10
    if check != int(digits[10]):
        return False
    year = 1800 + 100 * int(digits[6]) + int(digits[4:6])
    try:
        date(year, int(digits[2:4]), int(digits[:2]))
    except ValueError:
        return False
    return True


def looks_like_code(text: str) -> bool:
    """Tell whether ``text`` holds anything shaped like a personal code, well-formed or not."""
    return _ANYWHERE.search(text) is not None
