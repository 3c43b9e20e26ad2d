"""What PostgreSQL and Redis have in common: start or adopt, stop, and what tests do to them."""

import fcntl
import os
import shutil
import signal
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar

from typing_extensions import override

from hub.sandbox.servers import family
from hub.sandbox.servers.address import choose_port
from hub.sandbox.servers.claim import Claim
from hub.sandbox.servers.failure import ServerFailed
from hub.sandbox.servers.process import Child, Command

LOG_TAIL_LINES = 15
LOG_TAIL_BYTES = 8 * 1024
LOG_KEPT_BYTES = 8 * 1024 * 1024
KILL_WAIT_S = 5.0


class Server(ABC):
    """A database server in a data folder, on 127.0.0.1.

    Attributes:
        name: ``postgres`` or ``redis``.
        data_dir: What the server keeps, its password and its log among it.
        port: The port it listens on, once started.
        password: Of the one account it has; kept in ``data_dir``.
        adopted: Whether another process started it. Such a server may be used, not commanded.
    """

    name: ClassVar[str]
    ready_wait_s: ClassVar[float]
    # what to send for a graceful end, and how many seconds to wait after each
    farewells: ClassVar[tuple[tuple[signal.Signals, float], ...]]

    def __init__(self, data_dir: Path) -> None:
        """Speak for the server of ``data_dir``; nothing is started yet."""
        self.data_dir = data_dir.resolve()
        self.port = 0
        self.password = ""
        self.adopted = False
        self._pid = 0
        self._child: Child | None = None

    @property
    def pid(self) -> int:
        """The server's main process; a restart changes it."""
        return self._pid

    @property
    def running(self) -> bool:
        """Whether the server that this process started has not ended; an adopted one counts."""
        return self.adopted or (self._child is not None and self._child.running)

    @property
    @abstractmethod
    def url(self) -> str:
        """Where and as whom to connect, the password included, without a database's name."""

    @abstractmethod
    def _prepare(self) -> None:
        """Make what must exist before the first start; set ``password``."""

    @abstractmethod
    def _command(self) -> Command:
        """Tell what to run."""

    @abstractmethod
    def _is_ready(self, child: Child) -> bool:
        """Tell whether the server accepts connections."""

    @override
    def __repr__(self) -> str:
        return f"<{self.name} 127.0.0.1:{self.port} pid={self._pid} in {self.data_dir}>"

    @property
    def log(self) -> Path:
        """What the server prints."""
        return self.data_dir / f"{self.name}.log"

    def start(self, *, port: int | None = None) -> None:
        """Start the server, or adopt it when a living process has started it already.

        Args:
            port: Where to listen; None takes the last port again, or else a free one.

        Raises:
            ServerFailed: It did not start; the reason and the log's tail tell why.
        """
        try:
            self.data_dir.mkdir(parents=True, exist_ok=True)
            with _locked(self.data_dir):
                if not self._adopt(port):
                    self._prepare()
                    self.port = choose_port(self.name, self.data_dir, port)
                    self._launch()
        except OSError as failure:
            where = failure.filename or self.data_dir
            reason = f"cannot use `{where}`: {failure.strerror}"
            raise ServerFailed(self.name, reason) from failure

    def stop(self) -> None:
        """End the server gracefully, and forcibly when it takes too long.

        A server that another process started is left to that process.
        """
        if self._child is None or not self._child.running:
            return
        self.resume()
        for number, patience_s in self.farewells:
            self._child.send(number)
            if self._child.ends_within(patience_s):
                return
        self.kill()

    def kill(self) -> None:
        """End the server at once, as a power cut would."""
        _end(self._own_child())

    def restart(self) -> None:
        """Start again on the same port and data, whether the server runs or was killed."""
        self._own_child()
        self.stop()
        with _locked(self.data_dir):
            self._launch()

    def pause(self) -> None:
        """Freeze the server: connections stay, new ones are taken, nobody answers."""
        family.pause(self._own_child().pid)

    def resume(self) -> None:
        """Let a frozen server go on."""
        family.resume(self._own_child().pid)

    def remove(self) -> None:
        """End the server and delete all that it kept."""
        self.kill()
        shutil.rmtree(self.data_dir)

    def discard(self) -> None:
        """Delete all that a server which nobody runs has kept, even one that cannot start.

        Raises:
            ServerFailed: A living process runs it.
        """
        if not self.data_dir.exists():
            return
        with _locked(self.data_dir):
            claim = Claim.read(self.data_dir)
            running = claim.server.process() if claim else None
            if claim and running:
                if claim.owner.process() is not None:
                    raise ServerFailed(self.name, "another process runs it; stop that first")
                family.kill(running.pid)
        shutil.rmtree(self.data_dir)

    def _own_child(self) -> Child:
        if self._child is None:
            raise ServerFailed(self.name, "it was started by another process, which commands it")
        return self._child

    def _adopt(self, port: int | None) -> bool:
        """Take over a running server's address; clear away one whose starter is gone."""
        claim = Claim.read(self.data_dir)
        running = claim.server.process() if claim else None
        if claim is None or running is None:
            return False
        if claim.owner.process() is None:
            family.kill(running.pid)
            return False
        if port not in {None, claim.port}:
            reason = f"its data are in use by a server on port {claim.port}"
            raise ServerFailed(self.name, reason)
        self._prepare()
        self.port, self._pid, self.adopted = claim.port, claim.server.pid, True
        return True

    def _launch(self) -> None:
        self._trim_log()
        said_before = self.log.stat().st_size if self.log.exists() else 0
        child = Child(self._command())
        try:
            self._await_ready(child, said_before)
            Claim.mine(child.pid, self.port).keep(self.data_dir)
        except BaseException:
            _end(child)
            raise
        self._child, self._pid = child, child.pid

    def _await_ready(self, child: Child, said_before: int) -> None:
        deadline = time.monotonic() + self.ready_wait_s
        while not self._is_ready(child):
            if child.ends_within(family.POLL_S):
                raise self._failure(said_before, "it ended while starting")
            if time.monotonic() > deadline:
                raise self._failure(said_before, f"not ready after {self.ready_wait_s:.0f} seconds")

    def _trim_log(self) -> None:
        if self.log.exists() and self.log.stat().st_size > LOG_KEPT_BYTES:
            os.truncate(self.log, 0)

    def _failure(self, said_before: int, reason: str) -> ServerFailed:
        with self.log.open("rb") as log:
            log.seek(max(said_before, self.log.stat().st_size - LOG_TAIL_BYTES))
            said = log.read().decode(errors="replace").splitlines()
        tail = "\n".join(said[-LOG_TAIL_LINES:])
        if "already in use" in tail and "address" in tail.casefold():
            reason = f"port {self.port} of 127.0.0.1 is in use"
        return ServerFailed(self.name, reason, tail)


def _end(child: Child) -> None:
    if child.running:
        family.kill(child.pid)
        child.ends_within(KILL_WAIT_S)


@contextmanager
def _locked(data_dir: Path) -> Iterator[None]:
    """Let one process at a time start a server in ``data_dir``."""
    with (data_dir / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
