"""What every refusal at the door has in common, whatever is wrong."""

import re
from collections.abc import Mapping
from typing import Any

import httpx
import orjson

from hub.errors import Code
from tests.journey.town import GRAPHQL, PERSONAS, Town

JSON = "application/json"
MEDIA = (GRAPHQL, JSON, "*/*", None)
"""What clients accept; None is no header at all."""

ILZE = PERSONAS["ilze"]
STATUS = """query Status($personalCode: PersonalCode!) {
  person(personalCode: $personalCode) { employment { status } absences { register code } } }"""
MANY = """query Many($personalCodes: [PersonalCode!]!) {
  persons(personalCodes: $personalCodes) { employment { status } } }"""
BY_CODE: Mapping[str, Code] = {code.code: code for code in Code}
_TRACES = re.compile(r"Traceback|File \"|\.py\b|site-packages|asyncpg|sqlalchemy|graphql\.error")


def body(query: object = STATUS, **more: object) -> dict[str, object]:
    """Return a request's JSON; Ilze unless other variables are given."""
    return {"query": query, "variables": {"personalCode": ILZE}} | more


def send(
    town: Town,
    content: object,
    *,
    accept: str | None = GRAPHQL,
    token: str | None = "",
    agreement: str | None = "RSD-2026-001",
    media: str | None = JSON,
    headers: Mapping[str, str] | None = None,
    path: str = "/graphql",
) -> httpx.Response:
    """POST; ``content`` is bytes, or becomes JSON. An empty token stands for a good one."""
    sent = {
        "accept": accept,
        "authorization": None if token is None else f"Bearer {token or a_token(town)}",
        "x-dagr-permission": agreement,
        "content-type": media,
    }
    raw = content if isinstance(content, bytes) else orjson.dumps(content)
    request = httpx.Request("POST", f"{town.url}{path}", content=raw)
    for name, value in (*sent.items(), *(headers or {}).items()):
        if value is not None:
            request.headers[name] = value
    return town.http.send(request)


def a_token(town: Town) -> str:
    return town.token("riga-social-service")


def assert_refused(
    town: Town,
    response: httpx.Response,
    code: str,
    *,
    accept: str | None = GRAPHQL,
    secret: str = ILZE,
) -> dict[str, Any]:
    """Assert what holds for every refusal; return the first error."""
    row = BY_CODE[code]
    legacy = accept == JSON and row.legacy_ok
    assert response.status_code == (200 if legacy else row.status), response.text
    assert (
        response.headers["content-type"] == f"{JSON if accept == JSON else GRAPHQL}; charset=utf-8"
    )
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["x-content-type-options"] == "nosniff"
    told = response.json()
    assert set(told) == {"errors"}
    codes = {error["extensions"]["code"] for error in told["errors"]}
    assert codes == {code}, codes
    assert all(re.fullmatch(r"[a-z]+(_[a-z]+)*", each) for each in codes)
    assert all(
        error["message"][:1].islower() or error["message"][0] == "`" for error in told["errors"]
    )
    assert_tells_nothing(response, secret)
    assert town.watch.calls == []
    first: dict[str, Any] = told["errors"][0]
    return first


def assert_tells_nothing(response: httpx.Response, secret: str = ILZE) -> None:
    """Assert that neither a code nor the inside of the program is told, in body or headers."""
    everything = response.text + repr(response.headers.multi_items())
    assert not _TRACES.search(everything), everything
    assert secret not in everything
    assert secret.replace("-", "") not in everything
