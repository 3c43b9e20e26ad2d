"""Redis, or Valkey: nothing kept on disk."""

import signal
import socket
from pathlib import Path
from typing import ClassVar

from typing_extensions import override

from hub.sandbox.servers.address import LOOPBACK, password_of, write_private
from hub.sandbox.servers.binaries import redis_program
from hub.sandbox.servers.failure import REDIS
from hub.sandbox.servers.process import Child, Command
from hub.sandbox.servers.server import Server

ANSWER_WAIT_S = 1.0
ANSWER_BYTES = 1024


class RedisServer(Server):
    """A running Redis."""

    name: ClassVar[str] = REDIS
    ready_wait_s: ClassVar[float] = 20.0
    farewells: ClassVar[tuple[tuple[signal.Signals, float], ...]] = ((signal.SIGTERM, 5.0),)

    @property
    @override
    def url(self) -> str:
        return f"redis://:{self.password}@{LOOPBACK}:{self.port}"

    @override
    def _prepare(self) -> None:
        self.password = password_of(self.data_dir)

    @override
    def _command(self) -> Command:
        # a file rather than arguments, which every account of the machine can read
        settings = self.data_dir / "redis.conf"
        lines = (
            f"bind {LOOPBACK}",
            f"port {self.port}",
            f"requirepass {self.password}",
            'save ""',
            "appendonly no",
            "daemonize no",
            f'dir "{self.data_dir}"',
        )
        write_private(settings, "\n".join(lines))
        return Command(
            words=[str(redis_program()), str(settings)],
            log=self.log,
            account=None,
            death_signal=signal.SIGKILL,
        )

    @override
    def _is_ready(self, child: Child) -> bool:
        question = f"AUTH {self.password}\r\nPING\r\n".encode()
        try:
            with socket.create_connection((LOOPBACK, self.port), ANSWER_WAIT_S) as connection:
                connection.sendall(question)
                answer = b""
                while piece := connection.recv(ANSWER_BYTES):
                    answer += piece
                    if b"+PONG" in answer or b"-" in answer:
                        break
        except OSError:
            return False
        return child.running and b"+PONG" in answer


def start_redis(data_dir: Path, *, port: int | None = None) -> RedisServer:
    """Start a Redis that keeps its password, and nothing else, in ``data_dir``.

    Args:
        data_dir: Its folder; made when missing.
        port: Where to listen on 127.0.0.1; None takes the last port again, or else a free one.

    Raises:
        ServerFailed: It did not start, or this machine has no Redis at all.
    """
    server = RedisServer(data_dir)
    server.start(port=port)
    return server


def discard_redis(data_dir: Path) -> None:
    """Delete all that the Redis of ``data_dir`` kept.

    Raises:
        ServerFailed: A living process runs it.
    """
    RedisServer(data_dir).discard()
