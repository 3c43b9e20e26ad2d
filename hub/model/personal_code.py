"""The Latvian personal code: both generations, both print forms, generated codes."""

import re
from typing import Self

from stdnum.exceptions import ValidationError
from stdnum.lv import pvn
from typing_extensions import override

from hub.errors import BadRequest, Code

_FORM = re.compile(r"([0-3]\d{5})-?(\d{5})", re.ASCII)
_CENTURIES = "012"  # 18xx, 19xx, 20xx
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

        Source: Population Register Law; checksum and day by python-stdnum's ``lv.pvn``.
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
    # the library's own ``validate`` cleans its input first, at eight times the price
    if pvn.calc_check_digit_pers(digits[:10]) != digits[10] or digits[6] not in _CENTURIES:
        return False
    try:
        pvn.get_birth_date(digits)
    except ValidationError:
        return False
    return True


def looks_like_code(text: str) -> bool:
    """Tell whether ``text`` holds anything shaped like a personal code, well-formed or not."""
    return _ANYWHERE.search(text) is not None
