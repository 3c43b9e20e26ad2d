"""Read the published schema into the catalogue of classified fields."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from graphql import GraphQLEnumType, GraphQLField, GraphQLObjectType, GraphQLSchema, get_named_type

from hub.errors import Misconfigured
from hub.model.catalogue import (
    SENSITIVITY_OF,
    Catalogue,
    Category,
    Field,
    FieldId,
    Manifest,
    Sensitivity,
)
from hub.model.words import Told

DEFINITION = "strawberry-definition"
FREE_TYPES = frozenset({"Provenance", "Absence"})


@dataclass(frozen=True, slots=True)
class Leaf:
    """A published leaf: where it stands, and the class its declaration gives."""

    path: tuple[str, ...]
    parent: str
    field: GraphQLField


def read_catalogue(schema: GraphQLSchema, manifests: Mapping[str, Manifest]) -> Catalogue:
    """Return every leaf below ``Person`` with its class, and every value class.

    Args:
        schema: The published schema.
        manifests: By published register name; the population register is not among them.

    Raises:
        Misconfigured: Every leaf, argument or classifying enum value without a class, every
            register without a connector, all at once.
    """
    problems = list(_unclassified(schema))
    fields: dict[FieldId, Field] = {}
    for leaf in _leaves(schema.type_map["Person"], ()):
        for field in _fields(leaf, problems):
            fields[field.id] = field
    published = {field.register for field in fields.values()} - {""}
    problems += [f"register `{name}` has no connector" for name in published - set(manifests)]
    problems += [f"register `{name}` is not published" for name in set(manifests) - published]
    if problems:
        raise Misconfigured(problems)
    return Catalogue(fields=fields, registers=dict(manifests))


def class_of(definition: Any) -> tuple[Category, Sensitivity] | None:  # noqa: ANN401 — a strawberry field or enum value
    """Return the ``@data`` of a strawberry definition, or None."""
    for directive in getattr(definition, "directives", None) or ():
        category = getattr(directive, "category", None)
        if isinstance(category, Category):
            return category, directive.sensitivity
    return None


def kinds_of_data(
    schema: GraphQLSchema, granted: Collection[FieldId], value_classes: Collection[FieldId]
) -> tuple[str, ...]:
    """Return the categories of what is granted, sorted; ``@data`` of each leaf tells its own.

    Leaves that are free beside others count only where there are no others.

    Args:
        schema: The published schema.
        granted: Leaves of an operation.
        value_classes: Granted too; those of rows and values among the leaves count.
    """
    free: set[str] = set()
    found = {
        category
        for holder, _, category in (each.partition("#") for each in value_classes)
        if any(f"{path}.".startswith(f"{holder}.") for path in granted)
    }
    for path in granted:
        parent, definition = _published(schema, path)
        known = class_of(definition)
        if known is not None:
            (free if _is_free(parent, path) else found).add(known[0].value)
    return tuple(sorted(found or free))


def is_leaf(field: GraphQLField) -> bool:
    """Tell whether a field ends a path."""
    return not isinstance(get_named_type(field.type), GraphQLObjectType)


def first_leaf(ids: tuple[str, ...], kind: Any) -> FieldId:  # noqa: ANN401 — object type
    """Return the leaf that whoever asks only whether there is an object at ``ids`` asks for."""
    name = "provenance" if "provenance" in kind.fields else next(iter(kind.fields))
    below = kind.fields[name]
    if is_leaf(below):
        return FieldId(".".join((*ids, name)))
    return first_leaf((*ids, name), get_named_type(below.type))


def _is_free(parent: str, path: str) -> bool:
    return parent in FREE_TYPES or path == "personalCode"


def _published(schema: GraphQLSchema, path: str) -> tuple[str, Any]:
    """Return the type that holds a leaf, and the leaf's declaration."""
    kind: Any = schema.type_map["Person"]
    *above, last = path.split(".")
    for name in above:
        kind = get_named_type(kind.fields[name].type)
    return kind.name, kind.fields[last].extensions.get(DEFINITION)


def _leaves(parent: Any, above: tuple[str, ...]) -> Iterator[Leaf]:  # noqa: ANN401 — object type
    for name, field in parent.fields.items():
        path = (*above, name)
        if is_leaf(field):
            yield Leaf(path, parent.name, field)
        else:
            yield from _leaves(get_named_type(field.type), path)


def _fields(leaf: Leaf, problems: list[str]) -> Iterator[Field]:
    definition: Any = leaf.field.extensions.get(DEFINITION)
    known = class_of(definition)
    if known is None:
        return
    path = FieldId(".".join(leaf.path))
    register = leaf.path[0] if len(leaf.path) > 1 and leaf.parent != "Absence" else ""
    yield Field(
        id=path,
        register=register,
        category=known[0],
        sensitivity=known[1],
        free=_is_free(leaf.parent, path),
    )
    how = definition.metadata.get("classifies")
    if how:
        holder = path if how == "value" else ".".join(leaf.path[:-1])
        for category in _value_classes(leaf, problems):
            yield Field(
                id=FieldId(f"{holder}#{category}"),
                register=register,
                category=category,
                sensitivity=SENSITIVITY_OF[category],
            )


def _value_classes(leaf: Leaf, problems: list[str]) -> Iterator[Category]:
    enum = get_named_type(leaf.field.type)
    if not isinstance(enum, GraphQLEnumType):
        problems.append(f"`{'.'.join(leaf.path)}` classifies by value but is no enum")
        return
    seen: set[Category] = set()
    for value in enum.extensions[DEFINITION].values:
        known = class_of(value)
        if known is None:
            problems.append(f"value `{value.name}` of `{enum.name}` is not classified")
        elif known[1] is not Sensitivity.ORDINARY and known[0] not in seen:
            seen.add(known[0])
            yield known[0]


def _unclassified(schema: GraphQLSchema) -> Iterator[str]:
    for kind in schema.type_map.values():
        if not isinstance(kind, GraphQLObjectType) or kind.name.startswith("__"):
            continue
        for name, field in kind.fields.items():
            if is_leaf(field) and class_of(field.extensions.get(DEFINITION)) is None:
                yield f"leaf `{kind.name}.{name}` is not classified"


def words_of(schema: GraphQLSchema) -> Mapping[str, Told]:
    """Return words for every path below a register: those of its steps, one after the other.

    A description that is not bilingual says the same in both languages.

    Source: ``schemas.field.described``: English, then the Latvian term in brackets.
    """
    return dict(_worded(schema.type_map["Person"], (), ()))


def _worded(
    parent: Any,  # noqa: ANN401 — object type
    above: tuple[str, ...],
    told: tuple[Told, ...],
) -> Iterator[tuple[str, Told]]:
    for name, field in parent.fields.items():
        path = (*above, name)
        here = (*told, _bilingual(field.description or name))
        # the register's own description is left out: its title stands above its fields
        steps = here[1:] or here
        joined = Told(en=": ".join(s.en for s in steps), lv=": ".join(s.lv for s in steps))
        yield ".".join(path), joined
        if not is_leaf(field):
            yield from _worded(get_named_type(field.type), path, here)


def _bilingual(text: str) -> Told:
    """Split ``English (latviski)``; brackets within the Latvian term stay.

    What English says behind a semicolon, or of null, is for programmers.
    """
    depth = 0
    for place in range(len(text) - 1, -1, -1) if text.endswith(")") else ():
        depth += {")": 1, "(": -1}.get(text[place], 0)
        if not depth:
            en = re.split(r";|, null ", text[:place])[0].strip()
            return Told(en=en, lv=text[place + 1 : -1].strip())
    return Told(en=text, lv=text)


def described(schema: GraphQLSchema) -> list[str]:
    """Return what the published schema leaves without a description; empty when complete."""
    missing: list[str] = []
    for name, kind in schema.type_map.items():
        if name.startswith("__") or name in {"String", "Int", "Boolean", "Float", "ID"}:
            continue
        if not kind.description:
            missing.append(name)
        missing.extend(f"{name}.{part}" for part in _undescribed(kind))
    return missing


def _undescribed(kind: Any) -> Iterator[str]:  # noqa: ANN401 — any named type
    if isinstance(kind, GraphQLEnumType):
        yield from (value for value, known in kind.values.items() if not known.description)
    if isinstance(kind, GraphQLObjectType):
        for name, field in kind.fields.items():
            if not field.description:
                yield name
            yield from (
                f"{name}({arg})" for arg, known in field.args.items() if not known.description
            )
