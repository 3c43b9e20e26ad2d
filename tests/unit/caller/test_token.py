import hmac
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from joserfc.jwk import ECKey, OKPKey

from hub.caller.keys import VerifyingKey
from hub.caller.token import Unverified, bearer, read, verify
from hub.caller.trust import Trust
from hub.errors import Code, HubError, Unauthenticated
from tests.unit.caller.minting import (
    AUDIENCE,
    EC,
    ISSUER,
    RSA,
    START,
    as_json,
    b64,
    claims,
    header,
    mint,
    open_room,
    present,
    sign,
)

NOW_S = START.timestamp()
TRUST = Trust(issuer=ISSUER, audience=AUDIENCE)
KEY = VerifyingKey(key=EC, algorithm="ES256")
ACCEPTED = mint()


def check(token: str) -> None:
    verify(read(bearer((f"Bearer {token}",)), ISSUER), KEY, TRUST, NOW_S)


def refused(token: str) -> tuple[str, object]:
    with pytest.raises(Unauthenticated) as caught:
        check(token)
    return caught.value.code.code, caught.value.details.get("reason")


def signed(**changes: object) -> str:
    return sign(header(), as_json(claims(None, **changes)), EC)


def headed(**changes: object) -> str:
    return sign(header(EC, **changes), as_json(claims()), EC)


def test_the_token_all_others_differ_from_is_good() -> None:
    check(ACCEPTED)
    check(signed(aud=[AUDIENCE]))
    check(headed(typ="application/at+jwt"))
    check(headed(typ="AT+JWT"))
    check(headed(x5t="ignored"))
    check(signed(exp=int(NOW_S) + 600))
    check(signed(exp=NOW_S - 29.5, iat=NOW_S - 300))
    check(signed(iat=int(NOW_S) + 30, nbf=int(NOW_S) + 30))


@pytest.mark.parametrize(
    ("changes", "code", "reason"),
    [
        ({"iss": "https://other.test"}, "issuer_unknown", None),
        ({"iss": ISSUER + "/"}, "issuer_unknown", None),
        ({"iss": 7}, "token_invalid", "claims"),
        ({"aud": "https://other.test"}, "token_invalid", "audience"),
        ({"aud": AUDIENCE + "/"}, "token_invalid", "audience"),
        ({"aud": [AUDIENCE, "https://other.test"]}, "token_invalid", "audience"),
        ({"aud": []}, "token_invalid", "audience"),
        ({"exp": int(NOW_S) - 30, "iat": int(NOW_S) - 300}, "token_expired", None),
        ({"nbf": int(NOW_S) + 31}, "token_invalid", "not_yet_valid"),
        ({"iat": int(NOW_S) + 31}, "token_invalid", "not_yet_valid"),
        ({"exp": int(NOW_S) + 601}, "token_invalid", "lifetime"),
        ({"exp": int(NOW_S)}, "token_invalid", "lifetime"),
        ({"exp": "soon"}, "token_invalid", "claims"),
        ({"exp": True}, "token_invalid", "claims"),
        ({"client_id": ""}, "token_invalid", "claims"),
        ({"client_id": "a b"}, "token_invalid", "claims"),
        ({"client_id": "rīga"}, "token_invalid", "claims"),
        ({"client_id": "a" * 129}, "token_invalid", "claims"),
        ({"sub": ""}, "token_invalid", "claims"),
        ({"jti": ""}, "token_invalid", "claims"),
        ({"cnf": "x5t"}, "token_invalid", "claims"),
        *(
            ({name: ...}, "token_invalid", "claims")
            for name in ("iss", "aud", "exp", "iat", "sub", "client_id", "jti")
        ),
    ],
    ids=str,
)
def test_every_claim_counts(changes: dict[str, Any], code: str, reason: str | None) -> None:
    assert refused(signed(**changes)) == (code, reason)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"typ": "JWT"}, "type"),
        ({"typ": ""}, "type"),
        ({"typ": "id+jwt"}, "type"),
        ({"typ": ...}, "header"),
        ({"kid": ...}, "header"),
        ({"kid": 7}, "header"),
        ({"jwk": EC.as_dict(private=False)}, "header"),
        ({"jku": "https://issuer.test/jwks"}, "header"),
        ({"x5u": "https://issuer.test/cert"}, "header"),
        ({"x5c": ["MIIB"]}, "header"),
        ({"crit": ["exp"], "exp": 1}, "header"),
        ({"crit": []}, "header"),
        ({"crit": None}, "header"),
        ({"b64": False}, "header"),
        ({"b64": True}, "header"),
        ({"padding": "x" * 600}, "signature"),
    ],
    ids=str,
)
def test_every_header_counts(changes: dict[str, Any], reason: str | None) -> None:
    assert refused(headed(**changes)) == ("token_invalid", reason)


def unsigned(algorithm: str, signature: str = "") -> str:
    return f"{b64(as_json(header(alg=algorithm)))}.{b64(as_json(claims()))}.{signature}"


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "nOnE"])
@pytest.mark.parametrize("signature", ["", ACCEPTED.rsplit(".", 1)[1]])
def test_none_is_no_algorithm(algorithm: str, signature: str) -> None:
    assert refused(unsigned(algorithm, signature)) == ("token_invalid", "algorithm")


@pytest.mark.parametrize("digest", ["sha256", "sha512"])
@pytest.mark.parametrize("form", ["pem", "der", "jwk"])
def test_the_public_key_is_no_secret(digest: str, form: str) -> None:
    secret = {"pem": EC.as_pem(), "der": EC.as_der(), "jwk": as_json(EC.as_dict(private=False))}
    token = unsigned(digest.replace("sha", "HS")).rstrip(".")
    mac = hmac.digest(secret[form], token.encode(), digest)
    assert refused(f"{token}.{b64(mac)}") == ("token_invalid", "algorithm")


def test_algorithms_outside_the_list_are_refused_with_a_right_signature() -> None:
    token = sign(header(RSA, alg="RS256"), as_json(claims()), RSA)
    assert refused(token) == ("token_invalid", "algorithm")
    token = sign(header(alg="Ed25519"), as_json(claims()), OKPKey.generate_key("Ed25519"))
    assert refused(token) == ("token_invalid", "algorithm")


def test_a_key_verifies_its_own_algorithm_only() -> None:
    assert refused(sign(header(RSA), as_json(claims()), RSA)) == ("token_invalid", "algorithm")


def test_another_key_of_the_same_name_does_not_do() -> None:
    stranger = ECKey.generate_key("P-256", {"kid": "ec-1"})
    assert refused(sign(header(), as_json(claims()), stranger)) == ("token_invalid", "signature")


def test_issuer_is_checked_in_what_was_signed_too() -> None:
    elsewhere = signed(iss="https://other.test")
    with pytest.raises(Unauthenticated) as caught:
        verify(Unverified(token=elsewhere, key_id="ec-1", algorithm="ES256"), KEY, TRUST, NOW_S)
    assert caught.value.code is Code.ISSUER_UNKNOWN


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (b"", "claims"),
        (b"[]", "claims"),
        (b"null", "claims"),
        (b'"text"', "claims"),
        (b'{"iss": "' + ISSUER.encode() + b'"', "claims"),
        (b"[" * 4000, "claims"),
        (as_json(claims(exp=1))[:-1].replace(b'"exp":1', b'"exp":1e999') + b"}", "claims"),
        (as_json(claims(exp=1)).replace(b'"exp":1', b'"exp":NaN'), "claims"),
        (b'{"iss":"' + ISSUER.encode() + b'","cnf":' + b"[" * 3000, "claims"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_a_signature_makes_no_payload_good(payload: bytes, reason: str | None) -> None:
    assert refused(sign(header(), payload, EC)) == ("token_invalid", reason)


@pytest.mark.parametrize(
    "token",
    [
        "",
        ".",
        "..",
        "...",
        "a.b",
        "a.b.c.d.e",
        f"{b64(b'[]')}.{b64(b'{}')}.AA",
        f"{b64(b'null')}.{b64(b'{}')}.AA",
        f"{b64(b'[' * 3000)}.{b64(b'{}')}.AA",
        f"{b64(b'{')}.{b64(b'{}')}.AA",
        ACCEPTED + "=",
        ACCEPTED + ".",
        "." + ACCEPTED,
        ACCEPTED.replace(".", "..", 1),
        ACCEPTED.rsplit(".", 1)[0] + ".",
        ACCEPTED.rsplit(".", 1)[0],
        ACCEPTED + "\x00",
    ],
    ids=range(17),
)
def test_malformed_tokens_are_refused_as_such(token: str) -> None:
    with pytest.raises(Unauthenticated):
        check(token)


@pytest.mark.parametrize("size", [8192, 8193])
def test_the_size_is_checked_before_anything_is_read(size: int) -> None:
    assert refused("." * size)[1] == ("form" if size == 8192 else "size")


@pytest.mark.parametrize("claim", ["exp", "iat", "nbf"])
@pytest.mark.parametrize("moment", [10**400, -1, 1e308, -1e308, 1e11])
def test_times_beyond_all_calendars_are_no_times(claim: str, moment: float) -> None:
    assert refused(signed(**{claim: moment})) == ("token_invalid", "claims")


@given(st.integers(0, len(ACCEPTED) - 1), st.integers(1, 255))
@settings(max_examples=400, deadline=None)
def test_any_flipped_byte_is_refused(position: int, change: int) -> None:
    raw = bytearray(ACCEPTED.encode())
    raw[position] ^= change
    with pytest.raises(HubError):
        check(raw.decode("latin-1"))


@given(st.text(max_size=200))
@settings(max_examples=200, deadline=None)
def test_no_text_is_more_than_a_refusal(text: str) -> None:
    with pytest.raises(Unauthenticated):
        check(text)


@given(
    st.fixed_dictionaries(
        {},
        optional={
            name: st.none() | st.booleans() | st.integers() | st.floats() | st.lists(st.text())
            for name in ("iss", "sub", "client_id", "jti", "exp", "iat", "cnf", "act", "person")
        },
    ).filter(bool)
)
@settings(max_examples=200, deadline=None)
def test_no_claim_of_a_wrong_type_does_harm(changes: dict[str, object]) -> None:
    optional = {"cnf", "act", "person"}
    if all(name in optional and value is None for name, value in changes.items()):
        return
    numeric = {"exp", "iat"}
    if all(name in numeric and type(value) in (int, float) for name, value in changes.items()):
        try:
            check(signed(**changes))
        except Unauthenticated:
            return
        return
    with pytest.raises(Unauthenticated):
        check(signed(**changes))


@pytest.mark.asyncio
async def test_a_refused_token_leaves_nothing_behind() -> None:
    room = await open_room()
    for token in (signed(aud="other"), headed(typ="JWT"), unsigned("none"), signed(sub=...)):
        for _ in range(2):
            with pytest.raises(Unauthenticated):
                await room.identification.identify(present(token))
    assert not room.identification._verified._kept
    assert (room.jwks.asked, room.clients.asked) == (1, 1)
