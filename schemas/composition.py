"""The published schema, composed from the registers found."""

from collections.abc import Sequence

import strawberry
from strawberry.schema.config import StrawberryConfig
from strawberry.tools import create_type
from strawberry.types.field import StrawberryField

from schemas import desks
from schemas.field import described
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
    queries, mutations = desks.found()
    return of(
        query_type(person, queries),
        mutation=_mutation(mutations),
        config=StrawberryConfig(scalar_map=SCALARS, disable_field_suggestions=True),
    )


def _mutation(fields: Sequence[StrawberryField]) -> type | None:
    """Return the root type of what a person may say, or None while there is nothing."""
    if not fields:
        return None
    return create_type(
        "Mutation", list(fields), description=described("What a person may say", "darbības")
    )
