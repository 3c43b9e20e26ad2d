"""Arguments of a field: read once, bound to a request's variables without walking the document."""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from graphql import (
    FieldNode,
    GraphQLField,
    Undefined,
    VariableNode,
    Visitor,
    is_non_null_type,
    visit,
)
from graphql.execution.values import VariableValues, get_argument_values

Arguments: TypeAlias = Callable[[VariableValues], Mapping[str, Any]]
"""From variables to values by published name; None for what is left out.

Raises:
    GraphQLError: A value does not fit, as graphql-core finds.
"""

_NO_VARIABLES = VariableValues({}, {})


def read_arguments(definition: GraphQLField, node: FieldNode) -> Arguments:
    """Return how to bind the arguments of ``node``.

    Constants are coerced once. Where every variable stands alone for an argument, binding is a
    look-up, unless the variable is missing and may not be; anything else is left to graphql-core,
    request by request.
    """

    def bind(variables: VariableValues) -> Mapping[str, Any]:
        values = get_argument_values(definition, node, variables, hide_suggestions=True)
        return {
            name: values.get(argument.out_name or name)
            for name, argument in definition.args.items()
        }

    named = {
        argument.name.value: argument.value.name.value
        for argument in node.arguments or ()
        if isinstance(argument.value, VariableNode)
    }
    if len(variables_in(node)) != len(named):
        return bind
    if not named:
        constant = bind(_NO_VARIABLES)
        return lambda _variables: constant
    rest = FieldNode(
        name=node.name,
        arguments=tuple(each for each in node.arguments or () if each.name.value not in named),
    )
    needed = frozenset(name for name in named if not _may_be_missing(definition, name))
    return _looked_up(_constants(definition, rest, needed), named, needed, bind)


def _looked_up(
    constants: Mapping[str, Any],
    named: Mapping[str, str],
    needed: frozenset[str],
    bind: Arguments,
) -> Arguments:
    pairs = tuple((name, variable, name in needed) for name, variable in named.items())

    def look_up(variables: VariableValues) -> Mapping[str, Any]:
        values = dict(constants)
        coerced = variables.coerced
        for name, variable, need in pairs:
            value = values[name] = coerced.get(variable)
            if value is None and need:
                return bind(variables)
        return values

    return look_up


def _constants(
    definition: GraphQLField, node: FieldNode, needed: frozenset[str]
) -> Mapping[str, Any]:
    """Return the arguments that no variable changes; those ``needed`` are put in later."""
    own = GraphQLField(
        definition.type,
        args={name: known for name, known in definition.args.items() if name not in needed},
    )
    values = get_argument_values(own, node, _NO_VARIABLES, hide_suggestions=True)
    return {name: values.get(known.out_name or name) for name, known in definition.args.items()}


def _may_be_missing(definition: GraphQLField, name: str) -> bool:
    known = definition.args[name]
    return not is_non_null_type(known.type) and known.default_value is Undefined


class _Variables(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []

    def enter_variable(self, node: VariableNode, *_: object) -> None:
        self.names.append(node.name.value)


def variables_in(node: FieldNode) -> list[str]:
    """Return the names of variables in the arguments of ``node``, as often as they stand there."""
    found = _Variables()
    for argument in node.arguments or ():
        visit(argument, found)
    return found.names
