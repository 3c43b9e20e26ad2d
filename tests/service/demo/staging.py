"""A demo as its user has it: a process started, watched from outside, and ended by signals."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psutil

from hub.sandbox.servers.family import lives

HUB = Path(sys.executable).with_name("hub")
FIRST_START_S = 90.0
END_S = 25.0


@dataclass
class Show:
    """One run of ``hub demo``; in a process group of its own, as a shell would start it."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes]
    out: Path
    err: Path
    seen: dict[int, psutil.Process] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def told(self) -> str:
        return self.err.read_text()

    def state(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.folder / "sandbox.json").read_text())
        return found

    def child(self, name: str) -> psutil.Process:
        return psutil.Process(self.state()["pids"][name])

    def look(self) -> list[psutil.Process]:
        """Return the demo and everything it has started so far, living or not."""
        for process in family(self.process.pid):
            self.seen[process.pid] = process
        return list(self.seen.values())

    def await_ready(self, timeout_s: float = FIRST_START_S) -> float:
        """Return after how many seconds the hub answered."""
        began = time.monotonic()
        while time.monotonic() - began < timeout_s:
            assert self.process.poll() is None, self.told()
            if self.answers():
                self.look()
                return time.monotonic() - began
            time.sleep(0.05)
        raise AssertionError(self.told())

    def answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/readyz", timeout=1, trust_env=False).status_code == 200
        except httpx.TransportError:
            return False

    def await_told(self, words: str, timeout_s: float = FIRST_START_S) -> None:
        until = time.monotonic() + timeout_s
        while words not in self.told():
            assert time.monotonic() < until, self.told()
            time.sleep(0.02)
        self.look()

    def await_banner(self) -> None:
        until = time.monotonic() + 10
        while "Stop with Ctrl-C" not in self.out.read_text():
            assert time.monotonic() < until, self.told()
            time.sleep(0.02)

    def interrupt(self) -> None:
        """Press Ctrl-C: the whole foreground process group hears it."""
        self.look()
        os.killpg(self.process.pid, signal.SIGINT)

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Send a signal to the demo alone; return its exit status."""
        self.look()
        self.process.send_signal(number)
        return self.wait()

    def wait(self) -> int:
        return self.process.wait(END_S)

    def survivors(self, patience_s: float = END_S) -> list[psutil.Process]:
        """Return who of all it ever started still lives after ``patience_s``."""
        until = time.monotonic() + patience_s
        while (living := [each for each in self.seen.values() if lives(each)]) and (
            time.monotonic() < until
        ):
            time.sleep(0.05)
        return living


def family(pid: int) -> list[psutil.Process]:
    try:
        head = psutil.Process(pid)
        return [head, *head.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port: int = trial.getsockname()[1]
        return port


@contextmanager
def staged(
    folder: Path,
    *arguments: str,
    people: int | None = 200,
    port: int | None = None,
    words: Sequence[str] = (str(HUB),),
    day: bool = False,
) -> Iterator[Show]:
    """Start a demo, its log empty unless a day is wanted; nothing of it outlives the test."""
    port = port or free_port()
    out, err = (folder.with_name(f"{folder.name}.{name}") for name in ("out", "err"))
    number = [] if people is None else ["--people", str(people)]
    number += [] if day else ["--empty"]
    line = [*words, "demo", "--port", str(port), *number]
    with out.open("wb") as stdout, err.open("wb") as stderr:
        process = subprocess.Popen(
            [*line, "--data-dir", str(folder), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=stderr,
            process_group=0,
        )
    show = Show(folder, port, process, out, err)
    try:
        yield show
    finally:
        for each in show.look():
            if lives(each):
                each.kill()
        process.wait(END_S)


def hub(*words: str, env: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run a verb to its end."""
    return subprocess.run(
        [str(HUB), *words], capture_output=True, text=True, check=False, timeout=60, env=env
    )
