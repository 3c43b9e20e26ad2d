"""Variables: coerced as graphql-core does it, refused without repeating what was sent.

What is sent as it should be is read by functions made once per operation; whatever is not goes
through graphql-core itself, which finds the words for what is wrong.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final, NamedTuple, TypeAlias

from graphql import (
    GraphQLError,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLSchema,
    OperationDefinitionNode,
    Undefined,
    VariableDefinitionNode,
    VariableNode,
    is_leaf_type,
)
from graphql.execution.get_variable_signature import (
    GraphQLVariableSignature,
    get_variable_signature,
)
from graphql.execution.values import (
    VariableValues,
    VariableValueSource,
    get_variable_values,
)

from hub.errors import BadRequest, Code, HubError, Several
from hub.model.personal_code import read_code

_VARIABLE = re.compile(r"[Vv]ariable '\$(\w{1,64})'")
_PLACE = re.compile(
    r"^Variable '\$\w{1,64}' has invalid value at ((?:\[\d{1,6}\]|\.\w{1,64}){1,8}):"
)
_MOST_ERRORS = 5
_PLAIN: Final = (str, int, float, date, type(None))

Read: TypeAlias = Callable[[Any], Any]


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


def null_refused(error: GraphQLError) -> HubError:
    """Return how a variable is refused that is null where an argument may not be.

    A default lets a document put a variable that may be null there; null may be sent all the same.
    Source: GraphQL specification (September 2025), section 6.4.1.
    """
    values = [getattr(node, "value", node) for node in error.nodes or ()]
    name = next((each.name.value for each in values if isinstance(each, VariableNode)), "?")
    code = Code.VARIABLE_INVALID
    return BadRequest(code, f"variable `${name}`: {_what(code)}", variable=f"${name}")


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


class UnusualError(Exception):
    """A value that only graphql-core may judge."""


class _Known(NamedTuple):
    """One variable: how a value that is not null is read, and what stands in for none."""

    name: str
    signature: GraphQLVariableSignature
    read: Read
    absent: VariableValueSource
    default: object
    required: bool


class Coercion:
    """How the variables of one operation are read; the result is that of ``coerce``."""

    __slots__ = ("_known", "_operation", "_schema")

    def __init__(self, schema: GraphQLSchema, operation: OperationDefinitionNode) -> None:
        """Make the functions for ``operation``, which was validated against ``schema``."""
        self._schema = schema
        self._operation = operation
        self._known = _known_variables(schema, operation)

    def read(self, sent: Mapping[str, Any]) -> VariableValues:
        """Return the operation's variables, coerced; raises as ``coerce`` does."""
        if self._known is not None:
            try:
                return _values(self._known, sent)
            except Exception:  # noqa: BLE001, S110 — whatever is wrong, graphql-core tells it below
                pass
        return coerce(self._schema, self._operation, sent)


def _values(known: tuple[_Known, ...], sent: Mapping[str, Any]) -> VariableValues:
    sources: dict[str, VariableValueSource] = {}
    coerced: dict[str, Any] = {}
    for name, signature, read, absent, default, required in known:
        value = sent.get(name, Undefined)
        if value is Undefined:
            sources[name] = absent
            if default is not Undefined:
                coerced[name] = default
            elif required:
                raise UnusualError
            continue
        sources[name] = VariableValueSource(signature, value)
        if value is not None:
            coerced[name] = read(value)
        elif required:
            raise UnusualError
        else:
            coerced[name] = None
    return VariableValues(sources, coerced)


def _known_variables(
    schema: GraphQLSchema, operation: OperationDefinitionNode
) -> tuple[_Known, ...] | None:
    """Return how to read every variable; None when one of them is not of a plain type."""
    found = [_variable(schema, node) for node in operation.variable_definitions or ()]
    known = tuple(each for each in found if each is not None)
    return known if len(known) == len(found) else None


def _variable(schema: GraphQLSchema, node: VariableDefinitionNode) -> _Known | None:
    signature = get_variable_signature(schema, node)
    if isinstance(signature, GraphQLError):  # pragma: no cover — validation refuses such a type
        return None
    read = _reader(signature.type)
    default = _default(schema, node) if node.default_value else Undefined
    if read is None or not (default is Undefined or isinstance(default, _PLAIN)):
        return None
    return _Known(
        name=signature.name,
        signature=signature,
        read=read,
        absent=VariableValueSource(signature),
        default=default,
        required=isinstance(signature.type, GraphQLNonNull),
    )


def _default(schema: GraphQLSchema, node: VariableDefinitionNode) -> object:
    """Return the value of the default; something that is not plain where there is none."""
    values = get_variable_values(schema, (node,), {})
    if isinstance(values, list):  # pragma: no cover — validation refuses such a default
        return values
    return values.coerced[node.variable.name.value]


def _reader(kind: GraphQLInputType) -> Read | None:
    """Return what reads a value of ``kind``, raising for whatever is not quite as it should be."""
    inner: Any = kind.of_type if isinstance(kind, GraphQLNonNull) else kind
    if isinstance(inner, GraphQLList):
        return _list_reader(inner.of_type)
    return _leaf_reader(inner) if is_leaf_type(inner) else None


def _list_reader(item: Any) -> Read | None:  # noqa: ANN401 — an input type
    inner: Any = item.of_type if isinstance(item, GraphQLNonNull) else item
    if not is_leaf_type(inner):
        return None
    leaf = _leaf_reader(inner)
    strict = leaf is read_code and inner is not item  # refuses null by itself
    read = leaf if strict else _reading(leaf, nullable=inner is item)

    def read_list(value: Any) -> list[Any]:  # noqa: ANN401 — JSON
        if value.__class__ is list:
            return list(map(read, value))
        raise UnusualError

    return read_list


def _leaf_reader(leaf: Any) -> Read:  # noqa: ANN401 — a leaf type
    """Return the type's own function; of codes, the one that remembers those read before."""
    own: Read = leaf.coerce_input_value
    return read_code if leaf.name == "PersonalCode" else own


def _reading(leaf: Read, *, nullable: bool) -> Read:
    def read(value: Any) -> Any:  # noqa: ANN401 — JSON in, what the type makes of it out
        if value is not None:
            return leaf(value)
        if nullable:
            return None
        raise UnusualError

    return read
