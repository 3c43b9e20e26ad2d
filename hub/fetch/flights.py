"""Single flight in one process: a question that is being asked is not asked again.

A flight stays until its record can be found in Redis, so that an agreement's next request finds
its own record even when it comes before the write.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from hub.fetch.freshness import Record
from hub.fetch.shelf import Sighting
from hub.model.evidence import Failure, Unavailable

Answer: TypeAlias = Record | Unavailable
_MISSING = Unavailable(failure=Failure.UNAVAILABLE)


class Flight:
    """One person's record on its way to one agreement, asked at generation ``mark``.

    Attributes:
        answer: None until it landed.
    """

    __slots__ = ("_landing", "answer", "mark")

    def __init__(self, mark: bytes | None) -> None:
        """Set off; nobody waits yet."""
        self.mark = mark
        self.answer: Answer | None = None
        self._landing: asyncio.Future[None] | None = None

    def landing(self) -> "asyncio.Future[None]":
        """Return what is done when there is an answer; made for the first who waits."""
        if self._landing is None:
            self._landing = asyncio.get_running_loop().create_future()
            if self.answer is not None:
                self._landing.set_result(None)
        return self._landing

    def land(self, answer: Answer) -> None:
        """Tell those who wait; the first answer counts."""
        if self.answer is None:
            self.answer = answer
            if self._landing is not None and not self._landing.done():
                self._landing.set_result(None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Boarding:
    """How the records a request lacks will come.

    Attributes:
        own: To be asked for; their flights stand in ``flights``.
        joined: Somebody is asking for them now.
        landed: Just came, and are not in Redis yet.
    """

    own: Sequence[Sighting]
    flights: Mapping[bytes, Flight]
    joined: Mapping[bytes, Flight]
    landed: Mapping[bytes, Record]


class Flights:
    """Flights of one register, by name of the record: agreements never share one."""

    def __init__(self) -> None:
        """Start with none."""
        self._open: dict[bytes, Flight] = {}

    def open(self, seen: Sighting) -> Flight | None:
        """Open a flight for one person; None when somebody is asking for them now."""
        name = seen.slot.entry
        flight = self._open.get(name)
        if flight is not None and flight.mark == seen.mark:
            return None
        flight = self._open[name] = Flight(seen.mark)
        return flight

    def board(self, lacking: Sequence[Sighting]) -> Boarding:
        """Join what is under way, and open flights for the rest."""
        own: list[Sighting] = []
        flights: dict[bytes, Flight] = {}
        joined: dict[bytes, Flight] = {}
        landed: dict[bytes, Record] = {}
        for seen in lacking:
            name = seen.slot.entry
            opened = self.open(seen)
            if opened is not None:
                own.append(seen)
                flights[name] = opened
            elif isinstance(record := self._open[name].answer, Record):
                landed[name] = record
            else:
                joined[name] = self._open[name]
        return Boarding(own=own, flights=flights, joined=joined, landed=landed)

    def land(self, flights: Mapping[bytes, Flight], answers: Mapping[bytes, Answer]) -> None:
        """Tell those who joined; a person without an answer could not be asked."""
        for name, flight in flights.items():
            flight.land(answers.get(name, _MISSING))

    def close(self, flights: Mapping[bytes, Flight]) -> None:
        """Forget flights, unless a later one took their place."""
        for name, flight in flights.items():
            if self._open.get(name) is flight:
                del self._open[name]
