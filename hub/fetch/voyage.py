"""Brings what neither this process nor Redis has: single flight, lease, one batched call."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from hub.fetch.flights import Answer, Boarding
from hub.fetch.freshness import Record, excused, told
from hub.fetch.question import KeptQuestion
from hub.fetch.shelf import Sighting
from hub.fetch.station import codes_of
from hub.fetch.turn import Turn
from hub.model.evidence import Failure, Outcome, Unavailable

_FIRST_PAUSE_S: Final = 0.004
_LONGEST_PAUSE_S: Final = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Voyage:
    """One question of one agreement to one register, through flights and leases.

    Attributes:
        until: Reading of the event loop's clock at which waiting ends.
        turn: Of ``Nearby``, from before anything was looked up.
        claimed: A lease tried for in the same round trip, and whether it was taken.
        operation_id: Who asks.
    """

    question: KeptQuestion
    until: float
    turn: int
    claimed: tuple[bytes, bool] | None
    operation_id: str

    async def safely(self, lacking: Sequence[Sighting]) -> list[Outcome]:
        """Return outcomes in the order of ``lacking``, whatever happens on the way."""
        try:
            return await self.outcomes(lacking)
        except Exception as failure:  # noqa: BLE001 — a bug at one register leaves the others standing
            return self.question.failed(len(lacking), failure)

    async def outcomes(self, lacking: Sequence[Sighting]) -> list[Outcome]:
        """Return outcomes in the order of ``lacking``."""
        question = self.question
        boarding = question.station.flights.board(lacking)
        if not boarding.own and self.claimed is not None and self.claimed[1]:
            question.shelf.drop(self.claimed[0])
        answers = await self._obtain(boarding)
        outcomes: dict[bytes, Outcome] = {
            name: told(each, cached=True) for name, each in boarding.landed.items()
        }
        outcomes |= await settled(question, lacking, answers)
        return [outcomes[each.slot.entry] for each in lacking]

    async def _obtain(self, boarding: Boarding) -> dict[bytes, Answer]:
        """Ask for what is our own to ask, and wait for what others of the process are asking."""
        answers: dict[bytes, Answer] = {}
        if boarding.own:
            answers |= await self._fly(boarding)
        if boarding.joined:
            left_s = max(0.0, self.until - asyncio.get_running_loop().time())
            landings = [flight.landing() for flight in boarding.joined.values()]
            await asyncio.wait(landings, timeout=left_s)
        for name, flight in boarding.joined.items():
            answers[name] = flight.answer or Unavailable(failure=Failure.UNAVAILABLE)
        return answers

    async def _fly(self, boarding: Boarding) -> Mapping[bytes, Answer]:
        """Ask for ``boarding.own``, and see to it that every flight lands and is closed."""
        flights, answers = self.question.station.flights, dict[bytes, Answer]()
        records: list[tuple[Sighting, Record]] = []
        lease: bytes | None = None
        try:
            lease, others = await self._lease(boarding.own)
            answers |= others or await self._call(boarding.own)
            brought = to_keep(boarding.own, answers)
            await self._put_nearby(brought)
            if not others:
                records = brought
        finally:
            flights.land(boarding.flights, answers)
            if records or lease:
                leases = () if lease is None else (lease,)
                done = partial(flights.close, boarding.flights)
                self.question.shelf.keep(records, leases, done)
            else:
                flights.close(boarding.flights)
        return answers

    async def _lease(self, own: Sequence[Sighting]) -> tuple[bytes | None, dict[bytes, Answer]]:
        """Take the lease, or wait for the replica that has it.

        Returns:
            The lease's name if it was taken, and records if the other replica brought all.
        """
        if own[0].mark is None:
            return None, {}
        slots, shelf = [each.slot for each in own], self.question.shelf
        name, taken = self.claimed or await shelf.take_lease(slots)
        if taken or taken is None:
            return (name if taken else None), {}
        loop = asyncio.get_running_loop()
        patience_s = min(self.question.station.lease_wait_s, (self.until - loop.time()) / 2)
        end, pause_s = loop.time() + patience_s, _FIRST_PAUSE_S
        while loop.time() < end:
            await asyncio.sleep(pause_s)
            pause_s = min(2 * pause_s, _LONGEST_PAUSE_S)
            seen, held = await shelf.look_past(slots, name)
            brought = self._brought(seen)
            if brought or not held:
                return None, brought
        return None, {}

    def _brought(self, seen: Sequence[Sighting]) -> dict[bytes, Answer]:
        """Return the records if all are there and fresh, else nothing."""
        now = self.question.station.clock.now()
        fresh: dict[bytes, Answer] = {}
        for each in seen:
            if each.record is None or each.record.fresh_until <= now:
                return {}
            record = self.question.shelf.reread(each.record)
            if record is None:
                return {}
            fresh[each.slot.entry] = record
        return fresh

    async def _call(self, own: Sequence[Sighting]) -> dict[bytes, Answer]:
        subjects, station = [each.slot.subject for each in own], self.question.station
        reply = await station.desk.ask(
            self.question.ask, codes_of(subjects), self.until, self.operation_id
        )
        if isinstance(reply, Unavailable):
            return {each.slot.entry: reply for each in own}
        answers: dict[bytes, Answer] = {}
        records = station.records(reply, subjects)
        turn = Turn()
        for each, record in zip(own, records, strict=True):
            answers[each.slot.entry] = record
            if turn.over:
                await turn.give_way()
        return answers

    async def _put_nearby(self, brought: Sequence[tuple[Sighting, Record]]) -> None:
        turn = Turn()
        for seen, record in brought:
            if turn.over:
                await turn.give_way()
            shelved = self.question.shelf.shelved(record)
            if shelved is not None:
                self.question.put_nearby(seen, shelved, self.turn)


async def settled(
    question: KeptQuestion, lacking: Sequence[Sighting], answers: Mapping[bytes, Answer]
) -> dict[bytes, Outcome]:
    """Turn answers into outcomes; failures are excused by this agreement's own past alone."""
    outcomes: dict[bytes, Outcome] = {}
    failed: list[tuple[Sighting, Unavailable]] = []
    turn = Turn()
    for seen in lacking:
        if turn.over:
            await turn.give_way()
        answer = answers.get(seen.slot.entry)
        if isinstance(answer, Record):
            outcomes[seen.slot.entry] = told(answer, cached=False)
        elif answer is not None:  # else it landed before
            failed.append((seen, answer))
    return outcomes | await _excused(question, failed) if failed else outcomes


async def _excused(
    question: KeptQuestion, failed: Sequence[tuple[Sighting, Unavailable]]
) -> dict[bytes, Outcome]:
    shelf, station = question.shelf, question.station
    bare = [seen.slot for seen, _ in failed if seen.record is None and seen.mark is not None]
    known = await shelf.known(bare) if bare else {}
    return {
        seen.slot.entry: excused(
            None if seen.record is None else shelf.reread(seen.record),
            failure,
            known_as_of=known.get(seen.slot.entry),
            freshness=station.desk.connector.manifest.freshness,
            now=station.clock.now(),
        )
        for seen, failure in failed
    }


def to_keep(
    own: Sequence[Sighting], answers: Mapping[bytes, Answer]
) -> list[tuple[Sighting, Record]]:
    """Return the records that may be written: those whose generation was seen."""
    kept = []
    for seen in own:
        record = answers.get(seen.slot.entry)
        if seen.mark is not None and isinstance(record, Record):
            kept.append((seen, record))
    return kept
