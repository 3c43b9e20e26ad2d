"""``/graphql``: GraphQL over HTTP, by POST, and by GET for what concerns no person."""

import secrets
from collections.abc import Awaitable, Callable
from typing import Final
from urllib.parse import unquote_plus

import structlog
from starlette.requests import Request as HttpRequest
from starlette.responses import Response

from hub.caller import TrustedProxies, certificate_of
from hub.errors import BadRequest, Code, HubError, Internal, place_of
from hub.http.body import Operation, read_get, read_post
from hub.http.media import MediaType, answered, failed, formatted, negotiate
from hub.model.caller import Credentials
from hub.model.personal_code import looks_like_code
from hub.pipeline import Release, Request, Rooms, answer

MAX_HEADER_BYTES: Final = 32 * 1024

log = structlog.get_logger()

Page = Callable[[HttpRequest], Response | Awaitable[Response]]


class GraphQLEndpoint:
    """Reads a request, sends it down the corridor, writes the answer."""

    def __init__(self, rooms: Rooms, *, proxies: TrustedProxies, page: Page | None = None) -> None:
        """Serve ``rooms``; ``page`` answers browsers that ask for HTML, in the sandbox."""
        self._rooms = rooms
        self._proxies = proxies
        self._page = page

    async def __call__(self, request: HttpRequest) -> Response:
        """Answer one HTTP request; every failure has a stable code and no personal data."""
        accept = request.headers.get("accept")
        if self._page and request.method == "GET" and "text/html" in (accept or ""):
            page = self._page(request)
            return page if isinstance(page, Response) else await page
        trace = secrets.token_hex(8)
        media = MediaType.GRAPHQL
        try:
            media = negotiate(accept)
            _check_head(request)
            operation = await _read(request)
            release = await answer(self._request(request, operation), self._rooms)
            return _released(media, release, trace)
        except HubError as error:
            if error.code.status >= 500:  # noqa: PLR2004 — HTTP's own number
                log.warning("withheld", code=error.code.code, trace=trace)
            return failed(media, error, trace)
        except Exception as error:  # noqa: BLE001 — masked: the cause is logged, never told
            kind = type(error).__name__
            log.error("internal", trace=trace, error=kind, where=place_of(error))  # noqa: TRY400 — a traceback's text may hold personal data
            return failed(media, Internal(Code.INTERNAL), trace)

    def _request(self, request: HttpRequest, operation: Operation) -> Request:
        return Request(
            query=operation.query,
            operation_name=operation.name,
            variables=operation.variables,
            credentials=credentials_of(request, self._proxies),
            safe=request.method == "GET",
        )


def _check_head(request: HttpRequest) -> None:
    if request.method not in ("GET", "POST"):
        raise BadRequest(Code.METHOD_NOT_ALLOWED, allow="GET, POST")
    if sum(len(name) + len(value) for name, value in request.headers.raw) > MAX_HEADER_BYTES:
        raise BadRequest(Code.HEADERS_TOO_LARGE, limit=MAX_HEADER_BYTES)
    # INVARIANT: no personal code in a URL; proxies on the way have logged it, but we do not read it
    if looks_like_code(unquote_plus(request.url.query)):
        if request.method == "GET":
            raise BadRequest(Code.METHOD_NOT_ALLOWED, allow="POST")
        raise BadRequest(Code.PERSONAL_CODE_LITERAL)


async def _read(request: HttpRequest) -> Operation:
    return await read_post(request) if request.method == "POST" else read_get(request)


def credentials_of(request: HttpRequest, proxies: TrustedProxies) -> Credentials:
    """Return what the request claims about its caller, every repeated header kept."""
    headers = request.headers

    def sent(*names: str) -> tuple[str, ...]:
        return tuple(value for name in names for value in headers.getlist(name))

    return Credentials(
        authorization=sent("authorization"),
        certificate_sha256=certificate_of(request.scope, proxies),
        agreement=sent("x-dagr-permission", "hub-agreement"),
        case=sent("hub-case"),
        official=sent("hub-official"),
    )


def _released(media: MediaType, release: Release, trace: str) -> Response:
    body: dict[str, object] = {}
    if release.errors:
        body["errors"] = [formatted(error, trace) for error in release.errors]
    body["data"] = release.data
    receipt = {"id": release.receipt.id, "commitment": release.receipt.commitment}
    body["extensions"] = {"receipt": receipt}
    return answered(media, body)
