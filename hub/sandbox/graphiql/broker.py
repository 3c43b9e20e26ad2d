"""What the GraphiQL page asks of the sandbox: its clients and people, and a token for one client.

The token endpoint gives access to synthetic people only, yet is closed to other sites: a page
elsewhere must not draw tokens from a hub that happens to run on its reader's machine.
"""

from collections.abc import Mapping
from typing import Final, Protocol
from urllib.parse import urlsplit

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

REQUESTED_WITH: Final = "vienreiz"
_MAX_BODY_BYTES: Final = 1024
_FORBIDDEN: Final = 403


class Broker(Protocol):
    """The sandbox's side of the page."""

    def catalogue(self) -> Mapping[str, object]:
        """Tell `clients` (each with an `id`), `personas` and `examples`, ready for JSON."""
        ...

    async def token(self, client: str) -> Mapping[str, object]:
        """Issue `access_token` and `expires_in` (seconds) to a client of the catalogue."""
        ...


class _Client(msgspec.Struct, frozen=True):
    id: str


class _Clients(msgspec.Struct, frozen=True):
    clients: list[_Client]


class _TokenRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    client: str


def routes(broker: Broker) -> list[Route]:
    """The two routes under ``/sandbox`` that the page calls."""

    async def clients(request: Request) -> Response:  # noqa: ARG001 - an endpoint's shape
        return _json(broker.catalogue())

    async def token(request: Request) -> Response:
        if not _from_own_page(request):
            return _refusal(_FORBIDDEN, "the request does not come from the sandbox's own page")
        body = await _short_body(request)
        if body is None:
            return _refusal(413, f"the body is longer than {_MAX_BODY_BYTES} bytes")
        try:
            client = msgspec.json.decode(body, type=_TokenRequest).client
        except msgspec.DecodeError:
            return _refusal(400, 'the body must be {"client": "…"}')
        if client not in _known(broker):
            return _refusal(404, "the sandbox has no such client")
        return _json(await broker.token(client))

    return [
        Route("/sandbox/clients", clients, methods=["GET"]),
        Route("/sandbox/token", token, methods=["POST"]),
    ]


def _from_own_page(request: Request) -> bool:
    """Tell whether a page of this very host asks; each sign that is absent or foreign denies.

    A browser cannot be made to send the custom header across sites without a preflight, which
    nothing here answers. Programs outside a browser send neither `Origin` nor `Sec-Fetch-Site`.
    """
    headers = request.headers
    origin = headers.get("origin")
    return (
        headers.get("x-requested-with") == REQUESTED_WITH
        and headers.get("sec-fetch-site", "same-origin") == "same-origin"
        and (origin is None or urlsplit(origin).netloc == headers.get("host"))
    )


async def _short_body(request: Request) -> bytes | None:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _MAX_BODY_BYTES:
            return None
    return body


def _known(broker: Broker) -> set[str]:
    return {client.id for client in msgspec.convert(broker.catalogue(), _Clients).clients}


def _json(content: Mapping[str, object], status: int = 200) -> Response:
    return Response(
        msgspec.json.encode(content),
        status,
        media_type="application/json",
        headers={"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"},
    )


def _refusal(status: int, message: str) -> Response:
    return _json({"error": message}, status)
