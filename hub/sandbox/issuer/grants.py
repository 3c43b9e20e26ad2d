"""Authlib's authorization server, with the two grants the sandbox knows.

``client_credentials`` gives a client its own token. Token exchange (RFC 8693) gives the citizen
portal a token of one person: the portal presents what the identity service said about the
person, where production has the national eID.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from authlib.oauth2.rfc6749 import (
    AuthorizationServer,
    BaseGrant,
    ClientCredentialsGrant,
    ClientMixin,
    InvalidClientError,
    InvalidRequestError,
    OAuth2Request,
    TokenEndpointMixin,
    UnauthorizedClientError,
)
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload
from authlib.oauth2.rfc7523 import JWTBearerClientAssertion
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey
from starlette.responses import JSONResponse
from typing_extensions import override

from hub.errors import BadRequest
from hub.model.personal_code import PersonalCode
from hub.sandbox.issuer.keys import PORTAL

TOKEN_EXCHANGE: Final = "urn:ietf:params:oauth:grant-type:token-exchange"  # noqa: S105 — a grant's name
JWT_TYPE: Final = "urn:ietf:params:oauth:token-type:jwt"
ACCESS_TOKEN_TYPE: Final = "urn:ietf:params:oauth:token-type:access_token"  # noqa: S105 — a type's name
ASSERTION_LIFETIME_S: Final = 300
_LEEWAY_S: Final = 30
_MAX_SEEN: Final = 100_000

Mint = Callable[[str, PersonalCode | None, str | None], dict[str, str | int]]
"""Makes a token: client id, person of a delegated token, thumbprint to bind it to."""


@dataclass(frozen=True, slots=True)
class DemoClient(ClientMixin):
    """A registered client; its only proof of itself is its key."""

    id: str
    key: ECKey

    @override
    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method == "private_key_jwt"

    @override
    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type != TOKEN_EXCHANGE or self.id == PORTAL


class TokenRequest(OAuth2Request):
    """One request of the token endpoint, and the certificate it came with."""

    def __init__(self, uri: str, form: dict[str, str], certificate: str | None) -> None:
        """Take the decoded form; ``certificate`` is a thumbprint."""
        super().__init__("POST", uri)
        self.payload = BasicOAuth2Payload(form)
        self.certificate = certificate

    @property
    @override
    def form(self) -> dict[str, str]:
        return self.payload.data if self.payload else {}


class SeenIds:
    """``jti`` values used already, kept until what bore them has expired."""

    def __init__(self) -> None:
        """Start empty; a restart of the sandbox forgets, which assertions outlive by minutes."""
        self._until: dict[tuple[str, str], float] = {}

    def is_first(self, owner: str, jti: str, expires_s: float) -> bool:
        """Tell whether ``jti`` of ``owner`` is new, and remember it."""
        now_s = time.time()
        if len(self._until) >= _MAX_SEEN:
            self._until = {key: until for key, until in self._until.items() if until > now_s}
        if (owner, jti) in self._until or len(self._until) >= _MAX_SEEN:
            return False
        self._until[owner, jti] = expires_s + _LEEWAY_S
        return True


class PrivateKeyJwt(JWTBearerClientAssertion):
    """``private_key_jwt`` (RFC 7523) with a bound on lifetime, which Authlib leaves open."""

    def __init__(self, issuer: str, seen: SeenIds) -> None:
        """Accept assertions made for ``issuer`` or its token endpoint."""
        super().__init__(leeway=_LEEWAY_S)
        self._issuer = issuer
        self._seen = seen

    @override
    def authenticate_client(self, client: DemoClient) -> DemoClient:
        return client

    @override
    def get_audiences(self) -> list[str]:
        return [self._issuer, f"{self._issuer}/token"]

    @override
    def resolve_client_public_key(self, client: DemoClient) -> ECKey:
        return client.key

    @override
    def verify_claims(self, claims: dict[str, Any]) -> None:
        if not _is_short_lived(claims):
            raise InvalidClientError(description="The assertion must expire within five minutes.")
        super().verify_claims(claims)

    @override
    def validate_jti(self, claims: Mapping[str, Any], jti: str) -> bool:
        return self._seen.is_first(claims["sub"], jti, claims["exp"])


class IssuerServer(AuthorizationServer):
    """Authlib's server over Starlette: pure computation, so nothing in it waits."""

    def __init__(
        self, find_client: Callable[[str], DemoClient | None], mint: Mint, persons: "Persons"
    ) -> None:
        """Ask ``find_client`` who is who, and ``mint`` for every token."""
        super().__init__()
        self._find_client = find_client
        self.mint = mint
        self.persons = persons
        self.register_grant(OwnToken)
        self.register_grant(PersonToken)

    @override
    def query_client(self, client_id: str) -> DemoClient | None:  # type: ignore[override]  # None is Authlib's own word for nobody
        return self._find_client(client_id)

    @override
    def save_token(self, token: dict[str, str | int], request: OAuth2Request) -> None:
        """Keep nothing: tokens are verified by signature."""

    @override
    def send_signal(self, name: str, *args: object, **kwargs: object) -> None:
        """Nobody listens."""

    @override
    def create_oauth2_request(self, request: OAuth2Request) -> OAuth2Request:
        return request

    @override
    def handle_response(self, status: int, body: object, headers: Any) -> JSONResponse:
        return JSONResponse(body, status, dict(headers))


class _MintingGrant(BaseGrant, TokenEndpointMixin):
    """A grant whose tokens our own server makes."""

    TOKEN_ENDPOINT_AUTH_METHODS = ("private_key_jwt",)
    request: TokenRequest
    server: IssuerServer

    def issue(self, person: PersonalCode | None = None) -> dict[str, str | int]:
        """Make the token response's body."""
        return self.server.mint(self.client.id, person, self.request.certificate)


class OwnToken(_MintingGrant, ClientCredentialsGrant):
    """A client's own token."""

    @override
    def generate_token(self, *args: object, **kwargs: object) -> dict[str, str | int]:
        return self.issue()


class PersonToken(_MintingGrant):
    """A person's own token, issued to the portal that acts for them (RFC 8693)."""

    GRANT_TYPE = TOKEN_EXCHANGE

    @override
    def validate_token_request(self) -> None:
        client = self.authenticate_token_endpoint_client()
        if not client.check_grant_type(self.GRANT_TYPE):
            raise UnauthorizedClientError(description="Only the portal may act for persons.")
        self.request.client = client
        form = self.request.form
        if form.get("subject_token_type") != JWT_TYPE:
            raise InvalidRequestError(description="subject_token_type must be a JWT.")
        self.request.user = self.server.persons.read(form.get("subject_token", ""))

    @override
    def create_token_response(self) -> tuple[int, Any, Any]:
        token = self.issue(self.request.user)
        body = {**token, "issued_token_type": ACCESS_TOKEN_TYPE}
        return 200, body, self.TOKEN_RESPONSE_HEADER


class Persons:
    """Reads what the identity service says about a person who has just proved who they are."""

    def __init__(self, issuer: str, key: ECKey, seen: SeenIds) -> None:
        """Believe statements signed with ``key``, made for ``issuer``."""
        self._key = key
        self._seen = seen
        self._claims = jwt.JWTClaimsRegistry(
            leeway=_LEEWAY_S,
            iss={"essential": True, "value": f"{issuer}/identity"},
            aud={"essential": True, "value": issuer},
            sub={"essential": True},
            exp={"essential": True},
            jti={"essential": True},
        )

    def read(self, statement: str) -> PersonalCode:
        """Return the person's code.

        Raises:
            InvalidRequestError: ``invalid_request``, never repeating what was sent.
        """
        try:
            claims = jwt.decode(statement, self._key, algorithms=["ES256"]).claims
            self._claims.validate(claims)
            code = PersonalCode.parse(claims["sub"])
        except (JoseError, ValueError, BadRequest):
            raise InvalidRequestError(description="The subject_token is not valid.") from None
        if not _is_short_lived(claims) or not self._seen.is_first(
            "identity", claims["jti"], claims["exp"]
        ):
            raise InvalidRequestError(description="The subject_token is too old or used before.")
        return code


def _is_short_lived(claims: Mapping[str, Any]) -> bool:
    expires_s = claims.get("exp")
    return isinstance(expires_s, int) and expires_s <= time.time() + ASSERTION_LIFETIME_S
