"""``/graphql``: GraphQL over HTTP, by POST, and by GET for what concerns no person."""

import secrets
from collections.abc import Awaitable, Callable

import structlog
from starlette.requests import Request as HttpRequest
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from hub.caller import TrustedProxies
from hub.errors import Code, HubError, Internal, place_of
from hub.http.body import read_get, read_post
from hub.http.head import Head, check_head
from hub.http.media import MediaType, encoded, failed, negotiate, send_answer
from hub.pipeline import Request, Rooms, answer

log = structlog.get_logger()

Page = Callable[[HttpRequest], Response | Awaitable[Response]]


class GraphQLEndpoint:
    """Reads a request, sends it down the corridor, writes the answer.

    An ASGI application without a framework's wrappings: whichever way a request came to it, the
    same few functions judge its head and its body.
    """

    def __init__(self, rooms: Rooms, *, proxies: TrustedProxies, page: Page | None = None) -> None:
        """Serve ``rooms``; ``page`` answers browsers that ask for HTML, in the sandbox."""
        self._rooms = rooms
        self._proxies = proxies
        self._page = page

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request; every failure has a stable code and no personal data."""
        head = Head(scope)
        accept = head.first(b"accept")
        if self._page and scope["method"] == "GET" and "text/html" in (accept or ""):
            made = self._page(HttpRequest(scope, receive))
            page = made if isinstance(made, Response) else await made
            await page(scope, receive, send)
            return
        media = MediaType.GRAPHQL
        try:
            media = negotiate(accept)
            check_head(scope, head)
            body = await self._answer(scope, receive, head)
        except Exception as error:  # noqa: BLE001 — told by code, or masked
            await _told(media, error)(scope, receive, send)
        else:
            await send_answer(scope, send, media, body)

    async def _answer(self, scope: Scope, receive: Receive, head: Head) -> bytes:
        safe = scope["method"] == "GET"
        if safe:
            operation = read_get(HttpRequest(scope, receive))
        else:
            operation = await read_post(scope, receive, head)
        release = await answer(
            Request(
                query=operation.query,
                operation_name=operation.name,
                variables=operation.variables,
                credentials=head.credentials(scope, self._proxies),
                safe=safe,
                encode=encoded,
            ),
            self._rooms,
        )
        if release.body is not None:
            return release.body
        return encoded(release.data, release.errors, release.receipt)


def _told(media: MediaType, error: Exception) -> Response:
    """Return the answer to a request that failed; what is not the hub's own is masked."""
    trace = secrets.token_hex(8)
    if isinstance(error, HubError):
        if error.code.status >= 500:  # noqa: PLR2004 — HTTP's own number
            log.warning("withheld", code=error.code.code, trace=trace)
        return failed(media, error, trace)
    # the cause is logged, never told; a traceback's text may hold personal data
    log.error("internal", trace=trace, error=type(error).__name__, where=place_of(error))
    return failed(media, Internal(Code.INTERNAL), trace)
