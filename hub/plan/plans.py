"""Plans: read once per document, operation and the Booleans that decide what is asked."""

from collections import OrderedDict
from typing import Final, TypeAlias

from graphql import GraphQLSchema, OperationDefinitionNode
from graphql.execution.values import VariableValues

from hub.plan.documents import CHARACTERS_KEPT, Document
from hub.plan.operation import Plan, read_plan

Key: TypeAlias = tuple[str, str, tuple[object, ...] | None]

_CAPACITY: Final = 128


class Plans:
    """Reads plans; those used last are kept.

    Nothing of a person is kept with them: of all variables only the Booleans of ``@skip`` and
    ``@include`` are looked at.
    """

    def __init__(
        self,
        schema: GraphQLSchema,
        *,
        capacity: int = _CAPACITY,
        capacity_characters: int = CHARACTERS_KEPT,
    ) -> None:
        """Read against ``schema``.

        Args:
            schema: What is published.
            capacity: Most plans kept.
            capacity_characters: Most characters of text of all plans' documents, of which each
                plan holds its own.
        """
        self._schema = schema
        self._capacity = capacity
        self._capacity_characters = capacity_characters
        self._characters = 0
        self._kept: OrderedDict[Key, Plan] = OrderedDict()

    def read(
        self,
        document: Document,
        operation: OperationDefinitionNode,
        variables: VariableValues | None,
    ) -> Plan:
        """Return the plan of one of the document's operations; see ``read_plan``."""
        name = operation.name.value if operation.name else ""
        key = (document.hash, name, _booleans(document, variables))
        plan = self._kept.get(key)
        if plan is not None:
            self._kept.move_to_end(key)
            return plan
        plan = self._kept[key] = read_plan(self._schema, document, operation, variables)
        self._characters += document.characters
        while len(self._kept) > self._capacity or self._characters > self._capacity_characters:
            _, oldest = self._kept.popitem(last=False)
            self._characters -= oldest.document.characters
        return plan


def _booleans(document: Document, variables: VariableValues | None) -> tuple[object, ...] | None:
    if variables is None:
        return None
    return tuple(variables.coerced.get(name) for name in document.conditions)
