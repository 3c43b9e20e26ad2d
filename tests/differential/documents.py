"""Random documents that are valid for a schema."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    DocumentNode,
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLInputType,
    GraphQLObjectType,
    GraphQLSchema,
    Undefined,
    get_named_type,
    get_nullable_type,
    is_list_type,
    is_non_null_type,
    parse,
)

from tests.differential.dice import Dice, chance, pick
from tests.differential.names import NAMES, json_of, literal


@dataclass(frozen=True, slots=True)
class Question:
    """A document with one of its operations chosen, and variables for it.

    Attributes:
        others: Other variables for which the same plan must do: all Booleans are the same.
    """

    text: str
    node: DocumentNode
    operation: str | None
    variables: Mapping[str, Any]
    others: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Variable:
    """A variable's type where it stands, without the outer ``!``."""

    type: GraphQLInputType
    required: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Declared:
    """A declaration: what follows the name, and what may be sent for it."""

    text: str = field(kw_only=False)
    optional: bool
    nullable: bool


def ask(
    dice: Dice,
    schema: GraphQLSchema,
    *,
    roots: Sequence[str] = ("person", "persons"),
    null_conditions: bool = False,
) -> Question:
    """Return a question with at least one of ``roots``.

    Args:
        dice: Decides.
        schema: Has ``Query`` with ``roots``.
        roots: Fields of the query asked.
        null_conditions: Whether a variable with a default, where null is not allowed, may be null.
    """
    return _Writer(dice, schema, roots, null_conditions=null_conditions).question()


class _Writer:
    def __init__(
        self, dice: Dice, schema: GraphQLSchema, roots: Sequence[str], *, null_conditions: bool
    ) -> None:
        self._dice = dice
        self._schema = schema
        self._root_names = roots
        self._null_conditions = null_conditions
        self._keys: dict[str, dict[str, tuple[str, str]]] = {}
        self._fragments: dict[str, tuple[str, str]] = {}
        self._variables: dict[str, _Variable] = {}
        self._left = 6 + dice.below(40)

    def question(self) -> Question:
        dice = self._dice
        query = self._schema.query_type
        assert query is not None
        bodies: dict[str, str] = {}
        for _ in range(1 + (dice.below(3) if chance(dice, 20) else 0)):
            bodies.setdefault(self._name(bodies), self._root_set(query))
        wanted = pick(dice, list(bodies))
        used = _uses(bodies, self._fragments)
        alone = len(bodies) == 1 and chance(dice, 50)
        declared: dict[str, str] = {}
        values: dict[str, Any] = {}
        others: dict[str, Any] = {}
        for name in bodies:
            declarations = {each: self._declared(each) for each in used[name].variables}
            declared[name] = _declaration(declarations)
            if name == wanted:
                values = self._values(declarations)
                others = self._values(declarations)
                booleans = {each for each in declarations if self._is_boolean(each)}
                others = {key: each for key, each in others.items() if key not in booleans}
                others |= {key: each for key, each in values.items() if key in booleans}
        operations = [
            f"query {'' if alone else name}{declared[name]} {body}" for name, body in bodies.items()
        ]
        if alone and not declared[wanted] and chance(dice, 30):
            operations = [bodies[wanted]]
        spread = frozenset[str]().union(*(each.fragments for each in used.values()))
        fragments = [
            f"fragment {name} on {kind} {body}"
            for name, (kind, body) in self._fragments.items()
            if name in spread
        ]
        text = "\n".join(
            [*fragments, *operations] if chance(dice, 30) else [*operations, *fragments]
        )
        named = not alone and (len(bodies) > 1 or chance(dice, 50))
        return Question(text, parse(text), wanted if named else None, values, others)

    # -- selections ---------------------------------------------------------------------------

    def _root_set(self, query: GraphQLObjectType) -> str:
        dice = self._dice
        parts = [
            self._wrapped(query, self._field(query, pick(dice, self._root_names), 4))
            for _ in range(1 + dice.below(3))
        ]
        if chance(dice, 5):
            parts.append(self._wrapped(query, self._typename(query)))
        return self._braces(parts)

    def _wrapped(self, kind: GraphQLObjectType, selection: str) -> str:
        if chance(self._dice, 10):
            return self._inline(kind, self._braces([selection]))
        if chance(self._dice, 10):
            return self._spread(kind, self._braces([selection]))
        return selection

    def _set(self, kind: GraphQLObjectType, depth: int) -> str:
        count = 1 + self._dice.below(2 + min(depth, 3) * 2)
        parts = [self._selection(kind, depth)]
        while len(parts) < count and self._left > 0:
            parts.append(self._selection(kind, depth))
        return self._braces(parts)

    def _selection(self, kind: GraphQLObjectType, depth: int) -> str:
        dice = self._dice
        self._left -= 1
        what = dice.below(100) if self._left > 0 else 0
        if what >= 90:
            return self._inline(kind, self._set(kind, depth - 1)) if depth else self._typename(kind)
        if what >= 78:
            return self._any_spread(kind, depth)
        if what >= 70:
            return self._typename(kind)
        names = list(kind.fields)
        if depth <= 0 or self._left <= 0:
            names = [name for name in names if not _has_fields(kind, name)]
        return self._field(kind, pick(dice, names), depth) if names else self._typename(kind)

    def _any_spread(self, kind: GraphQLObjectType, depth: int) -> str:
        known = [name for name, (on, _) in self._fragments.items() if on == kind.name]
        if known and (depth <= 0 or chance(self._dice, 50)):
            return f"...{pick(self._dice, known)}{self._directives()}"
        return self._spread(kind, self._set(kind, depth - 1)) if depth else self._typename(kind)

    def _spread(self, kind: GraphQLObjectType, body: str) -> str:
        name = self._name({*self._fragments, "on"})
        self._fragments[name] = (kind.name, body)
        return f"...{name}{self._directives()}"

    def _inline(self, kind: GraphQLObjectType, body: str) -> str:
        condition = f" on {kind.name}" if chance(self._dice, 50) else ""
        return f"...{condition}{self._directives()}{body}"

    def _typename(self, kind: GraphQLObjectType) -> str:
        key = self._key(kind, "__typename", "")
        return f"{key}{self._directives()}"

    def _field(self, kind: GraphQLObjectType, name: str, depth: int) -> str:
        field = kind.fields[name]
        below = get_named_type(field.type)
        text = self._key(kind, name, None) + self._directives()
        if isinstance(below, GraphQLObjectType):
            return f"{text} {self._set(below, max(depth - 1, 0))}"
        return text

    def _key(self, kind: GraphQLObjectType, name: str, arguments: str | None) -> str:
        """Return ``alias: name(arguments)``; a key means the same wherever the type is asked."""
        dice = self._dice
        keys = self._keys.setdefault(kind.name, {})
        mine = [key for key, (meant, _) in keys.items() if meant == name]
        if mine and chance(dice, 60):
            key = pick(dice, mine)
        else:
            wish = pick(dice, [*NAMES, *kind.fields]) if chance(dice, 35) else name
            while wish in keys and keys[wish][0] != name:
                wish += "_"
            key = wish
        if key not in keys:
            text = self._arguments(kind.fields[name].args) if arguments is None else arguments
            keys[key] = (name, text)
        alias = "" if key == name and not chance(dice, 5) else f"{key}: "
        return f"{alias}{name}{keys[key][1]}"

    def _braces(self, parts: Sequence[str]) -> str:
        return "{" + pick(self._dice, (" ", "\n  ", ", ", "\n\n")).join(parts) + "}"

    def _directives(self) -> str:
        if not chance(self._dice, 15):
            return ""
        names = pick(self._dice, (["include"], ["skip"], ["skip", "include"], ["include", "skip"]))
        return "".join(f" @{name}(if: {self._condition(name)})" for name in names)

    def _condition(self, name: str) -> str:
        if chance(self._dice, 50):
            boolean = self._schema.type_map["Boolean"]
            return "$" + self._variable(boolean, required=True)  # type: ignore[arg-type]
        usual = "true" if name == "include" else "false"
        return usual if chance(self._dice, 60) else pick(self._dice, ("true", "false"))

    # -- arguments and variables --------------------------------------------------------------

    def _arguments(self, arguments: Mapping[str, GraphQLArgument]) -> str:
        given = []
        for name, argument in arguments.items():
            required = is_non_null_type(argument.type)
            if (required and argument.default_value is Undefined) or chance(self._dice, 60):
                given.append(f"{name}: {self._value(argument.type)}")
        if given and chance(self._dice, 30):
            given.reverse()
        return f"({', '.join(given)})" if given else ""

    def _value(self, kind: GraphQLInputType) -> str:
        dice = self._dice
        required = is_non_null_type(kind)
        bare: Any = get_nullable_type(kind)
        if not required and chance(dice, 15):
            return "null"
        if chance(dice, 45) or (not is_list_type(bare) and bare.name == "PersonalCode"):
            return "$" + self._variable(bare, required=required)
        return self._literal(bare)

    def _literal(self, bare: Any) -> str:  # noqa: ANN401 — any input type
        dice = self._dice
        if is_list_type(bare):
            inner = get_nullable_type(bare.of_type)
            if not is_list_type(inner) and inner.name != "PersonalCode" and chance(dice, 20):
                return self._literal(inner)
            least = 1 if getattr(inner, "name", "") == "PersonalCode" else 0
            items = [self._value(bare.of_type) for _ in range(least + dice.below(3))]
            return f"[{', '.join(items)}]"
        if isinstance(bare, GraphQLEnumType):
            return pick(dice, [*map(str, bare.values)])
        return literal(dice, json_of(dice, bare.name))

    def _variable(self, bare: GraphQLInputType, *, required: bool) -> str:
        wanted = _Variable(bare, required)
        known = [name for name, each in self._variables.items() if _same(each, wanted)]
        if known and chance(self._dice, 60):
            return pick(self._dice, known)
        name = self._name(self._variables)
        self._variables[name] = wanted
        return name

    def _values(self, declarations: Mapping[str, "_Declared"]) -> dict[str, Any]:
        """Return values to send for an operation's variables."""
        values: dict[str, Any] = {}
        for name, declared in declarations.items():
            if declared.optional and chance(self._dice, 40):
                continue
            nothing = declared.nullable and chance(self._dice, 30)
            values[name] = None if nothing else self._sent(self._variables[name].type)
        return values

    def _declared(self, name: str) -> "_Declared":
        dice = self._dice
        variable = self._variables[name]
        kind = str(variable.type)
        closed = "PersonalCode" in kind  # never a literal
        if variable.required:
            if closed or chance(dice, 60):
                return _Declared(f"{kind}!", optional=False, nullable=False)
            default = self._constant(variable.type)
            if chance(dice, 50):
                return _Declared(f"{kind}! = {default}", optional=True, nullable=False)
            nullable = self._null_conditions
            return _Declared(f"{kind} = {default}", optional=True, nullable=nullable)
        if closed or not chance(dice, 50):
            return _Declared(kind, optional=True, nullable=True)
        if chance(dice, 20):
            return _Declared(f"{kind}!", optional=False, nullable=False)
        default = "null" if chance(dice, 20) else self._constant(variable.type)
        return _Declared(f"{kind} = {default}", optional=True, nullable=True)

    def _is_boolean(self, name: str) -> bool:
        return str(self._variables[name].type) == "Boolean"

    def _constant(self, kind: GraphQLInputType) -> str:
        bare: Any = get_nullable_type(kind)
        if is_list_type(bare):
            items = [self._constant(bare.of_type) for _ in range(self._dice.below(3))]
            return f"[{', '.join(items)}]"
        if isinstance(bare, GraphQLEnumType):
            return pick(self._dice, [*map(str, bare.values)])
        return literal(self._dice, json_of(self._dice, bare.name))

    def _sent(self, kind: GraphQLInputType) -> Any:  # noqa: ANN401 — JSON
        bare: Any = get_nullable_type(kind)
        if is_list_type(bare):
            if not is_list_type(get_nullable_type(bare.of_type)) and chance(self._dice, 15):
                return self._sent(bare.of_type)  # one stands for a list of one
            items = [self._sent(bare.of_type) for _ in range(self._dice.below(4))]
            if not is_non_null_type(bare.of_type) and chance(self._dice, 20):
                items.append(None)
            return items
        if isinstance(bare, GraphQLEnumType):
            return pick(self._dice, list(bare.values))
        return json_of(self._dice, bare.name)

    def _name(self, taken: Iterable[str]) -> str:
        name = pick(self._dice, NAMES)
        while name in taken:
            name += "_"
        return name


def _declaration(declarations: Mapping[str, _Declared]) -> str:
    if not declarations:
        return ""
    return f"({', '.join(f'${name}: {each.text}' for name, each in declarations.items())})"


def _has_fields(kind: GraphQLObjectType, name: str) -> bool:
    return isinstance(get_named_type(kind.fields[name].type), GraphQLObjectType)


def _same(one: _Variable, other: _Variable) -> bool:
    return one.required == other.required and str(one.type) == str(other.type)


# -- what is used where -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Uses:
    variables: tuple[str, ...]
    fragments: frozenset[str]


_VARIABLE = re.compile(r"\$(\w+)")
_SPREAD = re.compile(r"\.\.\.(\w+)")  # the writer puts a blank before ``on``; no text has either


def _uses(bodies: Mapping[str, str], fragments: Mapping[str, tuple[str, str]]) -> dict[str, _Uses]:
    """Return the variables and fragments of each operation, through all fragments."""
    return {name: _closed(body, fragments) for name, body in bodies.items()}


def _closed(start: str, fragments: Mapping[str, tuple[str, str]]) -> _Uses:
    variables = dict.fromkeys(_VARIABLE.findall(start))
    found: set[str] = set()
    waiting = list(_SPREAD.findall(start))
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            body = fragments[name][1]
            variables.update(dict.fromkeys(_VARIABLE.findall(body)))
            waiting += _SPREAD.findall(body)
    return _Uses(tuple(variables), frozenset(found))
