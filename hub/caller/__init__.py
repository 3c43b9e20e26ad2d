"""Who is calling: access tokens, the certificates they are bound to, and disabled clients."""

from hub.caller.certificate import Connection, TrustedProxies, certificate_of, thumbprint
from hub.caller.challenge import challenge
from hub.caller.identification import Identification, open_identification
from hub.caller.trust import Trust

__all__ = [
    "Connection",
    "Identification",
    "Trust",
    "TrustedProxies",
    "certificate_of",
    "challenge",
    "open_identification",
    "thumbprint",
]
