"""What a worker is given by the process that watches over it, and what it says back."""

import os
import signal
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, NoReturn

import msgspec
import structlog

from hub.app.turns import Turns
from hub.errors import HubError, Misconfigured, place_of

TOLD: Final = (signal.SIGTERM, signal.SIGINT)
"""Orders to stop."""

_LOG = structlog.get_logger("hub.app")


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """What a worker is given.

    Attributes:
        number: From 0; nobody else sits there.
        lifeline: A pipe's end that is at its end once the supervisor is gone.
        turns: How many connections each has.
        speak: A pipe's end that takes a JSON list of problems; none: connections are taken.
    """

    number: int
    lifeline: int
    turns: Turns
    speak: int

    def ready(self) -> None:
        """Say that this worker takes connections."""
        self.say(())

    def say(self, problems: Sequence[str]) -> None:
        """Say what is wrong, if anything."""
        os.write(self.speak, msgspec.json.encode(list(problems)))


Work = Callable[[Seat], None]
"""Serves until told to stop by SIGTERM or SIGINT."""


def become(work: Work, seat: Seat) -> NoReturn:
    """Be a worker in a process just forked, and nothing else ever again.

    Orders to stop are held back until here, so that none is taken for the supervisor's.
    """
    status = 1
    try:
        signal.set_wakeup_fd(-1)
        for number in (signal.SIGCHLD, signal.SIGTERM):
            signal.signal(number, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, TOLD)
        work(seat)
        status = 0
    except Misconfigured as wrong:
        seat.say(wrong.problems)
        status = 2
    except HubError as wrong:
        seat.say((wrong.message,))
        status = 2
    except KeyboardInterrupt:
        pass
    except BaseException as wrong:  # noqa: BLE001 — told here, for nobody is above
        _LOG.error("worker_failed", kind=type(wrong).__name__, where=place_of(wrong))
    finally:
        sys.stderr.flush()
        os._exit(status)
