"""How long a hub takes from its process's beginning to its readiness."""

import contextlib
import signal
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from bench.sandbox import Sandbox
from hub.cli.estate import Estate
from hub.sandbox.servers.address import LOOPBACK, choose_port
from hub.sandbox.servers.process import Child, Command

_READY_S = 60.0
_STOP_S = 20.0
_PROBE_S = 0.005
_QUESTION = f"GET /readyz HTTP/1.1\r\nhost: {LOOPBACK}\r\nconnection: close\r\n\r\n".encode()
_ESTATE = "estate.json"


def ready_s(sandbox: Sandbox, times: int) -> list[float]:
    """Return the seconds that further hubs of the same sandbox took, one after another."""
    folder = _double(sandbox, "start")
    return [_once(folder) for _ in range(times)]


def _double(sandbox: Sandbox, name: str) -> Path:
    """Return a folder like the sandbox's own, with another port for the hub."""
    folder = sandbox.data_dir.parent / name
    folder.mkdir(mode=0o700)
    for each in sandbox.data_dir.iterdir():
        if each.name != _ESTATE:
            (folder / each.name).symlink_to(each)
    scratch = sandbox.data_dir.parent / f"{name}-port"
    scratch.mkdir()
    estate: Estate = msgspec.structs.replace(sandbox.estate, port=choose_port("hub", scratch, None))
    (folder / _ESTATE).write_bytes(msgspec.json.encode(estate))
    return folder


@contextmanager
def another(sandbox: Sandbox) -> Iterator[int]:
    """Serve by a further hub of the same sandbox for as long as the block does; yield its port."""
    with _started(_double(sandbox, "another")) as port:
        yield port


def _once(folder: Path) -> float:
    began = time.perf_counter()
    with _started(folder):
        return time.perf_counter() - began


@contextmanager
def _started(folder: Path) -> Iterator[int]:
    port = msgspec.json.decode((folder / _ESTATE).read_bytes(), type=Estate).port
    log = folder.parent / f"{folder.name}.log"
    words = [sys.executable, "-m", "hub.cli.hub_process", "--data-dir", str(folder)]
    child = Child(Command(words=words, log=log, account=None, death_signal=signal.SIGTERM))
    try:
        _await(child, port, log)
        yield port
    finally:
        child.send(signal.SIGTERM)
        if not child.ends_within(_STOP_S):
            child.send(signal.SIGKILL)
            child.ends_within(_STOP_S)


def _await(child: Child, port: int, log: Path) -> None:
    deadline = time.perf_counter() + _READY_S
    while time.perf_counter() < deadline and child.running:
        with contextlib.suppress(OSError):
            if _is_ready(port):
                return
        time.sleep(_PROBE_S)
    message = f"a further hub did not start:\n{log.read_text(errors='replace')[-2000:]}"
    raise SystemExit(message)


def _is_ready(port: int) -> bool:
    with socket.create_connection((LOOPBACK, port), timeout=2) as connection:
        connection.sendall(_QUESTION)
        return connection.recv(64).startswith(b"HTTP/1.1 200")
