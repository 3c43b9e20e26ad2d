"""uvicorn's HTTP protocol: who is at the other end of the wire, and how long a head may be.

uvicorn puts neither the client's certificate nor the socket's kind into the scope. Both are read
here once per connection, from the transport alone; no header can change them. Nor does uvicorn
bound a request's head: here it has a size and a deadline, so that a slow or endless one costs
little.
"""

import asyncio
import socket
from functools import partial
from ssl import SSLObject
from typing import Final, cast

import orjson
from typing_extensions import override
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from hub.caller.certificate import COMPLETE, CONNECTION, UNIX, WRITE, Connection, thumbprint
from hub.errors import Code

MAX_HEAD_BYTES: Final = 64 * 1024
"""Request line and headers; the street door allows its headers less, and says so."""

HEAD_DEADLINE_S = 10.0
"""From connecting to a complete head, and again from a later head's first byte to its last."""


class CertificateProtocol(HttpToolsProtocol):
    """Leaves the ``Connection`` under ``scope["extensions"]``; give it to uvicorn as ``http``."""

    @override
    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # uvicorn narrows it so
        super().connection_made(transport)
        self._connection = Connection(
            peer=_peer(transport), certificate_sha256=_certificate(transport)
        )
        self._head_bytes = 0
        self._in_head = True
        self._deadline: asyncio.TimerHandle | None = None
        self._await_head()

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        self._end_head()
        super().connection_lost(exc)

    @override
    def data_received(self, data: bytes) -> None:
        was_in_head = self._in_head
        super().data_received(data)
        if was_in_head and self._in_head:  # else a body's end may be among the bytes
            self._head_bytes += len(data)
            if self._head_bytes > MAX_HEAD_BYTES:
                self._end_head()
                self._refuse(_TOO_LARGE)
                return
        if self._in_head:
            self._await_head()

    @override
    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._head_bytes = 0
        self._in_head = True  # most heads are complete before anybody would wait for them
        self._told()[CONNECTION] = self._connection

    @override
    def on_headers_complete(self) -> None:
        self._end_head()
        super().on_headers_complete()
        self._told()[WRITE] = partial(_write, self.cycle)

    @override
    def on_message_complete(self) -> None:
        super().on_message_complete()
        self._told()[COMPLETE] = True

    def _told(self) -> dict[str, object]:
        """Return what the application is told besides: ``scope["extensions"]``."""
        return cast("dict[str, object]", self.scope.setdefault("extensions", {}))

    def _await_head(self) -> None:
        self._in_head = True
        if self._deadline is None:
            self._deadline = self.loop.call_later(HEAD_DEADLINE_S, self._be_late)

    def _end_head(self) -> None:
        self._in_head = False
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _be_late(self) -> None:
        self._end_head()
        if self._answering():
            self._await_head()
        else:
            self._refuse(_TOO_SLOW)

    def _answering(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _refuse(self, refusal: bytes) -> None:
        """Close the connection; say why, unless an answer is on its way or nothing was asked."""
        if self.transport.is_closing():
            return
        if self._head_bytes and not self._answering():
            self.transport.write(refusal)
        self.transport.close()


def _write(cycle: RequestResponseCycle, headers: bytes, body: bytes) -> bool:
    """Write an answer of status 200 at one go, as ``cycle.send`` does in two.

    Args:
        cycle: Of the request.
        headers: Lines of the answer's own headers, each with its end.
        body: All of it.

    Returns:
        False where ``cycle.send`` must be asked: something was sent, or the peer reads slowly.
    """
    if cycle.response_started or cycle.flow.write_paused:
        return False
    if cycle.disconnected:
        return True
    defaults = [b"%b: %b\r\n" % each for each in cycle.default_headers]
    ending = b"" if cycle.keep_alive else b"connection: close\r\n"
    cycle.response_started = cycle.response_complete = True
    cycle.transport.write(b"".join((_OK, *defaults, headers, ending, b"\r\n", body)))
    cycle.message_event.set()
    if not cycle.keep_alive:
        cycle.transport.close()
    cycle.on_response()
    return True


_OK: Final = b"HTTP/1.1 200 OK\r\n"


def _refusal(code: Code, phrase: str) -> bytes:
    body = orjson.dumps({"errors": [{"message": code.en, "extensions": {"code": code.code}}]})
    head = (
        f"HTTP/1.1 {code.status} {phrase}\r\nconnection: close\r\n"
        f"content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


_TOO_LARGE: Final = _refusal(Code.HEADERS_TOO_LARGE, "Request Header Fields Too Large")
_TOO_SLOW: Final = _refusal(Code.REQUEST_INCOMPLETE, "Request Timeout")


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
