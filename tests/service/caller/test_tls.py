import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from hub.caller import TrustedProxies, certificate_of, thumbprint
from hub.errors import BadRequest
from tests.service.caller.wires import Authority, Issued, client_side, serving

LOOPS = ["asyncio", "uvloop"]


@dataclass
class Wire:
    """A hub's door with direct TLS, and who may come."""

    url: str
    authority: Authority
    one: Issued
    other: Issued


def door(trusted: TrustedProxies) -> Starlette:
    async def whose(request: Request) -> Response:
        try:
            return JSONResponse({"certificate": certificate_of(request.scope, trusted)})
        except BadRequest as error:
            return JSONResponse({"code": error.code.code}, error.code.status)

    return Starlette(routes=[Route("/", whose, methods=["GET", "POST"])])


@pytest.fixture(scope="module", params=LOOPS)
def wire(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Wire]:
    authority = Authority(tmp_path_factory.mktemp("tls"))
    own = authority.issue("hub")
    with serving(
        door(TrustedProxies()),
        loop=request.param,
        ssl_certfile=own.certificate,
        ssl_keyfile=own.key,
        ssl_ca_certs=authority.certificate,
        ssl_cert_reqs=ssl.CERT_OPTIONAL,
    ) as url:
        yield Wire(url, authority, authority.issue("vsaa"), authority.issue("nva"))


def test_the_client_certificate_reaches_the_application(wire: Wire) -> None:
    for own in (wire.one, wire.other):
        with httpx.Client(verify=client_side(wire.authority, own)) as http:
            for _ in range(2):  # one connection, several requests
                answer = http.get(wire.url).json()
                assert answer == {"certificate": thumbprint(own.der)}


def test_connections_do_not_mix(wire: Wire) -> None:
    with (
        httpx.Client(verify=client_side(wire.authority, wire.one)) as first,
        httpx.Client(verify=client_side(wire.authority)) as second,
    ):
        for _ in range(3):
            assert first.get(wire.url).json()["certificate"] == thumbprint(wire.one.der)
            assert second.get(wire.url).json()["certificate"] is None


def test_a_resumed_session_still_shows_the_certificate(wire: Wire) -> None:
    context = client_side(wire.authority, wire.one)
    for _ in range(3):
        with httpx.Client(verify=context) as http:
            assert http.get(wire.url).json()["certificate"] == thumbprint(wire.one.der)


def test_a_certificate_of_another_authority_gets_no_connection(wire: Wire, tmp_path: Path) -> None:
    stranger = Authority(tmp_path, "stranger").issue("forged")
    with (
        httpx.Client(verify=client_side(wire.authority, stranger)) as http,
        pytest.raises(httpx.TransportError),
    ):
        http.get(wire.url)


def test_the_header_of_a_stranger_is_refused_whatever_it_holds(wire: Wire) -> None:
    with httpx.Client(verify=client_side(wire.authority, wire.one)) as http:
        answer = http.get(wire.url, headers={"Client-Cert": ":AAAA:"})
        assert (answer.status_code, answer.json()) == (400, {"code": "header_invalid"})
        answer = http.get(wire.url, headers={"X-Forwarded-Client-Cert": "Hash=abc"})
        assert answer.json() == {"certificate": thumbprint(wire.one.der)}


@pytest.mark.parametrize("loop", LOOPS)
def test_a_trusted_proxy_over_tcp(loop: str) -> None:
    with (
        serving(door(TrustedProxies.parse(["127.0.0.1"])), loop=loop) as url,
        httpx.Client() as http,
    ):
        told = http.get(url, headers={"Client-Cert": ":MIIB:"})
        assert told.json() == {"certificate": thumbprint(b"0\x82\x01")}
        assert http.get(url).json() == {"certificate": None}
        twice = http.get(url, headers=[("Client-Cert", ":MIIB:"), ("Client-Cert", ":MIIB:")])
        assert twice.json() == {"code": "header_conflict"}


@pytest.mark.parametrize("loop", LOOPS)
def test_a_forwarded_address_makes_nobody_a_proxy(loop: str) -> None:
    with (
        serving(door(TrustedProxies.parse(["10.0.0.5"])), loop=loop) as url,
        httpx.Client() as http,
    ):
        forged = {"Client-Cert": ":MIIB:", "X-Forwarded-For": "10.0.0.5"}
        assert http.get(url, headers=forged).json() == {"code": "header_invalid"}


@pytest.mark.parametrize("loop", LOOPS)
@pytest.mark.parametrize(
    ("trusted", "expected"),
    [("unix", {"certificate": thumbprint(b"0\x82\x01")}), ("10.0.0.5", {"code": "header_invalid"})],
)
def test_a_proxy_over_a_unix_socket(
    loop: str, trusted: str, expected: dict[str, str], tmp_path: Path
) -> None:
    path = str(tmp_path / "hub.sock")
    with (
        serving(door(TrustedProxies.parse([trusted])), loop=loop, uds=path),
        httpx.Client(transport=httpx.HTTPTransport(uds=path)) as http,
    ):
        answer = http.get("http://hub/", headers={"Client-Cert": ":MIIB:"})
        assert answer.json() == expected
