"""The published schema with the planner behind ``Schema.execute``."""

from collections import OrderedDict
from collections.abc import Iterable
from typing import Any, Final

import strawberry
from graphql import ExecutionResult as CoreResult
from graphql import OperationDefinitionNode
from graphql.execution.values import VariableValues
from strawberry.types import ExecutionResult
from strawberry.types.graphql import OperationType
from typing_extensions import override

from hub.errors import HubError
from hub.plan.compiler import Compiled, Unsupported, compile_operation
from hub.plan.documents import Document, Documents

_CAPACITY: Final = 500


class PlannedSchema(strawberry.Schema):
    """Answers planned operations from compiled plans and all others as strawberry does.

    Extensions' hooks see no planned operation, so a schema that has extensions plans nothing.

    Attributes:
        planner: Whether anything is planned.
    """

    planner: bool = True

    @override
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._documents = Documents(self._schema)
        self._plans: OrderedDict[tuple[object, ...], Compiled | None] = OrderedDict()

    @override
    async def execute(self, query: str | None, *rest: Any, **named: Any) -> ExecutionResult:
        planned = self._planned(query, *rest, **named)
        return planned or await super().execute(query, *rest, **named)

    @override
    def execute_sync(self, query: str | None, *rest: Any, **named: Any) -> ExecutionResult:
        planned = self._planned(query, *rest, **named)
        return planned or super().execute_sync(query, *rest, **named)

    def _planned(  # noqa: PLR0913, PLR0917 — strawberry's own signature
        self,
        query: str | None,
        variable_values: dict[str, Any] | None = None,
        context_value: Any = None,  # noqa: ANN401 — what resolvers read
        root_value: Any = None,  # noqa: ANN401 — as strawberry's
        operation_name: str | None = None,
        allowed_operation_types: Iterable[OperationType] | None = None,
        operation_extensions: dict[str, Any] | None = None,
    ) -> ExecutionResult | None:
        """Return the result of a planned operation; None leaves it to strawberry."""
        del root_value, operation_extensions
        if not self.planner or self.extensions or not query:
            return None
        allowed = allowed_operation_types
        if allowed is not None and OperationType.QUERY not in allowed:
            return None
        try:
            document = self._documents.read(query)
            operation = document.operation(operation_name)
            variables = document.coerce(self._schema, operation, variable_values or {})
            conditions = map(variables.coerced.get, document.conditions)
            key = (document.hash, operation_name, *conditions)
            compiled = self._compiled(key, document, operation, variables)
            result = compiled.run(context_value, variables)
        except (HubError, Unsupported):
            return None
        return self._told(result)

    def _compiled(
        self,
        key: tuple[object, ...],
        document: Document,
        operation: OperationDefinitionNode,
        variables: VariableValues,
    ) -> Compiled:
        known = self._plans.get(key)
        if known is None and key not in self._plans:
            try:
                known = compile_operation(self._schema, document.node, operation, variables)
            finally:
                self._plans[key] = known
                if len(self._plans) > _CAPACITY:
                    self._plans.popitem(last=False)
        if known is None:
            raise Unsupported
        return known

    def _told(self, result: CoreResult) -> ExecutionResult:
        if result.errors:
            self.process_errors(result.errors)
        return ExecutionResult(data=result.data, errors=result.errors, extensions={})
