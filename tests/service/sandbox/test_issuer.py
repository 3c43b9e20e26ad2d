"""The issuer over real sockets, and the hub's own room believing what it issues."""

import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from authlib.oauth2.rfc7523 import private_key_jwt_sign
from authlib.oauth2.rfc8414 import AuthorizationServerMetadata
from joserfc import jwt
from joserfc.jwk import ECKey
from joserfc.util import urlsafe_b64decode

from hub.caller import Trust, TrustedProxies, open_identification, thumbprint
from hub.errors import BadRequest, Code, Unauthenticated
from hub.sandbox.issuer import grants
from hub.sandbox.issuer.app import issuer_app
from hub.sandbox.issuer.fetch import (
    TokenRefused,
    fetch_person_token,
    fetch_token,
    fetch_token_async,
    rotate,
)
from hub.sandbox.issuer.grants import JWT_TYPE, TOKEN_EXCHANGE
from hub.sandbox.issuer.keys import (
    UnknownClient,
    admin_secret,
    client_key,
    identity_key,
    person_keys,
    prepare,
)
from hub.sandbox.state import NotRunning, State, write_state
from tests.service.caller.wires import listening, serving
from tests.unit.caller.minting import CODE, Clients, present

AUDIENCE = "http://127.0.0.1:8000"
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


@dataclass
class Sandbox:
    """A running issuer and its data folder."""

    data_dir: Path
    url: str

    def assertion(self, client_id: str = "vsaa", key: ECKey | None = None, **changes: Any) -> str:  # noqa: ANN401 — claims
        return private_key_jwt_sign(
            key or client_key(self.data_dir, client_id),
            client_id,
            changes.pop("aud", self.url),
            alg="ES256",
            expires_in=changes.pop("expires_in", 60),
            claims=changes or None,
        )

    def ask(self, **changes: str | None) -> httpx.Response:
        form = {
            "grant_type": "client_credentials",
            "client_assertion_type": ASSERTION_TYPE,
            "client_assertion": self.assertion(),
        } | changes
        return httpx.post(f"{self.url}/token", data={k: v for k, v in form.items() if v})

    def statement(self, key: ECKey | None = None, **changes: object) -> str:
        now_s = int(time.time())
        claims = {
            "iss": f"{self.url}/identity",
            "aud": self.url,
            "sub": CODE,
            "exp": now_s + 60,
            "jti": str(time.perf_counter_ns()),
        } | changes
        said = {name: value for name, value in claims.items() if value is not ...}
        return jwt.encode({"alg": "ES256"}, said, key or identity_key(self.data_dir))

    def ask_for_person(self, client_id: str = "citizen-portal", **changes: str) -> httpx.Response:
        form = {
            "grant_type": TOKEN_EXCHANGE,
            "client_assertion": self.assertion(client_id),
            "subject_token": self.statement(),
            "subject_token_type": JWT_TYPE,
        } | changes
        return self.ask(**form)

    def trust(self, *, require_binding: bool = False) -> Trust:
        return Trust(
            issuer=self.url,
            audience=AUDIENCE,
            require_binding=require_binding,
            person_keys=person_keys(self.data_dir),
        )


class Now:
    """The real clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def today(self) -> date:
        return self.now().date()


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    prepare(tmp_path, ["vsaa", "nva"])
    wire = listening()
    url = f"http://127.0.0.1:{wire.getsockname()[1]}"
    write_state(tmp_path, State(issuer=url, hub=AUDIENCE, audience=AUDIENCE))
    app = issuer_app(tmp_path, url, TrustedProxies.parse(["127.0.0.1"]))
    with serving(app, wire=wire):
        yield Sandbox(tmp_path, url)


def claims_of(token: str) -> dict[str, Any]:
    return msgspec.json.decode(urlsafe_b64decode(token.split(".")[1].encode()), type=dict[str, Any])


# ---- what the hub gets ----------------------------------------------------------------------


@pytest.mark.asyncio
async def test_the_hub_believes_the_issuer(sandbox: Sandbox) -> None:
    async with open_identification(sandbox.trust(), clients=Clients(), clock=Now()) as room:
        client = await room.identify(present(fetch_token(sandbox.data_dir, "vsaa")))
        assert (client.id, client.person) == ("vsaa", None)
        issued = await fetch_token_async(sandbox.data_dir, "nva")
        assert (await room.identify(present(issued.access_token))).id == "nva"
        assert issued.expires_in == 600


@pytest.mark.asyncio
async def test_a_bound_token_where_only_those_are_admitted(sandbox: Sandbox) -> None:
    trust = sandbox.trust(require_binding=True)
    async with open_identification(trust, clients=Clients(), clock=Now()) as room:
        bound = fetch_token(sandbox.data_dir, "vsaa", certificate=b"certificate")
        assert (await room.identify(present(bound, thumbprint(b"certificate")))).id == "vsaa"
        for token, certificate in (
            (bound, thumbprint(b"another")),
            (bound, None),
            (fetch_token(sandbox.data_dir, "vsaa"), thumbprint(b"certificate")),
        ):
            with pytest.raises(Unauthenticated) as caught:
                await room.identify(present(token, certificate))
            assert caught.value.code is Code.TOKEN_NOT_BOUND


@pytest.mark.asyncio
async def test_a_persona_s_own_token(sandbox: Sandbox) -> None:
    token = fetch_person_token(sandbox.data_dir, CODE.replace("-", ""))
    assert CODE not in str(claims_of(token))
    assert claims_of(fetch_person_token(sandbox.data_dir, CODE))["sub"] == claims_of(token)["sub"]
    async with open_identification(sandbox.trust(), clients=Clients(), clock=Now()) as room:
        client = await room.identify(present(token))
        assert (client.id, client.person) == ("citizen-portal", CODE)


@pytest.mark.asyncio
async def test_rotation_on_demand(sandbox: Sandbox) -> None:
    async with open_identification(sandbox.trust(), clients=Clients(), clock=Now()) as room:
        old = fetch_token(sandbox.data_dir, "vsaa")
        rotate(sandbox.data_dir)
        new = fetch_token(sandbox.data_dir, "vsaa")
        assert old.split(".")[0] != new.split(".")[0]
        for token in (new, old):
            assert (await room.identify(present(token))).id == "vsaa"


def test_metadata_is_complete(sandbox: Sandbox) -> None:
    answer = httpx.get(f"{sandbox.url}/.well-known/oauth-authorization-server").json()
    # the library demands https and an authorization endpoint; a sandbox of machines has neither
    public = msgspec.json.encode(answer).replace(b"http://", b"https://")
    described = msgspec.json.decode(public) | {
        "authorization_endpoint": "https://none.test",
        "response_types_supported": ["none"],
    }
    AuthorizationServerMetadata(described).validate()
    assert answer["issuer"] == sandbox.url
    assert httpx.get(answer["jwks_uri"]).json()["keys"]


# ---- what the issuer refuses ----------------------------------------------------------------


def test_an_assertion_serves_once(sandbox: Sandbox) -> None:
    assertion = sandbox.assertion()
    first = sandbox.ask(client_assertion=assertion)
    assert first.status_code == 200
    assert first.headers["cache-control"] == "no-store"
    again = sandbox.ask(client_assertion=assertion)
    assert (again.status_code, again.json()["error"]) == (400, "invalid_client")


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": "https://elsewhere.test"},
        {"expires_in": 400},
        {"expires_in": -60},
        {"jti": 7},
        {"sub": "nva"},
        {"iss": "nva"},
        {"sub": "../identity"},
        {"sub": "nobody"},
    ],
)
def test_only_a_right_assertion_proves_a_client(sandbox: Sandbox, changes: dict[str, Any]) -> None:
    answer = sandbox.ask(client_assertion=sandbox.assertion(**changes))
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_client")


def test_no_other_key_proves_a_client(sandbox: Sandbox) -> None:
    for key in (ECKey.generate_key("P-256"), client_key(sandbox.data_dir, "nva")):
        answer = sandbox.ask(client_assertion=sandbox.assertion(key=key))
        assert answer.json()["error"] == "invalid_client"


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"client_assertion": None}, "invalid_client"),
        ({"client_assertion_type": None}, "invalid_client"),
        ({"client_assertion": "a.b.c"}, "invalid_client"),
        ({"client_assertion": None, "client_id": "vsaa"}, "invalid_client"),
        ({"grant_type": None}, "unsupported_grant_type"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": "authorization_code"}, "unsupported_grant_type"),
    ],
)
def test_other_ways_are_closed(
    sandbox: Sandbox, changes: dict[str, str | None], error: str
) -> None:
    answer = sandbox.ask(**changes)
    assert (answer.status_code, answer.json()["error"]) == (400, error)


@pytest.mark.parametrize(
    "body", ["a=1&a=2", "ā=1", "&".join(f"a{n}=1" for n in range(17)), "a=" + "x" * 16_384]
)
def test_a_body_that_is_no_honest_form(sandbox: Sandbox, body: str) -> None:
    answer = httpx.post(f"{sandbox.url}/token", content=body.encode())
    assert (answer.status_code, answer.json()) == (400, {"error": "invalid_request"})


def test_an_unclear_certificate_gets_no_token(sandbox: Sandbox) -> None:
    answer = httpx.post(f"{sandbox.url}/token", data={}, headers={"Client-Cert": "?"})
    assert (answer.status_code, answer.json()) == (400, {"error": "invalid_request"})


def test_only_the_portal_acts_for_persons(sandbox: Sandbox) -> None:
    assert sandbox.ask_for_person().status_code == 200
    answer = sandbox.ask_for_person("vsaa")
    assert (answer.status_code, answer.json()["error"]) == (400, "unauthorized_client")


@pytest.mark.parametrize(
    "changes",
    [
        {"sub": "12345"},
        {"sub": ...},
        {"sub": 7},
        {"iss": "https://elsewhere.test"},
        {"aud": "https://elsewhere.test"},
        {"exp": 1},
        {"exp": 9_999_999_999},
        {"exp": ...},
        {"jti": ...},
    ],
)
def test_only_a_right_statement_names_a_person(
    sandbox: Sandbox, changes: dict[str, object]
) -> None:
    answer = sandbox.ask_for_person(subject_token=sandbox.statement(None, **changes))
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")
    assert CODE not in answer.text


def test_statements_are_signed_by_the_identity_service_and_serve_once(sandbox: Sandbox) -> None:
    forged = sandbox.statement(client_key(sandbox.data_dir, "citizen-portal"))
    assert sandbox.ask_for_person(subject_token=forged).json()["error"] == "invalid_request"
    once = sandbox.statement()
    assert sandbox.ask_for_person(subject_token=once).status_code == 200
    assert sandbox.ask_for_person(subject_token=once).json()["error"] == "invalid_request"
    other = sandbox.ask_for_person(subject_token_type="urn:other")
    assert other.json()["error"] == "invalid_request"


def test_used_ids_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grants, "_MAX_SEEN", 2)
    seen = grants.SeenIds()
    past, future = time.time() - 60, time.time() + 60
    assert seen.is_first("vsaa", "1", past)
    assert seen.is_first("vsaa", "2", future)
    assert seen.is_first("vsaa", "3", future)
    assert not seen.is_first("vsaa", "4", future)  # full of ids that still matter: refuse
    assert not seen.is_first("vsaa", "2", future)


@pytest.mark.parametrize("told", [None, "", "Bearer", "Bearer wrong", "Basic {}", "bearer {}"])
def test_rotation_needs_the_secret(sandbox: Sandbox, told: str | None) -> None:
    secret = admin_secret(sandbox.data_dir)
    before = httpx.get(f"{sandbox.url}/jwks.json").json()
    headers = {"Authorization": told.format(secret)} if told is not None else {}
    assert httpx.post(f"{sandbox.url}/rotate", headers=headers).status_code == 401
    assert httpx.get(f"{sandbox.url}/jwks.json").json() == before
    assert secret not in str(before)


# ---- what its own commands say --------------------------------------------------------------


def test_an_unknown_client_is_told_who_there_is(sandbox: Sandbox) -> None:
    with pytest.raises(UnknownClient, match="there are: citizen-portal, nva, vsaa"):
        fetch_token(sandbox.data_dir, "nobody")


def test_a_malformed_code_is_not_sent_anywhere(sandbox: Sandbox) -> None:
    with pytest.raises(BadRequest):
        fetch_person_token(sandbox.data_dir, "12345")


def test_a_refusal_says_what_the_issuer_said(sandbox: Sandbox) -> None:
    (sandbox.data_dir / "issuer" / "admin-secret").write_text("wrong")
    with pytest.raises(TokenRefused, match="invalid_token"):
        rotate(sandbox.data_dir)
    elsewhere = sandbox.url.replace("127.0.0.1", "localhost")
    write_state(sandbox.data_dir, State(issuer=elsewhere, hub="", audience=""))
    with pytest.raises(TokenRefused, match="invalid_client"):
        fetch_token(sandbox.data_dir, "vsaa")


def test_a_client_added_later_needs_no_restart(sandbox: Sandbox) -> None:
    prepare(sandbox.data_dir, ["spkc"])
    assert claims_of(fetch_token(sandbox.data_dir, "spkc"))["client_id"] == "spkc"


def test_without_a_state_the_issuer_knows_no_audience(sandbox: Sandbox) -> None:
    (sandbox.data_dir / "sandbox.json").unlink()
    answer = sandbox.ask()
    assert (answer.status_code, answer.json()) == (503, {"error": "temporarily_unavailable"})


@pytest.mark.asyncio
async def test_a_sandbox_that_does_not_run_is_told_as_such(tmp_path: Path) -> None:
    prepare(tmp_path, ["vsaa"])
    with pytest.raises(NotRunning):
        fetch_token(tmp_path, "vsaa")
    with socket.socket() as taken:  # bound, so that nobody else answers there
        taken.bind(("127.0.0.1", 0))
        gone = f"http://127.0.0.1:{taken.getsockname()[1]}"
        write_state(tmp_path, State(issuer=gone, hub=gone, audience=gone))
        with pytest.raises(NotRunning, match="make demo"):
            fetch_token(tmp_path, "vsaa")
        with pytest.raises(NotRunning):
            await fetch_token_async(tmp_path, "vsaa")
        with pytest.raises(NotRunning):
            rotate(tmp_path)


def test_another_program_on_its_port_is_not_taken_for_the_issuer(sandbox: Sandbox) -> None:
    async def stranger(scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401 — ASGI
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"<html>"})

    with serving(stranger) as url:
        write_state(sandbox.data_dir, State(issuer=url, hub=url, audience=url))
        with pytest.raises(NotRunning):
            fetch_token(sandbox.data_dir, "vsaa")
