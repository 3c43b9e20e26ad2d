import pytest

from hub.caller import Trust, challenge
from hub.caller.trust import is_safe_address
from hub.errors import Code, Unauthenticated


@pytest.mark.parametrize(
    "url",
    [
        "https://issuer.test",
        "https://issuer.test/realm/hub",
        "http://127.0.0.1:9000",
        "http://127.9.9.9",
        "http://[::1]:9000/jwks",
        "http://localhost:9000",
    ],
)
def test_addresses_whose_keys_may_be_believed(url: str) -> None:
    assert is_safe_address(url)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "issuer.test",
        "http://issuer.test",
        "http://10.0.0.1",
        "http://localhost.evil.test",
        "ftp://issuer.test",
        "file:///etc/passwd",
        "https://",
        "https://user@issuer.test",
        "https://issuer.test#part",
    ],
)
def test_addresses_that_may_not(url: str) -> None:
    assert not is_safe_address(url)


def test_all_problems_are_told_at_once() -> None:
    assert not Trust(issuer="https://a.test", audience="hub").problems()
    wrong = Trust(issuer="http://a.test", audience="", jwks_url="http://a.test/jwks")
    assert len(wrong.problems()) == 3


def test_binding_is_required_unless_told_otherwise() -> None:
    assert Trust(issuer="https://a.test", audience="hub").require_binding


def test_a_missing_token_is_asked_for_and_a_wrong_one_explained() -> None:
    assert challenge(Unauthenticated(Code.TOKEN_MISSING)) == 'Bearer realm="vienreiz"'
    assert challenge(Unauthenticated(Code.TOKEN_EXPIRED, reason="x")) == (
        'Bearer realm="vienreiz", error="invalid_token", '
        'error_description="the access token has expired"'
    )


@pytest.mark.parametrize(
    "code", [code for code in Code if code.status == 401], ids=lambda code: code.code
)
def test_every_challenge_is_one_clean_header(code: Code) -> None:
    value = challenge(Unauthenticated(code))
    assert value.isascii()
    assert "\\" not in value
    assert value.count('"') % 2 == 0
