"""Pages of long answers: bounded, newest first, continued by a cursor."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from hub.errors import BadRequest, Code

USUAL: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page of a desk's answer.

    Attributes:
        cursor: Where the next page begins; None without rows.
        more: Whether there is a next page.
    """

    rows: Sequence[Any]
    cursor: str | None = None
    more: bool = False


def page_size(first: int | None, most: int) -> int:
    """Return how many rows a page has.

    Args:
        first: As asked; None takes the usual size.
        most: Bound of this question.

    Raises:
        BadRequest: ``page_invalid``.
    """
    size = min(USUAL, most) if first is None else first
    if not 1 <= size <= most:
        raise BadRequest(Code.PAGE_INVALID, atLeast=1, atMost=most)
    return size
