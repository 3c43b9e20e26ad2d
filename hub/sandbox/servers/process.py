"""One child process: started apart from the terminal, and reaped."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path

from hub.sandbox.servers.account import Account

LAUNCHER = Path(__file__).with_name("launch.py")
# nothing of the hub's own settings and secrets is handed down
ENVIRONMENT = {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """What to run, and how it ends when this process dies without a word.

    Attributes:
        words: Absolute path of the program, then its arguments.
        log: File that takes what the program prints.
        account: The account to run under; None keeps this process's own.
        death_signal: Sent by the kernel when the parent is gone (Linux).
    """

    words: Sequence[str]
    log: Path
    account: Account | None
    death_signal: signal.Signals


class Child:
    """A running command, watched by a thread of its own."""

    def __init__(self, command: Command) -> None:
        """Start ``command`` in its own session.

        INVARIANT: the thread that forks lives as long as the child. The kernel ties a child's
        death signal to the forking *thread*: a short-lived one would take the server with it.
        """
        self._exited = threading.Event()
        started: Future[subprocess.Popen[bytes]] = Future()
        watch = threading.Thread(target=self._watch, args=(command, started), daemon=True)
        watch.start()
        self._popen = started.result()
        self.pid = self._popen.pid

    def _watch(self, command: Command, started: Future[subprocess.Popen[bytes]]) -> None:
        try:
            popen = _spawn(command)
        except OSError as failure:
            started.set_exception(failure)
            return
        started.set_result(popen)
        popen.wait()
        self._exited.set()

    @property
    def running(self) -> bool:
        """Whether the process has not ended yet."""
        return not self._exited.is_set()

    def ends_within(self, timeout_s: float) -> bool:
        """Wait at most ``timeout_s`` seconds for the end; tell whether it came."""
        return self._exited.wait(timeout_s)

    def send(self, number: signal.Signals) -> None:
        """Send one signal to the process itself."""
        with contextlib.suppress(ProcessLookupError):
            self._popen.send_signal(number)


def _spawn(command: Command) -> subprocess.Popen[bytes]:
    uid, gid = (command.account.uid, command.account.gid) if command.account else (-1, -1)
    ties = [os.getpid(), int(command.death_signal), uid, gid]
    launcher = [sys.executable, "-I", "-S", str(LAUNCHER), *map(str, ties)]
    with command.log.open("ab") as log:
        return subprocess.Popen(  # noqa: S603 - our own words, no shell
            [*launcher, *command.words],
            cwd="/",
            env=ENVIRONMENT,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            umask=0o077,
        )
