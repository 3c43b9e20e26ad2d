"""What a document may be: counted before validation, each fragment once, in linear time.

Order matters (COMPONENTS.md section 7): size, nesting, tokens, this pass, then standard
validation, whose rules are superlinear and must never see a document that this pass refuses.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
)

from hub.errors import BadRequest, Code

_BRACKETS: Final = re.compile(r"[{}\[\]()]")
_NOTHING: Final = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds of one document; figures from COMPONENTS.md section 7."""

    document_bytes: int = 16_384
    tokens: int = 1_000
    nesting: int = 40
    depth: int = 8
    introspection_depth: int = 16
    fields: int = 500
    repeats: int = 10
    aliases: int = 15
    directives: int = 10
    fragments: int = 50
    operations: int = 10
    root_fields: int = 5
    cost: int = 150_000
    errors: int = 5


_DEFAULTS: Final = Limits()


class Size(NamedTuple):
    """What a selection set comes to with its fragments spread out."""

    depth: int = 0
    fields: int = 0
    aliases: int = 0
    directives: int = 0


def check_size(text: str, limits: Limits) -> None:
    """Refuse a text that is too large, before anything else is done with it.

    Raises:
        BadRequest: ``document_too_large``.
    """
    if len(text) > limits.document_bytes or len(text.encode()) > limits.document_bytes:
        raise BadRequest(Code.DOCUMENT_TOO_LARGE, limit=limits.document_bytes)


def check_nesting(text: str, limits: Limits) -> None:
    """Refuse a text that is too deeply nested, before it is parsed.

    Raises:
        BadRequest: ``limit_exceeded``.
    """
    depth = 0
    for bracket in _BRACKETS.findall(text):
        if bracket in "{[(":
            depth += 1
            if depth > limits.nesting:
                raise exceeded(limit="nesting", most=limits.nesting)
        else:
            depth -= 1


def check_document(document: DocumentNode, limits: Limits) -> int:
    """Refuse a document whose operations come to more than ``limits``.

    Returns:
        How often one response name stands at one place, fragments spread, at most. Where that is
        once, no two fields can be in each other's way.

    Raises:
        BadRequest: ``limit_exceeded`` naming the limit, or ``validation_failed`` for a
            fragment that spreads itself or is never spread.
    """
    fragments = {
        node.name.value: node
        for node in document.definitions
        if isinstance(node, FragmentDefinitionNode)
    }
    operations = [
        node for node in document.definitions if isinstance(node, OperationDefinitionNode)
    ]
    _bound("fragments", len(fragments), limits.fragments)
    _bound("operations", len(operations), limits.operations)
    measure, most = _Measure(fragments), 1
    for fragment in fragments:
        measure.fragment(fragment)
    for operation in operations:
        size = measure.selections(operation.selection_set)
        introspective = _is_introspective(operation)
        _bound("depth", size.depth, limits.introspection_depth if introspective else limits.depth)
        _bound("fields", size.fields, limits.fields)
        _bound("aliases", size.aliases, limits.aliases)
        _bound("directives", size.directives + len(operation.directives or ()), limits.directives)
        _bound("root_fields", len(operation.selection_set.selections), limits.root_fields)
        most = max(most, measure.repeats([operation.selection_set]))
        _bound("repeats", most, limits.repeats)
    if measure.unspread:
        raise BadRequest(Code.VALIDATION_FAILED, "a fragment is never spread")
    return most


def check_cost(*, leaves: int, registers: int, persons: int, limits: Limits | None = None) -> None:
    """Refuse an operation that is small for each person and too much for all of them.

    One operation is assembled at one go, while nobody else is answered: at this bound for about a
    second. A status check of 10,000 persons stays below it, so does every leaf of 500.

    Args:
        leaves: Leaves asked below a person. ``registers``: registers asked, aliases counted.
        registers: See ``leaves``.
        persons: Distinct codes asked.
        limits: The defaults when None.

    Raises:
        BadRequest: ``limit_exceeded`` for ``cost``.
    """
    most = (limits or _DEFAULTS).cost
    _bound("cost", persons * (leaves + 2 * registers), most)


def exceeded(*, limit: str, most: int) -> BadRequest:
    """Say which limit was exceeded."""
    return BadRequest(
        Code.LIMIT_EXCEEDED, f"more than {most} for `{limit}`", limit=limit, most=most
    )


def _bound(name: str, count: int, most: int) -> None:
    if count > most:
        raise exceeded(limit=name, most=most)


def _is_introspective(operation: OperationDefinitionNode) -> bool:
    return all(
        isinstance(node, FieldNode) and node.name.value in {"__schema", "__type", "__typename"}
        for node in operation.selection_set.selections
    )


_LEAF: Final = Size()


class _Measure:
    """Sizes of fragments, each measured once."""

    def __init__(self, fragments: dict[str, FragmentDefinitionNode]) -> None:
        self._fragments = fragments
        self._known: dict[str, Size] = {}
        self._open: set[str] = set()
        self.unspread = set(fragments)

    def repeats(self, sets: Iterable[SelectionSetNode]) -> int:
        """Return how often one response name stands at one place, fragments spread, at most.

        Validation compares every two of those, so their square is what a document costs it. To
        be asked only of what ``fields`` bounds: each field is visited once per place.
        """
        named: dict[str, list[SelectionSetNode]] = {}
        most = 0
        counts: dict[str, int] = {}
        for each in sets:
            for field in self._fields(each):
                name = (field.alias or field.name).value
                count = counts[name] = counts.get(name, 0) + 1
                most = max(most, count)
                if field.selection_set:
                    named.setdefault(name, []).append(field.selection_set)
        for below in named.values():
            most = max(most, self.repeats(below))
        return most

    def _fields(self, node: SelectionSetNode) -> Iterator[FieldNode]:
        for selection in node.selections:
            if isinstance(selection, FieldNode):
                yield selection
            elif isinstance(selection, InlineFragmentNode):
                yield from self._fields(selection.selection_set)
            elif isinstance(selection, FragmentSpreadNode):
                self.unspread.discard(selection.name.value)
                if fragment := self._fragments.get(selection.name.value):
                    yield from self._fields(fragment.selection_set)

    def fragment(self, name: str) -> Size:
        if name in self._known:
            return self._known[name]
        if name in self._open:
            raise BadRequest(Code.VALIDATION_FAILED, "a fragment spreads itself")
        node = self._fragments.get(name)
        if node is None:
            return Size()
        self._open.add(name)
        size = self.selections(node.selection_set)
        self._open.discard(name)
        self._known[name] = size
        return size

    def selections(self, node: SelectionSetNode | None) -> Size:
        depth = fields = aliases = directives = 0
        for selection in node.selections if node else _NOTHING:
            below = self._below(selection)
            own = 0
            if isinstance(selection, FieldNode):
                own = 1
                aliases += selection.alias is not None
            depth = max(depth, below.depth + own)
            fields += below.fields + own
            aliases += below.aliases
            directives += below.directives + len(selection.directives or _NOTHING)
        return Size(depth, fields, aliases, directives)

    def _below(self, node: SelectionNode) -> Size:
        if isinstance(node, FieldNode | InlineFragmentNode):
            return self.selections(node.selection_set) if node.selection_set else _LEAF
        if isinstance(node, FragmentSpreadNode):
            return self.fragment(node.name.value)
        return _LEAF  # pragma: no cover — GraphQL has three kinds of selection
