"""What execution by graphql-core may show: no leaf that policy has not granted."""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from graphql import GraphQLResolveInfo, OperationDefinitionNode, is_leaf_type
from graphql.language import DocumentNode
from graphql.type import get_named_type

from hub.model.catalogue import FieldId
from hub.model.decision import Permit


class Leaf(Protocol):
    """A leaf of the operation, as the room ``plan`` reads it."""

    @property
    def id(self) -> FieldId:
        """Field id."""

    @property
    def response(self) -> tuple[str, ...]:
        """Response names from the root, lists not counted."""

    @property
    def null_at(self) -> int:
        """How many of ``response`` reach the nearest place that may be null."""


class Occurring(Protocol):
    """A register's field where it stands in the operation, as the room ``plan`` reads it."""

    @property
    def response(self) -> tuple[str, ...]:
        """Response names from the root, lists not counted."""

    @property
    def ids(self) -> frozenset[FieldId]:
        """Leaves asked below it."""


class _Text(Protocol):
    @property
    def node(self) -> DocumentNode:
        """The document."""


class Planned(Protocol):
    """What is asked, as the room ``plan`` reads it."""

    @property
    def document(self) -> _Text:
        """The document."""

    @property
    def operation(self) -> OperationDefinitionNode:
        """The operation to execute."""

    @property
    def leaves(self) -> Sequence[Leaf]:
        """Every leaf below a person."""

    @property
    def occurrences(self) -> Sequence[Occurring]:
        """Registers' fields."""


class Ungranted(Exception):
    """Execution came to a leaf that policy was never asked about: a bug, and nothing leaves."""


class Guard:
    """Stands before every resolver that graphql-core calls."""

    def __init__(self, leaves: Sequence[Leaf], permit: Permit | None) -> None:
        """Let pass those of ``leaves`` that ``permit`` grants, and what concerns no person."""
        granted = permit.granted if permit else frozenset[FieldId]()
        self._known = {leaf.response[0] for leaf in leaves}
        self._granted = {leaf.response for leaf in leaves if leaf.id in granted}

    def resolve(
        self,
        following: Callable[..., Any],
        source: Any,  # noqa: ANN401 — whatever stands above
        info: GraphQLResolveInfo[Any],
        **arguments: Any,  # noqa: ANN401 — graphql-core's
    ) -> Any:  # noqa: ANN401 — whatever it resolves to
        """Resolve, unless it is a leaf of a person that was not granted."""
        if info.field_name != "__typename" and is_leaf_type(get_named_type(info.return_type)):
            path = tuple(step for step in info.path.as_list() if isinstance(step, str))
            if path[0] in self._known and path not in self._granted:
                raise Ungranted
        return following(source, info, **arguments)
