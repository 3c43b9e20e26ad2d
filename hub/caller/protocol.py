"""uvicorn's HTTP protocol, telling the application who is at the other end of the wire.

uvicorn puts neither the client's certificate nor the socket's kind into the scope. Both are read
here once per connection, from the transport alone; no header can change them.
"""

import asyncio
import socket
from ssl import SSLObject
from typing import cast

from typing_extensions import override
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from hub.caller.certificate import CONNECTION, UNIX, Connection, thumbprint


class CertificateProtocol(HttpToolsProtocol):
    """Leaves the ``Connection`` under ``scope["extensions"]``; give it to uvicorn as ``http``."""

    @override
    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # uvicorn narrows it so
        super().connection_made(transport)
        self._connection = Connection(
            peer=_peer(transport), certificate_sha256=_certificate(transport)
        )

    @override
    def on_message_begin(self) -> None:
        super().on_message_begin()
        extensions = cast("dict[str, object]", self.scope.setdefault("extensions", {}))
        extensions[CONNECTION] = self._connection


def _peer(transport: asyncio.Transport) -> str | None:
    wire = transport.get_extra_info("socket")
    if wire is not None and wire.family == socket.AF_UNIX:
        return UNIX
    address = transport.get_extra_info("peername")
    return str(address[0]) if address else None


def _certificate(transport: asyncio.Transport) -> str | None:
    tls: SSLObject | None = transport.get_extra_info("ssl_object")
    der = tls.getpeercert(binary_form=True) if tls is not None else None
    return thumbprint(der) if der else None
