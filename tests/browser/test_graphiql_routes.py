"""The page's own routes, asked without a browser."""

from pathlib import Path

import httpx
import pytest

from hub.sandbox.graphiql import build, page
from tests.browser.stand_in import StandIn, application

ASK = {"client": "riga"}
OWN = {"x-requested-with": "vienreiz"}


@pytest.fixture
def stand_in() -> StandIn:
    return StandIn()


@pytest.fixture
def client(stand_in: StandIn) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(application(stand_in))
    return httpx.AsyncClient(transport=transport, base_url="http://hub.test")


@pytest.mark.asyncio
async def test_own_page_gets_a_token_that_nobody_caches(client: httpx.AsyncClient) -> None:
    own = {**OWN, "origin": "http://hub.test", "sec-fetch-site": "same-origin"}
    response = await client.post("/sandbox/token", json=ASK, headers=own)
    assert response.status_code == 200
    assert response.json() == {"access_token": "token-0-riga", "expires_in": 600}
    assert response.headers["cache-control"] == "no-store"


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"x-requested-with": "XMLHttpRequest"},
        {**OWN, "origin": "http://elsewhere.test"},
        {**OWN, "origin": "null"},
        {**OWN, "sec-fetch-site": "cross-site"},
        {**OWN, "sec-fetch-site": "same-site"},
    ],
)
async def test_a_foreign_page_gets_no_token(
    client: httpx.AsyncClient, stand_in: StandIn, headers: dict[str, str]
) -> None:
    response = await client.post("/sandbox/token", json=ASK, headers=headers)
    assert response.status_code == 403
    assert stand_in.issued == []


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"[]", 400),
        (b'{"client": 1}', 400),
        (b'{"client": "riga", "scope": "all"}', 400),
        (b'{"client": "nobody"}', 404),
        (b" " * 1025, 413),
    ],
)
async def test_a_malformed_token_request_is_refused(
    client: httpx.AsyncClient, stand_in: StandIn, body: bytes, status: int
) -> None:
    response = await client.post("/sandbox/token", content=body, headers=OWN)
    assert response.status_code == status
    assert stand_in.issued == []


@pytest.mark.asyncio
async def test_clients_tells_the_catalogue(client: httpx.AsyncClient) -> None:
    response = await client.get("/sandbox/clients")
    assert [one["id"] for one in response.json()["clients"]] == ["riga", "vsaa"]


@pytest.mark.asyncio
async def test_an_unbuilt_page_says_how_to_build_it(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(page, "STATIC", tmp_path)
    response = await client.get("/graphql")
    assert response.status_code == 503
    assert page.BUILD_COMMAND in response.text


@pytest.mark.asyncio
async def test_a_built_page_and_its_files_allow_only_themselves(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "assets").mkdir()
    (tmp_path / "manifest.json").write_text('{"script": "main-1.js", "style": "main-2.css"}')
    (tmp_path / "assets/main-1.js").write_text("1")
    (tmp_path / "assets/main-1.js.gz").write_bytes(b"squeezed")
    monkeypatch.setattr(page, "STATIC", tmp_path)
    transport = httpx.ASGITransport(application(StandIn()))
    async with httpx.AsyncClient(transport=transport, base_url="http://hub.test") as client:
        answer = await client.get("/graphql")
        plain = await client.get(
            "/sandbox/assets/main-1.js", headers={"accept-encoding": "identity"}
        )
        missing = await client.get("/sandbox/assets/../manifest.json")
    assert "/sandbox/assets/main-1.js" in answer.text
    assert plain.text == "1"
    assert missing.status_code == 404
    for response in (answer, plain):
        policy = response.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "script-src 'self';" in policy
        assert "blob:" not in policy
        assert "unsafe-eval" not in policy
        assert response.headers["x-content-type-options"] == "nosniff"
        assert response.headers["referrer-policy"] == "no-referrer"
    assert "immutable" in plain.headers["cache-control"]


def test_a_machine_without_npm_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda name: None)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(build.BuildFailed, match="npm is missing"):
        build.find_node()
