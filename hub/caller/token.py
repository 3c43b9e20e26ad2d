"""One access token (RFC 9068), read and verified. Pure: no clock, no network, no memory.

The order matters: nothing a token says is believed before its signature, except the key's name
and the issuer, which decide only whether there is a key to check it with.
"""

import re
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import msgspec
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jws import JWSRegistry
from joserfc.util import urlsafe_b64decode

from hub.caller.flaw import Flaw, invalid
from hub.caller.keys import ALGORITHMS, VerifyingKey
from hub.caller.trust import LEEWAY_S, MAX_LIFETIME_S, MAX_TOKEN_BYTES, Trust
from hub.errors import Code, Unauthenticated
from hub.model.personal_code import looks_like_code

_TYPES: Final = ("at+jwt", "application/at+jwt")
_END_OF_TIME_S: Final = 1e11
_CLIENT_ID: Final = re.compile(r"[\w.:/-]{1,128}", re.ASCII)
_Shape = TypeVar("_Shape")
_UNREADABLE: Final = (msgspec.DecodeError, RecursionError, ValueError)


class Header(msgspec.Struct, frozen=True):
    """JOSE header. Keys or addresses of keys inside the token are never followed."""

    alg: str
    typ: str
    kid: str
    jwk: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    jku: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    x5u: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    x5c: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    crit: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    b64: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET

    def embeds(self) -> bool:
        """Tell whether the header carries keys, addresses or demands of its own."""
        own = (self.jwk, self.jku, self.x5u, self.x5c, self.crit, self.b64)
        return any(value is not msgspec.UNSET for value in own)


class Actor(msgspec.Struct, frozen=True):
    """RFC 8693 ``act``: the client that acts for the person."""

    sub: str


class Claims(msgspec.Struct, frozen=True):
    """What an access token must say; times in seconds since 1970 (UTC).

    Attributes:
        cnf: RFC 7800 confirmation; only ``x5t#S256`` is understood.
        act, person: Both present in a delegated token, both absent otherwise.
    """

    iss: str
    sub: str
    aud: str | list[str]
    client_id: str
    jti: str
    exp: int | float
    iat: int | float
    nbf: int | float | None = None
    cnf: dict[str, Any] | None = None
    act: Actor | None = None
    person: str | None = None


class _Issuer(msgspec.Struct, frozen=True):
    iss: str


class _OnlyOurs(JWSRegistry):
    """joserfc's registry narrowed to ``ALGORITHMS``; EdDSA stands for its Ed25519 alone."""

    algorithms = {  # noqa: RUF012 — the library declares it so
        "ES256": JWSRegistry.algorithms["ES256"],
        "PS256": JWSRegistry.algorithms["PS256"],
        "EdDSA": JWSRegistry.algorithms["Ed25519"],
    }


_REGISTRY: Final = _OnlyOurs(algorithms=ALGORITHMS, strict_check_header=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unverified:
    """A token whose form is right and whose issuer is ours, by its own word so far."""

    token: str
    key_id: str
    algorithm: str


def bearer(authorization: tuple[str, ...]) -> str:
    """Take the token out of the one value of the ``Authorization`` header.

    Raises:
        Unauthenticated: ``token_missing`` without a bearer token, ``token_invalid`` otherwise.

    Source: RFC 6750 section 2.1.
    """
    scheme, _, token = authorization[0].partition(" ") if authorization else ("", "", "")
    token = token.strip(" ")
    if scheme.lower() != "bearer" or not token:
        raise Unauthenticated(Code.TOKEN_MISSING)
    if len(token) > MAX_TOKEN_BYTES:
        raise invalid(Flaw.SIZE)
    if not token.isascii():
        raise invalid(Flaw.FORM)
    return token


def read(token: str, issuer: str) -> Unverified:
    """Check form, header and issuer, and name the key that must have signed.

    Raises:
        Unauthenticated: ``token_invalid`` or ``issuer_unknown``.

    Source: RFC 9068 section 4; RFC 8725 sections 3.1 and 3.11.
    """
    parts = token.split(".")
    if len(parts) != 3:  # noqa: PLR2004 — header, payload, signature
        raise invalid(Flaw.FORM)
    header = _decode(parts[0], Header, Flaw.HEADER)
    if header.embeds():
        raise invalid(Flaw.HEADER)
    if header.alg not in ALGORITHMS:
        raise invalid(Flaw.ALGORITHM)
    if header.typ.lower() not in _TYPES:
        raise invalid(Flaw.TYPE)
    if _decode(parts[1], _Issuer, Flaw.CLAIMS).iss != issuer:
        raise Unauthenticated(Code.ISSUER_UNKNOWN)
    return Unverified(token=token, key_id=header.kid, algorithm=header.alg)


def verify(unverified: Unverified, key: VerifyingKey, trust: Trust, now_s: float) -> Claims:
    """Check the signature, then every claim.

    Raises:
        Unauthenticated: ``token_invalid``, ``token_expired``.

    Source: RFC 9068 section 4.
    """
    if unverified.algorithm != key.algorithm:
        raise invalid(Flaw.ALGORITHM)
    try:
        signed = jws.deserialize_compact(unverified.token, key.key, registry=_REGISTRY)
    except (JoseError, ValueError, RecursionError):
        raise invalid(Flaw.SIGNATURE) from None
    try:
        claims = msgspec.json.decode(signed.payload or b"", type=Claims)
    except _UNREADABLE:
        raise invalid(Flaw.CLAIMS) from None
    _check_times(claims, now_s)
    _check_parties(claims, trust)
    return claims


def _decode(segment: str, shape: type[_Shape], flaw: Flaw) -> _Shape:
    try:
        return msgspec.json.decode(urlsafe_b64decode(segment.encode()), type=shape)
    except _UNREADABLE:
        raise invalid(flaw) from None


def _check_times(claims: Claims, now_s: float) -> None:
    if not all(
        0 <= moment < _END_OF_TIME_S for moment in (claims.exp, claims.iat, claims.nbf or 0)
    ):
        raise invalid(Flaw.CLAIMS)
    if not 0 < claims.exp - claims.iat <= MAX_LIFETIME_S:
        raise invalid(Flaw.LIFETIME)
    if claims.exp <= now_s - LEEWAY_S:
        raise Unauthenticated(Code.TOKEN_EXPIRED)
    if max(claims.iat, claims.nbf or 0) > now_s + LEEWAY_S:
        raise invalid(Flaw.NOT_YET_VALID)


def _check_parties(claims: Claims, trust: Trust) -> None:
    if claims.iss != trust.issuer:
        raise Unauthenticated(Code.ISSUER_UNKNOWN)
    if claims.aud not in (trust.audience, [trust.audience]):
        raise invalid(Flaw.AUDIENCE)
    if not _CLIENT_ID.fullmatch(claims.client_id) or not claims.sub or not claims.jti:
        raise invalid(Flaw.CLAIMS)
    if looks_like_code(claims.client_id) or looks_like_code(claims.sub):
        raise invalid(Flaw.PERSONAL_CODE)
