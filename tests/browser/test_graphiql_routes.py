"""The page's own routes, asked without a browser."""

from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Route

from hub.sandbox.graphiql import build, page
from tests.journey.town import PERSONAS, Town

ASK = b'{"client": "riga-social-service"}'
OWN = {"x-requested-with": "vienreiz"}


def post(town: Town, body: bytes = ASK, headers: dict[str, str] | None = None) -> httpx.Response:
    sent = {"content-type": "application/json", **(OWN if headers is None else headers)}
    return town.http.post(f"{town.url}/sandbox/token", content=body, headers=sent)


def test_own_page_gets_a_token_that_nobody_caches(town: Town) -> None:
    response = post(town, headers={**OWN, "origin": town.url, "sec-fetch-site": "same-origin"})
    assert response.status_code == 200
    assert set(response.json()) == {"access_token", "expires_in"}
    assert 60 <= response.json()["expires_in"] <= 600
    assert response.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"x-requested-with": "XMLHttpRequest"},
        {**OWN, "origin": "http://elsewhere.test"},
        {**OWN, "origin": "null"},
        {**OWN, "sec-fetch-site": "cross-site"},
        {**OWN, "sec-fetch-site": "same-site"},
        {**OWN, "host": "elsewhere.test"},
    ],
)
def test_a_foreign_page_gets_no_token(town: Town, headers: dict[str, str]) -> None:
    response = post(town, headers=headers)
    assert response.status_code in (400, 403)
    assert "access_token" not in response.text


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"[]", 400),
        (b'{"client": 1}', 400),
        (b'{"client": "riga-social-service", "scope": "all"}', 400),
        (b'{"client": "nobody"}', 404),
        (b'{"client": "citizen-portal"}', 404),
        (b'{"client": "../identity"}', 404),
        (b" " * 1025, 413),
    ],
)
def test_a_malformed_token_request_is_refused(town: Town, body: bytes, status: int) -> None:
    response = post(town, body)
    assert response.status_code == status
    assert "access_token" not in response.text


def test_the_catalogue_tells_clients_people_and_examples(town: Town) -> None:
    told = town.http.get(f"{town.url}/sandbox/clients").json()
    assert {"riga-social-service", "nva", "sandbox-full"} <= {
        each["id"] for each in told["clients"]
    }
    assert {each["personalCode"] for each in told["personas"]} == set(PERSONAS.values())
    for example in told["examples"]:
        numbers = {
            agreement["number"]
            for each in told["clients"]
            if each["id"] == example["client"]
            for agreement in each["agreements"]
        }
        assert example["agreement"] in numbers
        assert example["query"].startswith(f"query {example['title']['en']}")
        assert all(
            example[word][language] for word in ("title", "about") for language in ("en", "lv")
        )


def test_an_unbuilt_page_says_how_to_build_it(
    town: Town, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(page, "STATIC", tmp_path)
    response = town.http.get(f"{town.url}/graphql", headers={"accept": "text/html"})
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
    app = Starlette(routes=[Route("/graphql", page.page), page.assets()])
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://hub.test"
    ) as client:
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
