"""Execution: graphql-core walks the operation over answers that are already there."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import Any

import structlog
from graphql import (
    DocumentNode,
    ExecutionResult,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLSchema,
    InlineFragmentNode,
    MiddlewareManager,
    NameNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    default_field_resolver,
    default_type_resolver,
    get_operation_ast,
)
from graphql.execution.collect_fields import FragmentDetails
from graphql.execution.execute import assume_not_async_iterable, assume_not_awaitable
from graphql.execution.executor_throwing_on_incremental import ExecutorThrowingOnIncremental
from graphql.execution.values import VariableValues

from hub.assemble.answers import Answers
from hub.assemble.guard import Guard, Planned
from hub.assemble.told import Told
from hub.errors import Code, HubError, RegisterError
from hub.model.catalogue import FieldId
from hub.model.decision import Permit

log = structlog.get_logger()


def render(
    schema: GraphQLSchema,
    plan: Planned,
    permit: Permit | None,
    variables: VariableValues,
    answers: Answers,
) -> tuple[dict[str, Any] | None, list[HubError]]:
    """Return the answer's data and errors, as graphql-core executes it.

    Args:
        schema: What is published.
        plan: What is asked.
        permit: What is granted of it; None where nothing of a person is asked.
        variables: Coerced already, as happened before anything was asked.
        answers: What resolvers read.
    """
    denied = {verdict.field for verdict in permit.withheld} if permit else set()
    document = masked(plan.document.node, plan.operation, denied) if denied else plan.document.node
    result = executed(
        schema, document, plan.operation, variables, answers, Guard(plan.leaves, permit)
    )
    data: dict[str, Any] | None = result.data
    withhold(data, _withheld(plan, denied))
    return data, malformed(result.errors or ())


def _withheld(plan: Planned, denied: AbstractSet[FieldId]) -> list[tuple[str, ...]]:
    """Return where nulls stand: a register of which nothing asked is granted is null itself."""
    places = [leaf.response[: leaf.null_at] for leaf in plan.leaves if leaf.id in denied]
    granted = {each.response for each in plan.occurrences if not each.ids <= denied}
    places += [each.response for each in plan.occurrences if each.response not in granted]
    return places


def malformed(errors: Iterable[GraphQLError]) -> list[HubError]:
    """Return one error per register for the fields of its that could not be told.

    A leaf that does not fit its type is the register's fault, not the caller's: the error names
    the register once and repeats nothing of the value.
    """
    found: dict[str, HubError] = {}
    for error in errors:
        register = _register_of(error.path)
        log.error("register_malformed", register=register)
        found.setdefault(register, RegisterError(Code.REGISTER_MALFORMED, register=register))
    return list(found.values())


def executed(
    schema: GraphQLSchema,
    document: DocumentNode,
    operation: OperationDefinitionNode,
    variables: VariableValues,
    answers: Answers | Told,
    guard: Guard | None = None,
) -> ExecutionResult:
    """Execute without graphql-core's own coercion of variables, which is half of its work.

    Every resolver here is synchronous, as ``execute_sync`` assumes too.
    """
    fragments = {
        node.name.value: node
        for node in document.definitions
        if isinstance(node, FragmentDefinitionNode)
    }
    named = operation.name.value if operation.name else None
    chosen = get_operation_ast(document, named)
    assert chosen is not None  # noqa: S101 — the operation is one of the document's
    result: Any = ExecutorThrowingOnIncremental(
        schema,
        fragments,
        {name: FragmentDetails(node, None) for name, node in fragments.items()},
        None,
        answers,
        chosen,
        variables,
        default_field_resolver,
        default_type_resolver,
        default_field_resolver,
        middleware_manager=MiddlewareManager(guard) if guard else None,
        is_awaitable=assume_not_awaitable,
        is_async_iterable=assume_not_async_iterable,
        hide_suggestions=True,
    ).execute_operation()
    told: ExecutionResult = result
    return told


def _register_of(path: Sequence[str | int] | None) -> str:
    names = [step for step in path or () if isinstance(step, str)]
    return names[1] if len(names) > 1 else ""


def masked(
    document: DocumentNode, operation: OperationDefinitionNode, denied: Collection[FieldId]
) -> DocumentNode:
    """Return ``operation`` alone with ``denied`` leaves asking for nothing.

    Fragments are spread in place, so that a leaf denied at one path stays granted at another; a
    denied leaf keeps its place and response name, and ``withhold`` sets its null afterwards.
    """
    fragments = {
        node.name.value: node
        for node in document.definitions
        if isinstance(node, FragmentDefinitionNode)
    }
    mask = _Mask(fragments, denied)
    roots = mask.roots(operation.selection_set)
    return DocumentNode(definitions=(replace(operation, selection_set=roots),))


class _Mask:
    """Rewrites selections below ``Person``."""

    def __init__(
        self, fragments: Mapping[str, FragmentDefinitionNode], denied: Collection[FieldId]
    ) -> None:
        self._fragments = fragments
        self._denied = denied

    def roots(self, node: SelectionSetNode) -> SelectionSetNode:
        return self._below(node, None)

    def _below(self, node: SelectionSetNode, path: tuple[str, ...] | None) -> SelectionSetNode:
        return replace(node, selections=tuple(self._one(each, path) for each in node.selections))

    def _one(self, node: SelectionNode, path: tuple[str, ...] | None) -> SelectionNode:
        if isinstance(node, FragmentSpreadNode):
            fragment = self._fragments[node.name.value]
            return InlineFragmentNode(
                type_condition=fragment.type_condition,
                directives=node.directives,
                selection_set=self._below(fragment.selection_set, path),
            )
        if isinstance(node, InlineFragmentNode):
            return replace(node, selection_set=self._below(node.selection_set, path))
        if not isinstance(node, FieldNode):  # pragma: no cover — GraphQL has three kinds
            return node
        below = () if path is None else (*path, node.name.value)
        if node.selection_set:
            return replace(node, selection_set=self._below(node.selection_set, below))
        if ".".join(below) in self._denied:
            return replace(
                node, alias=node.alias or node.name, name=NameNode(value="__typename"), arguments=()
            )
        return node


def withhold(data: dict[str, Any] | None, places: Sequence[tuple[str, ...]]) -> None:
    """Set null at every place of ``data`` that ``places`` (response names) lead to."""
    for place in places:
        _null(data, place)


def _null(value: Any, place: tuple[str, ...]) -> None:  # noqa: ANN401 — JSON
    if isinstance(value, list):
        for item in value:
            _null(item, place)
    elif isinstance(value, dict) and place[0] in value:
        if len(place) == 1:
            value[place[0]] = None
        else:
            _null(value[place[0]], place[1:])
