"""The published schema with the planner behind ``Schema.execute``."""

from collections import OrderedDict
from collections.abc import Iterable
from typing import Any, Final

import strawberry
from graphql import ExecutionResult as CoreResult
from strawberry.types import ExecutionResult
from strawberry.types.graphql import OperationType
from typing_extensions import override

from hub.errors import HubError
from hub.plan.compiler import Compiled, Unsupported, compile_operation
from hub.plan.documents import Document, Documents
from hub.plan.variables import coerce

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
    async def execute(
        self,
        query: str | None,
        variable_values: dict[str, Any] | None = None,
        context_value: Any | None = None,
        root_value: Any | None = None,
        operation_name: str | None = None,
        allowed_operation_types: Iterable[OperationType] | None = None,
        operation_extensions: dict[str, Any] | None = None,
    ) -> ExecutionResult:
        planned = self._planned(
            query, variable_values, context_value, operation_name, allowed_operation_types
        )
        return planned or await super().execute(
            query,
            variable_values,
            context_value,
            root_value,
            operation_name,
            allowed_operation_types,
            operation_extensions,
        )

    @override
    def execute_sync(
        self,
        query: str | None,
        variable_values: dict[str, Any] | None = None,
        context_value: Any | None = None,
        root_value: Any | None = None,
        operation_name: str | None = None,
        allowed_operation_types: Iterable[OperationType] | None = None,
        operation_extensions: dict[str, Any] | None = None,
    ) -> ExecutionResult:
        planned = self._planned(
            query, variable_values, context_value, operation_name, allowed_operation_types
        )
        return planned or super().execute_sync(
            query,
            variable_values,
            context_value,
            root_value,
            operation_name,
            allowed_operation_types,
            operation_extensions,
        )

    def _planned(
        self,
        query: str | None,
        sent: dict[str, Any] | None,
        context: Any,  # noqa: ANN401 — what resolvers read
        name: str | None,
        allowed: Iterable[OperationType] | None,
    ) -> ExecutionResult | None:
        """Return the result of a planned operation; None leaves it to strawberry."""
        if not self.planner or self.extensions or not query:
            return None
        if allowed is not None and OperationType.QUERY not in allowed:
            return None
        try:
            document = self._documents.read(query)
            operation = document.operation(name)
            variables = coerce(self._schema, operation, sent or {})
            key = (document.hash, name, *map(variables.coerced.get, document.conditions))
            result = self._compiled(key, document, name, variables).run(context, variables)
        except (HubError, Unsupported):
            return None
        return self._told(result)

    def _compiled(
        self,
        key: tuple[object, ...],
        document: Document,
        name: str | None,
        variables: Any,  # noqa: ANN401 — graphql-core's
    ) -> Compiled:
        known = self._plans.get(key)
        if known is None and key not in self._plans:
            try:
                known = compile_operation(
                    self._schema, document.node, document.operation(name), variables
                )
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
