"""Personal codes as registers write them."""

from typing import Annotated, TypeAlias

from msgspec import Meta

from hub.model.personal_code import PersonalCode

Digits: TypeAlias = Annotated[str, Meta(pattern=r"^[0-3][0-9]{10}$")]
"""Eleven digits without the dash; anything else in a source row makes the row malformed."""


def canonical(digits: Digits) -> PersonalCode:
    """Return the published form of a code that a register vouches for.

    The check digit is not looked at: a register's own error must not hide the person it names.
    """
    return PersonalCode(f"{digits[:6]}-{digits[6:]}")
