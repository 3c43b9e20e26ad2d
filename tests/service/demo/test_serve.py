"""`hub serve`: refuses what is unsafe, admits bound tokens alone, ends in order."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from hub.cli.estate import estate_of
from hub.sandbox.issuer.fetch import fetch_token
from hub.sandbox.people.personas import personas
from hub.settings import SETTINGS
from tests.anomaly.registers import locked
from tests.conftest import MakeDatabase
from tests.service.caller.wires import client_side
from tests.service.demo.production import Production, built, migrate, stop
from tests.service.demo.staging import free_port, hub

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]

PERSONAS = {each.key: each.code for each in personas()}
QUERY = """query($code: PersonalCode!) { person(personalCode: $code) {
    employment { status } absences { register code } } }"""


@pytest.fixture(scope="module")
def owner_url(make_database: MakeDatabase) -> str:
    return make_database()


@pytest.fixture(scope="module")
def production(
    tmp_path_factory: pytest.TempPathFactory, furnished: Path, owner_url: str
) -> Iterator[Production]:
    with built(tmp_path_factory.mktemp("production"), furnished, owner_url) as found:
        yield found


@pytest.fixture(scope="module")
def served(production: Production) -> Iterator[Production]:
    with production.served():
        yield production


def ask(http: httpx.Client, token: str | None, who: str = "ilze") -> httpx.Response:
    headers = {"x-dagr-permission": "RSD-2026-001"}
    if token:
        headers["authorization"] = f"Bearer {token}"
    body = {"query": QUERY, "variables": {"code": PERSONAS[who]}}
    return http.post("/graphql", json=body, headers=headers)


def codes(response: httpx.Response) -> list[str]:
    return [error["extensions"]["code"] for error in response.json()["errors"]]


def test_bound_token_with_its_certificate_is_admitted(served: Production) -> None:
    token = served.token("riga-social-service", served.own)
    with served.http(served.own) as http:
        answer = ask(http, token)
    assert answer.status_code == 200
    assert answer.json()["data"]["person"]["employment"]["status"] == "UNEMPLOYED"
    assert answer.json()["extensions"]["receipt"]["commitment"]


def test_unbound_token_is_refused(served: Production) -> None:
    token = served.token("riga-social-service", None)
    with served.http(served.own) as http:
        answer = ask(http, token)
    assert answer.status_code == 401
    assert codes(answer) == ["token_not_bound"]
    assert "www-authenticate" in answer.headers


def test_token_bound_to_another_certificate_is_refused(served: Production) -> None:
    token = served.token("riga-social-service", served.own)
    with served.http(served.stranger) as http:
        answer = ask(http, token)
    assert answer.status_code == 401
    assert codes(answer) == ["token_not_bound"]


def test_client_cert_header_is_not_believed(served: Production) -> None:
    tls = client_side(served.authority, served.own)
    token = fetch_token(served.folder, "riga-social-service", tls=tls)
    with served.http(served.stranger) as http:
        http.headers["client-cert"] = ":AAAA:"
        assert ask(http, token).status_code in {400, 401}


def test_nobody_without_a_certificate_reaches_the_door(served: Production) -> None:
    with served.http(None) as http, pytest.raises(httpx.TransportError):
        ask(http, None)


def test_production_shows_no_page_and_no_schema(served: Production) -> None:
    token = served.token("riga-social-service", served.own)
    with served.http(served.own) as http:
        page = http.get("/graphql", headers={"accept": "text/html"})
        schema = http.post(
            "/graphql",
            json={"query": "{ __schema { queryType { name } } }"},
            headers={"authorization": f"Bearer {token}"},
        )
    assert "<html" not in page.text
    assert codes(schema) == ["introspection_off"]


def test_checked_configuration_is_not_served(production: Production) -> None:
    done = hub("serve", "--check", env=production.environment)
    assert done.returncode == 0, done.stderr
    assert "the configuration is complete" in done.stderr


def test_migrating_again_changes_nothing(production: Production, owner_url: str) -> None:
    assert migrate(production.environment, owner_url).returncode == 0


def test_everything_missing_is_listed_at_once(production: Production) -> None:
    done = hub("serve", env={"PATH": production.environment["PATH"]})
    assert done.returncode == 2
    essential = {each.name for each in SETTINGS if each.default is None}
    essential |= {name for name in production.environment if name.startswith("HUB_REGISTER_")}
    assert len(essential) == 14
    for name in essential:
        assert f"`{name}` is missing" in done.stderr
    assert "no token could be bound" in done.stderr
    assert "Traceback" not in done.stderr


def test_everything_unsafe_is_listed_at_once(production: Production, tmp_path: Path) -> None:
    loose = tmp_path / "master.key"
    loose.write_text("c2hvcnQ=")
    loose.chmod(0o644)
    wrong = {
        "HUB_MASTER_KEY_FILE": str(loose),
        "HUB_PORT": "eighty",
        "HUB_TLS_CERT_FILE": str(tmp_path / "none.pem"),
        "HUB_REQUIRE_BINDING": "false",
        "HUB_REDIS_URL": "http://somewhere",
        "HUB_ISSUER": "http://issuer.example",
    }
    done = hub("serve", env={**production.environment, **wrong})
    assert done.returncode == 2
    for words in (
        "`HUB_MASTER_KEY_FILE` names a file that others may read",
        "`HUB_MASTER_KEY_FILE` must hold 32 bytes",
        "`HUB_PORT` must be a number",
        "`HUB_TLS_CERT_FILE` names a file that is not there",
        "`HUB_REQUIRE_BINDING` is no setting of the hub",
        "`HUB_REDIS_URL` must be an address of redis",
        "`HUB_ISSUER` must be https, or http on loopback",
    ):
        assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_told_to_stop_it_finishes_what_is_under_way(
    production: Production, furnished: Path
) -> None:
    token = production.token("riga-social-service", production.own)
    elsewhere = production.at(free_port())
    with elsewhere.served() as process, elsewhere.http(production.own) as http:
        assert ask(http, token).status_code == 200  # connections are open
        answers: list[Any] = []
        with locked(estate_of(furnished).server_url, "employment"):
            asking = threading.Thread(target=lambda: answers.append(ask(http, token, "andris")))
            asking.start()
            time.sleep(0.3)
            stop(process)
            time.sleep(0.3)
            assert answers == []
            assert process.poll() is None
            with elsewhere.http(production.own) as late, pytest.raises(httpx.TransportError):
                ask(late, token)
        asking.join(10)
        assert process.wait(10) == 0
    assert answers[0].status_code == 200
    assert answers[0].json()["extensions"]["receipt"]["id"]
