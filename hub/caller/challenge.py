"""What a 401 tells the caller in ``WWW-Authenticate`` (RFC 6750 section 3)."""

from hub.errors import Code, Unauthenticated

_REALM = 'Bearer realm="vienreiz"'


def challenge(error: Unauthenticated) -> str:
    """Return the header's value; without a token it names no error, as the RFC asks."""
    if error.code is Code.TOKEN_MISSING:
        return _REALM
    return f'{_REALM}, error="invalid_token", error_description="{error.code.en}"'
