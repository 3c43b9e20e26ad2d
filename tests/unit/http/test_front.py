"""The short way in and the framework's answer alike, whatever is sent."""

import asyncio
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any, cast

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry
from starlette.applications import Starlette
from starlette.requests import Request as HttpRequest
from starlette.responses import HTMLResponse, Response
from starlette.types import ASGIApp, Message, Scope

from hub.caller import TrustedProxies
from hub.caller.certificate import COMPLETE, CONNECTION, Connection
from hub.errors import (
    BadRequest,
    Code,
    HubError,
    Internal,
    Refused,
    ServiceUnavailable,
    Several,
    Unauthenticated,
)
from hub.http import graphql
from hub.http.front import MOST_HOSTS, Hosts
from hub.http.graphql import GraphQLEndpoint
from hub.http.street import street
from hub.model.entry import Receipt
from hub.pipeline import Release, Request, Rooms

CODE = "161175-19997"
HOSTS = ("localhost", "127.0.0.1", "*.example.lv")
REFUSALS: dict[str, Exception] = {
    "token": Unauthenticated(Code.TOKEN_MISSING),
    "refused": Refused(Code.QUOTA_EXHAUSTED, retryAfterSeconds=7),
    "several": Several([BadRequest(Code.VALIDATION_FAILED, "a"), BadRequest(Code.DATE_INVALID)]),
    "down": ServiceUnavailable(Code.AUDIT_UNAVAILABLE),
    "broken": RuntimeError(CODE),
}


async def echoing(request: Request, _rooms: Rooms) -> Release:
    """Stand in for the corridor: say what arrived, or fail as the query asks."""
    if request.query in REFUSALS:
        raise REFUSALS[request.query]
    told = {
        "query": request.query,
        "name": request.operation_name,
        "variables": request.variables,
        "credentials": repr(request.credentials),
        "safe": request.safe,
    }
    errors: tuple[HubError, ...] = ()
    if request.query == "partly":
        errors = (Refused(Code.FIELD_FORBIDDEN, field="a.b"), Internal(Code.INTERNAL))
    receipt = Receipt(id="r", commitment="c")
    body = None
    if request.query == "encoded":
        assert request.encode is not None
        body = request.encode({"at": orjson.Fragment(b"1")}, errors, receipt)
    return Release(data=told, errors=errors, receipt=receipt, body=body)


@pytest.fixture(autouse=True)
def corridor() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(graphql, "answer", echoing)
        yield


def page(_request: HttpRequest) -> Response:
    return HTMLResponse("<p>a page</p>")


def ways(proxies: TrustedProxies | None = None, hosts: tuple[str, ...] = ()) -> list[ASGIApp]:
    """The short way in, and the framework's."""
    nobody = cast("Rooms", None)
    endpoint = GraphQLEndpoint(nobody, proxies=proxies or TrustedProxies(), page=page)
    app = street(endpoint, probes={}, metrics=CollectorRegistry(), hosts=hosts)
    return [app, partial(Starlette.__call__, app)]


@dataclass(kw_only=True)
class Sent:
    """One request; ``body`` None is a caller who left."""

    method: str = "POST"
    path: str = "/graphql"
    query: bytes = b""
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    body: bytes | None = b'{"query":"{x}"}'
    complete: bool = True
    certificate: str | None = None

    def scope(self) -> Scope:
        plain = [(b"host", b"localhost"), (b"content-type", b"application/json")]
        named = {name for name, _ in self.headers}
        return {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "scheme": "http",
            "method": self.method,
            "path": self.path,
            "raw_path": self.path.encode(),
            "root_path": "",
            "query_string": self.query,
            "headers": [each for each in plain if each[0] not in named] + self.headers,
            "client": ("127.0.0.1", 5),
            "server": ("127.0.0.1", 80),
            "extensions": {
                COMPLETE: self.complete,
                CONNECTION: Connection(peer="127.0.0.1", certificate_sha256=self.certificate),
            },
        }


async def answer_of(app: ASGIApp, sent: Sent) -> list[Message]:
    answered: list[Message] = []

    async def receive() -> Message:
        if sent.body is None:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": sent.body, "more_body": False}

    async def send(message: Message) -> None:
        answered.append(message)

    await app(sent.scope(), receive, send)
    return answered


def told(messages: list[Message]) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
    """Status, headers and body; a trace is another each time, so it is evened out."""
    start, *parts = messages
    body = b"".join(each.get("body", b"") for each in parts)
    body = re.sub(rb'"traceId":"[0-9a-f]{16}"', b'"traceId":"0123456789abcdef"', body)
    return start["status"], list(start["headers"]), body


def alike(sent: Sent, **options: Any) -> tuple[int, list[tuple[bytes, bytes]], bytes]:  # noqa: ANN401 — of ``ways``
    short, long = (told(asyncio.run(answer_of(app, sent))) for app in ways(**options))
    assert short == long
    headers = dict(short[1])
    assert int(headers[b"content-length"]) == len(short[2])
    return short


def header(*pairs: tuple[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.encode(), value.encode("latin-1")) for name, value in pairs]


JSON = "application/json"
GRAPHQL = "application/graphql-response+json"
CORPUS: list[tuple[Sent, int]] = [
    (Sent(), 200),
    (Sent(complete=False), 200),
    (Sent(body=b'{"query":"encoded"}'), 200),
    (Sent(body=b'{"query":"partly"}'), 200),
    (Sent(body=orjson.dumps({"query": "q", "variables": {"c": [CODE]}})), 200),
    (Sent(body=b'{"query":"q","operationName":"A","extensions":{}}'), 200),
    *((Sent(headers=header(("accept", each))), 200) for each in (JSON, GRAPHQL, "*/*", "")),
    (Sent(headers=header(("accept", f"text/html, {JSON};q=0.1"))), 200),
    (Sent(headers=header(("accept", JSON), ("accept", "text/html"))), 200),
    *((Sent(headers=header(("accept", each))), 406) for each in ("text/html", "x", "\xe4")),
    (Sent(headers=header(("accept", "text/event-stream"))), 406),
    (Sent(headers=header(("accept", "multipart/mixed"))), 406),
    (Sent(headers=header(("accept", "text/html," * 200 + JSON))), 406),
    (Sent(headers=header(("content-type", "multipart/form-data; boundary=x"))), 415),
    (Sent(headers=header(("content-type", JSON), ("content-type", JSON))), 415),
    (Sent(headers=header(("content-type", f"{JSON}; charset=utf-8"))), 200),
    (Sent(headers=header(("content-type", f"{JSON}; charset=latin-1"))), 415),
    (Sent(headers=header(("content-encoding", "gzip"))), 415),
    (Sent(headers=header(("content-length", "9" * 9))), 413),
    (Sent(headers=header(("content-length", "\xb2"))), 200),
    (Sent(body=b" " * 300_000), 413),
    (Sent(body=None), 408),
    (Sent(body=None, complete=False), 408),
    (Sent(body=b"\xff"), 400),
    (Sent(body=b"{"), 400),
    (Sent(body=b"[" * 100), 400),
    (Sent(body=b"[]"), 400),
    (Sent(body=b'{"query":7}'), 400),
    (Sent(body=b'{"query":"token"}'), 401),
    (Sent(body=b'{"query":"refused"}'), 429),
    (Sent(body=b'{"query":"several"}'), 400),
    (Sent(body=b'{"query":"several"}', headers=header(("accept", JSON))), 200),
    (Sent(body=b'{"query":"down"}'), 503),
    (Sent(body=b'{"query":"broken"}'), 500),
    (Sent(headers=header(("x-large", "x" * 40_000))), 431),
    (Sent(query=b"a=1"), 200),
    (Sent(query=CODE.encode()), 400),
    (Sent(query=b"c=161175%2D19997"), 400),
    (Sent(query=b"a?b#161175-19997"), 400),
    (Sent(query=b"\xff%ff"), 200),
    (Sent(headers=header(("authorization", "Bearer a"), ("authorization", "Bearer b"))), 200),
    (Sent(headers=header(("x-dagr-permission", "A"), ("hub-agreement", "B"))), 200),
    (Sent(headers=header(("hub-case", "1"), ("hub-official", "o"))), 200),
    (Sent(certificate="thumb"), 200),
    (Sent(headers=header(("client-cert", ":AAAA:"))), 400),
    (Sent(method="GET", query=b"query=q"), 200),
    (Sent(method="GET", query=b"query=q&query=r"), 400),
    (Sent(method="GET", query=b"query=" + CODE.encode()), 405),
    (Sent(method="GET", headers=header(("accept", "text/html"))), 200),
    *((Sent(method=each), 405) for each in ("PUT", "DELETE", "PATCH", "OPTIONS", "HEAD")),
    (Sent(path="/graphql/"), 404),
    (Sent(path="/Graphql"), 404),
    (Sent(path="//graphql"), 404),
    (Sent(path="/"), 404),
    (Sent(path="/livez"), 405),
    (Sent(path="/livez", method="GET"), 200),
]


@pytest.mark.parametrize(("sent", "status"), CORPUS)
@pytest.mark.parametrize("hosts", [(), HOSTS])
def test_both_ways_answer_byte_for_byte(sent: Sent, status: int, hosts: tuple[str, ...]) -> None:
    answered = alike(sent, hosts=hosts)
    assert answered[0] == status
    assert CODE.encode() not in answered[2].replace(b'"variables":{"c":["' + CODE.encode(), b"")


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(["POST", "GET", "PUT"]),
    st.lists(
        st.tuples(
            st.sampled_from(
                ["accept", "content-type", "content-length", "hub-case", "host", "client-cert"]
            ),
            st.sampled_from(
                [JSON, GRAPHQL, "*/*", "text/html", "1", CODE, "", ",;q=", "localhost"]
            ),
        ),
        max_size=4,
    ),
    st.binary(max_size=40) | st.sampled_from([b'{"query":"q"}', b'{"query":"refused"}', b"[[]]"]),
    st.binary(max_size=10),
)
def test_both_ways_answer_alike_whatever_is_sent(
    method: str, headers: list[tuple[str, str]], body: bytes, query: bytes
) -> None:
    sent = Sent(method=method, headers=header(*headers), body=body, query=query)
    alike(sent)
    alike(sent, hosts=HOSTS)


def test_a_proxy_that_is_trusted_speaks_for_its_caller_on_both_ways() -> None:
    proxies = TrustedProxies.parse(["127.0.0.1"])
    sent = Sent(headers=header(("client-cert", ":AAAA:")), certificate="the proxy's own")
    body = orjson.loads(alike(sent, proxies=proxies)[2])
    assert "the proxy" not in body["data"]["credentials"]
    twice = Sent(headers=header(("client-cert", ":AAAA:"), ("client-cert", ":AAAA:")))
    assert alike(twice, proxies=proxies)[0] == 400


def test_what_is_asserted_arrives_with_every_repetition() -> None:
    sent = Sent(
        headers=header(
            ("hub-agreement", "B"),
            ("authorization", "x"),
            ("x-dagr-permission", "A"),
            ("x-dagr-permission", "C"),
            ("hub-case", "1"),
            ("hub-case", "2"),
        ),
        certificate="thumb",
    )
    shown = orjson.loads(alike(sent)[2])["data"]["credentials"]
    assert "agreement=('A', 'C', 'B'), case=('1', '2'), official=()" in shown
    assert "authorization=('x',), certificate_sha256='thumb'" in shown


def test_an_answer_has_the_headers_of_every_answer() -> None:
    _, headers, _ = alike(Sent())
    assert dict(headers)[b"content-type"] == b"application/graphql-response+json; charset=utf-8"
    assert dict(headers)[b"cache-control"] == b"no-store"
    assert dict(headers)[b"x-content-type-options"] == b"nosniff"


# ---- hosts ----------------------------------------------------------------------------------

REFUSED = ["evil.example", "", "localhost.evil.example", "[::1", "example.lv", "127.0.0.1@evil"]
ADMITTED = ["localhost", "LOCALHOST:8000", "a.example.lv", "127.0.0.1:65535"]


@pytest.mark.parametrize(
    ("host", "status"), [*((each, 400) for each in REFUSED), *((each, 200) for each in ADMITTED)]
)
def test_both_ways_admit_the_same_hosts(host: str, status: int) -> None:
    sent = Sent(headers=header(("host", host)))
    assert alike(sent, hosts=HOSTS)[0] == status


def test_a_host_remembered_admits_no_other() -> None:
    short, _ = ways(hosts=HOSTS)

    async def statuses() -> list[int]:
        return [
            told(await answer_of(short, Sent(headers=header(("host", host)))))[0]
            for host in [*ADMITTED, *REFUSED, *ADMITTED, *REFUSED]
        ]

    once = [200] * len(ADMITTED) + [400] * len(REFUSED)
    assert asyncio.run(statuses()) == once * 2


def test_hosts_remembered_are_bounded_and_none_is_refused() -> None:
    hosts = Hosts(HOSTS)

    async def fill() -> None:
        for port in range(MOST_HOSTS + 30):
            for host, admitted in ((f"localhost:{port}", True), (f"evil:{port}", False)):
                scope = Sent(headers=header(("host", host))).scope()
                assert await hosts.admit(scope) is admitted
        long = Sent(headers=header(("host", "a" * 500 + ".example.lv"))).scope()
        assert await hosts.admit(long)

    asyncio.run(fill())
    assert len(hosts) == MOST_HOSTS
    assert not any(b"evil" in each for each in hosts._admitted)


def test_a_question_by_post_takes_the_short_way(monkeypatch: pytest.MonkeyPatch) -> None:
    short, _ = ways(hosts=HOSTS)
    monkeypatch.setattr(Starlette, "__call__", None)
    assert told(asyncio.run(answer_of(short, Sent())))[0] == 200
