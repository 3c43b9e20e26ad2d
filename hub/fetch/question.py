"""One agreement's question to one register: everything that does not depend on the person."""

from dataclasses import dataclass

import structlog

from hub.fetch.shelf import Shelf, Shelved, Sighting
from hub.fetch.station import Station
from hub.model.evidence import Ask, Failure, Outcome, Subject, Unavailable


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Question:
    """What one agreement asks of one register: columns, period.

    Attributes:
        agreement: Its number; its records and flights are its own.
    """

    station: Station
    ask: Ask
    agreement: str

    def failed(self, number: int, failure: Exception) -> list[Outcome]:
        """Return what is told of ``number`` persons after a bug of ours."""
        self.tell(failure)
        return [Unavailable(failure=Failure.UNAVAILABLE)] * number

    def tell(self, failure: Exception) -> None:
        """Log the kind of a bug: its words may quote a personal code."""
        kind = type(failure).__name__
        structlog.get_logger().error("fetch_bug", register=self.ask.register, kind=kind)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class KeptQuestion(Question):
    """A question whose answers are kept.

    Attributes:
        shape: Of names in Redis.
    """

    shelf: Shelf
    shape: bytes

    def at_hand(self, subject: Subject) -> Outcome | None:
        """Return what this process has of one person, if it is fresh."""
        nearby = self.station.nearby
        shape = None if nearby is None else nearby.shape(self.ask, self.agreement)
        one = None if shape is None else shape.held.get(subject.codes[0])
        if one is None or one.codes != subject.codes or one.until <= self.station.clock.now():
            return None
        return one.outcome

    def put_nearby(self, seen: Sighting, shelved: Shelved, turn: int) -> None:
        """Keep at hand what Redis has, or will have in a moment.

        Args:
            seen: Whose record it is.
            shelved: What will be told of it.
            turn: Of ``Nearby``, from before anything was looked up.
        """
        nearby, slot = self.station.nearby, seen.slot
        if nearby is not None:
            nearby.put(
                self.ask,
                self.agreement,
                slot.subject.codes,
                shelved.outcome,
                until=shelved.fresh_until,
                marks=slot.marks,
                turn=turn,
            )
