"""The two servers compared, and how requests get to them."""

import contextlib
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec

from bench.load import Job, Sample, Stream
from bench.sandbox import Sandbox
from bench.workloads import AGREEMENT
from hub.sandbox.servers.address import LOOPBACK, choose_port
from hub.sandbox.servers.process import Child, Command

HUB, PLAIN = "hub", "plain"
_MOST = 1_000_000
_SLACK_S = 90.0
_READY_S = 60.0
_STOP_S = 20.0
_ANSWER = "application/graphql-response+json, application/json;q=0.9"


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """One of those compared.

    Attributes:
        name: ``hub`` or ``plain``; also of its process among ``pids``.
        pids: Its process, and those of PostgreSQL and Redis.
    """

    name: str
    sandbox: Sandbox
    port: int
    path: str
    pids: dict[str, int]

    def send(
        self,
        streams: Sequence[Stream],
        *,
        seconds: float,
        most: int = _MOST,
        forget: str | None = None,
    ) -> Sample:
        """Send ``streams`` from a process of their own; see ``bench.load.Job``."""
        job = Job(
            host=LOOPBACK,
            port=self.port,
            path=self.path,
            headers=self.headers(),
            streams=list(streams),
            seconds=seconds,
            most=most,
            pids=self.pids,
            forget=forget,
        )
        done = subprocess.run(
            [sys.executable, "-m", "bench.load"],
            input=msgspec.msgpack.encode(job),
            capture_output=True,
            timeout=5 * seconds + _SLACK_S,
            check=False,
        )
        if done.returncode:
            raise SystemExit(f"{self.name}: " + done.stderr.decode(errors="replace")[-2000:])
        return msgspec.msgpack.decode(done.stdout, type=Sample)

    def headers(self) -> dict[str, str]:
        """Return a fresh token and what else every request says."""
        return {
            "authorization": f"Bearer {self.sandbox.token()}",
            "x-dagr-permission": AGREEMENT,
            "accept": _ANSWER,
        }


def the_hub(sandbox: Sandbox) -> Server:
    """Return the sandbox's hub."""
    port = sandbox.estate.port
    return Server(name=HUB, sandbox=sandbox, port=port, path="/graphql", pids=sandbox.pids)


@contextmanager
def the_plain(sandbox: Sandbox, *, token_cache: bool) -> Iterator[Server]:
    """Run the plain server for as long as the block does."""
    folder = sandbox.data_dir.parent / "plain"
    folder.mkdir(exist_ok=True)
    port, log = choose_port("plain", folder, None), folder / "plain.log"
    child = Child(_command(sandbox.data_dir, port, log, token_cache=token_cache))
    pids = {PLAIN: child.pid, "postgres": sandbox.pids["postgres"]}
    try:
        _await(child, port, log)
        yield Server(name=PLAIN, sandbox=sandbox, port=port, path="/", pids=pids)
    finally:
        child.send(signal.SIGTERM)
        if not child.ends_within(_STOP_S):
            child.send(signal.SIGKILL)
            child.ends_within(_STOP_S)


def _command(data_dir: Path, port: int, log: Path, *, token_cache: bool) -> Command:
    words = [sys.executable, "-m", "bench.plain", "--data-dir", str(data_dir), "--port", str(port)]
    if token_cache:
        words.append("--token-cache")
    return Command(words=words, log=log, account=None, death_signal=signal.SIGTERM)


def _await(child: Child, port: int, log: Path) -> None:
    deadline = time.monotonic() + _READY_S
    while time.monotonic() < deadline and child.running:
        with contextlib.suppress(OSError), socket.create_connection((LOOPBACK, port), timeout=2):
            return
        child.ends_within(0.1)
    message = f"the plain server did not start:\n{log.read_text(errors='replace')[-2000:]}"
    raise SystemExit(message)
