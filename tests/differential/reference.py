"""The other side of the comparison: graphql-core, and what it is to say of denied leaves.

Nothing here is shared with the planner: denied leaves are looked up by walking graphql-core's
own collected fields, asked for as ``__typename`` in their place, and set to null afterwards.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    NameNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    execute_sync,
    get_named_type,
    get_operation_ast,
    is_non_null_type,
)
from graphql.execution.collect_fields import (
    FieldDetailsList,
    FragmentDetails,
    collect_fields,
    collect_subfields,
)
from graphql.execution.values import VariableValues

Place = tuple[str, ...]
Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True, order=True)
class Told:
    """An error as a client would compare it."""

    path: Path | None
    message: str
    locations: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an execution gave.

    Attributes:
        withheld: Response names leading to what is null because it was denied, lists not counted.
    """

    data: dict[str, Any] | None
    errors: tuple[Told, ...]
    withheld: frozenset[Place] = frozenset()


@dataclass(frozen=True, slots=True)
class Asked:
    """One leaf of the merged operation.

    Attributes:
        id: Dotted path below ``Person``.
        response: Response names that lead to it.
        null_at: How many of them lead to the nearest place that may be null.
        part: How many of them lead to its register, and the register's response.
    """

    id: str
    response: Place
    null_at: int


def told(errors: Sequence[GraphQLError] | None) -> tuple[Told, ...]:
    """Return errors in comparable form; a node that stands for two is one place."""
    return tuple(
        Told(
            path=tuple(error.path) if error.path is not None else None,
            message=error.message,
            locations=tuple(dict.fromkeys((at.line, at.column) for at in error.locations or ())),
        )
        for error in errors or ()
    )


def refer(
    schema: GraphQLSchema,
    document: DocumentNode,
    operation: str | None,
    sent: Mapping[str, Any],
    variables: VariableValues,
    context: object,
    *,
    denied: Collection[str] = (),
) -> Outcome:
    """Return what graphql-core answers.

    A register of which everything asked in one place is denied is null there.
    """
    asked: list[Asked] = []
    if denied:
        chosen = get_operation_ast(document, operation)
        assert chosen is not None
        asked = [each for each in leaves(schema, document, chosen, variables) if each.id in denied]
        granted = {
            each.response[:2]
            for each in leaves(schema, document, chosen, variables)
            if each.id not in denied
        }
        document = masked(document, chosen, denied)
    result: Any = execute_sync(
        schema, document, None, context, dict(sent), operation, hide_suggestions=True
    )
    places = {each.response[: each.null_at] for each in asked}
    places |= {each.response[:2] for each in asked if each.response[:2] not in granted}
    for place in places:
        _null(result.data, place)
    return Outcome(result.data, told(result.errors), frozenset(places))


def _null(value: Any, place: Place) -> None:  # noqa: ANN401 — JSON
    if isinstance(value, list):
        for item in value:
            _null(item, place)
    elif isinstance(value, dict) and place[0] in value:
        if len(place) == 1:
            value[place[0]] = None
        else:
            _null(value[place[0]], place[1:])


# -- leaves -------------------------------------------------------------------------------------


def leaves(
    schema: GraphQLSchema,
    document: DocumentNode,
    operation: OperationDefinitionNode,
    variables: VariableValues,
) -> list[Asked]:
    """Return the leaves below persons that ``operation`` asks, once per place."""
    return list(_Leaves(schema, document, operation, variables).all())


class _Leaves:
    def __init__(
        self,
        schema: GraphQLSchema,
        document: DocumentNode,
        operation: OperationDefinitionNode,
        variables: VariableValues,
    ) -> None:
        self._schema = schema
        self._operation = operation
        self._variables = variables
        self._fragments = {
            node.name.value: FragmentDetails(node, None)
            for node in document.definitions
            if isinstance(node, FragmentDefinitionNode)
        }

    def all(self) -> Iterator[Asked]:
        query = self._schema.query_type
        assert query is not None
        roots = collect_fields(
            self._schema, self._fragments, self._variables, query, self._operation
        ).grouped_field_set
        for root_key, root in roots.items():
            if root[0].node.name.value not in {"person", "persons"}:
                continue
            person: Any = self._schema.type_map["Person"]
            for key, details in self._below(person, root).items():
                name = details[0].node.name.value
                if name != "__typename":
                    yield from self._of(person, name, details, (name,), (root_key, key), 2)

    def _of(
        self,
        kind: GraphQLObjectType,
        name: str,
        details: FieldDetailsList,
        ids: tuple[str, ...],
        response: Place,
        null_at: int,
    ) -> Iterator[Asked]:
        below = get_named_type(kind.fields[name].type)
        if not isinstance(below, GraphQLObjectType):
            yield Asked(".".join(ids), response, null_at)
            return
        found = self._below(below, details)
        real = {key: each for key, each in found.items() if each[0].node.name.value != "__typename"}
        if not real:
            yield Asked(_existence(ids, below), response, null_at)
        for key, each in real.items():
            child = each[0].node.name.value
            path = (*response, key)
            nullable = not is_non_null_type(below.fields[child].type)
            at = len(path) if nullable else null_at
            yield from self._of(below, child, each, (*ids, child), path, at)

    def _below(
        self, kind: GraphQLObjectType, details: FieldDetailsList
    ) -> dict[str, FieldDetailsList]:
        return collect_subfields(
            self._schema, self._fragments, self._variables, self._operation, kind, details
        ).grouped_field_set


def _existence(ids: tuple[str, ...], kind: GraphQLObjectType) -> str:
    """Return the leaf that stands for there being an object of ``kind``."""
    name = "provenance" if "provenance" in kind.fields else next(iter(kind.fields))
    below = get_named_type(kind.fields[name].type)
    if isinstance(below, GraphQLObjectType):
        return _existence((*ids, name), below)
    return ".".join((*ids, name))


# -- rewriting ----------------------------------------------------------------------------------


def masked(
    document: DocumentNode, operation: OperationDefinitionNode, denied: Collection[str]
) -> DocumentNode:
    """Return ``operation`` alone, fragments spread in place, denied leaves as ``__typename``."""

    def keep(node: FieldNode, path: Place) -> FieldNode | None:
        if node.selection_set or ".".join(path[1:]) not in denied:
            return node
        typename = NameNode(value="__typename")
        return replace(node, alias=node.alias or node.name, name=typename, arguments=())

    return _rewritten(
        document, operation, _Rewriting(_fragments(document), by_key=False, keep=keep)
    )


def alone(document: DocumentNode, operation: OperationDefinitionNode, path: Path) -> DocumentNode:
    """Return ``operation`` with only the fields that lead along ``path`` (response names)."""
    names = tuple(step for step in path if isinstance(step, str))

    def keep(node: FieldNode, place: Place) -> FieldNode | None:
        same = place == names[: len(place)]
        beyond = len(place) > len(names) and place[: len(names)] == names
        return node if same or beyond else None

    return _rewritten(document, operation, _Rewriting(_fragments(document), by_key=True, keep=keep))


class _Rewriting:
    """Rewrites every field by its path: of response names, or of field names."""

    def __init__(
        self,
        fragments: Mapping[str, FragmentDefinitionNode],
        *,
        by_key: bool,
        keep: Any,  # noqa: ANN401 — a function of node and path
    ) -> None:
        self._fragments = fragments
        self._by_key = by_key
        self._keep = keep

    def below(self, node: SelectionSetNode, path: Place) -> SelectionSetNode:
        found = (self._one(each, path) for each in node.selections)
        return replace(node, selections=tuple(each for each in found if each is not None))

    def _one(self, node: SelectionNode, path: Place) -> SelectionNode | None:
        if isinstance(node, FragmentSpreadNode):
            fragment = self._fragments[node.name.value]
            return InlineFragmentNode(
                type_condition=fragment.type_condition,
                directives=node.directives,
                selection_set=self.below(fragment.selection_set, path),
            )
        if isinstance(node, InlineFragmentNode):
            return replace(node, selection_set=self.below(node.selection_set, path))
        assert isinstance(node, FieldNode)
        key = (node.alias or node.name) if self._by_key else node.name
        place = (*path, key.value)
        kept: FieldNode | None = self._keep(node, place)
        if kept is not None and kept.selection_set:
            return replace(kept, selection_set=self.below(kept.selection_set, place))
        return kept


def _rewritten(
    document: DocumentNode, operation: OperationDefinitionNode, how: _Rewriting
) -> DocumentNode:
    selections = how.below(operation.selection_set, ())
    return DocumentNode(definitions=(replace(operation, selection_set=selections),))


def _fragments(document: DocumentNode) -> dict[str, FragmentDefinitionNode]:
    return {
        node.name.value: node
        for node in document.definitions
        if isinstance(node, FragmentDefinitionNode)
    }
