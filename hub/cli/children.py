"""The sandbox's own processes, issuer and hub: started, watched, and ended with the demo."""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from hub.sandbox.servers.process import Child, Command

_DRAIN_S: Final = 12.0
"""A little longer than the hub lets requests under way take."""
_TAIL_LINES: Final = 8


class ChildEnded(Exception):
    """A process of the sandbox ended by itself.

    Attributes:
        name: ``issuer`` or ``hub``.
        tail: The last lines of its log.
    """

    def __init__(self, name: str, tail: str) -> None:
        """Tell which, and what it said last."""
        super().__init__(f"the {name} ended by itself; its last words:\n{tail}")
        self.name = name
        self.tail = tail


class SandboxChild:
    """One of them, with a log of its own: this run's, and the run's before as ``.1``."""

    def __init__(self, folder: Path, name: str, module: str, *arguments: str) -> None:
        """Run ``python -m module --data-dir folder``."""
        self.name = name
        self.log = folder / f"{name}.log"
        if self.log.exists():
            self.log.replace(self.log.with_suffix(".log.1"))
        self._child = Child(
            Command(
                words=[sys.executable, "-m", module, "--data-dir", str(folder), *arguments],
                log=self.log,
                account=None,
                death_signal=signal.SIGTERM,
            )
        )
        self.pid = self._child.pid

    def check(self) -> None:
        """Go on, if it runs.

        Raises:
            ChildEnded: It does not.
        """
        if not self._child.running:
            raise ChildEnded(self.name, self.tail())

    def tail(self) -> str:
        """Return the last lines of its log."""
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        return "\n".join(lines[-_TAIL_LINES:]) or "(its log is empty)"

    def end(self) -> None:
        """Let it finish what it does, then end it by force."""
        self._child.send(signal.SIGTERM)
        if not self._child.ends_within(_DRAIN_S):
            self._child.send(signal.SIGKILL)
            self._child.ends_within(_DRAIN_S)


@contextmanager
def running(folder: Path, name: str, module: str, *arguments: str) -> Iterator[SandboxChild]:
    """Run a child for as long as the block does."""
    child = SandboxChild(folder, name, module, *arguments)
    try:
        yield child
    finally:
        child.end()
