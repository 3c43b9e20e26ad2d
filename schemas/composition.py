"""The published schema, composed from the registers found."""

from collections.abc import Sequence

import strawberry
from strawberry.schema.config import StrawberryConfig

from schemas.person import Registered, compose, found
from schemas.query import query_type
from schemas.scalars import SCALARS


def build(
    parts: Sequence[Registered] | None = None, *, of: type[strawberry.Schema] = strawberry.Schema
) -> strawberry.Schema:
    """Return the schema over ``parts``; by default over every register found.

    Args:
        parts: Registers' fields of ``Person``.
        of: What executes it.
    """
    person = compose(found() if parts is None else parts)
    return of(
        query_type(person),
        config=StrawberryConfig(scalar_map=SCALARS, disable_field_suggestions=True),
    )
