"""graphql-core's complaints in the hub's own manner: lower case, names in backticks, no values."""

import re
from typing import Final

from graphql import GraphQLError, ObjectFieldNode, ValueNode, VariableNode

_MISFIT: Final = "a value here does not fit its place"
_PREFIX: Final = "Syntax Error: "
_LITERAL: Final = re.compile(r"\b(Int|Float|String|BlockString|Comment) '.*'", re.DOTALL)
_QUOTED: Final = re.compile(r"'([^']*)'|\"([^\"]*)\"")
_NAME: Final = re.compile(r"[$@]?[\w!\[\].]{1,100}", re.ASCII)


def reworded(error: GraphQLError) -> str:
    """Return what is wrong with a document, repeating its names and none of its literals."""
    if _tells_a_literal(error):
        return _MISFIT
    text = _LITERAL.sub(r"\1", error.message.removeprefix(_PREFIX)).strip().rstrip(".")
    text = _QUOTED.sub(_named, text)
    return text[:1].lower() + text[1:]


def _tells_a_literal(error: GraphQLError) -> bool:
    """Tell whether the error is about a value; a scalar's own complaint names no node at all."""
    if error.message.startswith(_PREFIX):
        return False
    return not error.nodes or any(_is_literal(node) for node in error.nodes)


def _is_literal(node: object) -> bool:
    return isinstance(node, ValueNode | ObjectFieldNode) and not isinstance(node, VariableNode)


def _named(quoted: re.Match[str]) -> str:
    name = quoted[1] or quoted[2] or ""
    return f"`{name}`" if _NAME.fullmatch(name) else "`…`"
