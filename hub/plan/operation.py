"""An operation read against the schema: what it asks, of which registers, by which field ids."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLIncludeDirective,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLSkipDirective,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    get_named_type,
)
from graphql.execution.values import VariableValues, get_argument_values, get_directive_values

from hub.model.catalogue import FieldId
from hub.model.personal_code import PersonalCode
from hub.plan.catalogue import DEFINITION, first_leaf, is_leaf
from hub.plan.documents import Document

SUBJECT_ROOTS = frozenset({"person", "persons"})


@dataclass(frozen=True, slots=True)
class Selected:
    """One leaf of the operation.

    Attributes:
        id: Field id below ``Person``.
        node: Its node, for those who must answer it with null.
        response: Response names from the root, lists not counted.
        null_at: How many of ``response`` reach the nearest place that may be null.
    """

    id: FieldId
    node: FieldNode
    response: tuple[str, ...]
    null_at: int


@dataclass(frozen=True, slots=True)
class Root:
    """One root field: its kind is its published name."""

    kind: str
    definition: GraphQLField
    node: FieldNode


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One register's field, once per place where it stands in the operation.

    Attributes:
        ids: Leaves asked below it.
    """

    register: str
    root: Root
    definition: GraphQLField
    node: FieldNode
    response: tuple[str, ...]
    ids: frozenset[FieldId]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What an operation asks; pure, without personal data, kept by document hash.

    Attributes:
        roots: Root fields in order.
        occurrences: Registers asked, each with its leaves.
        leaves: Every leaf below a person, register leaves included.
        introspective: Whether ``__schema`` or ``__type`` is asked.
        fields: Field ids of all leaves.
        registers: Names of the registers asked, sorted.
        kinds: Kinds of root field asked.
    """

    document: Document
    operation: OperationDefinitionNode
    roots: tuple[Root, ...]
    occurrences: tuple[Occurrence, ...]
    leaves: tuple[Selected, ...]
    introspective: bool
    fields: frozenset[FieldId]
    registers: tuple[str, ...]
    kinds: frozenset[str]

    @property
    def has_subjects(self) -> bool:
        """Whether any person is asked about."""
        return not self.kinds.isdisjoint(SUBJECT_ROOTS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A register field with its arguments, coerced.

    Attributes:
        about: Codes asked under the root field in which it stands.
    """

    register: str
    arguments: Mapping[str, object]
    leaves: frozenset[FieldId]
    about: frozenset[PersonalCode]


def read_plan(
    schema: GraphQLSchema,
    document: Document,
    operation: OperationDefinitionNode,
    variables: VariableValues | None,
) -> Plan:
    """Return the plan of ``operation``; only ``@skip``/``@include`` look at ``variables``.

    Without variables every field counts as asked, for those who explain a document.
    """
    walk = _Walk(document, variables)
    query = schema.get_root_type(operation.operation)
    assert query is not None  # noqa: S101 — validation lets no other pass
    roots: list[Root] = []
    introspective = False
    for node in walk.fields(operation.selection_set):
        name = node.name.value
        if name.startswith("__"):
            introspective = introspective or name != "__typename"
            continue
        root = Root(name, query.fields[name], node)
        roots.append(root)
        if name in SUBJECT_ROOTS:
            walk.person(root)
    return Plan(
        document=document,
        operation=operation,
        roots=tuple(roots),
        occurrences=tuple(walk.occurrences),
        leaves=tuple(walk.leaves),
        introspective=introspective,
        fields=frozenset(leaf.id for leaf in walk.leaves),
        registers=tuple(sorted({each.register for each in walk.occurrences})),
        kinds=frozenset(root.kind for root in roots),
    )


def subjects(plan: Plan, variables: VariableValues) -> list[PersonalCode]:
    """Return the codes asked, in the order first asked, as often as asked."""
    return [code for root in plan.roots for code in _subjects(root, variables)]


def _subjects(root: Root, variables: VariableValues) -> Sequence[PersonalCode]:
    if root.kind not in SUBJECT_ROOTS:
        return ()
    arguments = get_argument_values(root.definition, root.node, variables)
    several: Sequence[PersonalCode] | None = arguments.get("personalCodes")
    return (arguments["personalCode"],) if several is None else several


def questions(plan: Plan, variables: VariableValues) -> list[Question]:
    """Return the register fields asked with their arguments by published name."""
    about = {id(root): frozenset(_subjects(root, variables)) for root in plan.roots}
    return [
        Question(
            register=occurrence.register,
            arguments=_arguments(occurrence, variables),
            leaves=occurrence.ids,
            about=about[id(occurrence.root)],
        )
        for occurrence in plan.occurrences
    ]


def _arguments(occurrence: Occurrence, variables: VariableValues) -> dict[str, Any]:
    values = get_argument_values(occurrence.definition, occurrence.node, variables)
    return {
        name: values.get(argument.out_name or name)
        for name, argument in occurrence.definition.args.items()
    }


class _Walk:
    """Collects leaves and occurrences below the person roots."""

    def __init__(self, document: Document, variables: VariableValues | None) -> None:
        self._variables = variables
        self._fragments = {
            node.name.value: node
            for node in document.node.definitions
            if isinstance(node, FragmentDefinitionNode)
        }
        self.occurrences: list[Occurrence] = []
        self.leaves: list[Selected] = []

    def fields(self, selections: SelectionSetNode | None) -> Iterator[FieldNode]:
        """Yield the fields that the Booleans of this request leave in, fragments spread."""
        for node in selections.selections if selections else ():
            if not self._included(node):
                continue
            if isinstance(node, FieldNode):
                yield node
            elif isinstance(node, FragmentSpreadNode):
                yield from self.fields(self._fragments[node.name.value].selection_set)
            elif isinstance(node, InlineFragmentNode):
                yield from self.fields(node.selection_set)

    def person(self, root: Root) -> None:
        kind = get_named_type(root.definition.type)
        response = (_key(root.node),)
        for node, field in self._children(kind, root.node):
            path = (*response, _key(node))
            definition: Any = field.extensions.get(DEFINITION)
            register = definition.metadata.get("register")
            found = tuple(self._below(node, field, (node.name.value,), path, len(path)))
            self.leaves.extend(found)
            if register:
                ids = frozenset(leaf.id for leaf in found)
                self.occurrences.append(Occurrence(register, root, field, node, path, ids))

    def _below(
        self,
        node: FieldNode,
        field: GraphQLField,
        ids: tuple[str, ...],
        response: tuple[str, ...],
        null_at: int,
    ) -> Iterator[Selected]:
        if is_leaf(field):
            yield Selected(FieldId(".".join(ids)), node, response, null_at)
            return
        children = list(self._children(get_named_type(field.type), node))
        if not children:
            # INVARIANT: existence is a fact: `{ __typename }` alone asks for a leaf below.
            leaf = first_leaf(ids, get_named_type(field.type))
            yield Selected(leaf, node, response, null_at)
        for child, definition in children:
            path = (*response, _key(child))
            nullable = not hasattr(definition.type, "of_type") or str(definition.type)[-1] != "!"
            yield from self._below(
                child,
                definition,
                (*ids, child.name.value),
                path,
                len(path) if nullable else null_at,
            )

    def _children(self, kind: Any, node: FieldNode) -> Iterator[tuple[FieldNode, GraphQLField]]:  # noqa: ANN401 — object type
        assert isinstance(kind, GraphQLObjectType)  # noqa: S101 — the published schema has no others
        for child in self.fields(node.selection_set):
            if child.name.value != "__typename":
                yield child, kind.fields[child.name.value]

    def _included(self, node: Any) -> bool:  # noqa: ANN401 — any selection
        if not node.directives or self._variables is None:
            return True
        skip = get_directive_values(GraphQLSkipDirective, node, self._variables)
        if skip and skip["if"]:
            return False
        include = get_directive_values(GraphQLIncludeDirective, node, self._variables)
        return not include or bool(include["if"])


def _key(node: FieldNode) -> str:
    return node.alias.value if node.alias else node.name.value
