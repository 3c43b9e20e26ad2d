"""Media types and statuses of answers, as GraphQL over HTTP asks."""

import secrets
from collections.abc import Mapping, Sequence
from enum import Enum
from functools import lru_cache
from typing import Any, Final

import orjson
from starlette.responses import Response
from starlette.types import Scope, Send

from hub.caller.certificate import WRITE, Write
from hub.caller.challenge import challenge
from hub.errors import BadRequest, Code, HubError, Several, Unauthenticated
from hub.model.entry import Receipt

_MOST_ACCEPT = 50
_MOST_REMEMBERED: Final = 256


class MediaType(Enum):
    """What the hub answers in."""

    GRAPHQL = "application/graphql-response+json"
    JSON = "application/json"


def negotiate(accept: str | None) -> MediaType:
    """Return the media type for an ``Accept`` header.

    ``*/*`` and no header at all get ``application/graphql-response+json``, the type the standard
    has asked for since its watershed of 2025-01-01.

    Raises:
        BadRequest: ``not_acceptable``.
    """
    if not accept:
        return MediaType.GRAPHQL
    found = _negotiated(accept) if len(accept) < _MOST_REMEMBERED else _chosen(accept)
    if found is None:
        raise BadRequest(Code.NOT_ACCEPTABLE)
    return found


@lru_cache(maxsize=_MOST_REMEMBERED)
def _negotiated(accept: str) -> MediaType | None:
    return _chosen(accept)


def _chosen(accept: str) -> MediaType | None:
    best: tuple[float, int, MediaType] | None = None
    for part in accept.split(",")[:_MOST_ACCEPT]:
        name, *parameters = (each.strip().lower() for each in part.split(";"))
        found = _KNOWN.get(name)
        weight = _weight(parameters)
        if found and weight > 0 and _utf8(parameters):
            candidate = (weight, found[0], found[1])
            if best is None or candidate[:2] > best[:2]:
                best = candidate
    return best[2] if best else None


_KNOWN: Mapping[str, tuple[int, MediaType]] = {
    MediaType.GRAPHQL.value: (3, MediaType.GRAPHQL),
    MediaType.JSON.value: (2, MediaType.JSON),
    "application/*": (1, MediaType.GRAPHQL),
    "*/*": (0, MediaType.GRAPHQL),
}


def _weight(parameters: Sequence[str]) -> float:
    for parameter in parameters:
        if parameter.startswith("q="):
            try:
                return float(parameter[2:])
            except ValueError:
                return 0.0
    return 1.0


def _utf8(parameters: Sequence[str]) -> bool:
    return all(
        parameter.split("=", 1)[1].strip('" ') == "utf-8"
        for parameter in parameters
        if parameter.startswith("charset=")
    )


def encoded(
    data: Mapping[str, Any] | None,
    errors: Sequence[HubError],
    receipt: Receipt,
    trace: str | None = None,
) -> bytes:
    """Return the body of an executed operation.

    Args:
        data: May hold ``orjson.Fragment``s.
        errors: Refusals and failures that stand beside the data.
        receipt: Of the entry that was committed, or is on its way and awaited before the body
            leaves.
        trace: Told with a masked error; made when needed.
    """
    body: dict[str, object] = {}
    if errors:
        trace = trace or secrets.token_hex(8)
        body["errors"] = [formatted(error, trace) for error in errors]
    body["data"] = data
    body["extensions"] = {
        "receipt": {
            "id": receipt.id,
            "commitment": receipt.commitment,
            "promise": receipt.promise,
        }
    }
    return orjson.dumps(body)


async def send_answer(scope: Scope, send: Send, media: MediaType, body: bytes) -> None:
    """Send an executed operation: 200, whatever its field errors.

    At one go where the server can, so that head and body leave in one piece.
    """
    size = len(body)
    write: Write | None = scope.get("extensions", {}).get(WRITE)
    if write is not None and write(_WRITTEN[media] % size, body):
        return
    headers = [*_ANSWERED[media], (b"content-length", b"%d" % size)]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def failed(media: MediaType, error: HubError, trace: str) -> Response:
    """Return a request error: no ``data``, one entry per error, the first one's status."""
    errors = error.errors if isinstance(error, Several) else (error,)
    first = errors[0].code
    status = 200 if media is MediaType.JSON and first.legacy_ok else first.status
    body = {"errors": [formatted(each, trace) for each in errors]}
    response = _response(media, status, body)
    for name, value in _headers(errors[0]):
        response.headers[name] = value
    return response


def formatted(error: HubError, trace: str) -> dict[str, Any]:
    """Return one error as GraphQL writes it; the one shape of every error the hub tells."""
    extensions = error.extensions()
    told: dict[str, Any] = {"message": error.message}
    if locations := extensions.pop("locations", None):
        told["locations"] = locations
    if "path" in extensions:
        told["path"] = extensions.pop("path")
    if error.code is Code.INTERNAL:
        extensions["traceId"] = trace
    told["extensions"] = extensions
    return told


def _headers(error: HubError) -> list[tuple[str, str]]:
    retry = error.details.get("retryAfterSeconds")
    headers = [("retry-after", str(retry))] if retry is not None else []
    if isinstance(error, Unauthenticated):
        headers.append(("www-authenticate", challenge(error)))
    if error.code is Code.METHOD_NOT_ALLOWED:
        headers.append(("allow", str(error.details.get("allow", "POST"))))
    if error.code in (Code.REQUEST_INCOMPLETE, Code.HEADERS_TOO_LARGE):
        headers.append(("connection", "close"))
    return headers


def _response(media: MediaType, status: int, body: Mapping[str, Any]) -> Response:
    return Response(orjson.dumps(body), status, _HEADERS, media_type=_content_type(media))


def _content_type(media: MediaType) -> str:
    return f"{media.value}; charset=utf-8"


_HEADERS: Final = {"cache-control": "no-store", "x-content-type-options": "nosniff"}
_ANSWERED: Final = {
    media: [
        *((name.encode(), value.encode()) for name, value in _HEADERS.items()),
        (b"content-type", _content_type(media).encode()),
    ]
    for media in MediaType
}
_WRITTEN: Final = {
    media: b"".join(b"%b: %b\r\n" % each for each in headers) + b"content-length: %d\r\n"
    for media, headers in _ANSWERED.items()
}
