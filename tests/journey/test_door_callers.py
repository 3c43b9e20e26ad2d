"""Tokens, agreements and media types that do not fit."""

import base64
import json
import time
from collections.abc import Callable, Mapping

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from hub.caller.flaw import Flaw
from hub.cli.estate import AUDIENCE, estate_of
from hub.sandbox.issuer.keys import SigningKeys
from tests.journey.door import (
    JSON,
    MEDIA,
    STATUS,
    a_token,
    assert_refused,
    assert_tells_nothing,
    body,
    send,
)
from tests.journey.town import GRAPHQL, Town, codes

STRANGER = ECKey.generate_key("P-256", auto_kid=True)
OTHERS = ["Basic cmlnYTpyaWdh", "Bearer", "DPoP abc", "bearer", ""]


def minted(
    town: Town,
    claims: Mapping[str, object] | None = None,
    header: Mapping[str, object] | None = None,
    key: ECKey | None = None,
) -> str:
    """Return a token of the sandbox's issuer, save for what is given; None leaves a claim out."""
    own = SigningKeys(town.data_dir).active
    now = int(time.time())
    said = {
        "iss": estate_of(town.data_dir).issuer,
        "aud": AUDIENCE,
        "sub": "riga-social-service",
        "client_id": "riga-social-service",
        "jti": "0123456789abcdef",
        "iat": now,
        "exp": now + 300,
    } | dict(claims or {})
    head = {"alg": "ES256", "typ": "at+jwt", "kid": own.kid} | dict(header or {})
    kept = {name: value for name, value in said.items() if value is not None}
    return jwt.encode(head, kept, key or own, algorithms=["ES256"])


def part(content: Mapping[str, object]) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()


def unsigned(town: Town) -> str:
    _head, payload, _ = minted(town).split(".")
    return f"{part({'alg': 'none', 'typ': 'at+jwt', 'kid': 'x'})}.{payload}."


def flipped(town: Town) -> str:
    token = minted(town)
    return token[:-10] + ("A" if token[-10] != "A" else "B") + token[-9:]


NOW = int(time.time())
FLAWED: Mapping[str, tuple[Callable[[Town], str], Flaw]] = {
    "garbled": (lambda _: "garbled", Flaw.FORM),
    "five parts": (lambda _: "a.b.c.d.e", Flaw.FORM),
    "not base64": (lambda _: "!.!.!", Flaw.HEADER),
    "not JSON": (lambda _: "YQ.YQ.YQ", Flaw.HEADER),
    "too large": (lambda _: "a" * 9_000, Flaw.SIZE),
    "unsigned": (unsigned, Flaw.ALGORITHM),
    "a flipped byte": (flipped, Flaw.SIGNATURE),
    "no type": (lambda town: minted(town, header={"typ": "JWT"}), Flaw.TYPE),
    "a key of its own": (
        lambda town: minted(town, header={"jwk": STRANGER.as_dict(private=False)}, key=STRANGER),
        Flaw.HEADER,
    ),
    "an unknown key": (
        lambda town: minted(town, header={"kid": "unknown"}, key=STRANGER),
        Flaw.KEY_UNKNOWN,
    ),
    "another's signature": (lambda town: minted(town, key=STRANGER), Flaw.SIGNATURE),
    "another audience": (lambda town: minted(town, {"aud": "urn:other"}), Flaw.AUDIENCE),
    "no client": (lambda town: minted(town, {"client_id": None}), Flaw.CLAIMS),
    "a long life": (lambda town: minted(town, {"exp": NOW + 86_400}), Flaw.LIFETIME),
    "not yet": (
        lambda town: minted(town, {"iat": NOW + 3_000, "exp": NOW + 3_300}),
        Flaw.NOT_YET_VALID,
    ),
    "a person without the portal": (lambda town: minted(town, {"person": "x"}), Flaw.DELEGATION),
}


@pytest.mark.parametrize("accept", MEDIA)
@pytest.mark.parametrize("flawed", FLAWED.values(), ids=list(FLAWED))
def test_a_flawed_token_is_refused_with_its_flaw(
    town: Town, flawed: tuple[Callable[[Town], str], Flaw], accept: str | None
) -> None:
    make, flaw = flawed
    token = make(town)
    response = send(town, body(), token=token, accept=accept)
    error = assert_refused(town, response, "token_invalid", accept=accept)
    assert error["extensions"]["reason"] == flaw.value
    assert 'error="invalid_token"' in response.headers["www-authenticate"]
    assert token not in response.text


@pytest.mark.parametrize("accept", MEDIA)
def test_an_expired_token_is_told_so(town: Town, accept: str | None) -> None:
    old = minted(town, {"iat": NOW - 3_600, "exp": NOW - 3_300})
    response = send(town, body(), token=old, accept=accept)
    assert_refused(town, response, "token_expired", accept=accept)
    assert "expired" in response.headers["www-authenticate"]


def test_another_issuer_is_unknown(town: Town) -> None:
    response = send(town, body(), token=minted(town, {"iss": "https://elsewhere.test"}))
    assert_refused(town, response, "issuer_unknown")
    assert "elsewhere" not in response.text


@pytest.mark.parametrize("accept", MEDIA)
@pytest.mark.parametrize("authorization", [None, *OTHERS])
def test_no_bearer_token_is_no_token(
    town: Town, authorization: str | None, accept: str | None
) -> None:
    headers = {} if authorization is None else {"authorization": authorization}
    response = send(town, body(), token=None, headers=headers, accept=accept)
    assert_refused(town, response, "token_missing", accept=accept)
    assert response.headers["www-authenticate"] == 'Bearer realm="vienreiz"'


def test_a_refused_caller_is_on_the_log(town: Town) -> None:
    before = town.logged("refused")
    send(town, body(), token="garbled")
    send(town, body(), agreement="NOBODY-1")
    assert town.logged("refused") == before + 2


@pytest.mark.parametrize("accept", MEDIA)
@pytest.mark.parametrize("number", ["NOBODY-1", "VSAA-2026-001", "rsd-2026-001", "SBX-2026-001"])
def test_an_agreement_that_is_not_ones_own_is_unknown(
    town: Town, number: str, accept: str | None
) -> None:
    response = send(town, body(), agreement=number, accept=accept)
    assert_refused(town, response, "agreement_unknown", accept=accept)
    assert number not in response.text


def test_several_agreements_are_listed(town: Town) -> None:
    error = assert_refused(town, send(town, body(), agreement=None), "agreement_ambiguous")
    assert "RSD-2026-001" in error["extensions"]["agreements"]


@pytest.mark.parametrize(
    "pairs",
    [
        [("x-dagr-permission", "RSD-2026-001"), ("x-dagr-permission", "RSD-2026-001")],
        [("x-dagr-permission", "RSD-2026-001"), ("hub-agreement", "RSD-2026-002")],
        [("x-dagr-permission", "RSD-2026-001"), ("hub-case", "a"), ("hub-case", "b")],
        [("x-dagr-permission", "RSD-2026-001"), ("hub-official", "a"), ("hub-official", "a")],
        [("x-dagr-permission", "RSD-2026-001"), ("authorization", "Bearer x")],
    ],
)
def test_repeated_headers_are_refused(town: Town, pairs: list[tuple[str, str]]) -> None:
    always = [("authorization", f"Bearer {a_token(town)}"), ("accept", GRAPHQL)]
    response = town.http.post(f"{town.url}/graphql", json=body(), headers=[*always, *pairs])
    error = assert_refused(town, response, "header_conflict")
    assert error["extensions"]["header"]


@pytest.mark.parametrize("value", ["", "a b", "a;b", "x" * 65, "ķ", "a\tb"])
def test_headers_of_another_form_are_refused(town: Town, value: str) -> None:
    raw = [(b"hub-case", value.encode())]
    always = [
        (b"authorization", f"Bearer {a_token(town)}".encode()),
        (b"accept", GRAPHQL.encode()),
        (b"x-dagr-permission", b"RSD-2026-001"),
    ]
    response = town.http.post(f"{town.url}/graphql", json=body(), headers=[*always, *raw])
    assert_refused(town, response, "header_invalid")


@pytest.mark.parametrize(
    ("media", "code"),
    [
        (None, "unsupported_media_type"),
        ("text/plain", "unsupported_media_type"),
        ("application/graphql", "unsupported_media_type"),
        ("application/x-www-form-urlencoded", "unsupported_media_type"),
        ("multipart/form-data; boundary=x", "unsupported_media_type"),
        ("application/json; charset=iso-8859-13", "unsupported_media_type"),
        ("application/jsonx", "unsupported_media_type"),
        ("json", "unsupported_media_type"),
    ],
)
@pytest.mark.parametrize("accept", MEDIA)
def test_other_media_types_are_not_read(
    town: Town, media: str | None, code: str, accept: str | None
) -> None:
    response = send(town, body(), media=media, accept=accept)
    assert_refused(town, response, code, accept=accept)


@pytest.mark.parametrize(
    "media",
    ["application/json;charset=UTF-8", "APPLICATION/JSON", 'application/json; charset="utf-8"'],
)
def test_utf_8_may_be_said(town: Town, media: str) -> None:
    assert send(town, body(), media=media).status_code == 200


@pytest.mark.parametrize("encoding", ["gzip", "br", "deflate", "identity, gzip", "x"])
def test_compressed_bodies_are_not_read(town: Town, encoding: str) -> None:
    response = send(town, body(), headers={"content-encoding": encoding})
    assert_refused(town, response, "unsupported_media_type")


@pytest.mark.parametrize(
    "accept",
    [
        "text/html",
        "application/xml",
        "application/json;q=0",
        "application/json; charset=utf-16",
        "application/graphql+json",
        ",",
        "q=1",
    ],
)
def test_what_cannot_be_answered_is_not_acceptable(town: Town, accept: str) -> None:
    response = send(town, body(), accept=accept)
    assert_refused(town, response, "not_acceptable", accept=accept)


@pytest.mark.parametrize(
    ("accept", "media"),
    [
        (None, GRAPHQL),
        ("*/*", GRAPHQL),
        ("application/*", GRAPHQL),
        (GRAPHQL, GRAPHQL),
        (JSON, JSON),
        (f"{GRAPHQL}, {JSON};q=0.9", GRAPHQL),
        (f"{JSON}, {GRAPHQL};q=0.9", JSON),
        ("text/html, application/json", JSON),
        ("APPLICATION/JSON; CHARSET=UTF-8", JSON),
    ],
)
def test_the_answer_comes_in_what_is_accepted(town: Town, accept: str | None, media: str) -> None:
    response = send(town, body(), accept=accept)
    assert response.status_code == 200
    assert response.headers["content-type"] == f"{media}; charset=utf-8"


def test_huge_headers_are_refused(town: Town) -> None:
    response = send(town, body(), headers={"x-large": "x" * 33_000})
    error = assert_refused(town, response, "headers_too_large")
    assert error["extensions"]["limit"] == 32_768
    many = {f"x-{number}": "x" * 100 for number in range(320)}
    assert codes(send(town, body(), headers=many)) == ["headers_too_large"]


def test_a_forged_certificate_header_is_refused(town: Town) -> None:
    response = send(town, body(), headers={"client-cert": ":AAAA:"})
    assert_refused(town, response, "header_invalid")


def test_a_question_is_answered_alike_by_any_good_token(town: Town) -> None:
    response = send(town, body(STATUS), token=minted(town))
    assert response.status_code == 200
    assert_tells_nothing(response, "Traceback")
