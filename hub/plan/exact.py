"""The exact pass: a tree read over values already fetched, told as graphql-core tells them.

Nulls propagate, errors carry paths and locations, and an error inside what is null already is
not told again. Source: GraphQL specification (September 2025), sections 6.4.3 and 6.4.4.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from graphql import (
    GraphQLError,
    GraphQLList,
    GraphQLOutputType,
    Undefined,
    is_non_null_type,
    located_error,
)
from graphql.pyutils import inspect, is_iterable

from hub.model.personal_code import PersonalCode
from hub.plan.tree import Column, Constant, Missing, Part, PersonSelection, Root, Selection

Path: TypeAlias = tuple[str | int, ...]
PartOf: TypeAlias = Callable[[Any, Part], object]
"""From a code and a part to the published object; may raise."""


class Exact:
    """One pass; ``errors`` are those told, in order."""

    def __init__(self, part: PartOf, absences: Callable[[Any], Sequence[Any]]) -> None:
        """Read published objects by ``part``, what is missing by ``absences``."""
        self._part = part
        self._absences = absences
        self._nulled: set[Path] = set()
        self.errors: list[GraphQLError] = []

    def operation(
        self, roots: Sequence[Constant | Root], codes: Mapping[str, Sequence[Any]]
    ) -> dict[str, Any] | None:
        """Return the answer's data; ``codes`` are those asked, by response name of the root."""
        try:
            return {
                key: each.value if isinstance(each, Constant) else self._root(each, codes[key])
                for each in roots
                for key in [each.key if isinstance(each, Constant) else each.column.key]
            }
        except GraphQLError as error:
            self._tell(error, ())
            return None

    def part(self, part: Part) -> object:
        """Return one part by itself, whoever it is about; ``errors`` tell what is wrong."""
        try:
            return self._field(part.column, (), lambda: self._part(None, part))
        except GraphQLError as error:
            self._tell(error, ())
            return None

    def person(
        self, root: Root, code: PersonalCode, value: Callable[[Part], object]
    ) -> dict[str, Any]:
        """Return one person around parts that are made already; ``errors`` as of ``part``."""
        try:
            return {
                _key(each): value(each)
                if isinstance(each, Part)
                else self._of_person(each, code, (_key(each),))
                for each in root.below
            }
        except GraphQLError as error:
            self._tell(error, ())
            return {}

    def _root(self, root: Root, codes: Sequence[Any]) -> object:
        value = _Person(root, codes[0]) if root.kind == "person" else _people(root, codes)
        return self._field(root.column, (root.column.key,), lambda: value)

    def _field(self, column: Column, path: Path, read: Callable[[], object]) -> object:
        try:
            return self._complete(column, column.type, path, read())
        except Exception as raw:  # noqa: BLE001 — whatever goes wrong is this field's error
            self._failed(raw, column, column.type, path)
            return None

    def _complete(
        self, column: Column, kind: GraphQLOutputType, path: Path, value: object
    ) -> object:
        if isinstance(value, Exception):
            raise value
        if is_non_null_type(kind):
            completed = self._complete(column, kind.of_type, path, value)
            if completed is None:
                message = f"Cannot return null for non-nullable field {_place(column)}."
                raise TypeError(message)
            return completed
        if value is None or value is Undefined:
            return None
        if isinstance(kind, GraphQLList):
            return self._items(column, kind, path, value)
        if isinstance(value, _Person):
            return {
                _key(each): self._of_person(each, value.code, (*path, _key(each)))
                for each in value.root.below
            }
        if column.below is not None:
            return self._selections(column.below, value, path)
        return _leaf(kind, value)

    def _items(self, column: Column, kind: Any, path: Path, value: Any) -> list[object]:  # noqa: ANN401 — anything
        if not is_iterable(value):
            message = f"Expected Iterable, but did not find one for field '{_place(column)}'."
            raise GraphQLError(message)
        found: list[object] = []
        for index, item in enumerate(value):
            at = (*path, index)
            try:
                found.append(self._complete(column, kind.of_type, at, item))
            except Exception as raw:  # noqa: BLE001 — as ``_field``
                self._failed(raw, column, kind.of_type, at)
                found.append(None)
        return found

    def _selections(
        self, below: Sequence[Selection], value: object, path: Path
    ) -> dict[str, object]:
        return {
            each.key: each.value
            if isinstance(each, Constant)
            else self._field(each, (*path, each.key), _reader(value, each.attribute))
            for each in below
        }

    def _of_person(self, each: PersonSelection, code: Any, path: Path) -> object:  # noqa: ANN401 — a personal code
        match each:
            case Constant():
                return each.value
            case Part():
                return self._field(each.column, path, lambda: self._part(code, each))
            case Missing():
                publish = each.publish
                return self._field(
                    each.column, path, lambda: [publish(known) for known in self._absences(code)]
                )
            case Column():
                return self._field(each, path, lambda: code)

    def _failed(self, raw: Exception, column: Column, kind: GraphQLOutputType, path: Path) -> None:
        error = located_error(raw, list(column.nodes), list(path))
        if is_non_null_type(kind):
            raise error
        self._tell(error, path)

    def _tell(self, error: GraphQLError, path: Path) -> None:
        if not any(path[:length] in self._nulled for length in range(len(path) + 1)):
            self._nulled.add(path)
            self.errors.append(error)


class _Person:
    """Stands for a person until its selections are read."""

    __slots__ = ("code", "root")

    def __init__(self, root: Root, code: Any) -> None:  # noqa: ANN401 — a personal code
        self.root = root
        self.code = code


def _people(root: Root, codes: Sequence[Any]) -> list[_Person]:
    return [_Person(root, code) for code in codes]


def _reader(value: object, attribute: str) -> Callable[[], object]:
    return lambda: getattr(value, attribute)


def _key(each: PersonSelection) -> str:
    match each:
        case Part() | Missing():
            return each.column.key
        case _:
            return each.key


def _place(column: Column) -> str:
    return f"{column.parent}.{column.name}"


def _leaf(kind: Any, value: object) -> object:  # noqa: ANN401 — scalar or enum
    coerced: object = kind.coerce_output_value(value)
    if coerced is None or coerced is Undefined:
        message = (
            f"Expected `{inspect(kind)}.coerce_output_value({inspect(value)})` to return "
            f"non-nullable value, returned: {inspect(coerced)}"
        )
        raise TypeError(message)
    return coerced
