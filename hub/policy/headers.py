"""What a request asserts in its headers: agreement, case, official."""

import re
from functools import lru_cache
from typing import Final, NamedTuple

from hub.errors import BadRequest, Code
from hub.model.caller import Credentials
from hub.model.personal_code import PersonalCode, looks_like_code

_FORM = re.compile(r"[\w/.-]{1,64}", re.ASCII)
_DIGITS = 11
MOST_REMEMBERED: Final = 1_024
_LONG = re.compile(r"\d{11}")


class Asserted(NamedTuple):
    """Header values of the right form; nothing about them is verified."""

    agreement: str | None = None
    case: str | None = None
    official: str | None = None


def read_headers(credentials: Credentials) -> Asserted:
    """Return what the headers assert.

    ``X-DAGR-Permission`` and its alias ``Hub-Agreement`` are told apart by nobody: sent twice, in
    one name or in both, they are refused, even where the values agree.

    Raises:
        BadRequest: ``header_conflict`` when one is repeated; ``header_invalid`` when a value has
            another form, or holds anything like a personal code. The value is not repeated.
    """
    return _asserted(credentials.agreement, credentials.case, credentials.official)


@lru_cache(maxsize=MOST_REMEMBERED)
def _asserted(
    agreement: tuple[str, ...], case: tuple[str, ...], official: tuple[str, ...]
) -> Asserted:
    """See ``read_headers``; what is refused is not remembered, so no personal code is."""
    return Asserted(
        agreement=_only("X-DAGR-Permission", agreement),
        case=_only("Hub-Case", case),
        official=_only("Hub-Official", official),
    )


def _only(header: str, values: tuple[str, ...]) -> str | None:
    if len(values) > 1:
        raise BadRequest(Code.HEADER_CONFLICT, header=header)
    if not values:
        return None
    if not _FORM.fullmatch(values[0]) or _hides_code(values[0]):
        raise BadRequest(Code.HEADER_INVALID, header=header)
    return values[0]


def _hides_code(value: str) -> bool:
    """Tell whether a value holds a personal code, however its digits are parted or surrounded."""
    if looks_like_code(value) or _LONG.search(value):
        return True
    digits = "".join(each for each in value if each.isdigit())
    return any(_is_code(digits[at : at + _DIGITS]) for at in range(len(digits) - _DIGITS + 1))


def _is_code(digits: str) -> bool:
    try:
        PersonalCode.parse(digits)
    except BadRequest:
        return False
    return True
