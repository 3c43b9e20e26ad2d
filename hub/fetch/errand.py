"""One register's part of one operation: cache, single flight, and at most one batched call."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import assert_never

import structlog

from hub.fetch.desk import Desk
from hub.fetch.flights import Answer, Boarding, Flights
from hub.fetch.freshness import Record, excused, is_fresh, recorded, told
from hub.fetch.meters import Meters
from hub.fetch.shelf import Shelf, Sighting
from hub.model.evidence import (
    Absent,
    Ask,
    Failure,
    Found,
    Outcome,
    Subject,
    Unavailable,
)
from hub.model.personal_code import PersonalCode
from hub.ports import Clock, Reply

_FIRST_PAUSE_S = 0.004
_LONGEST_PAUSE_S = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Station:
    """What stands at one register from request to request.

    Attributes:
        shelf: None where the hub has no Redis.
        lease_wait_s: See ``FetchSettings``.
    """

    desk: Desk
    shelf: Shelf | None
    flights: Flights
    clock: Clock
    meters: Meters
    lease_wait_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """Brings the facts of one register to one operation.

    Attributes:
        agreement: Number of the caller's; its records and flights are its own.
        cache: Whether the agreement allows facts to be kept.
        until: Reading of the event loop's clock at which waiting ends.
    """

    station: Station
    ask: Ask
    agreement: str
    cache: bool
    until: float

    async def run(self, subjects: Sequence[Subject]) -> list[Outcome]:
        """Return outcomes in the order of ``subjects``; the batch function of a DataLoader."""
        try:
            shelf = self.station.shelf
            if shelf is not None and self.cache and shelf.keeps:
                outcomes = await self._run_cached(shelf, subjects)
            else:
                outcomes = await self._run_plainly(subjects)
        except Exception as failure:  # noqa: BLE001 — a bug at one register leaves the others standing
            kind = type(failure).__name__
            structlog.get_logger().error("fetch_bug", register=self.ask.register, kind=kind)
            outcomes = [Unavailable(failure=Failure.UNAVAILABLE)] * len(subjects)
        self._count(outcomes)
        return outcomes

    async def _run_plainly(self, subjects: Sequence[Subject]) -> list[Outcome]:
        """Ask, keeping nothing and sharing nothing."""
        reply = await self.station.desk.ask(self.ask, _codes(subjects), self.until)
        if isinstance(reply, Unavailable):
            return [reply] * len(subjects)
        return [told(self._record(reply, subject), cached=False) for subject in subjects]

    async def _run_cached(self, shelf: Shelf, subjects: Sequence[Subject]) -> list[Outcome]:
        seen = await shelf.look(shelf.slots(self.ask, self.agreement, subjects))
        now = self.station.clock.now()
        found = {
            each.slot.entry: told(each.record, cached=True)
            for each in seen
            if each.record is not None and is_fresh(each.record, now)
        }
        lacking = [each for each in seen if each.slot.entry not in found]
        outcomes: dict[bytes, Outcome] = {**found}
        if lacking:
            boarding = self.station.flights.board(lacking)
            outcomes |= {name: told(each, cached=True) for name, each in boarding.landed.items()}
            answers = await self._obtain(shelf, boarding)
            outcomes |= await self._settled(shelf, lacking, answers)
        return [outcomes[each.slot.entry] for each in seen]

    async def _obtain(self, shelf: Shelf, boarding: Boarding) -> dict[bytes, Answer]:
        """Ask for what is our own to ask, and wait for what others of the process are asking."""
        answers: dict[bytes, Answer] = {}
        if boarding.own:
            answers |= await self._fly(shelf, boarding)
        if boarding.joined:
            left_s = max(0.0, self.until - asyncio.get_running_loop().time())
            landings = [flight.landed for flight in boarding.joined.values()]
            await asyncio.wait(landings, timeout=left_s)
        for name, flight in boarding.joined.items():
            late = Unavailable(failure=Failure.UNAVAILABLE)
            answers[name] = flight.landed.result() if flight.landed.done() else late
        return answers

    async def _fly(self, shelf: Shelf, boarding: Boarding) -> Mapping[bytes, Answer]:
        """Ask for ``boarding.own``, and see to it that every flight lands and is closed."""
        flights, answers = self.station.flights, dict[bytes, Answer]()
        records: list[tuple[Sighting, Record]] = []
        lease: bytes | None = None
        try:
            lease, others = await self._lease(shelf, boarding.own)
            answers |= others or await self._call(boarding.own)
            if not others:
                records = _to_keep(boarding.own, answers)
        finally:
            flights.land(boarding.flights, answers)
            if records or lease:
                shelf.keep(records, lease, lambda: flights.close(boarding.flights))
            else:
                flights.close(boarding.flights)
        return answers

    async def _lease(
        self, shelf: Shelf, own: Sequence[Sighting]
    ) -> tuple[bytes | None, dict[bytes, Answer]]:
        """Take the lease, or wait for the replica that has it.

        Returns:
            The lease's name if it was taken, and records if the other replica brought all.
        """
        if own[0].mark is None:
            return None, {}
        slots = [each.slot for each in own]
        name, taken = await shelf.take_lease(slots)
        if taken or taken is None:
            return (name if taken else None), {}
        loop = asyncio.get_running_loop()
        patience_s = min(self.station.lease_wait_s, (self.until - loop.time()) / 2)
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
        now = self.station.clock.now()
        fresh: dict[bytes, Answer] = {
            each.slot.entry: each.record
            for each in seen
            if each.record is not None and is_fresh(each.record, now)
        }
        return fresh if len(fresh) == len(seen) else {}

    async def _call(self, own: Sequence[Sighting]) -> dict[bytes, Answer]:
        subjects = [each.slot.subject for each in own]
        reply = await self.station.desk.ask(self.ask, _codes(subjects), self.until)
        if isinstance(reply, Unavailable):
            return {each.slot.entry: reply for each in own}
        return {each.slot.entry: self._record(reply, each.slot.subject) for each in own}

    def _record(self, reply: Reply, subject: Subject) -> Record:
        """Make one person's record, joined when the register knows several of their codes."""
        connector = self.station.desk.connector
        found = [reply.facts[code] for code in subject.codes if code in reply.facts]
        facts = connector.merge(found) if len(found) > 1 else found[0] if found else None
        shelf = self.station.shelf
        return recorded(
            facts,
            as_of=reply.as_of,
            now=self.station.clock.now(),
            freshness=connector.manifest.freshness,
            spread=shelf.spread() if shelf else 0.0,
        )

    async def _settled(
        self, shelf: Shelf, lacking: Sequence[Sighting], answers: Mapping[bytes, Answer]
    ) -> dict[bytes, Outcome]:
        """Turn answers into outcomes; failures are excused by this agreement's own past alone."""
        settled: dict[bytes, Outcome] = {}
        failed: list[tuple[Sighting, Unavailable]] = []
        for seen in lacking:
            match answers.get(seen.slot.entry):
                case Record() as record:
                    settled[seen.slot.entry] = told(record, cached=False)
                case Unavailable() as failure:
                    failed.append((seen, failure))
                case None:
                    pass  # landed before
        bare = [seen.slot for seen, _ in failed if seen.record is None and seen.mark is not None]
        known = await shelf.known(bare) if bare else {}
        for seen, failure in failed:
            settled[seen.slot.entry] = excused(
                seen.record,
                failure,
                known_as_of=known.get(seen.slot.entry),
                freshness=self.station.desk.connector.manifest.freshness,
                now=self.station.clock.now(),
            )
        return settled

    def _count(self, outcomes: Sequence[Outcome]) -> None:
        count = self.station.meters.records
        origins: dict[str, int] = {}
        for each in outcomes:
            origin = _origin(each)
            origins[origin] = origins.get(origin, 0) + 1
        for origin, number in origins.items():
            count.labels(self.ask.register, origin).inc(number)


def _codes(subjects: Sequence[Subject]) -> list[PersonalCode]:
    return list(dict.fromkeys(code for subject in subjects for code in subject.codes))


def _to_keep(
    own: Sequence[Sighting], answers: Mapping[bytes, Answer]
) -> list[tuple[Sighting, Record]]:
    pairs = ((seen, answers.get(seen.slot.entry)) for seen in own if seen.mark is not None)
    return [(seen, record) for seen, record in pairs if isinstance(record, Record)]


def _origin(outcome: Outcome) -> str:
    match outcome:
        case Found(stale=True) | Absent(stale=True):
            return "stale"
        case Found(cached=True) | Absent(cached=True):
            return "cache"
        case Found() | Absent():
            # INVARIANT: whether there was a record is a fact about a person, and no metric's matter
            return "register"
        case Unavailable(failure=failure):
            return failure.value
    assert_never(outcome)
