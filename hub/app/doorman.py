"""Takes connections for one of several workers: one at a time, and in turn."""

import asyncio
import errno
import socket
import ssl
from collections.abc import Callable, Sequence
from typing import Final

import structlog

from hub.app.sockets import BACKLOG

_LOG = structlog.get_logger("hub.app")
_YIELD_S: Final = 0.002
_YIELDS: Final = 5
"""How long, and how often, a worker leaves a connection to those that have fewer."""
_RETRY_S: Final = 1.0
_HANDSHAKE_S: Final = 10.0
_FULL: Final = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})


class Doorman:
    """Stands where uvicorn expects an ``asyncio.Server``: it is closed, and then waited for."""

    def __init__(
        self,
        sockets: Sequence[socket.socket],
        group: asyncio.TaskGroup,
        welcome: Callable[[], asyncio.Protocol],
        tls: ssl.SSLContext | None,
    ) -> None:
        """Take no connection yet.

        Args:
            sockets: Bound, and shared with the other workers.
            group: Holds connections whose TLS is not agreed yet.
            welcome: Makes the protocol of a connection.
            tls: None speaks plainly.
        """
        self._sockets = sockets
        self._group = group
        self._welcome = welcome
        self._tls = tls
        self._loop = asyncio.get_running_loop()
        self._arriving: set[asyncio.Task[None]] = set()
        self._closed = False

    @property
    def arriving(self) -> int:
        """How many connections are taken and not yet welcomed."""
        return len(self._arriving)

    def open(self, turn: Callable[[], bool]) -> None:
        """Take connections from now on, those that others should take only if they do not."""
        self._turn = turn
        for each in self._sockets:
            each.listen(BACKLOG)
            self._watch(each)

    def close(self) -> None:
        """Take no more; drop those whose TLS is not agreed."""
        self._closed = True
        for each in self._sockets:
            self._loop.remove_reader(each)
            each.close()
        for task in self._arriving:
            task.cancel()

    async def wait_closed(self) -> None:
        """Return: connections are uvicorn's, which waits for them itself."""

    def _watch(self, door: socket.socket) -> None:
        if not self._closed:
            self._loop.add_reader(door, self._knock, door)

    def _knock(self, door: socket.socket, yields: int = _YIELDS) -> None:
        if self._closed:
            return
        if yields and not self._turn():
            self._loop.remove_reader(door)
            self._loop.call_later(_YIELD_S, self._knock, door, yields - 1)
            return
        self._watch(door)
        self._take(door)

    def _take(self, door: socket.socket) -> None:
        try:
            wire, _ = door.accept()
        except (BlockingIOError, InterruptedError, ConnectionAbortedError):
            return  # somebody else was faster, or whoever knocked is gone
        except OSError as wrong:
            if wrong.errno not in _FULL:
                raise
            _LOG.warning("connections_exhausted", kind=errno.errorcode[wrong.errno])
            self._loop.remove_reader(door)
            self._loop.call_later(_RETRY_S, self._watch, door)
            return
        wire.setblocking(False)  # noqa: FBT003 — the library's own shape
        task = self._group.create_task(self._receive(wire))
        self._arriving.add(task)
        task.add_done_callback(self._arriving.discard)

    async def _receive(self, wire: socket.socket) -> None:
        limit_s = _HANDSHAKE_S if self._tls else None
        try:
            await self._loop.connect_accepted_socket(
                self._welcome, wire, ssl=self._tls, ssl_handshake_timeout=limit_s
            )
        except Exception:  # noqa: BLE001 — whatever a stranger sends, it ends no worker
            wire.close()
        except asyncio.CancelledError:
            wire.close()
            raise
