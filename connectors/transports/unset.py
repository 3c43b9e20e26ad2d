"""Reading facts whose columns may not have been fetched."""

from datetime import date
from typing import TypeVar

from msgspec import UnsetType

T = TypeVar("T")


def told(value: T | UnsetType) -> T | None:
    """Return the value; None where it was not fetched."""
    return None if isinstance(value, UnsetType) else value


def rows(value: tuple[T, ...] | UnsetType | None) -> tuple[T, ...]:
    """Return the rows; none where they were not fetched."""
    return () if value is None or isinstance(value, UnsetType) else value


def touches(
    first: date | UnsetType | None, last: date | UnsetType | None, start: date, end: date
) -> bool:
    """Tell whether closed days ``first`` to ``last`` share a day with ``start`` to ``end``.

    Args:
        first: None and unset never touch: what has no beginning cannot be placed.
        last: None and unset mean without end.
        start: First day of the period.
        end: Its last day.
    """
    begins, ends = told(first), told(last)
    return begins is not None and begins <= end and (ends is None or start <= ends)
