"""Commands to a process, the head, and all its descendants together.

PostgreSQL puts each of its children into a session of its own, so a process group is not enough.
"""

import contextlib
import signal
import time
from collections.abc import Iterable

import psutil

POLL_S = 0.01
GONE_WAIT_S = 5.0


def pause(pid: int) -> list[psutil.Process]:
    """Stop the head first, so that it makes no more children, then them; return all."""
    try:
        head = psutil.Process(pid)
        _signal([head], signal.SIGSTOP)
        family = [head, *head.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []
    _signal(family[1:], signal.SIGSTOP)
    return family


def resume(pid: int) -> None:
    """Let a paused family go on, the children first."""
    with contextlib.suppress(psutil.NoSuchProcess):
        head = psutil.Process(pid)
        _signal([*head.children(recursive=True), head], signal.SIGCONT)


def kill(pid: int) -> None:
    """End a family at once, and wait until nobody of it runs."""
    family = pause(pid)
    _signal(family, signal.SIGKILL)
    deadline = time.monotonic() + GONE_WAIT_S
    while any(map(lives, family)) and time.monotonic() < deadline:
        time.sleep(POLL_S)


def lives(process: psutil.Process) -> bool:
    """Tell whether a process still runs; one that ended and was not reaped does not."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _signal(processes: Iterable[psutil.Process], number: signal.Signals) -> None:
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.send_signal(number)
