"""Brings what neither this process nor Redis has: single flight, lease, one batched call."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from hub.fetch.flights import Answer, Boarding
from hub.fetch.freshness import Record, excused, told
from hub.fetch.shelf import Shelf, Sighting
from hub.fetch.station import BREATH, Station, codes_of
from hub.model.evidence import Ask, Failure, Outcome, Unavailable

_FIRST_PAUSE_S: Final = 0.004
_LONGEST_PAUSE_S: Final = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Voyage:
    """One question of one agreement to one register, through flights and leases.

    Attributes:
        until: Reading of the event loop's clock at which waiting ends.
        turn: Of ``Nearby``, from before anything was looked up.
        claimed: A lease tried for in the same round trip, and whether it was taken.
    """

    station: Station
    shelf: Shelf
    ask: Ask
    agreement: str
    until: float
    turn: int
    claimed: tuple[bytes, bool] | None

    async def outcomes(self, lacking: Sequence[Sighting]) -> list[Outcome]:
        """Return outcomes in the order of ``lacking``."""
        boarding = self.station.flights.board(lacking)
        if not boarding.own and self.claimed is not None and self.claimed[1]:
            self.shelf.drop(self.claimed[0])
        answers = await self._obtain(boarding)
        outcomes: dict[bytes, Outcome] = {
            name: told(each, cached=True) for name, each in boarding.landed.items()
        }
        outcomes |= await self._settled(lacking, answers)
        return [outcomes[each.slot.entry] for each in lacking]

    async def _obtain(self, boarding: Boarding) -> dict[bytes, Answer]:
        """Ask for what is our own to ask, and wait for what others of the process are asking."""
        answers: dict[bytes, Answer] = {}
        if boarding.own:
            answers |= await self._fly(boarding)
        if boarding.joined:
            left_s = max(0.0, self.until - asyncio.get_running_loop().time())
            landings = [flight.landed for flight in boarding.joined.values()]
            await asyncio.wait(landings, timeout=left_s)
        for name, flight in boarding.joined.items():
            late = Unavailable(failure=Failure.UNAVAILABLE)
            answers[name] = flight.landed.result() if flight.landed.done() else late
        return answers

    async def _fly(self, boarding: Boarding) -> Mapping[bytes, Answer]:
        """Ask for ``boarding.own``, and see to it that every flight lands and is closed."""
        flights, answers = self.station.flights, dict[bytes, Answer]()
        records: list[tuple[Sighting, Record]] = []
        lease: bytes | None = None
        try:
            lease, others = await self._lease(boarding.own)
            answers |= others or await self._call(boarding.own)
            brought = _to_keep(boarding.own, answers)
            self._put_nearby(brought)
            if not others:
                records = brought
        finally:
            flights.land(boarding.flights, answers)
            if records or lease:
                self.shelf.keep(records, lease, lambda: flights.close(boarding.flights))
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
        slots = [each.slot for each in own]
        name, taken = self.claimed or await self.shelf.take_lease(slots)
        if taken or taken is None:
            return (name if taken else None), {}
        loop = asyncio.get_running_loop()
        patience_s = min(self.station.lease_wait_s, (self.until - loop.time()) / 2)
        end, pause_s = loop.time() + patience_s, _FIRST_PAUSE_S
        while loop.time() < end:
            await asyncio.sleep(pause_s)
            pause_s = min(2 * pause_s, _LONGEST_PAUSE_S)
            seen, held = await self.shelf.look_past(slots, name)
            brought = self._brought(seen)
            if brought or not held:
                return None, brought
        return None, {}

    def _brought(self, seen: Sequence[Sighting]) -> dict[bytes, Answer]:
        """Return the records if all are there and fresh, else nothing."""
        now = self.station.clock.now()
        fresh: dict[bytes, Answer] = {}
        for each in seen:
            if each.record is None or each.record.fresh_until <= now:
                return {}
            record = self.shelf.reread(each.record)
            if record is None:
                return {}
            fresh[each.slot.entry] = record
        return fresh

    async def _call(self, own: Sequence[Sighting]) -> dict[bytes, Answer]:
        subjects = [each.slot.subject for each in own]
        reply = await self.station.desk.ask(self.ask, codes_of(subjects), self.until)
        if isinstance(reply, Unavailable):
            return {each.slot.entry: reply for each in own}
        answers: dict[bytes, Answer] = {}
        for at, each in enumerate(own, start=1):
            answers[each.slot.entry] = self.station.record(reply, each.slot.subject)
            if at % BREATH == 0:
                await asyncio.sleep(0)
        return answers

    def _put_nearby(self, brought: Sequence[tuple[Sighting, Record]]) -> None:
        for seen, record in brought:
            shelved = self.shelf.shelved(record)
            if shelved is not None:
                self.station.put_nearby(self.ask, self.agreement, seen.slot, shelved, self.turn)

    async def _settled(
        self, lacking: Sequence[Sighting], answers: Mapping[bytes, Answer]
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
        return settled | await self._excused(failed) if failed else settled

    async def _excused(
        self, failed: Sequence[tuple[Sighting, Unavailable]]
    ) -> dict[bytes, Outcome]:
        bare = [seen.slot for seen, _ in failed if seen.record is None and seen.mark is not None]
        known = await self.shelf.known(bare) if bare else {}
        return {
            seen.slot.entry: excused(
                None if seen.record is None else self.shelf.reread(seen.record),
                failure,
                known_as_of=known.get(seen.slot.entry),
                freshness=self.station.desk.connector.manifest.freshness,
                now=self.station.clock.now(),
            )
            for seen, failure in failed
        }


def _to_keep(
    own: Sequence[Sighting], answers: Mapping[bytes, Answer]
) -> list[tuple[Sighting, Record]]:
    kept = []
    for seen in own:
        record = answers.get(seen.slot.entry)
        if seen.mark is not None and isinstance(record, Record):
            kept.append((seen, record))
    return kept
