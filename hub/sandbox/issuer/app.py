"""The sandbox's token issuer over HTTP: metadata, keys, tokens, rotation."""

import hmac
import secrets
import time
from collections.abc import Collection
from hashlib import sha256
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl

from joserfc import jwe, jwt
from joserfc.jwk import ECKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from hub.caller.certificate import TrustedProxies, certificate_of
from hub.caller.trust import MAX_LIFETIME_S
from hub.errors import BadRequest
from hub.model.personal_code import PersonalCode
from hub.sandbox.issuer.grants import (
    TOKEN_EXCHANGE,
    DemoClient,
    IssuerServer,
    Persons,
    PrivateKeyJwt,
    SeenIds,
    TokenRequest,
)
from hub.sandbox.issuer.keys import (
    SigningKeys,
    UnknownClient,
    admin_secret,
    client_key,
    identity_key,
    person_keys,
)
from hub.sandbox.state import NotRunning, read_state

_MAX_BODY_BYTES: Final = 16_384
_LETTERS: Final = str.maketrans("0123456789abcdef", "ghijklmnopabcdef")


def issuer_app(data_dir: Path, url: str, trusted_proxies: TrustedProxies) -> Starlette:
    """Make the application.

    Args:
        data_dir: Where ``prepare`` put the keys; the audience is read from its sandbox state.
        url: The issuer's own address and name.
        trusted_proxies: Whose ``Client-Cert`` header binds a token to a certificate.
    """
    issuer = _Issuer(data_dir, url, trusted_proxies)
    return Starlette(
        routes=[
            Route("/.well-known/oauth-authorization-server", issuer.metadata),
            Route("/jwks.json", issuer.jwks),
            Route("/token", issuer.token, methods=["POST"]),
            Route("/rotate", issuer.rotate, methods=["POST"]),
        ]
    )


class _Issuer:
    """The four endpoints and what they share."""

    def __init__(self, data_dir: Path, url: str, trusted_proxies: TrustedProxies) -> None:
        self._data_dir = data_dir
        self._url = url
        self._trusted = trusted_proxies
        self._keys = SigningKeys(data_dir)
        self._hub_key = person_keys(data_dir).keys[0]
        self._secret = admin_secret(data_dir)
        seen = SeenIds()
        persons = Persons(url, identity_key(data_dir), seen)
        self._server = IssuerServer(self._find_client, self._mint, persons)
        self._server.register_client_auth_method("private_key_jwt", PrivateKeyJwt(url, seen))

    async def metadata(self, request: Request) -> Response:  # noqa: ARG002 — an endpoint's shape
        """Describe the issuer (RFC 8414)."""
        return JSONResponse(
            {
                "issuer": self._url,
                "token_endpoint": f"{self._url}/token",
                "jwks_uri": f"{self._url}/jwks.json",
                "response_types_supported": [],
                "grant_types_supported": ["client_credentials", TOKEN_EXCHANGE],
                "token_endpoint_auth_methods_supported": ["private_key_jwt"],
                "token_endpoint_auth_signing_alg_values_supported": ["ES256"],
                "tls_client_certificate_bound_access_tokens": True,
            }
        )

    async def jwks(self, request: Request) -> Response:  # noqa: ARG002 — an endpoint's shape
        """Publish the keys that tokens may still be signed with."""
        return JSONResponse(self._keys.published(), headers={"Cache-Control": "no-cache"})

    async def token(self, request: Request) -> Response:
        """Issue a token (RFC 6749 section 3.2)."""
        form = _form(await _body(request))
        if form is None:
            return _error(400, "invalid_request")
        try:
            certificate = certificate_of(request.scope, self._trusted)
            read_state(self._data_dir)
        except BadRequest:
            return _error(400, "invalid_request")
        except NotRunning:
            return _error(503, "temporarily_unavailable")
        asked = TokenRequest(f"{self._url}/token", form, certificate)
        answer: Response = self._server.create_token_response(asked)  # type: ignore[assignment]  # what handle_response made
        return answer

    async def rotate(self, request: Request) -> Response:
        """Sign with a new key from now on; the old one stays published for a token lifetime."""
        told = request.headers.get("authorization", "")
        if not hmac.compare_digest(told.encode(), f"Bearer {self._secret}".encode()):
            return _error(401, "invalid_token")
        return JSONResponse({"kid": self._keys.rotate()})

    def _find_client(self, client_id: str) -> DemoClient | None:
        try:
            key = client_key(self._data_dir, client_id)
        except UnknownClient:
            return None
        return DemoClient(client_id, ECKey.import_key(key.as_dict(private=False)))

    def _mint(
        self, client_id: str, person: PersonalCode | None, certificate: str | None
    ) -> dict[str, str | int]:
        """Make a token (RFC 9068), bound to the certificate where there is one (RFC 8705)."""
        now_s = int(time.time())
        claims: dict[str, Any] = {
            "iss": self._url,
            "aud": read_state(self._data_dir).audience,
            "sub": client_id,
            "client_id": client_id,
            "iat": now_s,
            "exp": now_s + MAX_LIFETIME_S,
            "jti": secrets.token_urlsafe(16),
        }
        if certificate:
            claims["cnf"] = {"x5t#S256": certificate}
        if person:
            claims |= self._delegation(client_id, person)
        key = self._keys.active
        header = {"alg": "ES256", "typ": "at+jwt", "kid": key.kid}
        token = jwt.encode(header, claims, key, algorithms=["ES256"])
        return {"access_token": token, "token_type": "Bearer", "expires_in": MAX_LIFETIME_S}

    def _delegation(self, client_id: str, person: PersonalCode) -> dict[str, Any]:
        """Name the person: to the hub by a sealed code, to all others by a pseudonym."""
        header = {"alg": "ECDH-ES", "enc": "A256GCM", "kid": self._hub_key.kid}
        pseudonym = hmac.new(self._secret.encode(), person.encode(), sha256).hexdigest()[:32]
        return {
            "sub": pseudonym.translate(_LETTERS),
            "act": {"sub": client_id},
            "person": jwe.encrypt_compact(header, person.encode(), self._hub_key),
        }


async def _body(request: Request) -> bytes:
    """Read the body; one too long comes back cut, just over the limit."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _MAX_BODY_BYTES:
            break
    return body


def _form(body: bytes) -> dict[str, str] | None:
    """Read a form, None where it is too long or says anything twice (RFC 6749 section 3.2)."""
    if len(body) > _MAX_BODY_BYTES:
        return None
    try:
        pairs: Collection[tuple[str, str]] = parse_qsl(body.decode("ascii"), max_num_fields=16)
    except ValueError:
        return None
    form = dict(pairs)
    return form if len(form) == len(pairs) else None


def _error(status: int, error: str) -> Response:
    return JSONResponse({"error": error}, status, headers={"Cache-Control": "no-store"})
