"""The sandbox's token issuer: OAuth 2.0 with real keys, for synthetic people only."""

from hub.sandbox.issuer.fetch import (
    Issued,
    TokenRefused,
    fetch_person_token,
    fetch_token,
    fetch_token_async,
    rotate,
)
from hub.sandbox.issuer.keys import (
    PORTAL,
    UnknownClient,
    client_ids,
    person_keys,
    person_keys_file,
    prepare,
)

__all__ = [
    "PORTAL",
    "Issued",
    "TokenRefused",
    "UnknownClient",
    "client_ids",
    "fetch_person_token",
    "fetch_token",
    "fetch_token_async",
    "person_keys",
    "person_keys_file",
    "prepare",
    "rotate",
]
