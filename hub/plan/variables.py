"""Variables: coerced by graphql-core, refused without repeating what was sent."""

import re
from collections.abc import Mapping
from typing import Any

from graphql import GraphQLError, GraphQLSchema, OperationDefinitionNode
from graphql.execution.values import VariableValues, get_variable_values

from hub.errors import BadRequest, Code, HubError, Several

_VARIABLE = re.compile(r"[Vv]ariable '\$(\w{1,64})'")
_PLACE = re.compile(
    r"^Variable '\$\w{1,64}' has invalid value at ((?:\[\d{1,6}\]|\.\w{1,64}){1,8}):"
)
_MOST_ERRORS = 5


def coerce(
    schema: GraphQLSchema, operation: OperationDefinitionNode, sent: Mapping[str, Any]
) -> VariableValues:
    """Return the operation's variables, coerced.

    Raises:
        BadRequest: ``variable_invalid``, ``personal_code_invalid`` or ``date_invalid``, naming the
            variable and the place in its list, never the value.
    """
    coerced = get_variable_values(
        schema,
        operation.variable_definitions or (),
        dict(sent),
        max_errors=_MOST_ERRORS,
        hide_suggestions=True,
    )
    if isinstance(coerced, list):
        raise Several([_refusal(error) for error in coerced[:_MOST_ERRORS]])
    return coerced


def _refusal(error: GraphQLError) -> HubError:
    found = _VARIABLE.search(error.message)
    name = found[1] if found else "?"
    code = _code_of(error)
    place = _PLACE.search(error.message)
    where = f"${name}{place[1] if place else ''}"
    return BadRequest(code, f"variable `{where}`: {_what(code)}", variable=where)


def _code_of(error: GraphQLError) -> Code:
    """Return the code a scalar gave, or that of any other wrong variable."""
    cause: BaseException | None = error
    while isinstance(cause, GraphQLError):
        told = (cause.extensions or {}).get("code")
        for code in (Code.PERSONAL_CODE_INVALID, Code.DATE_INVALID):
            if told == code.code:
                return code
        cause = cause.original_error
    return Code.VARIABLE_INVALID


def _what(code: Code) -> str:
    wrong_type = code is Code.VARIABLE_INVALID
    return "missing, or of the wrong type" if wrong_type else code.en
