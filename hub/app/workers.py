"""Several processes on the same sockets: started, replaced when they die, and ended together.

They are forked from a process that has imported everything and opened nothing: a worker starts in
a moment, and what none of them ever changes is in memory once.
"""

import contextlib
import os
import select
import signal
import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import Final, NoReturn

import msgspec
import structlog

from hub.app.seat import TOLD, Seat, Work, become
from hub.app.turns import Turns
from hub.errors import Misconfigured

_LOG = structlog.get_logger("hub.app")
_LONGEST_PAUSE_S: Final = 10.0
_SHORTEST_PAUSE_S: Final = 0.1
_STEADY_S: Final = 10.0
"""A worker that lived as long is replaced at once, and those before it are forgiven."""
_MOST_BYTES: Final = 65_536


@dataclass(slots=True)
class _Worker:
    seat: int
    pid: int
    words: int
    since: float
    said: bytes = b""

    @property
    def ready(self) -> bool:
        return self.said == b"[]"

    @property
    def problems(self) -> Sequence[str]:
        with contextlib.suppress(msgspec.DecodeError):
            return msgspec.json.decode(self.said, type=list[str])
        return ()


class Supervisor:
    """Watches over the workers; it answers nobody itself, and holds no connection."""

    def __init__(
        self, work: Work, sockets: Sequence[socket.socket], *, workers: int, drain_s: float
    ) -> None:
        """Start nobody yet.

        Args:
            work: What every worker does.
            sockets: Bound; closed here as soon as the order to stop comes.
            workers: How many.
            drain_s: How long they may take to end; then they are ended by force.
        """
        self._work = work
        self._sockets = sockets
        self._seats = range(workers)
        self._drain_s = drain_s
        self._turns = Turns(workers)
        self._lifeline, self._held = os.pipe()
        self._workers: dict[int, _Worker] = {}
        self._due: dict[int, float] = {}
        self._failures = dict.fromkeys(self._seats, 0)
        self._served = False
        self._stop_by: float | None = None
        self._told = False

    def run(self) -> None:
        """Start the first worker, and the others once it answers; watch them until told to stop.

        Raises:
            Misconfigured: The first worker says that it cannot start, and why.
            SystemExit: It ended before it answered, and did not say why.
        """
        with self._woken() as wakeups:
            self._start(0)
            while self._workers or self._due:
                self._wait(wakeups)
                self._reap()
                if self._told:
                    self._end()
                else:
                    self._fill()

    @contextmanager
    def _woken(self) -> Iterator[int]:
        """Have signals wake who waits on the descriptor given."""
        wakeups, wake = os.pipe()
        for each in (wakeups, wake):
            os.set_blocking(each, False)
        handlers = dict.fromkeys(TOLD, self._heed) | {signal.SIGCHLD: self._heed}
        before = {number: signal.signal(number, each) for number, each in handlers.items()}
        signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
        try:
            yield wakeups
        finally:
            signal.set_wakeup_fd(-1)
            for number, handler in before.items():
                signal.signal(number, handler)
            os.close(wakeups)
            os.close(wake)

    def _heed(self, number: int, _frame: FrameType | None) -> None:
        self._told = self._told or number in TOLD

    def _wait(self, wakeups: int) -> None:
        """Return when a worker said something or ended, an order came or something is due."""
        speaking = {worker.words: worker for worker in self._workers.values() if not worker.ready}
        moments = [*self._due.values(), *([self._stop_by] if self._stop_by else [])]
        wait_s = max(0.0, min(moments) - time.monotonic()) if moments else None
        heard, _, _ = select.select([wakeups, *speaking], [], [], wait_s)
        if wakeups in heard:
            os.read(wakeups, _MOST_BYTES)
        for each in heard:
            if each in speaking:
                self._listen(speaking[each])

    def _listen(self, worker: _Worker) -> None:
        worker.said += os.read(worker.words, _MOST_BYTES)
        if worker.ready:
            _LOG.info("worker_ready", seat=worker.seat, pid=worker.pid)
            if not self._served:
                self._served = True
                self._due |= dict.fromkeys(self._seats[1:], 0.0)

    def _reap(self) -> None:
        """Take note of every worker that ended."""
        for pid in list(self._workers):
            gone, status = os.waitpid(pid, os.WNOHANG)
            if gone:
                self._lose(pid, os.waitstatus_to_exitcode(status))

    def _lose(self, pid: int, status: int) -> None:
        worker = self._workers.pop(pid)
        with contextlib.suppress(BlockingIOError):
            worker.said += os.read(worker.words, _MOST_BYTES)
        os.close(worker.words)
        self._turns.leave(worker.seat)
        if self._told:
            return
        if not self._served:
            if worker.problems:
                raise Misconfigured(worker.problems)
            raise SystemExit(1)
        steady = time.monotonic() - worker.since >= _STEADY_S
        self._failures[worker.seat] = 0 if steady else self._failures[worker.seat] + 1
        pause_s = self._pause_s(worker.seat)
        _LOG.error(
            "worker_ended",
            seat=worker.seat,
            pid=pid,
            status=status,
            problems=list(worker.problems),
            replaced_in_s=pause_s,
        )
        self._due[worker.seat] = time.monotonic() + pause_s

    def _pause_s(self, seat: int) -> float:
        """Return how long to wait: twice as long each time a worker does not live long."""
        failures = self._failures[seat]
        return min(_SHORTEST_PAUSE_S * 2 ** (failures - 1), _LONGEST_PAUSE_S) if failures else 0.0

    def _fill(self) -> None:
        now = time.monotonic()
        for seat in [each for each, due in self._due.items() if due <= now]:
            del self._due[seat]
            self._start(seat)

    def _end(self) -> None:
        """Tell all to end, first in order, and by force when they take too long."""
        self._due.clear()
        if self._stop_by is None:
            self._stop_by = time.monotonic() + self._drain_s
            for each in self._sockets:
                each.close()
            self._send(signal.SIGTERM)
        elif time.monotonic() >= self._stop_by:
            _LOG.error("workers_killed", workers=len(self._workers))
            self._stop_by = time.monotonic() + self._drain_s
            self._send(signal.SIGKILL)

    def _send(self, number: signal.Signals) -> None:
        for pid in self._workers:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)

    def _start(self, seat: int) -> None:
        words, speak = os.pipe()
        signal.pthread_sigmask(signal.SIG_BLOCK, TOLD)  # the child hears an order as a worker does
        pid = os.fork()
        if pid == 0:
            self._leave(seat, speak)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, TOLD)
        os.close(speak)
        os.set_blocking(words, False)
        self._workers[pid] = _Worker(seat, pid, words, time.monotonic())

    def _leave(self, seat: int, speak: int) -> NoReturn:
        """Be a worker from here on, with nothing of the supervisor's open."""
        for each in (self._held, *(other.words for other in self._workers.values())):
            os.close(each)
        become(
            self._work, Seat(number=seat, lifeline=self._lifeline, turns=self._turns, speak=speak)
        )
