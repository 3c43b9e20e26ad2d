"""Scalars the hub adds to GraphQL's own."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

import strawberry
from graphql import GraphQLError, ValueNode
from strawberry.types.scalar import ScalarDefinition

from hub.errors import BadRequest, Code
from hub.model.personal_code import PersonalCode

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def _parse(text: object) -> PersonalCode:
    try:
        return PersonalCode.parse(text)
    except BadRequest as refusal:
        raise GraphQLError(refusal.message, extensions={"code": refusal.code.code}) from None


def _date(text: object) -> date:
    """Read ``YYYY-MM-DD`` and no other of ISO 8601's forms."""
    try:
        if isinstance(text, str) and _DAY.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    code = Code.DATE_INVALID
    raise GraphQLError(code.en, extensions={"code": code.code})


def _instant(text: object) -> datetime:
    """Read an instant; without an offset it is none."""
    try:
        if isinstance(text, str) and (read := datetime.fromisoformat(text)).tzinfo is not None:
            return read
    except ValueError:
        pass
    message = "not an instant with its offset from UTC"
    raise GraphQLError(message)


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
    date: strawberry.scalar(
        name="Date",
        description="Day in Europe/Riga, `YYYY-MM-DD` (datums)",
        serialize=date.isoformat,
        parse_value=_date,
    ),
    datetime: strawberry.scalar(
        name="DateTime",
        description="Instant in UTC, ISO 8601, with its offset where it is asked for (laiks)",
        serialize=datetime.isoformat,
        parse_value=_instant,
    ),
    Decimal: strawberry.scalar(
        name="Decimal",
        description="Exact decimal number as text; money is in euros (decimālskaitlis)",
        serialize=str,
        parse_value=Decimal,
    ),
}
"""Python type to published scalar, for ``StrawberryConfig``."""
