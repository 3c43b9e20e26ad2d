"""The way in for questions by POST: straight to the endpoint, past the routes and their wrappings.

What is asked here is only which way a request goes. Every rule about it stands in the endpoint,
and in the framework's own guard of host names, so both ways answer alike.
"""

from collections.abc import Sequence
from typing import Final

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from typing_extensions import override

PATH: Final = "/graphql"
MOST_HOSTS: Final = 64
_LONGEST: Final = 256


class Front(Starlette):
    """The application behind the street door, with a short way in for questions by POST."""

    def __init__(
        self, endpoint: ASGIApp, *, hosts: Sequence[str] = (), routes: Sequence[BaseRoute]
    ) -> None:
        """Serve ``routes``, one of which leads to ``endpoint`` too, under ``hosts`` alone."""
        guard = [Middleware(TrustedHostMiddleware, allowed_hosts=list(hosts))] if hosts else []
        super().__init__(routes=routes, middleware=guard)
        self._endpoint = endpoint
        self._hosts = Hosts(hosts) if hosts else None

    @override
    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send one request on its way: questions by POST past routes and wrappings."""
        if (
            scope["type"] == "http"
            and scope["path"] == PATH
            and scope["method"] == "POST"
            and (self._hosts is None or self._hosts.knows(scope) or await self._hosts.admit(scope))
        ):
            await self._endpoint(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)


class Hosts:
    """What Starlette's own guard says of a ``Host`` header, asked once for each that it admits."""

    def __init__(self, hosts: Sequence[str]) -> None:
        """Admit ``hosts``."""
        self._allowed = list(hosts)
        self._admitted: set[bytes] = set()

    def __len__(self) -> int:
        """Return how many values are remembered."""
        return len(self._admitted)

    def knows(self, scope: Scope) -> bool:
        """Tell whether the guard let this very value through before."""
        return _host(scope) in self._admitted

    async def admit(self, scope: Scope) -> bool:
        """Tell whether the guard lets the request through; its refusal is not ours to send."""
        host = _host(scope)
        if not await self._ask(scope):
            return False
        if len(host) < _LONGEST and len(self._admitted) < MOST_HOSTS:
            self._admitted.add(host)
        return True

    async def _ask(self, scope: Scope) -> bool:
        passed = False

        async def behind(_scope: Scope, _receive: Receive, _send: Send) -> None:
            nonlocal passed
            passed = True

        await TrustedHostMiddleware(behind, self._allowed)(scope, _nothing, _nowhere)
        return passed


def _host(scope: Scope) -> bytes:
    """Return the first ``Host`` header, which is the one the guard reads."""
    for name, value in scope["headers"]:
        if name == b"host":
            return bytes(value)
    return b""


async def _nothing() -> Message:  # pragma: no cover — the guard reads no body
    return {"type": "http.disconnect"}


async def _nowhere(_message: Message) -> None:
    """Send nothing."""
