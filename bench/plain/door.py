"""Strawberry's own view, with the guard before it and orjson on both sides."""

from collections.abc import Mapping
from typing import Any

import orjson
import strawberry
from cross_web import AsyncHTTPRequestAdapter, HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL
from strawberry.http import GraphQLRequestData
from strawberry.types import ExecutionResult, SubscriptionExecutionResult

from bench.plain.guard import Journal, Tokens, Unverified
from bench.plain.registers import Desk
from hub.ports import Clock, Connector


class Door(GraphQL[Desk, None]):
    """``POST`` anywhere: token, audit row, execution, answer."""

    def __init__(
        self,
        schema: strawberry.Schema,
        *,
        connectors: Mapping[str, Connector],
        clock: Clock,
        tokens: Tokens,
        journal: Journal,
    ) -> None:
        super().__init__(schema, graphql_ide=None)
        self._connectors = connectors
        self._clock = clock
        self._tokens = tokens
        self._journal = journal

    async def get_context(
        self, request: Request | WebSocket, response: Response | WebSocket
    ) -> Desk:
        del response
        try:
            client = self._tokens.client(request.headers.get("authorization", ""))
        except Unverified:
            raise HTTPException(401, "who asks?") from None
        return Desk(self._connectors, self._clock, client)

    async def execute_operation(
        self,
        request: Request,
        request_adapter: AsyncHTTPRequestAdapter,
        request_data: GraphQLRequestData | list[GraphQLRequestData],
        context: Desk,
        root_value: None,
        sub_response: Response,
    ) -> ExecutionResult | list[ExecutionResult] | SubscriptionExecutionResult:
        if isinstance(request_data, list):
            raise HTTPException(400, "one operation at a time")
        await self._journal.write(context.client, request_data.query, request_data.variables)
        return await super().execute_operation(
            request, request_adapter, request_data, context, root_value, sub_response
        )

    def decode_json(self, data: str | bytes) -> Any:  # noqa: ANN401 — whatever was sent
        return orjson.loads(data)

    def encode_json(self, data: object) -> bytes:
        return orjson.dumps(data)
