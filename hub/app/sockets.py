"""The sockets a hub listens on: bound once, before anything is opened; its workers share them."""

import socket
from collections.abc import Sequence
from typing import Final

from hub.errors import Misconfigured

BACKLOG: Final = 1_024


def bound(host: str, port: int) -> Sequence[socket.socket]:
    """Bind every address of ``host``; nobody can connect yet, for nothing listens.

    Args:
        host: A name or an address.
        port: 0 lets the system choose.

    Raises:
        Misconfigured: The name is unknown, or the port is taken or not allowed.
    """
    sockets: list[socket.socket] = []
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        for family, _, _, _, address in dict.fromkeys(found):
            sockets.append(_bound(family, address))
    except OSError as wrong:
        for each in sockets:
            each.close()
        why = f"cannot listen on port {port} of `{host}`: {wrong.strerror or 'unknown'}"
        raise Misconfigured([why]) from None
    return sockets


def _bound(family: int, address: tuple[str | int, ...] | tuple[int, bytes]) -> socket.socket:
    own = socket.socket(family, socket.SOCK_STREAM)
    try:
        own.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            own.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        own.bind(address)
    except OSError:
        own.close()
        raise
    own.setblocking(False)  # noqa: FBT003 — the library's own shape
    return own
