"""Leaves a failing neighbour alone, and lets one call at a time find out whether it is back."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Ticket:
    """Leave to try; every ticket is given back as succeeded, failed or unused."""

    probe: bool


class Breaker:
    """Closed, then open after failures in a row, then open to one probe after a rest."""

    def __init__(
        self, *, failures: int, rest_s: float, timer: Callable[[], float] = time.monotonic
    ) -> None:
        """Start closed.

        Args:
            failures: In a row, after which it opens.
            rest_s: Seconds without any call; again after every failed probe.
            timer: Monotonic seconds.
        """
        self._failures = failures
        self._rest_s = rest_s
        self._timer = timer
        self._row = 0
        self._closed = True
        self._rests_until = 0.0
        self._probing = False

    @property
    def is_open(self) -> bool:
        """Whether a call made now would be turned away or be a probe."""
        return not self._closed

    def wait_s(self) -> int | None:
        """Return whole seconds until a call makes sense; None when one may be made now."""
        if self._closed:
            return None
        left = self._rests_until - self._timer()
        if left <= 0 and not self._probing:
            return None
        return max(1, math.ceil(left))

    def admit(self) -> Ticket | None:
        """Give leave to try once, or None."""
        if self._closed:
            return Ticket(probe=False)
        if self._probing or self._timer() < self._rests_until:
            return None
        self._probing = True
        return Ticket(probe=True)

    def succeeded(self, ticket: Ticket) -> None:
        """Close: whoever got an answer, it is back."""
        self.unused(ticket)
        self._row = 0
        self._closed = True

    def failed(self, ticket: Ticket) -> None:
        """Count a failure; a failed probe starts another rest, a straggler's failure does not."""
        self.unused(ticket)
        self._row += 1
        if ticket.probe or (self._closed and self._row >= self._failures):
            self._closed = False
            self._rests_until = self._timer() + self._rest_s

    def unused(self, ticket: Ticket) -> None:
        """Take back a ticket that proved nothing, as when the caller went away."""
        if ticket.probe:
            self._probing = False
