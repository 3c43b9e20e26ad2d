"""A witness beside the sandbox: a process of its own, under a key that the hub does not have."""

import contextlib
import signal
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import msgspec

from hub.audit.tlog.cosignature import Cosigner
from hub.audit.tlog.logkey import LogKey
from hub.cli.audit.witness import seed_in
from hub.cli.estate import LOG_ORIGIN, WITNESSES
from hub.cli.premises import held
from hub.sandbox.data_dir import DataDir
from hub.sandbox.servers.address import LOOPBACK, choose_port
from hub.sandbox.servers.process import Child, Command

NAME: Final = "witness.example/bench"
_READY_S: Final = 60.0
_STOP_S: Final = 10.0
_PROBE_S: Final = 0.1


@contextmanager
def witnessed(folder: Path, data_dir: Path) -> Iterator[None]:
    """Run a witness for as long as the block does, which the sandbox of ``data_dir`` will ask.

    Args:
        folder: Keeps the witness's key and what it has seen.
        data_dir: The sandbox's, before it starts; its log's key is drawn here at the latest.
    """
    folder.mkdir(exist_ok=True)
    port = choose_port("witness", folder, None)
    asked = {
        "name": NAME,
        "vkey": Cosigner(NAME, seed_in(folder)).vkey,
        "url": f"http://{LOOPBACK}:{port}",
    }
    with held(data_dir, reset=False):
        key = LogKey(LOG_ORIGIN, DataDir(data_dir).open().secret("log"))
        (data_dir / WITNESSES).write_bytes(msgspec.json.encode([asked]))
    words = [sys.executable, "-c", "from hub.cli import main; main()", "audit", "witness"]
    words += ["--folder", str(folder), "--name", NAME, "--port", str(port)]
    words += ["--log", key.signer(datetime.now(UTC).year).vkey]
    log = folder / "witness.log"
    child = Child(Command(words=words, log=log, account=None, death_signal=signal.SIGTERM))
    try:
        _await(child, port, log)
        yield
    finally:
        child.send(signal.SIGTERM)
        if not child.ends_within(_STOP_S):
            child.send(signal.SIGKILL)
            child.ends_within(_STOP_S)


def _await(child: Child, port: int, log: Path) -> None:
    deadline = time.monotonic() + _READY_S
    while time.monotonic() < deadline and child.running:
        with contextlib.suppress(OSError), socket.create_connection((LOOPBACK, port), timeout=2):
            return
        child.ends_within(_PROBE_S)
    message = f"the witness did not start:\n{log.read_text(errors='replace')[-2000:]}"
    raise SystemExit(message)
