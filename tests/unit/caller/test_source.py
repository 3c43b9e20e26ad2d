import asyncio
import ssl
from collections.abc import Callable

import httpx
import pytest

from hub.caller.keys import JwksFlaw, JwksUnreadable
from hub.caller.source import JwksSource, authorities, issuer_http
from hub.caller.trust import Trust
from tests.unit.caller.minting import AUDIENCE

Answer = Callable[[httpx.Request], httpx.Response]


async def read(
    answer: Answer, issuer: str = "https://issuer.test", jwks: str | None = None
) -> tuple[bytes | JwksFlaw, list[str]]:
    trust = Trust(issuer=issuer, audience=AUDIENCE, jwks_url=jwks)
    asked: list[str] = []

    def answering(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        return answer(request)

    async with httpx.AsyncClient(
        transport=httpx.MockTransport(answering), follow_redirects=True
    ) as http:
        try:
            return await JwksSource(trust, http)(), asked
        except JwksUnreadable as failure:
            return failure.flaw, asked


@pytest.mark.asyncio
async def test_the_configured_address_is_asked_alone() -> None:
    document, asked = await read(lambda _: httpx.Response(200, text="{}"), jwks="https://k.test/j")
    assert (document, asked) == (b"{}", ["https://k.test/j"])


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("issuer", "metadata_url"),
    [
        ("https://i.test", "https://i.test/.well-known/oauth-authorization-server"),
        ("https://i.test/", "https://i.test/.well-known/oauth-authorization-server"),
        ("https://i.test/r/hub", "https://i.test/.well-known/oauth-authorization-server/r/hub"),
    ],
)
async def test_otherwise_the_issuers_metadata_tells_it(issuer: str, metadata_url: str) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if "well-known" in request.url.path:
            return httpx.Response(200, json={"issuer": issuer, "jwks_uri": "https://k.test/jwks"})
        return httpx.Response(200, text="keys")

    document, asked = await read(answer, issuer)
    assert document == b"keys"
    assert asked == [metadata_url, "https://k.test/jwks"]


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "metadata",
    [
        {"issuer": "https://other.test", "jwks_uri": "https://k.test/jwks"},
        {"issuer": "https://issuer.test", "jwks_uri": "http://k.test/jwks"},
        {"issuer": "https://issuer.test", "jwks_uri": "file:///etc/passwd"},
        {"issuer": "https://issuer.test"},
        [],
    ],
)
async def test_metadata_of_another_issuer_or_none_is_not_followed(metadata: object) -> None:
    flaw, asked = await read(lambda _: httpx.Response(200, json=metadata))
    assert flaw is JwksFlaw.METADATA
    assert len(asked) == 1


@pytest.mark.asyncio
@pytest.mark.parametrize("status", [201, 204, 301, 302, 307, 404, 500, 503])
async def test_only_a_plain_answer_counts_and_no_redirect(status: int) -> None:
    def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(status, headers={"Location": "https://evil.test/"}, text="{}")

    flaw, asked = await read(answer, jwks="https://k.test/j")
    assert (flaw, asked) == (JwksFlaw.STATUS, ["https://k.test/j"])


@pytest.mark.asyncio
async def test_the_size_is_bounded() -> None:
    whole, _ = await read(lambda _: httpx.Response(200, content=b"x" * 65_536), jwks="https://k.t")
    assert whole == b"x" * 65_536
    flaw, _ = await read(lambda _: httpx.Response(200, content=b"x" * 65_537), jwks="https://k.t")
    assert flaw is JwksFlaw.SIZE


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "failure", [httpx.ConnectError("x"), httpx.ReadTimeout("x"), httpx.InvalidURL("x")]
)
async def test_whatever_fails_is_unreachable(failure: Exception) -> None:
    def answer(_: httpx.Request) -> httpx.Response:
        raise failure

    assert (await read(answer))[0] is JwksFlaw.UNREACHABLE


@pytest.mark.asyncio
async def test_a_bomb_in_compression_is_bounded_too() -> None:
    import gzip  # noqa: PLC0415

    bomb = gzip.compress(b"x" * 10_000_000)

    def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, content=bomb, headers={"Content-Encoding": "gzip"})

    assert (await read(answer, jwks="https://k.test"))[0] is JwksFlaw.SIZE


@pytest.mark.asyncio
async def test_the_time_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.caller.source.FETCH_TIMEOUT_S", 0.01)

    class Slow(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            await asyncio.sleep(10)
            raise AssertionError

    async with httpx.AsyncClient(transport=Slow()) as http:
        with pytest.raises(JwksUnreadable):
            await JwksSource(Trust(issuer="https://i.test", audience="a"), http)()


@pytest.mark.asyncio
async def test_the_environment_does_not_steer_the_way_to_the_issuer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.test:1")
    async with issuer_http(Trust(issuer="https://i.test", audience="a")) as http:
        assert not http.trust_env
        assert not http._mounts


@pytest.mark.parametrize(
    ("trust", "known"),
    [
        (Trust(issuer="https://i.test", audience="a"), True),
        (Trust(issuer="HTTPS://i.test", audience="a"), True),
        (Trust(issuer="http://127.0.0.1:1", jwks_url="https://i.test/keys", audience="a"), True),
        (Trust(issuer="http://127.0.0.1:1", audience="a"), False),
    ],
)
def testauthorities_are_read_where_tls_is_spoken_and_nobody_is_trusted_elsewhere(
    trust: Trust, *, known: bool
) -> None:
    context = authorities(trust)
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname
    assert bool(context.cert_store_stats()["x509_ca"]) is known
