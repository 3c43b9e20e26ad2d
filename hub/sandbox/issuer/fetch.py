"""Tokens for those who try the sandbox: proves to be a demo client and asks the issuer."""

import base64
import ssl
import time
from dataclasses import dataclass
from pathlib import Path
from secrets import token_urlsafe
from typing import Final

import httpx
import msgspec
from authlib.oauth2.rfc7523 import private_key_jwt_sign
from joserfc import jwt

from hub.model.personal_code import PersonalCode
from hub.sandbox.issuer.grants import JWT_TYPE, TOKEN_EXCHANGE
from hub.sandbox.issuer.keys import PORTAL, admin_secret, client_key, identity_key
from hub.sandbox.state import NotRunning, SandboxFailure, State, read_state

_TIMEOUT_S: Final = 5.0
_ASSERTION_S: Final = 60
_ASSERTION_TYPE: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


class TokenRefused(SandboxFailure):
    """The issuer said no."""

    def __init__(self, answer: httpx.Response) -> None:
        """Tell what the issuer said."""
        super().__init__(f"the issuer refused with {answer.status_code}: {answer.text}")


class Issued(msgspec.Struct, frozen=True, kw_only=True):
    """A token, and the seconds it will last."""

    access_token: str
    expires_in: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ask:
    """One request to the token endpoint, ready to be sent in either way."""

    data_dir: Path
    url: str
    form: dict[str, str]
    headers: dict[str, str]

    def read(self, answer: httpx.Response) -> Issued:
        if answer.status_code != httpx.codes.OK:
            raise TokenRefused(answer)
        try:
            return msgspec.json.decode(answer.content, type=Issued)
        except msgspec.DecodeError:  # something else has taken the issuer's port
            raise NotRunning(self.data_dir) from None


def fetch_token(
    data_dir: Path,
    client_id: str,
    *,
    certificate: bytes | None = None,
    tls: ssl.SSLContext | None = None,
) -> str:
    """Return a fresh access token of a demo client.

    Args:
        data_dir: Of the running sandbox.
        client_id: One of its demo clients.
        certificate: DER of the certificate to bind the token to; None leaves it unbound.
        tls: Where the issuer itself speaks TLS: whom to trust, and the client's own certificate.

    Raises:
        NotRunning: No sandbox runs in that folder.
        UnknownClient: It has no such client.
        TokenRefused: The issuer said no.
    """
    return _send(_own(data_dir, client_id, certificate), tls).access_token


async def fetch_token_async(data_dir: Path, client_id: str) -> Issued:
    """Do as ``fetch_token`` without holding up the loop, and tell the lifetime too."""
    return await _sent(_own(data_dir, client_id, None))


async def fetch_person_token_async(data_dir: Path, persona_code: str) -> Issued:
    """Do as ``fetch_person_token`` without holding up the loop, and tell the lifetime too."""
    return await _sent(_of_person(data_dir, persona_code, None))


def fetch_person_token(
    data_dir: Path, persona_code: str, *, certificate: bytes | None = None
) -> str:
    """Return a token of a persona, as the citizen portal gets it once the person has logged in.

    Raises:
        BadRequest: ``personal_code_invalid``.
        NotRunning: No sandbox runs in that folder.
        TokenRefused: The issuer said no.
    """
    return _send(_of_person(data_dir, persona_code, certificate), None).access_token


def rotate(data_dir: Path) -> None:
    """Let the running issuer sign with a new key from now on.

    Raises:
        NotRunning: No sandbox runs in that folder.
        TokenRefused: The issuer said no.
    """
    url = f"{read_state(data_dir).issuer}/rotate"
    headers = {"Authorization": f"Bearer {admin_secret(data_dir)}"}
    try:
        answer = httpx.post(url, headers=headers, timeout=_TIMEOUT_S, trust_env=False)
    except httpx.TransportError:
        raise NotRunning(data_dir) from None
    if answer.status_code != httpx.codes.OK:
        raise TokenRefused(answer)


def _own(data_dir: Path, client_id: str, certificate: bytes | None) -> _Ask:
    form = {"grant_type": "client_credentials"}
    return _ask(data_dir, read_state(data_dir), client_id, form, certificate)


def _of_person(data_dir: Path, persona_code: str, certificate: bytes | None) -> _Ask:
    person = PersonalCode.parse(persona_code)
    state = read_state(data_dir)
    form = {
        "grant_type": TOKEN_EXCHANGE,
        "subject_token": _statement(data_dir, state, person),
        "subject_token_type": JWT_TYPE,
    }
    return _ask(data_dir, state, PORTAL, form, certificate)


def _ask(
    data_dir: Path, state: State, client_id: str, form: dict[str, str], certificate: bytes | None
) -> _Ask:
    """Add the client's proof (RFC 7523) and certificate (RFC 9440) to ``form``."""
    key = client_key(data_dir, client_id)
    assertion = private_key_jwt_sign(
        key, client_id, state.issuer, alg="ES256", expires_in=_ASSERTION_S
    )
    proof = {"client_assertion_type": _ASSERTION_TYPE, "client_assertion": assertion}
    told = f":{base64.b64encode(certificate).decode()}:" if certificate else None
    return _Ask(
        data_dir=data_dir,
        url=f"{state.issuer}/token",
        form=form | proof,
        headers={"Client-Cert": told} if told else {},
    )


def _statement(data_dir: Path, state: State, person: PersonalCode) -> str:
    """Say, as the identity service, that ``person`` has proved who they are."""
    now_s = int(time.time())
    claims = {
        "iss": f"{state.issuer}/identity",
        "aud": state.issuer,
        "sub": str(person),
        "iat": now_s,
        "exp": now_s + _ASSERTION_S,
        "jti": token_urlsafe(16),
    }
    return jwt.encode({"alg": "ES256"}, claims, identity_key(data_dir), algorithms=["ES256"])


async def _sent(ask: _Ask) -> Issued:
    async with httpx.AsyncClient(timeout=_TIMEOUT_S, trust_env=False) as http:
        try:
            return ask.read(await http.post(ask.url, data=ask.form, headers=ask.headers))
        except httpx.TransportError:
            raise NotRunning(ask.data_dir) from None


def _send(ask: _Ask, tls: ssl.SSLContext | None) -> Issued:
    with httpx.Client(timeout=_TIMEOUT_S, trust_env=False, verify=tls or True) as http:
        try:
            return ask.read(http.post(ask.url, data=ask.form, headers=ask.headers))
        except httpx.TransportError:
            raise NotRunning(ask.data_dir) from None
