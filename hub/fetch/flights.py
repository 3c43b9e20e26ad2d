"""Single flight in one process: a question that is being asked is not asked again.

A flight stays until its record can be found in Redis, so that an agreement's next request finds
its own record even when it comes before the write.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from hub.fetch.freshness import Record
from hub.fetch.shelf import Sighting
from hub.model.evidence import Failure, Unavailable

Answer: TypeAlias = Record | Unavailable


@dataclass(frozen=True, slots=True)
class Flight:
    """One person's record on its way to one agreement, asked at generation ``mark``."""

    mark: bytes | None
    landed: "asyncio.Future[Answer]" = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )


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

    def board(self, lacking: Sequence[Sighting]) -> Boarding:
        """Join what is under way, and open flights for the rest."""
        own: list[Sighting] = []
        flights: dict[bytes, Flight] = {}
        joined: dict[bytes, Flight] = {}
        landed: dict[bytes, Record] = {}
        for seen in lacking:
            name = seen.slot.entry
            flight = self._open.get(name)
            if flight is None or flight.mark != seen.mark:
                own.append(seen)
                flights[name] = self._open[name] = Flight(seen.mark)
            elif flight.landed.done() and isinstance(record := flight.landed.result(), Record):
                landed[name] = record
            else:
                joined[name] = flight
        return Boarding(own=own, flights=flights, joined=joined, landed=landed)

    def land(self, flights: Mapping[bytes, Flight], answers: Mapping[bytes, Answer]) -> None:
        """Tell those who joined; a person without an answer could not be asked."""
        missing = Unavailable(failure=Failure.UNAVAILABLE)
        for name, flight in flights.items():
            if not flight.landed.done():
                flight.landed.set_result(answers.get(name, missing))

    def close(self, flights: Mapping[bytes, Flight]) -> None:
        """Forget flights, unless a later one took their place."""
        for name, flight in flights.items():
            if self._open.get(name) is flight:
                del self._open[name]
