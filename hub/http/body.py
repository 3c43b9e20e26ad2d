"""Reading a request's body: bounded, UTF-8, one JSON object."""

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
from starlette.requests import ClientDisconnect, Request

from hub.errors import BadRequest, Code

MAX_BODY_BYTES = 256 * 1024
MAX_JSON_NESTING = 32
BODY_DEADLINE_S = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """GraphQL parameters as sent; ``query`` is never empty."""

    query: str
    name: str | None = None
    variables: Mapping[str, Any] = field(default_factory=dict)


async def read_post(request: Request, *, most_bytes: int = MAX_BODY_BYTES) -> Operation:
    """Return the operation of a POST body.

    Raises:
        BadRequest: ``unsupported_media_type``, ``body_too_large``, ``request_incomplete``,
            ``invalid_encoding``, ``malformed_json``, ``nesting_too_deep``,
            ``batching_unsupported``, ``body_not_object``, ``query_missing``,
            ``parameter_invalid``.

    Source: GraphQL over HTTP, section 5 (2025).
    """
    _check_media_type(request)
    try:
        async with asyncio.timeout(BODY_DEADLINE_S):
            body = await _bounded(request, most_bytes)
    except (TimeoutError, ClientDisconnect):
        raise BadRequest(Code.REQUEST_INCOMPLETE) from None
    return read_parameters(_decode(body))


def read_get(request: Request) -> Operation:
    """Return the operation of a GET request's query string.

    Raises:
        BadRequest: As ``read_post``; ``parameter_invalid`` for a repeated parameter.
    """
    query = request.query_params
    if len(query.multi_items()) != len(query):
        raise BadRequest(Code.PARAMETER_INVALID, "a parameter is repeated")
    sent: dict[str, Any] = {key: query[key] for key in ("query", "operationName") if key in query}
    for key in ("variables", "extensions"):
        if query.get(key):
            sent[key] = _decode(query[key].encode())
    return read_parameters(sent)


def read_parameters(sent: object) -> Operation:
    """Check the well-known parameters of a decoded request."""
    if isinstance(sent, list):
        raise BadRequest(Code.BATCHING_UNSUPPORTED)
    if not isinstance(sent, dict):
        raise BadRequest(Code.BODY_NOT_OBJECT)
    query = sent.get("query")
    if query is None or query == "":
        raise BadRequest(Code.QUERY_MISSING)
    if not isinstance(query, str):
        raise BadRequest(Code.PARAMETER_INVALID, "`query` must be a string")
    name, variables = sent.get("operationName"), sent.get("variables")
    if name is not None and not isinstance(name, str):
        raise BadRequest(Code.PARAMETER_INVALID, "`operationName` must be a string")
    if variables is not None and not isinstance(variables, dict):
        raise BadRequest(Code.PARAMETER_INVALID, "`variables` must be an object")
    if not isinstance(sent.get("extensions", {}), dict | None):
        raise BadRequest(Code.PARAMETER_INVALID, "`extensions` must be an object")
    return Operation(query=query, name=name or None, variables=variables or {})


def _check_media_type(request: Request) -> None:
    sent = request.headers.getlist("content-type")
    media, *parameters = sent[0].lower().split(";") if len(sent) == 1 else [""]
    charset = [each.strip() for each in parameters if each.strip().startswith("charset")]
    if media.strip() != "application/json" or charset not in (
        [],
        ["charset=utf-8"],
        ['charset="utf-8"'],
    ):
        raise BadRequest(Code.UNSUPPORTED_MEDIA_TYPE)
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise BadRequest(Code.UNSUPPORTED_MEDIA_TYPE, "compressed bodies are not accepted")


async def _bounded(request: Request, most_bytes: int) -> bytes:
    declared = request.headers.get("content-length", "0")
    if declared.isdigit() and int(declared) > most_bytes:
        raise BadRequest(Code.BODY_TOO_LARGE, limit=most_bytes)
    chunks: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > most_bytes:
            raise BadRequest(Code.BODY_TOO_LARGE, limit=most_bytes)
        chunks.append(chunk)
    return b"".join(chunks)


def _decode(body: bytes) -> object:
    try:
        body.decode()
    except UnicodeDecodeError:
        raise BadRequest(Code.INVALID_ENCODING) from None
    if _nesting(body) > MAX_JSON_NESTING:
        raise BadRequest(Code.NESTING_TOO_DEEP, limit=MAX_JSON_NESTING)
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        raise BadRequest(Code.MALFORMED_JSON) from None


_STRINGS = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
_NOT_BRACKETS = bytes(set(range(256)) - set(b"{}[]"))


def _nesting(body: bytes) -> int:
    """Return the nesting of brackets outside strings, at most one more than is allowed."""
    depth = deepest = 0
    for byte in _STRINGS.sub(b"", body).translate(None, _NOT_BRACKETS):
        depth += 1 if byte in b"{[" else -1
        deepest = max(deepest, depth)
        if deepest > MAX_JSON_NESTING:
            break
    return deepest
