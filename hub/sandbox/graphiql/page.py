"""GraphiQL's page and its files, all served by the hub itself.

Government networks are closed: nothing here is fetched from any other host.
"""

import html
from pathlib import Path
from typing import Final

import msgspec
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from starlette.types import Scope
from typing_extensions import override

STATIC: Final = Path(__file__).parent / "static"
BUILD_COMMAND: Final = "python -m hub.sandbox.graphiql.build"
ASSETS_PATH: Final = "/sandbox/assets"

_SECURITY: Final = {
    # 'unsafe-inline' is for style alone: the editor writes its colours into style elements.
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; connect-src 'self'; img-src 'self' data:; "
        "font-src 'self'; style-src 'self' 'unsafe-inline'; worker-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_ICON: Final = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E"
    "%3Ccircle cx='8' cy='8' r='6' fill='none' stroke='%231f4e8c' stroke-width='3'/%3E%3C/svg%3E"
)
_PAGE: Final = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Vienreiz · GraphiQL</title>
<link rel="icon" href="{icon}">
<link rel="stylesheet" href="{assets}/{style}">
<script type="module" src="{assets}/{script}"></script>
</head>
<body>
<div id="page"></div>
<noscript><p>GraphiQL needs JavaScript. The hub itself does not: POST your query to /graphql.</p>
</noscript>
</body>
</html>
"""
_UNBUILT: Final = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Vienreiz · GraphiQL is not built</title></head>
<body>
<h1>GraphiQL is not built</h1>
<p>The hub answers as usual; only this page is missing. Build it once with</p>
<pre>{command}</pre>
<p>and reload.</p>
</body>
</html>
"""


class _Manifest(msgspec.Struct, frozen=True):
    script: str
    style: str


class _Assets(StaticFiles):
    """Files named by their content: kept by browsers for a year, sent compressed where asked."""

    @override
    async def get_response(self, path: str, scope: Scope) -> Response:
        squeezed = "gzip" in Headers(scope=scope).get("accept-encoding", "")
        if squeezed and self.lookup_path(f"{path}.gz")[1]:
            response = await super().get_response(f"{path}.gz", scope)
            response.headers["Content-Encoding"] = "gzip"
            response.headers["Content-Type"] = _media_type(path)
        else:
            response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        response.headers["Vary"] = "Accept-Encoding"
        response.headers.update(_SECURITY)  # a worker obeys the policy of its own file
        return response


def _media_type(path: str) -> str:
    return "text/css; charset=utf-8" if path.endswith(".css") else "text/javascript; charset=utf-8"


def page(request: Request) -> Response:  # noqa: ARG001 - the shape of a Starlette endpoint
    """Answer with GraphiQL, or with 503 and the command that builds it."""
    try:
        manifest = msgspec.json.decode((STATIC / "manifest.json").read_bytes(), type=_Manifest)
    except FileNotFoundError:
        body = _UNBUILT.format(command=html.escape(BUILD_COMMAND))
        return HTMLResponse(
            body, status_code=503, headers=_SECURITY | {"Cache-Control": "no-store"}
        )
    body = _PAGE.format(
        icon=_ICON, assets=ASSETS_PATH, style=manifest.style, script=manifest.script
    )
    return HTMLResponse(body, headers=_SECURITY | {"Cache-Control": "no-cache"})


def assets() -> Mount:
    """The page's scripts, styles, fonts and workers."""
    return Mount(ASSETS_PATH, app=_Assets(directory=STATIC / "assets", check_dir=False))
