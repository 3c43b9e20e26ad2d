"""The application and the server around it."""

import gc
import signal
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from types import FrameType

import uvicorn
from starlette.applications import Starlette
from starlette.routing import BaseRoute

from hub.app.wiring import Hub, Refit, open_hub
from hub.caller import TrustedProxies
from hub.caller.protocol import CertificateProtocol
from hub.http.graphql import GraphQLEndpoint, Page
from hub.http.street import street
from hub.settings import Settings

DRAIN_S = 10
"""How long requests under way may take once the server is told to stop."""


@asynccontextmanager
async def application(
    settings: Settings,
    *,
    page: Page | None = None,
    more: Sequence[BaseRoute] = (),
    hosts: Sequence[str] = (),
    refit: Refit = dict,
) -> AsyncIterator[tuple[Starlette, Hub]]:
    """Open the hub and return its application.

    Args:
        settings: What to run with.
        page: Answers browsers at ``/graphql``; the sandbox's GraphiQL.
        more: Further routes, the sandbox's.
        hosts: Host names accepted; empty accepts all.
        refit: See ``open_hub``.
    """
    async with open_hub(settings, refit=refit, ahead=True) as hub:
        endpoint = GraphQLEndpoint(
            hub.rooms, proxies=TrustedProxies.parse(settings.trusted_proxies), page=page
        )
        yield street(endpoint, probes=hub.probes, metrics=hub.metrics, more=more, hosts=hosts), hub


async def serve(settings: Settings, app: Starlette) -> None:
    """Serve ``app`` until SIGTERM or SIGINT; requests under way are finished first.

    Returns then, so that the rooms close in order. Without handlers of our own, uvicorn would
    raise the signal anew and end the process on the spot.

    What start-up made, schema and policies above all, is there to stay: the collector leaves it
    alone, for looking through it would hold up every request for 80 ms, again and again.
    """
    gc.collect()
    gc.freeze()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _heard)
    await uvicorn.Server(configuration(settings, app)).serve()


def _heard(_number: int, _frame: FrameType | None) -> None:
    """Do nothing more: uvicorn, which takes the signals while it serves, has heeded it."""


def configuration(settings: Settings, app: Starlette) -> uvicorn.Config:
    """Return uvicorn's configuration: bounded, quiet, and telling nothing of itself."""
    tls = settings.tls
    return uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        loop="uvloop",
        http=CertificateProtocol,
        ws="none",
        lifespan="off",
        proxy_headers=False,
        server_header=False,
        access_log=False,
        log_config=None,
        timeout_keep_alive=30,
        timeout_graceful_shutdown=DRAIN_S,
        limit_concurrency=2_000,
        backlog=1_024,
        ssl_certfile=tls.certificate if tls else None,
        ssl_keyfile=tls.key if tls else None,
        ssl_ca_certs=str(tls.client_ca) if tls else None,
        ssl_cert_reqs=ssl.CERT_REQUIRED if tls else ssl.CERT_NONE,
    )
