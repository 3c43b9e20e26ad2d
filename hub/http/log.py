"""``/log``: checkpoints and tiles for anybody, entry bundles for the hub's oversight alone.

Source: c2sp.org/tlog-tiles; decision 0312.
"""

import re
import secrets
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from hub.audit.tlog.tiles import Place, parsed_path
from hub.caller import TrustedProxies
from hub.errors import (
    BadRequest,
    Code,
    HubError,
    Internal,
    Refused,
    Several,
    Unauthenticated,
    place_of,
)
from hub.http.head import Head, check_head
from hub.http.media import MediaType, failed
from hub.model.agreement import Oversight
from hub.model.entry import Disclosure
from hub.pipeline import Rooms, entries
from hub.pipeline.entries import Journal
from hub.ports.tlog import LogView

QUESTION: Final = "log.entries"
"""What the entry of a bundle's reading names as asked."""
PLAIN: Final = "text/plain; charset=utf-8"
OCTETS: Final = "application/octet-stream"
FRESH: Final = {"cache-control": "no-cache", "x-content-type-options": "nosniff"}
IMMUTABLE: Final = {
    "cache-control": "public, max-age=31536000, immutable",
    "x-content-type-options": "nosniff",
}
PRIVATE: Final = {"cache-control": "no-store", "x-content-type-options": "nosniff"}
"""Of entry bundles: whoever reads one is on the log, so no cache may hand it on."""
_LOG: Final = structlog.get_logger(__name__)
_YEAR: Final = re.compile(r"[2-9][0-9]{3}")
"""Text until it fits: of thousands of digits Python makes no number, and says so loudly."""

Answer = Callable[[Request], Awaitable[Response]]


def log_routes(view: LogView, rooms: Rooms, proxies: TrustedProxies) -> list[Route]:
    """Return the routes of the log: of the present year under ``/log``, of any one below it.

    Args:
        view: What is served.
        rooms: Say who reads entries, whether an agreement lets them, and enter that they did.
        proxies: Who may tell the client's certificate in a header.
    """
    desk = _Desk(view, rooms, proxies)
    served: Mapping[str, Answer] = {
        "checkpoint": desk.checkpoint,
        "ended": desk.ended,
        "tile/entries/{place:path}": desk.entries,
        "tile/{place:path}": desk.tile,
    }
    return [
        Route(f"{prefix}/{path}", _told(answer), methods=["GET"])
        for prefix in ("/log", "/log/{year}")
        for path, answer in served.items()
    ]


class _Desk:
    """Reads what is asked and answers it."""

    def __init__(self, view: LogView, rooms: Rooms, proxies: TrustedProxies) -> None:
        self._view = view
        self._rooms = rooms
        self._proxies = proxies

    async def checkpoint(self, request: Request) -> Response:
        """Send the newest checkpoint."""
        return _sent(await self._view.checkpoint(self._year(request)), PLAIN, FRESH)

    async def tile(self, request: Request) -> Response:
        """Send a tile, which never changes."""
        place = _place(request.path_params["place"])
        assert place.level is not None  # noqa: S101 — entries have a route of their own
        content = await self._view.tile(self._year(request), place.level, place.index, place.width)
        return _sent(content, OCTETS, IMMUTABLE)

    async def ended(self, request: Request) -> Response:
        """Send the proof that a year's entries were removed when its retention was over."""
        return _sent(await self._view.ended(self._year(request)), PLAIN, FRESH)

    async def entries(self, request: Request) -> Response:
        """Send a bundle to the hub's oversight, once it is on the log that it was read."""
        year, place = self._year(request), _place(f"entries/{request.path_params['place']}")
        async with self._rooms.pulse.guarded():
            journal = Journal(at=self._rooms.clock.now(), question=(QUESTION,))
            try:
                await self._admit(request, journal)
            except (BadRequest, Unauthenticated, Refused, Several) as refusal:
                await self._rooms.access_log.append(entries.refused(journal, refusal))
                raise
            content = await self._view.entries(year, place.index, place.width)
            if content is None and await self._view.ended(year):
                raise BadRequest(Code.ENTRIES_ENDED)
            response = _sent(content, OCTETS, PRIVATE)
            await self._rooms.access_log.append(Disclosure(header=journal.header("accountability")))
        return response

    async def _admit(self, request: Request, journal: Journal) -> None:
        """Refuse whoever invokes no agreement that opens the hub's whole log.

        Raises:
            Refused: ``oversight_missing``; whatever choosing the agreement refuses.
        """
        credentials = Head(request.scope).credentials(request.scope, self._proxies)
        client = journal.client = await self._rooms.caller.identify(credentials)
        caller = journal.caller = self._rooms.policy.choose(client, credentials)
        if caller.agreement.oversight is not Oversight.HUB:
            raise Refused(Code.OVERSIGHT_MISSING, needed=[Oversight.HUB.value])

    def _year(self, request: Request) -> int:
        year: str | None = request.path_params.get("year")
        if year is None:
            return self._rooms.clock.now().year
        if not _YEAR.fullmatch(year):
            raise BadRequest(Code.PATH_UNKNOWN)
        return int(year)


def _place(path: str) -> Place:
    place = parsed_path(f"tile/{path}")
    if place is None:
        raise BadRequest(Code.PATH_UNKNOWN)
    return place


def _sent(content: bytes | None, media_type: str, headers: Mapping[str, str]) -> Response:
    if content is None:
        raise BadRequest(Code.PATH_UNKNOWN)
    return Response(content, headers=dict(headers), media_type=media_type)


def _told(answer: Answer) -> Answer:
    """Tell failures as every door does; what is not the hub's own is masked."""

    async def told(request: Request) -> Response:
        try:
            check_head(request.scope, Head(request.scope))
            return await answer(request)
        except HubError as error:
            return failed(MediaType.JSON, error, secrets.token_hex(8))
        except Exception as error:  # noqa: BLE001 — masked; its text may hold personal data
            trace = secrets.token_hex(8)
            _LOG.error("internal", trace=trace, error=type(error).__name__, where=place_of(error))
            return failed(MediaType.JSON, Internal(Code.INTERNAL), trace)

    return told
