"""Joining what a register knows of one person under several personal codes."""

from collections.abc import Sequence
from typing import Any, TypeVar

from msgspec import UNSET
from msgspec.structs import fields

T = TypeVar("T")


def merged(facts: Sequence[T]) -> T:
    """Join facts of one kind: tuples are put end to end, of anything else the first known counts.

    Args:
        facts: At least one msgspec Struct; the current code's first.
    """
    first, *rest = facts
    if not rest:
        return first
    kind = type(first)
    names = [attribute.name for attribute in fields(kind)]  # type: ignore[arg-type]  # a Struct
    return kind(**{name: _joined([getattr(part, name) for part in facts]) for name in names})


def _joined(values: Sequence[Any]) -> Any:  # noqa: ANN401 — whatever the Struct holds
    known = [value for value in values if value is not UNSET]
    if known and all(isinstance(value, tuple) for value in known):
        return tuple(row for rows in known for row in rows)
    told = [value for value in known if value is not None]
    return (told or known or [UNSET])[0]
