"""The application and the server around it: one process, or several side by side."""

import asyncio
import gc
import signal
import socket
import ssl
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from types import FrameType
from typing import Any, Final, TypeVar

import uvicorn
import uvloop
from prometheus_client import CollectorRegistry
from starlette.applications import Starlette
from starlette.routing import BaseRoute

from hub.app import publication
from hub.app.seat import Seat
from hub.app.shared import SharedServer, tied
from hub.app.sockets import BACKLOG, bound
from hub.app.tally import Tally, kept
from hub.app.wiring import Hub, Refit, open_hub
from hub.app.workers import Supervisor
from hub.caller import TrustedProxies
from hub.caller.protocol import CertificateProtocol
from hub.http.graphql import GraphQLEndpoint, Page
from hub.http.log import log_routes
from hub.http.street import street
from hub.settings import Settings

DRAIN_S: Final = 10
"""How long requests under way may take once the server is told to stop."""

T = TypeVar("T")

_SLACK_S: Final = 3.0
_THRESHOLDS: Final = (10_000, 20, 20)

Opening = Callable[[CollectorRegistry | None], AbstractAsyncContextManager[tuple[Starlette, Hub]]]
"""Opens an application that tells the metrics given, or else its own."""


@asynccontextmanager
async def application(
    settings: Settings,
    metrics: CollectorRegistry | None = None,
    *,
    page: Page | None = None,
    more: Sequence[BaseRoute] = (),
    hosts: Sequence[str] = (),
    refit: Refit = dict,
) -> AsyncIterator[tuple[Starlette, Hub]]:
    """Open the hub and return its application.

    Args:
        settings: What to run with.
        metrics: What ``/metrics`` tells; None: this process's own.
        page: Answers browsers at ``/graphql``; the sandbox's GraphiQL.
        more: Further routes, the sandbox's.
        hosts: Host names accepted; empty accepts all.
        refit: See ``open_hub``.
    """
    async with open_hub(settings, refit=refit, ahead=True) as hub:
        proxies = TrustedProxies.parse(settings.trusted_proxies)
        endpoint = GraphQLEndpoint(hub.rooms, proxies=proxies, page=page)
        told = metrics or hub.metrics
        more = [*log_routes(hub.tree, hub.rooms, proxies), *more] if hub.tree else more
        yield street(endpoint, probes=hub.probes, metrics=told, more=more, hosts=hosts), hub


def serve(settings: Settings, opening: Opening) -> None:
    """Serve until SIGTERM or SIGINT; requests under way are finished first.

    Args:
        settings: What to run with, the number of workers included.
        opening: Opens the application; each worker opens its own.

    Raises:
        Misconfigured: The port is taken, or the application cannot be opened.
    """
    sockets = bound(settings.host, settings.port)
    if settings.workers == 1:
        _run(_alone(settings, opening, sockets))
        return
    publication.catalogue()  # what all workers import is imported once
    gc.freeze()
    with kept() as tally:
        work = partial(_work, settings, opening, sockets, tally)
        drain_s = DRAIN_S + _SLACK_S
        Supervisor(work, sockets, workers=settings.workers, drain_s=drain_s).run()


def _work(
    settings: Settings,
    opening: Opening,
    sockets: Sequence[socket.socket],
    tally: Tally,
    seat: Seat,
) -> None:
    tally.sit(seat.number)
    if _run(_beside_others(settings, partial(opening, tally.registry()), sockets, seat)):
        tally.remove()


def _run(work: Coroutine[Any, Any, T]) -> T:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(work)


async def _alone(settings: Settings, opening: Opening, sockets: Sequence[socket.socket]) -> None:
    async with opening(None) as (app, _):
        _settle()
        await uvicorn.Server(configuration(settings, app)).serve(sockets=list(sockets))


async def _beside_others(
    settings: Settings,
    opening: Callable[[], AbstractAsyncContextManager[tuple[Starlette, Hub]]],
    sockets: Sequence[socket.socket],
    seat: Seat,
) -> bool:
    """Serve as one of several; tell whether it ended because the supervisor is gone."""
    with tied(seat.lifeline) as gone:
        async with opening() as (app, _), asyncio.TaskGroup() as group:
            _settle()
            await SharedServer(configuration(settings, app), sockets, group, seat).serve()
        return gone.is_set()


def _settle() -> None:
    """Make ready to serve: what start-up made is there to stay, and signals end what is under way.

    The collector leaves alone what start-up made, schema and policies above all: looking through
    it would hold up every request for 80 ms, again and again. Without handlers of our own, uvicorn
    would raise a signal anew and end the process on the spot; so the rooms close in order.
    """
    gc.freeze()
    gc.set_threshold(*_THRESHOLDS)
    gc.enable()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _heard)


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
        backlog=BACKLOG,
        ssl_certfile=tls.certificate if tls else None,
        ssl_keyfile=tls.key if tls else None,
        ssl_ca_certs=str(tls.client_ca) if tls else None,
        ssl_cert_reqs=ssl.CERT_REQUIRED if tls else ssl.CERT_NONE,
    )
