"""Walking what a connector presents, by the names it is published under."""

# ruff: noqa: ANN401 — any published type

from collections.abc import Iterator, Sequence
from enum import Enum
from functools import cache
from typing import Any

from strawberry.utils.str_converters import to_camel_case

from hub.model.catalogue import Category
from hub.plan.catalogue import class_of
from schemas.reference import PersonReference


def published_fields(value: Any) -> dict[str, str]:
    """Published name to attribute of a published object."""
    kind: Any = type(value)
    return _fields(kind)


def is_published(value: object) -> bool:
    return hasattr(type(value), "__strawberry_definition__") and not isinstance(value, Enum)


def leaf_values(value: Any, path: Sequence[str]) -> list[Any]:
    """Everything the leaf at ``path`` shows, lists flattened, nothing for null."""
    if value is None:
        return []
    if isinstance(value, list | tuple):
        return [found for each in value for found in leaf_values(each, path)]
    if not path:
        return [value]
    attribute = published_fields(value)[path[0]]
    return leaf_values(getattr(value, attribute), path[1:])


def persons(value: Any) -> Iterator[PersonReference]:
    """Every person referred to anywhere in a published object."""
    if isinstance(value, PersonReference):
        yield value
    elif isinstance(value, list | tuple):
        for each in value:
            yield from persons(each)
    elif is_published(value):
        for attribute in published_fields(value).values():
            yield from persons(getattr(value, attribute))


def special_class(member: Enum) -> Category | None:
    """The class by which an enum value hides rows; None for values that hide nothing."""
    definition: Any = type(member).__strawberry_definition__  # type: ignore[attr-defined]
    known = next(class_of(value) for value in definition.values if value.name == member.name)
    return known[0] if known and known[1] != "ORDINARY" else None


@cache
def _fields(kind: Any) -> dict[str, str]:
    definition: Any = kind.__strawberry_definition__
    return {
        field.graphql_name or to_camel_case(field.python_name): field.python_name
        for field in definition.fields
    }
