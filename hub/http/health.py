"""``/livez`` touches nothing; ``/readyz`` needs what an answer needs: the log and the rules."""

from collections.abc import Awaitable, Callable, Mapping

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from hub.errors import HubError

Probe = Callable[[], Awaitable[None]]


def routes(probes: Mapping[str, Probe]) -> list[Route]:
    """Return both routes.

    Args:
        probes: By part (``access_log``, ``policy``, ``tokens``); one raises ``HubError`` when its
            part cannot serve. Neither Redis nor any one register is among them.
    """

    async def ready(_request: Request) -> Response:
        failed: dict[str, str] = {}
        for part, probe in probes.items():
            try:
                await probe()
            except HubError as error:
                failed[part] = error.code.code
        return _json(503 if failed else 200, {"ready": not failed, "failing": failed})

    async def live(_request: Request) -> Response:
        return _json(200, {"live": True})

    return [Route("/livez", live, methods=["GET"]), Route("/readyz", ready, methods=["GET"])]


def _json(status: int, body: Mapping[str, object]) -> Response:
    headers = {"cache-control": "no-store", "x-content-type-options": "nosniff"}
    return Response(orjson.dumps(body), status, headers, media_type="application/json")
