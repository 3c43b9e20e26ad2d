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
        BadRequest: ``variable_invalid`` or ``personal_code_invalid``, naming the variable and the
            place in its list, never the value.
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
    code = Code.VARIABLE_INVALID
    cause: BaseException | None = error
    while isinstance(cause, GraphQLError):
        if (cause.extensions or {}).get("code") == Code.PERSONAL_CODE_INVALID.code:
            code = Code.PERSONAL_CODE_INVALID
        cause = cause.original_error
    place = _PLACE.search(error.message)
    where = f"${name}{place[1] if place else ''}"
    return BadRequest(code, f"variable `{where}`: {_what(code)}", variable=where)


def _what(code: Code) -> str:
    return code.en if code is Code.PERSONAL_CODE_INVALID else "missing, or of the wrong type"
