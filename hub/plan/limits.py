"""What a document may be: counted before validation, each fragment once, in linear time.

Order matters (COMPONENTS.md section 7): size, nesting, tokens, this pass, then standard
validation, whose rules are superlinear and must never see a document that this pass refuses.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True)
class Size:
    """What a selection set comes to with its fragments spread out."""

    depth: int = 0
    fields: int = 0
    aliases: int = 0
    directives: int = 0

    def beside(self, other: "Size") -> "Size":
        """Return the size of two selections side by side."""
        return Size(
            max(self.depth, other.depth),
            self.fields + other.fields,
            self.aliases + other.aliases,
            self.directives + other.directives,
        )


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
    for character in text:
        if character in "{[(":
            depth += 1
            if depth > limits.nesting:
                raise exceeded(limit="nesting", most=limits.nesting)
        elif character in "}])":
            depth -= 1


def check_document(document: DocumentNode, limits: Limits) -> None:
    """Refuse a document whose operations come to more than ``limits``.

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
    measure = _Measure(fragments)
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
        _bound("repeats", measure.repeats([operation.selection_set]), limits.repeats)
    if measure.unspread:
        raise BadRequest(Code.VALIDATION_FAILED, "a fragment is never spread")


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
    most = (limits or Limits()).cost
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
        named: dict[str, list[SelectionSetNode | None]] = {}
        for each in sets:
            for field in self._fields(each):
                name = field.alias or field.name
                named.setdefault(name.value, []).append(field.selection_set)
        below = (self.repeats(filter(None, held)) for held in named.values())
        return max(max(map(len, named.values()), default=0), max(below, default=0))

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
        size = Size()
        for selection in node.selections if node else ():
            size = size.beside(self._selection(selection))
        return size

    def _selection(self, node: SelectionNode) -> Size:
        directives = len(node.directives or ())
        if isinstance(node, FieldNode):
            below = self.selections(node.selection_set)
            return Size(
                below.depth + 1,
                below.fields + 1,
                below.aliases + (node.alias is not None),
                below.directives + directives,
            )
        if isinstance(node, FragmentSpreadNode):
            below = self.fragment(node.name.value)
        elif isinstance(node, InlineFragmentNode):
            below = self.selections(node.selection_set)
        else:  # pragma: no cover — GraphQL has three kinds of selection
            below = Size()
        return Size(below.depth, below.fields, below.aliases, below.directives + directives)
