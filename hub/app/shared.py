"""A worker's server: on sockets that are not its own, for as long as somebody watches over it."""

import asyncio
import os
import signal
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import uvicorn
from typing_extensions import override

from hub.app.doorman import Doorman
from hub.app.seat import Seat
from hub.caller.protocol import CertificateProtocol


class SharedServer(uvicorn.Server):
    """uvicorn's server behind a doorman, for sockets that are not its own."""

    def __init__(
        self,
        config: uvicorn.Config,
        sockets: Sequence[socket.socket],
        group: asyncio.TaskGroup,
        seat: Seat,
    ) -> None:
        """Take no connection yet; ``group`` holds those that are not agreed on TLS yet."""
        super().__init__(config)
        self._sockets = sockets
        self._group = group
        self._seat = seat

    @override
    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Take connections, and say so."""
        await super().startup(sockets=[])
        self._doorman = Doorman(self._sockets, self._group, self._protocol, self.config.ssl)
        self.servers = [self._doorman]  # type: ignore[list-item]  # closed and waited for, no more
        self._doorman.open(self._is_my_turn)
        self._seat.ready()

    @override
    async def on_tick(self, counter: int) -> bool:
        """Tell the others how busy this worker is, ten times a second."""
        self._tell()
        return await super().on_tick(counter)

    @override
    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Leave new connections to the others, and finish what is under way."""
        self._seat.turns.leave(self._seat.number)
        await super().shutdown(sockets=sockets)

    def _protocol(self) -> asyncio.Protocol:
        return CertificateProtocol(
            config=self.config, server_state=self.server_state, app_state=self.lifespan.state
        )

    def _is_my_turn(self) -> bool:
        self._tell()
        return self._seat.turns.is_mine(self._seat.number)

    def _tell(self) -> None:
        connections = len(self.server_state.connections) + self._doorman.arriving
        self._seat.turns.tell(self._seat.number, connections)


@contextmanager
def tied(lifeline: int) -> Iterator[asyncio.Event]:
    """End this process in order, as SIGTERM does, as soon as ``lifeline`` is at its end."""
    loop, gone = asyncio.get_running_loop(), asyncio.Event()

    def let_go() -> None:
        loop.remove_reader(lifeline)
        gone.set()
        os.kill(os.getpid(), signal.SIGTERM)

    loop.add_reader(lifeline, let_go)
    try:
        yield gone
    finally:
        loop.remove_reader(lifeline)
