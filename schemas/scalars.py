"""Scalars the hub adds to GraphQL's own."""

from collections.abc import Mapping

import strawberry
from graphql import GraphQLError, ValueNode
from strawberry.types.scalar import ScalarDefinition

from hub.errors import BadRequest, Code
from hub.model.personal_code import PersonalCode


def _parse(text: object) -> PersonalCode:
    try:
        return PersonalCode.parse(text)
    except BadRequest as refusal:
        raise GraphQLError(refusal.message, extensions={"code": refusal.code.code}) from None


def _refuse_literal(_node: ValueNode, _variables: object = None) -> PersonalCode:
    code = Code.PERSONAL_CODE_LITERAL
    raise GraphQLError(code.en, extensions={"code": code.code})


SCALARS: Mapping[object, ScalarDefinition] = {
    PersonalCode: strawberry.scalar(
        name="PersonalCode",
        description=(
            "Latvian personal code, eleven digits with or without the dash, both generations; "
            "answered as `DDDDDD-DDDDD`. Travels in variables only (personas kods)"
        ),
        serialize=str,
        parse_value=_parse,
        parse_literal=_refuse_literal,
    ),
}
"""Python type to published scalar, for ``StrawberryConfig``."""
