"""The caller's certificate: from its own TLS connection, or from a proxy that is trusted.

A proxy that ends TLS tells the certificate in ``Client-Cert`` (RFC 9440). The header counts only
when the connection itself comes from a configured proxy; from anybody else it is a forgery or a
mistake of configuration, and is refused so that neither goes unnoticed.
"""

import base64
import binascii
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any, Final, Self, TypeAlias

from hub.errors import BadRequest, Code, Misconfigured

CONNECTION: Final = "vienreiz.connection"
"""Key of ``scope["extensions"]`` under which the server's protocol leaves the ``Connection``."""

COMPLETE: Final = "vienreiz.complete"
"""Key of ``scope["extensions"]`` that the server sets once the whole body has arrived."""

WRITE: Final = "vienreiz.write"
"""Key of ``scope["extensions"]`` under which the server leaves a ``Write``."""

UNIX: Final = "unix"
"""The peer of a connection over a Unix domain socket."""

_HEADER: Final = b"client-cert"
_MAX_HEADER_BYTES: Final = 16_384

Write: TypeAlias = Callable[[bytes, bytes], bool]
"""Writes a whole answer of status 200 at one go, its header lines and its body; False: not now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """What the transport knows of the other side, before any header was read.

    Attributes:
        peer: Its IP address, ``unix``, or None when unknown.
        certificate_sha256: Thumbprint of the certificate it presented in TLS.
    """

    peer: str | None
    certificate_sha256: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustedProxies:
    """Whose ``Client-Cert`` header counts."""

    networks: tuple[IPv4Network | IPv6Network, ...] = ()
    unix: bool = False

    @classmethod
    def parse(cls, entries: Iterable[str]) -> Self:
        """Read addresses, networks in CIDR form, and the word ``unix``.

        Raises:
            Misconfigured: Every entry that is none of these, or that trusts the whole world.
        """
        networks: list[IPv4Network | IPv6Network] = []
        problems: list[str] = []
        unix = False
        for entry in entries:
            if entry == UNIX:
                unix = True
                continue
            try:
                network = ip_network(entry)
            except ValueError:
                problems.append(f"trusted proxy `{entry}` is no address, network or `unix`")
                continue
            if network.prefixlen == 0:
                problems.append(f"trusted proxy `{entry}` would trust everybody")
            networks.append(network)
        if problems:
            raise Misconfigured(problems)
        return cls(networks=tuple(networks), unix=unix)

    def include(self, peer: str | None) -> bool:
        """Tell whether ``peer`` (see ``Connection``) is a trusted proxy."""
        if peer is None or peer == UNIX:
            return peer == UNIX and self.unix
        if not self.networks:
            return False
        try:
            address = ip_address(peer)
        except ValueError:
            return False
        if isinstance(address, IPv6Address) and address.ipv4_mapped:
            address = address.ipv4_mapped
        return any(address in network for network in self.networks)


def thumbprint(der: bytes) -> str:
    """Return the SHA-256 of a DER certificate as ``x5t#S256`` writes it: base64url, unpadded."""
    return base64.urlsafe_b64encode(sha256(der).digest()).rstrip(b"=").decode()


def certificate_of(scope: Mapping[str, Any], trusted_proxies: TrustedProxies) -> str | None:
    """Return the thumbprint of the caller's certificate, None without one.

    The certificate a trusted proxy presents for itself never counts as its caller's.

    Args:
        scope: ASGI scope; with ``CertificateProtocol`` it carries the ``Connection``.
        trusted_proxies: Peers that may speak for others.

    Raises:
        BadRequest: ``header_invalid``, ``header_conflict``: ``Client-Cert`` from a stranger,
            malformed, or repeated.

    Source: RFC 9440 sections 2.4 and 4.
    """
    told = [value for name, value in scope["headers"] if name == _HEADER]
    return presented(connection_of(scope), told, trusted_proxies)


def presented(
    connection: Connection, told: Sequence[bytes], trusted_proxies: TrustedProxies
) -> str | None:
    """Return what ``certificate_of`` returns, from the values of ``Client-Cert`` themselves."""
    if trusted_proxies.include(connection.peer):
        return _told_certificate(told)
    if told:
        raise BadRequest(Code.HEADER_INVALID, header="Client-Cert")
    return connection.certificate_sha256


def connection_of(scope: Mapping[str, Any]) -> Connection:
    """Return what the transport told of the other side; nothing known when it told nothing."""
    known = scope.get("extensions", {}).get(CONNECTION)
    if isinstance(known, Connection):
        return known
    client = scope.get("client")
    return Connection(peer=client[0] if client else None, certificate_sha256=None)


def _told_certificate(told: Sequence[bytes]) -> str | None:
    if not told:
        return None
    if len(told) > 1:
        raise BadRequest(Code.HEADER_CONFLICT, header="Client-Cert")
    value = told[0].strip(b" \t")
    if len(value) > _MAX_HEADER_BYTES or not (value[:1] == value[-1:] == b":"):
        raise BadRequest(Code.HEADER_INVALID, header="Client-Cert")
    try:
        der = base64.b64decode(value[1:-1], validate=True)
    except binascii.Error:
        raise BadRequest(Code.HEADER_INVALID, header="Client-Cert") from None
    if not der:
        raise BadRequest(Code.HEADER_INVALID, header="Client-Cert")
    return thumbprint(der)
