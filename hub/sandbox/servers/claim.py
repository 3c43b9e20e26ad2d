"""Who started the server of a data folder, so that a second start adopts it or clears it away."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import psutil

from hub.sandbox.servers.family import lives

# the start of a process is known to the tick, but is counted from a clock that may be set
START_TOLERANCE_S = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One process, told apart from a later one of the same number.

    Attributes:
        pid: Its number.
        started_s: When it started, in seconds of the system's clock.
    """

    pid: int
    started_s: float

    @classmethod
    def of(cls, pid: int) -> Self:
        """Mark a running process."""
        return cls(pid=pid, started_s=psutil.Process(pid).create_time())

    def process(self) -> psutil.Process | None:
        """Return the process, if it is this one and still runs."""
        try:
            found = psutil.Process(self.pid)
            same = abs(found.create_time() - self.started_s) < START_TOLERANCE_S
        except psutil.NoSuchProcess:
            return None
        return found if same and lives(found) else None


def running_since(pid: int, then_s: float) -> bool:
    """Tell whether the process that had this number at an instant of the system's clock runs."""
    try:
        found = psutil.Process(pid)
        return found.create_time() < then_s + START_TOLERANCE_S and lives(found)
    except psutil.NoSuchProcess:
        return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A server, its port and the process that started it."""

    owner: Mark
    server: Mark
    port: int

    @classmethod
    def mine(cls, pid: int, port: int) -> Self:
        """Claim the server with this pid and port for this process."""
        return cls(owner=Mark.of(os.getpid()), server=Mark.of(pid), port=port)

    @classmethod
    def read(cls, data_dir: Path) -> Self | None:
        """Return the claim kept in ``data_dir``, if there is a readable one."""
        try:
            words = _record(data_dir).read_text(encoding="utf-8").split()
            owner, owner_s, server, server_s, port = words
            return cls(
                owner=Mark(pid=int(owner), started_s=float(owner_s)),
                server=Mark(pid=int(server), started_s=float(server_s)),
                port=int(port),
            )
        except (FileNotFoundError, ValueError):
            return None

    def keep(self, data_dir: Path) -> None:
        """Write the claim into ``data_dir``."""
        marks = (self.owner, self.server)
        words = [f"{mark.pid} {mark.started_s}" for mark in marks]
        _record(data_dir).write_text(f"{' '.join(words)} {self.port}\n", encoding="utf-8")


def _record(data_dir: Path) -> Path:
    return data_dir / "claim"
