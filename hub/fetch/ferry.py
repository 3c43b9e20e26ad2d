"""Persons asked for one by one at the same moment cross together, in one batched call.

What a round trip to Redis told of, goes to the registers at the same moment; so requests of one
agreement with the same question, about one person each, leave in one call of one DataLoader. What
crosses here has its lease, or cannot have one; everything else goes by ``Voyage``.
"""

import asyncio
from collections.abc import Mapping, Sequence
from functools import partial
from typing import NamedTuple

from aiodataloader import DataLoader

from hub.fetch.flights import Answer, Flight
from hub.fetch.freshness import Record
from hub.fetch.question import KeptQuestion
from hub.fetch.shelf import Sighting
from hub.fetch.station import codes_of
from hub.fetch.voyage import settled
from hub.model.evidence import Failure, Outcome, Subject, Unavailable
from hub.ports import Reply


class Passenger(NamedTuple):
    """One person on the way.

    Attributes:
        lease: Held on asking for them; None where Redis gave no answer.
        turn: Of ``Nearby``, from before anything was looked up.
        until: Reading of the event loop's clock at which waiting ends.
        operation_id: Who asks; a crossing is the call of the first who boarded.
    """

    seen: Sighting
    lease: bytes | None
    turn: int
    until: float
    flight: Flight
    operation_id: str


class Ferry:
    """Crosses whenever somebody boarded; made and used within one event loop."""

    def __init__(self, question: KeptQuestion) -> None:
        """Carry ``question``; no other question, and no other agreement's."""
        self.question = question
        self._loader: DataLoader[Passenger, Outcome] = DataLoader(
            self._cross, cache=False, loop=asyncio.get_running_loop()
        )

    def board(
        self, seen: Sighting, lease: bytes | None, turn: int, until: float, operation_id: str
    ) -> "asyncio.Future[Outcome] | None":
        """Take one person along; None when somebody is asking for them now."""
        flight = self.question.station.flights.open(seen)
        if flight is None:
            return None
        return self._loader.load(Passenger(seen, lease, turn, until, flight, operation_id))

    async def _cross(self, passengers: list[Passenger]) -> list[Outcome]:
        """Ask for all at once, and see to it that every flight lands and is closed."""
        answers: dict[bytes, Answer] = {}
        try:
            answers = await self._call(passengers)
        except Exception as failure:  # noqa: BLE001 — a bug at one register leaves the others standing
            return self.question.failed(len(passengers), failure)
        finally:
            self._land(passengers, answers)
        outcomes = await settled(self.question, [each.seen for each in passengers], answers)
        return [outcomes[each.seen.slot.entry] for each in passengers]

    async def _call(self, passengers: Sequence[Passenger]) -> dict[bytes, Answer]:
        station, ask = self.question.station, self.question.ask
        subjects = [each.seen.slot.subject for each in passengers]
        until = min([each.until for each in passengers])
        leading = passengers[0].operation_id
        reply = await station.desk.ask(ask, codes_of(subjects), until, leading)
        if isinstance(reply, Unavailable):
            if reply.failure is Failure.MALFORMED and len(passengers) > 1:
                return await self._apart(passengers)
            return {each.seen.slot.entry: reply for each in passengers}
        return self._records(passengers, reply)

    async def _apart(self, passengers: Sequence[Passenger]) -> dict[bytes, Answer]:
        """Ask for each alone: what cannot be read of one person is no other request's failure."""
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(self._call([each])) for each in passengers]
        return {name: answer for task in tasks for name, answer in task.result().items()}

    def _records(self, passengers: Sequence[Passenger], reply: Reply) -> dict[bytes, Answer]:
        """Make the records, and have them at hand."""
        question, answers = self.question, dict[bytes, Answer]()
        subjects = [each.seen.slot.subject for each in passengers]
        try:
            records: list[Answer] = list(question.station.records(reply, subjects))
        except Exception:  # noqa: BLE001 — one person's facts are no other request's failure
            records = [self._record(reply, subject) for subject in subjects]
        for (seen, _, turn, *_), record in zip(passengers, records, strict=True):
            answers[seen.slot.entry] = record
            if seen.mark is not None and isinstance(record, Record):
                shelved = question.shelf.shelved(record)
                if shelved is not None:
                    question.put_nearby(seen, shelved, turn)
        return answers

    def _record(self, reply: Reply, subject: Subject) -> Answer:
        """Make one person's record, or tell of the bug that keeps it from being made."""
        try:
            return next(self.question.station.records(reply, [subject]))
        except Exception as failure:  # noqa: BLE001 — as above
            self.question.tell(failure)
            return Unavailable(failure=Failure.UNAVAILABLE)

    def _land(self, passengers: Sequence[Passenger], answers: Mapping[bytes, Answer]) -> None:
        """Tell who joined, write what may be kept, and give back the leases."""
        flights = {each.seen.slot.entry: each.flight for each in passengers}
        question = self.question
        question.station.flights.land(flights, answers)
        records = [
            (each.seen, record)
            for each in passengers
            if each.seen.mark is not None
            and isinstance(record := answers.get(each.seen.slot.entry), Record)
        ]
        leases = [each.lease for each in passengers if each.lease is not None]
        done = partial(question.station.flights.close, flights)
        if records or leases:
            question.shelf.keep(records, leases, done)
        else:
            done()
