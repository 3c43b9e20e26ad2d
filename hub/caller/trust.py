"""Whom this hub believes, and for how long: what an operator decides about access tokens."""

from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from joserfc.jwk import KeySet

MAX_LIFETIME_S: Final = 600
"""Longest time between ``iat`` and ``exp``."""

LEEWAY_S: Final = 30
"""Clock difference tolerated between issuer and hub."""

MAX_TOKEN_BYTES: Final = 8192
"""A longer token is refused before anything of it is read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """One issuer, and what its tokens must say.

    Attributes:
        issuer: Exact ``iss``; also where RFC 8414 metadata is found.
        audience: Exact ``aud``: this hub's own identifier.
        jwks_url: Where the issuer's keys are; None finds them through the issuer's metadata.
        require_binding: Admit only tokens bound to the caller's certificate (RFC 8705). False
            in the sandbox alone; a token that is bound must match its certificate even there.
        person_keys: Private keys that open the ``person`` claim of delegated tokens; without
            them every delegated token is refused.
        ca_file: PEM file of the authorities that vouch for the issuer's own TLS certificate,
            where they are not publicly known.
    """

    issuer: str
    audience: str
    jwks_url: str | None = None
    require_binding: bool = True
    person_keys: KeySet | None = field(default=None, repr=False)
    ca_file: Path | None = None

    def problems(self) -> list[str]:
        """Return what makes this trust unsafe or unusable, one sentence each; empty is good."""
        found = [] if self.audience else ["the token audience is empty"]
        for name, url in (("issuer", self.issuer), ("key set", self.jwks_url)):
            if url is not None and not is_safe_address(url):
                found.append(f"the address of the token {name} must be https, or http on loopback")
        return found


def is_safe_address(url: str) -> bool:
    """Tell whether keys fetched from ``url`` come from who it names: TLS, or this machine."""
    parts = urlsplit(url)
    if parts.username is not None or parts.fragment or not parts.hostname:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(parts.hostname))


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
