"""Python source that assembles an answer's objects, made from a tree.

The source holds nothing of the client's but response names, and those as literals made by
``repr``; every identifier in it is the generator's or an attribute of the schema's own types.
What the code meets and does not expect (a null where none may be, a value of another type)
raises, whatever exception comes first: the exact pass then tells what is right.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from enum import Enum
from functools import lru_cache
from keyword import iskeyword
from math import isfinite
from typing import Any, Final

from graphql import (
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLFloat,
    GraphQLID,
    GraphQLInt,
    GraphQLList,
    GraphQLString,
    Undefined,
    is_non_null_type,
)
from graphql.type.scalars import GRAPHQL_MAX_INT, GRAPHQL_MIN_INT

from hub.plan.tree import (
    Column,
    Constant,
    Missing,
    Part,
    PersonSelection,
    Root,
    Selection,
    Tree,
)

_INDENT: Final = "    "
_MOST_ENUMS: Final = 256
_PLAIN: Final[Mapping[Any, str]] = {
    GraphQLString: "{0}.__class__ is str",
    GraphQLID: "{0}.__class__ is str",
    GraphQLBoolean: "{0}.__class__ is bool",
    GraphQLInt: f"{{0}}.__class__ is int and {GRAPHQL_MIN_INT} <= {{0}} <= {GRAPHQL_MAX_INT}",
    GraphQLFloat: "{0}.__class__ is float and isfinite({0})",
}
"""When a value is what its scalar completes to."""


class Anomaly(Exception):
    """The optimistic pass met what it does not cover; the exact pass tells what is right."""


class Source:
    """Lines of one module, and the objects its names stand for."""

    def __init__(self) -> None:
        """Begin an empty module."""
        self.lines: list[str] = []
        self.names: dict[str, Any] = {
            "Anomaly": Anomaly,
            "Undefined": Undefined,
            "isfinite": isfinite,
        }
        self._bound: dict[int, str] = {}
        self._count = 0

    def fresh(self) -> str:
        """Return a local name that nothing else has."""
        self._count += 1
        return f"v{self._count}"

    def bind(self, prefix: str, value: object) -> str:
        """Return the name of a global that stands for ``value``."""
        known = self._bound.get(id(value))
        if known is None:
            known = self._bound[id(value)] = f"{prefix}{len(self._bound)}"
            self.names[known] = value
        return known

    def add(self, depth: int, line: str) -> None:
        """Add a line."""
        self.lines.append(_INDENT * depth + line)

    @property
    def text(self) -> str:
        """The module's source."""
        return "\n".join(self.lines) + "\n"


def generate(tree: Tree) -> Source:
    """Return the source for ``tree``.

    It defines ``part_<place>(v)`` for every part: from a published object, never None, to what
    stands in the answer; ``missing_<root>_<n>(v)`` likewise for a list of absences; and
    ``person_<root>(code, parts, context)`` for every root: from the code asked and the values of
    the root's own parts in order, to the person's object.
    """
    source = Source()
    for part in tree.parts:
        _function(source, f"part_{part.place}", part.column)
    for number, root in enumerate(tree.roots):
        if isinstance(root, Root):
            _person(source, number, root)
    return source


def _function(source: Source, name: str, column: Column) -> None:
    source.add(0, f"def {name}(v):")
    result = _value(source, 1, column, _nullable(column.type), "v")
    source.add(1, f"return {result}")


def _person(source: Source, number: int, root: Root) -> None:
    missing = {
        each.column.key: f"missing_{number}_{place}"
        for place, each in enumerate(root.below)
        if isinstance(each, Missing)
    }
    for each in root.below:
        if isinstance(each, Missing):
            _function(source, missing[each.column.key], each.column)
    source.add(0, f"def person_{number}(code, parts, context):")
    items = [_of_person(source, root, each, missing) for each in root.below]
    source.add(1, f"return {{{', '.join(items)}}}")


def _of_person(
    source: Source, root: Root, each: PersonSelection, missing: Mapping[str, str]
) -> str:
    match each:
        case Constant():
            return f"{each.key!r}: {each.value!r}"
        case Part():
            return f"{each.column.key!r}: parts[{each.place - root.parts[0].place}]"
        case Missing():
            published = (
                f"[{source.bind('p', each.publish)}(each) for each in context.absences(code)]"
            )
            return f"{each.column.key!r}: {missing[each.column.key]}({published})"
        case Column():
            return f"{each.key!r}: {_completed(source, 1, each, 'code')}"


def _completed(source: Source, depth: int, column: Column, read: str) -> str:
    """Emit code that completes what ``read`` evaluates to; return the name of the result."""
    value, result = source.fresh(), source.fresh()
    source.add(depth, f"{value} = {read}")
    _either(source, depth, column, column.type, value, result)
    return result


def _either(
    source: Source,
    depth: int,
    column: Column,
    kind: Any,  # noqa: ANN401 — any output type
    value: str,
    result: str,
) -> None:
    """Emit ``result = completed value``, null allowed or not as ``kind`` says."""
    if is_non_null_type(kind):
        source.add(depth, f"if {value} is None: raise Anomaly")
        inner = _value(source, depth, column, kind.of_type, value)
        source.add(depth, f"{result} = {inner}")
        return
    source.add(depth, f"if {value} is None: {result} = None")
    source.add(depth, "else:")
    inner = _value(source, depth + 1, column, kind, value)
    source.add(depth + 1, f"{result} = {inner}")


def _value(source: Source, depth: int, column: Column, kind: Any, value: str) -> str:  # noqa: ANN401 — any output type
    """Emit code for a value that is not None; return an expression for what it completes to."""
    if isinstance(kind, GraphQLList):
        return _list(source, depth, column, kind.of_type, value)
    if column.below is not None:
        return _object(source, depth, column.below, value)
    return _leaf(source, kind, value)


def _list(source: Source, depth: int, column: Column, kind: Any, value: str) -> str:  # noqa: ANN401 — any output type
    result, item, done = source.fresh(), source.fresh(), source.fresh()
    source.add(
        depth,
        f"if {value}.__class__ is not list and {value}.__class__ is not tuple: raise Anomaly",
    )
    source.add(depth, f"{result} = []")
    source.add(depth, f"for {item} in {value}:")
    _either(source, depth + 1, column, kind, item, done)
    source.add(depth + 1, f"{result}.append({done})")
    return result


def _object(source: Source, depth: int, below: tuple[Selection, ...], value: str) -> str:
    source.add(depth, f"if isinstance({value}, Exception) or {value} is Undefined: raise Anomaly")
    items = [
        f"{each.key!r}: {each.value!r}"
        if isinstance(each, Constant)
        else f"{each.key!r}: {_completed(source, depth, each, _read(value, each.attribute))}"
        for each in below
    ]
    return f"{{{', '.join(items)}}}"


def _read(value: str, attribute: str) -> str:
    if attribute.isidentifier() and not iskeyword(attribute):
        return f"{value}.{attribute}"
    return f"getattr({value}, {attribute!r})"


def _leaf(source: Source, kind: Any, value: str) -> str:  # noqa: ANN401 — scalar or enum
    """Return an expression: what needs no look if its class is right, else the type's own way."""
    otherwise = f"{source.bind('c', _converter(source, kind))}({value})"
    if isinstance(kind, GraphQLEnumType):
        return _enum(source, kind, value, otherwise)
    plain = _PLAIN.get(kind)
    if plain:
        return f"{value} if {plain.format(value)} else {otherwise}"
    for known in (date, datetime):
        if kind.coerce_output_value is known.isoformat:
            native = source.bind("t", known)
            return f"{value}.isoformat() if {value}.__class__ is {native} else {otherwise}"
    return otherwise


def _enum(source: Source, kind: GraphQLEnumType, value: str, otherwise: str) -> str:
    members = getattr(kind, "wrapped_cls", None)
    if not (isinstance(members, type) and issubclass(members, Enum)):
        return otherwise
    table, native = source.bind("e", _published(kind)), source.bind("t", members)
    return f"{table}[{value}] if {value}.__class__ is {native} else {otherwise}"


@lru_cache(maxsize=_MOST_ENUMS)
def _published(kind: GraphQLEnumType) -> Mapping[Enum, str]:
    """Return published names by value; strawberry looks through them all for every one."""
    members: type[Enum] = kind.wrapped_cls  # type: ignore[attr-defined]  # strawberry's subclass
    return {each: kind.coerce_output_value(each) for each in members}


def _converter(source: Source, kind: Any) -> Callable[[object], object]:  # noqa: ANN401 — scalar or enum
    """Return how the type itself completes a value, one function per type and module."""
    known = source.names.get(f"convert {kind.name}")
    if known is None:
        coerce = kind.coerce_output_value

        def convert(value: object) -> object:
            if isinstance(value, Exception) or value is Undefined:
                raise Anomaly
            coerced: object = coerce(value)
            if coerced is None or coerced is Undefined:
                raise Anomaly
            return coerced

        known = source.names[f"convert {kind.name}"] = convert
    found: Callable[[object], object] = known
    return found


def _nullable(kind: Any) -> Any:  # noqa: ANN401 — any output type
    return kind.of_type if is_non_null_type(kind) else kind
