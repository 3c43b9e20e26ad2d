"""Where the issuer's keys come from: bounded in size and time, no redirect ever followed."""

import asyncio
import ssl
from typing import Final
from urllib.parse import urlsplit

import httpx
import msgspec

from hub.caller.keys import JwksFlaw, JwksUnreadable
from hub.caller.trust import Trust, is_safe_address

FETCH_TIMEOUT_S: Final = 2.0
MAX_DOCUMENT_BYTES: Final = 65_536


def issuer_http(trust: Trust) -> httpx.AsyncClient:
    """Make the client that speaks to the issuer; nothing of the environment steers it."""
    return httpx.AsyncClient(
        verify=authorities(trust),
        timeout=FETCH_TIMEOUT_S,
        follow_redirects=False,
        trust_env=False,
    )


def authorities(trust: Trust) -> ssl.SSLContext:
    """Return whom to trust: an issuer on loopback needs nobody, and reading them all takes long."""
    addresses = (trust.issuer, trust.jwks_url or "")
    if trust.ca_file is None and not any(urlsplit(each).scheme == "https" for each in addresses):
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    return ssl.create_default_context(cafile=trust.ca_file)


class _Metadata(msgspec.Struct, frozen=True):
    issuer: str
    jwks_uri: str


class JwksSource:
    """Fetches the key set of one issuer, finding its address first where none is configured."""

    def __init__(self, trust: Trust, http: httpx.AsyncClient) -> None:
        """Fetch through ``http``, which its maker closes."""
        self._trust = trust
        self._http = http

    async def __call__(self) -> bytes:
        """Return the key set's document.

        Raises:
            JwksUnreadable: No usable answer in time.
        """
        try:
            async with asyncio.timeout(FETCH_TIMEOUT_S):
                return await self._fetch(self._trust.jwks_url or await self._discover())
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError):
            raise JwksUnreadable(JwksFlaw.UNREACHABLE) from None

    async def _discover(self) -> str:
        """Find the key set through the issuer's metadata.

        Source: RFC 8414 section 3: the well-known part stands between host and path, and the
        metadata must name the very issuer that was asked.
        """
        issuer = httpx.URL(self._trust.issuer)
        path = "/.well-known/oauth-authorization-server" + issuer.path.rstrip("/")
        document = await self._fetch(str(issuer.copy_with(path=path)))
        try:
            metadata = msgspec.json.decode(document, type=_Metadata)
        except (msgspec.DecodeError, RecursionError, ValueError):
            raise JwksUnreadable(JwksFlaw.METADATA) from None
        if metadata.issuer != self._trust.issuer or not is_safe_address(metadata.jwks_uri):
            raise JwksUnreadable(JwksFlaw.METADATA)
        return metadata.jwks_uri

    async def _fetch(self, url: str) -> bytes:
        headers = {"Accept": "application/json"}
        async with self._http.stream("GET", url, headers=headers, follow_redirects=False) as answer:
            if answer.status_code != httpx.codes.OK:
                raise JwksUnreadable(JwksFlaw.STATUS)
            document = b""
            async for chunk in answer.aiter_bytes(8192):
                document += chunk
                if len(document) > MAX_DOCUMENT_BYTES:
                    raise JwksUnreadable(JwksFlaw.SIZE)
            return document
