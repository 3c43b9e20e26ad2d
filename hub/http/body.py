"""Reading a request's body: bounded, UTF-8, one JSON object."""

import asyncio
import re
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import msgspec
from starlette.requests import Request
from starlette.types import Receive, Scope

from hub.caller.certificate import COMPLETE
from hub.errors import BadRequest, Code
from hub.http.head import Head, check_media_type

MAX_BODY_BYTES: Final = 256 * 1024
MAX_JSON_NESTING: Final = 32
BODY_DEADLINE_S = 10.0


class Operation(NamedTuple):
    """GraphQL parameters as sent; ``query`` is never empty."""

    query: str
    name: str | None
    variables: Mapping[str, Any]


async def read_post(
    scope: Scope, receive: Receive, head: Head, *, most_bytes: int = MAX_BODY_BYTES
) -> Operation:
    """Return the operation of a POST body.

    Raises:
        BadRequest: ``unsupported_media_type``, ``body_too_large``, ``request_incomplete``,
            ``invalid_encoding``, ``malformed_json``, ``nesting_too_deep``,
            ``batching_unsupported``, ``body_not_object``, ``query_missing``,
            ``parameter_invalid``.

    Source: GraphQL over HTTP, section 5 (2025).
    """
    check_media_type(head)
    declared = head.first(b"content-length")
    if declared and declared.isascii() and declared.isdigit() and int(declared) > most_bytes:
        raise BadRequest(Code.BODY_TOO_LARGE, limit=most_bytes)
    if scope.get("extensions", {}).get(COMPLETE):
        body = await _bounded(receive, most_bytes)  # all of it is at hand: nothing is waited for
    else:
        try:
            async with asyncio.timeout(BODY_DEADLINE_S):
                body = await _bounded(receive, most_bytes)
        except TimeoutError:
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
    extensions = sent.get("extensions")
    if extensions is not None and not isinstance(extensions, dict):
        raise BadRequest(Code.PARAMETER_INVALID, "`extensions` must be an object")
    return Operation(query, name or None, variables or {})


async def _bounded(receive: Receive, most_bytes: int) -> bytes:
    body, more = b"", True
    chunks: list[bytes] = []
    size = 0
    while more:
        if body:
            chunks.append(body)
        message = await receive()
        if message["type"] != "http.request":
            raise BadRequest(Code.REQUEST_INCOMPLETE)
        body, more = message.get("body", b""), message.get("more_body", False)
        size += len(body)
        if size > most_bytes:
            raise BadRequest(Code.BODY_TOO_LARGE, limit=most_bytes)
    return b"".join((*chunks, body)) if chunks else body


def _decode(body: bytes) -> object:
    try:
        if not body.isascii():
            body.decode()
    except UnicodeDecodeError:
        raise BadRequest(Code.INVALID_ENCODING) from None
    if _has_many(body) and _is_deep(body):
        raise BadRequest(Code.NESTING_TOO_DEEP, limit=MAX_JSON_NESTING)
    try:
        return _JSON.decode(body)
    except (msgspec.DecodeError, ValueError):
        raise BadRequest(Code.MALFORMED_JSON) from None


_JSON: Final = msgspec.json.Decoder[object]()
_STRINGS = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
_NOT_BRACKETS = bytes(set(range(256)) - set(b"{}[]"))


def _is_deep(body: bytes) -> bool:
    """Tell whether brackets outside strings are nested more deeply than is allowed."""
    outside = _STRINGS.sub(b"", body)
    return _has_many(outside) and _nesting(outside) > MAX_JSON_NESTING


def _has_many(text: bytes) -> bool:
    return text.count(b"{") + text.count(b"[") > MAX_JSON_NESTING


def _nesting(outside: bytes) -> int:
    """Return the nesting of brackets, at most one more than is allowed."""
    depth = deepest = 0
    for byte in outside.translate(None, _NOT_BRACKETS):
        depth += 1 if byte in b"{[" else -1
        deepest = max(deepest, depth)
        if deepest > MAX_JSON_NESTING:
            break
    return deepest
