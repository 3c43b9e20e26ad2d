"""What an operation selects, merged and ordered by graphql-core's own field collection.

The tree is all that the planner knows of a document: the generated code and the exact pass are
two readings of it. Whatever it cannot hold is ``Unsupported`` and is graphql-core's to answer.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLField,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    get_named_type,
    is_abstract_type,
    is_non_null_type,
)
from graphql.execution.collect_fields import (
    FieldDetailsList,
    FragmentDetails,
    GroupedFieldSet,
    collect_fields,
    collect_subfields,
)
from graphql.execution.values import VariableValues

from hub.model.catalogue import FieldId
from hub.plan.arguments import Arguments, read_arguments
from hub.plan.catalogue import DEFINITION, first_leaf, is_leaf
from hub.plan.conditions import only_conditions

_PERSON_ROOTS: Final = frozenset({"person", "persons"})
_CODE: Final = "personal_code"


class Unsupported(Exception):
    """The document asks for something that plans do not cover: graphql-core answers it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Constant:
    """A response name with the same value for everybody: a type's name, or a withheld null."""

    key: str
    value: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A field read from an attribute.

    Attributes:
        attribute: Of the published object; the schema's own word, never the client's.
        parent: Type it stands in.
        below: Selection, where the field's type is an object; it may be empty. None for a leaf.
    """

    key: str
    attribute: str
    type: GraphQLOutputType
    nodes: Sequence[FieldNode]
    parent: GraphQLObjectType
    below: "tuple[Selection, ...] | None" = None

    @property
    def name(self) -> str:
        """Name of the field in the schema."""
        return self.nodes[0].name.value


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A register's field of one person.

    Attributes:
        place: Position among the operation's parts.
        leaves: Ids of leaves asked below it and not denied.
    """

    place: int
    register: str
    arguments: Arguments
    column: Column
    leaves: frozenset[FieldId]


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """``Person.absences``: what is missing, published by ``publish``."""

    column: Column
    publish: Callable[[Any], object]


Selection: TypeAlias = Constant | Column
PersonSelection: TypeAlias = Constant | Column | Part | Missing


@dataclass(frozen=True, slots=True, kw_only=True)
class Root:
    """A root field about persons.

    Attributes:
        kind: ``person`` or ``persons``.
        arguments: Hold the codes asked.
        column: Its type and nodes; ``attribute`` is not read.
        parts: Those of ``below`` that are registers' fields, in order.
    """

    kind: str
    arguments: Arguments
    column: Column
    below: tuple[PersonSelection, ...]
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """A whole operation.

    Attributes:
        ids: Every leaf asked, those denied among them.
    """

    roots: tuple[Constant | Root, ...]
    parts: tuple[Part, ...]
    ids: frozenset[FieldId]


def read_tree(
    schema: GraphQLSchema,
    document: DocumentNode,
    operation: OperationDefinitionNode,
    variables: VariableValues,
    denied: Collection[FieldId],
) -> Tree:
    """Return what ``operation`` selects; of ``variables`` only Booleans of directives matter.

    Raises:
        Unsupported: Plans do not cover it.
    """
    if operation.operation is not OperationType.QUERY:
        raise Unsupported
    if not only_conditions(document):
        raise Unsupported
    try:
        return _Reader(schema, document, operation, variables, denied).read()
    except GraphQLError as wrong:  # a condition that is null: graphql-core tells where
        raise Unsupported from wrong


class _Nulled(Exception):
    """A denied leaf may not be null here: the nearest place above that may be null, is."""


@dataclass(slots=True)
class _Below:
    """What is known of the way down: field names below ``Person``, and leaves met."""

    ids: tuple[str, ...] = ()
    leaves: set[FieldId] = field(default_factory=set)


class _Reader:
    """Reads one operation."""

    def __init__(
        self,
        schema: GraphQLSchema,
        document: DocumentNode,
        operation: OperationDefinitionNode,
        variables: VariableValues,
        denied: Collection[FieldId],
    ) -> None:
        self._schema = schema
        self._operation = operation
        self._variables = variables
        self._denied = denied
        self._fragments = {
            node.name.value: FragmentDetails(node, None)
            for node in document.definitions
            if isinstance(node, FragmentDefinitionNode)
        }
        self._parts: list[Part] = []
        self._ids: set[FieldId] = set()

    def read(self) -> Tree:
        query = self._schema.query_type
        if query is None or self._operation.operation is not OperationType.QUERY:
            raise Unsupported
        collected = collect_fields(
            self._schema,
            self._fragments,
            self._variables,
            query,
            self._operation,
            hide_suggestions=True,
        )
        roots = tuple(
            self._root(query, key, details) for key, details in _grouped(collected).items()
        )
        return Tree(roots=roots, parts=tuple(self._parts), ids=frozenset(self._ids))

    def _root(
        self, query: GraphQLObjectType, key: str, details: FieldDetailsList
    ) -> Constant | Root:
        nodes = [each.node for each in details]
        name = nodes[0].name.value
        if name == "__typename":
            return Constant(key=key, value=query.name)
        definition = query.fields.get(name)
        if definition is None or _metadata(definition).get("root") not in _PERSON_ROOTS:
            raise Unsupported
        person = _object(definition)
        first = len(self._parts)
        below = tuple(
            self._of_person(person, below_key, below_details)
            for below_key, below_details in self._children(person, details).items()
        )
        return Root(
            kind=name,
            arguments=read_arguments(definition, nodes[0]),
            column=_column(query, definition, key, nodes, ""),
            below=below,
            parts=tuple(self._parts[first:]),
        )

    def _of_person(
        self, person: GraphQLObjectType, key: str, details: FieldDetailsList
    ) -> PersonSelection:
        nodes = [each.node for each in details]
        name = nodes[0].name.value
        if name == "__typename":
            return Constant(key=key, value=person.name)
        definition = person.fields[name]
        known = _metadata(definition)
        if "register" in known:
            return self._part(person, definition, key, details)
        at = _Below((name,), self._ids)
        if "publish" in known:
            below = self._selections(_object(definition), details, at)
            column = _column(person, definition, key, nodes, "", below)
            return Missing(column=column, publish=known["publish"])
        if definition.extensions[DEFINITION].python_name != _CODE:
            raise Unsupported
        try:
            return self._field(person, definition, key, details, at)
        except _Nulled:
            return Constant(key=key, value=None)

    def _part(
        self,
        person: GraphQLObjectType,
        definition: GraphQLField,
        key: str,
        details: FieldDetailsList,
    ) -> Constant | Part:
        if is_non_null_type(definition.type):
            raise Unsupported
        nodes = [each.node for each in details]
        at = _Below((nodes[0].name.value,))
        try:
            below = self._selections(_object(definition), details, at)
        except _Nulled:
            self._ids |= at.leaves
            return Constant(key=key, value=None)
        self._ids |= at.leaves
        granted = at.leaves.difference(self._denied)
        if not granted:
            return Constant(key=key, value=None)
        part = Part(
            place=len(self._parts),
            register=_metadata(definition)["register"],
            arguments=read_arguments(definition, nodes[0]),
            column=_column(person, definition, key, nodes, "", below),
            leaves=frozenset(granted),
        )
        self._parts.append(part)
        return part

    def _selections(
        self, kind: GraphQLObjectType, details: FieldDetailsList, at: _Below
    ) -> tuple[Selection, ...]:
        """Read a selection set to its end, so that all of its leaves are known when it is null."""
        found: list[Selection] = []
        nulled = False
        for key, below in self._children(kind, details).items():
            try:
                found.append(self._selection(kind, key, below, at))
            except _Nulled:
                nulled = True
        if all(isinstance(each, Constant) and each.value for each in found) and not nulled:
            # INVARIANT: existence is a fact: `{ __typename }` alone asks for a leaf below.
            leaf = first_leaf(at.ids, kind)
            at.leaves.add(leaf)
            nulled = leaf in self._denied
        if nulled:
            raise _Nulled
        return tuple(found)

    def _selection(
        self, kind: GraphQLObjectType, key: str, details: FieldDetailsList, at: _Below
    ) -> Selection:
        name = details[0].node.name.value
        if name == "__typename":
            return Constant(key=key, value=kind.name)
        definition = kind.fields[name]
        try:
            return self._field(kind, definition, key, details, _Below((*at.ids, name), at.leaves))
        except _Nulled:
            if is_non_null_type(definition.type):
                raise
            return Constant(key=key, value=None)

    def _field(
        self,
        kind: GraphQLObjectType,
        definition: GraphQLField,
        key: str,
        details: FieldDetailsList,
        at: _Below,
    ) -> Column:
        known: Any = definition.extensions.get(DEFINITION)
        if known is None or not known.is_basic_field or definition.args:
            raise Unsupported
        nodes = [each.node for each in details]
        if is_leaf(definition):
            leaf = FieldId(".".join(at.ids))
            at.leaves.add(leaf)
            if leaf in self._denied:
                raise _Nulled
            return _column(kind, definition, key, nodes, known.python_name)
        below = self._selections(_object(definition), details, at)
        return _column(kind, definition, key, nodes, known.python_name, below)

    def _children(self, kind: GraphQLObjectType, details: FieldDetailsList) -> GroupedFieldSet:
        return _grouped(
            collect_subfields(
                self._schema,
                self._fragments,
                self._variables,
                self._operation,
                kind,
                details,
                hide_suggestions=True,
            )
        )


def _grouped(collected: Any) -> GroupedFieldSet:  # noqa: ANN401 — graphql-core's own, kept internal
    if collected.new_defer_usages:
        raise Unsupported
    grouped: GroupedFieldSet = collected.grouped_field_set
    return grouped


def _metadata(definition: GraphQLField) -> Mapping[str, Any]:
    known: Any = definition.extensions.get(DEFINITION)
    return known.metadata if known is not None else {}


def _object(definition: GraphQLField) -> GraphQLObjectType:
    kind = get_named_type(definition.type)
    if is_abstract_type(kind) or not isinstance(kind, GraphQLObjectType) or kind.is_type_of:
        raise Unsupported
    return kind


def _column(
    parent: GraphQLObjectType,
    definition: GraphQLField,
    key: str,
    nodes: Sequence[FieldNode],
    attribute: str,
    below: tuple[Selection, ...] | None = None,
) -> Column:
    return Column(
        key=key,
        attribute=attribute,
        type=definition.type,
        nodes=nodes,
        parent=parent,
        below=below,
    )
