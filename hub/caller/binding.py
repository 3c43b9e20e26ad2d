"""Whether a token belongs to this very connection (RFC 8705), and to whom it was delegated."""

import hmac
from typing import Final

from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from hub.caller.flaw import Flaw, invalid
from hub.caller.token import Claims
from hub.errors import Code, HubError, Unauthenticated
from hub.model.personal_code import PersonalCode

_THUMBPRINT: Final = "x5t#S256"
_PERSON_ALGORITHMS: Final = ("ECDH-ES", "A256GCM")


def bound_to(claims: Claims) -> str | None:
    """Return the thumbprint a token is bound to, None for an unbound bearer token.

    Raises:
        Unauthenticated: ``token_not_bound`` for any other kind of confirmation: one that cannot
            be checked must not count as none.

    Source: RFC 7800 section 3.1; RFC 8705 section 3.1.
    """
    if claims.cnf is None:
        return None
    thumbprint = claims.cnf.get(_THUMBPRINT)
    if len(claims.cnf) != 1 or not isinstance(thumbprint, str) or not thumbprint:
        raise Unauthenticated(Code.TOKEN_NOT_BOUND)
    return thumbprint


def check_binding(bound: str | None, presented: str | None, *, required: bool) -> None:
    """Compare the token's certificate with the connection's.

    Raises:
        Unauthenticated: ``token_not_bound``.
    """
    if bound is None:
        if required:
            raise Unauthenticated(Code.TOKEN_NOT_BOUND)
        return
    if presented is None or not hmac.compare_digest(bound.encode(), presented.encode()):
        raise Unauthenticated(Code.TOKEN_NOT_BOUND)


def person_of(claims: Claims, keys: KeySet | None) -> PersonalCode | None:
    """Return the person on whose behalf the token was issued, None for a client's own token.

    Args:
        claims: Of a verified token.
        keys: Private keys that open the ``person`` claim.

    Raises:
        Unauthenticated: ``token_invalid`` where delegation is half told, names another actor
            than the client, or cannot be opened.

    Source: RFC 8693 section 4.1 (``act``); decision 0202 (``person``).
    """
    if claims.act is None and claims.person is None:
        return None
    if claims.act is None or claims.person is None or claims.act.sub != claims.client_id:
        raise invalid(Flaw.DELEGATION)
    if keys is None:
        raise invalid(Flaw.DELEGATION)
    try:
        opened = jwe.decrypt_compact(claims.person, keys, algorithms=_PERSON_ALGORITHMS)
        return PersonalCode.parse((opened.plaintext or b"").decode("ascii"))
    except (JoseError, ValueError, TypeError, LookupError, RecursionError, HubError):
        raise invalid(Flaw.DELEGATION) from None
