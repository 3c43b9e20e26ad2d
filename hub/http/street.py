"""The application behind the street door: routes, and one shape for every error."""

import secrets
from collections.abc import Mapping, Sequence
from ipaddress import ip_address
from typing import Final

from prometheus_client import CollectorRegistry
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from hub.caller.certificate import UNIX, connection_of
from hub.errors import BadRequest, Code, HubError, Internal
from hub.http.front import PATH, Front
from hub.http.graphql import GraphQLEndpoint
from hub.http.health import Probe, routes
from hub.http.media import MediaType, failed

_ONLY: Final = "this method is not served here"


def street(
    endpoint: GraphQLEndpoint,
    *,
    probes: Mapping[str, Probe],
    metrics: CollectorRegistry,
    more: Sequence[BaseRoute] = (),
    hosts: Sequence[str] = (),
) -> Starlette:
    """Return the application.

    Args:
        endpoint: Serves ``/graphql``.
        probes: What ``/readyz`` asks.
        metrics: What ``/metrics`` tells this machine alone; no person and no agreement is a label
            there.
        more: Further routes, the sandbox's.
        hosts: Host names accepted; empty accepts all (a proxy decides).
    """

    def told(request: Request) -> Response:
        if not _is_near(request):
            raise HTTPException(404)
        return Response(generate_latest(metrics), media_type=CONTENT_TYPE_LATEST)

    app = Front(
        endpoint,
        hosts=hosts,
        routes=[
            Route(PATH, endpoint),  # no function, so its route accepts every method
            Route("/metrics", told, methods=["GET"]),
            *routes(probes),
            *more,
        ],
    )
    app.add_exception_handler(HTTPException, _plain)
    app.router.redirect_slashes = False  # a redirection repeats the address
    return app


def _is_near(request: Request) -> bool:
    """Tell whether the other side is this machine; what metrics tell is for nobody else."""
    peer = connection_of(request.scope).peer
    try:
        return peer == UNIX or ip_address(peer or "").is_loopback
    except ValueError:
        return False


async def _plain(_request: Request, error: Exception) -> Response:
    """Answer an unknown path or method in the shape of every error, without repeating it."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    told: HubError = Internal(Code.INTERNAL)
    if status == 404:  # noqa: PLR2004 — HTTP's own number
        told = BadRequest(Code.PATH_UNKNOWN)
    elif status == 405:  # noqa: PLR2004 — HTTP's own number
        sent = getattr(error, "headers", None) or {}
        told = BadRequest(Code.METHOD_NOT_ALLOWED, _ONLY, allow=sent.get("Allow", "GET"))
    return failed(MediaType.JSON, told, secrets.token_hex(8))
