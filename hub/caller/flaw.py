"""What can be wrong with an access token, in words an integrator may branch on."""

from enum import StrEnum

from hub.errors import Code, Unauthenticated


class Flaw(StrEnum):
    """What is wrong with an invalid token; published as ``extensions.reason``."""

    FORM = "form"
    SIZE = "size"
    HEADER = "header"
    ALGORITHM = "algorithm"
    TYPE = "type"
    SIGNATURE = "signature"
    KEY_UNKNOWN = "key_unknown"
    CLAIMS = "claims"
    LIFETIME = "lifetime"
    NOT_YET_VALID = "not_yet_valid"
    AUDIENCE = "audience"
    DELEGATION = "delegation"
    PERSONAL_CODE = "personal_code"


def invalid(flaw: Flaw) -> Unauthenticated:
    """Make the error ``token_invalid`` with the stable word that tells an integrator why."""
    return Unauthenticated(Code.TOKEN_INVALID, reason=flaw.value)
