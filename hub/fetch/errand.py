"""One register's part of one operation: at hand, in Redis, or at most one batched call."""

import asyncio
from collections.abc import Mapping, Sequence

from hub.fetch.freshness import told
from hub.fetch.link import Claim, Link, Told
from hub.fetch.loading import loaded
from hub.fetch.names import Slot
from hub.fetch.origins import CACHE, origins_of
from hub.fetch.question import KeptQuestion, Question
from hub.fetch.shelf import Sighting, names_of
from hub.fetch.solo import Solo
from hub.fetch.station import codes_of
from hub.fetch.turn import PART, Turn
from hub.fetch.voyage import Voyage
from hub.model.evidence import Order, Outcome, Subject, Unavailable
from hub.model.personal_code import PersonalCode


class Errand:
    """Brings the facts of one register to one operation.

    ``begin``, ``names``, ``see``, ``depart``, ``arrive``, in this order; the errands of an
    operation are looked up in one round trip, and their registers asked side by side.
    """

    def __init__(self, question: Question, order: Order, until: float, operation_id: str) -> None:
        """Prepare, asking nothing.

        Args:
            question: What is asked; a ``KeptQuestion`` where its answers may be kept.
            order: The same, and of whom.
            until: Reading of the event loop's clock at which waiting ends.
            operation_id: Who asks.
        """
        self.order = order
        self._operation_id = operation_id
        self._question = question
        self._station = question.station
        self._kept = question if isinstance(question, KeptQuestion) else None
        self._until = until
        self._outcomes: dict[PersonalCode, Outcome] = {}
        self._rest: Sequence[Subject] = ()
        self._slots: list[Slot] = []
        self._lacking: list[Sighting] = []
        self._claim: Claim | None = None
        self._claimed: tuple[bytes, bool] | None = None
        self._turn = 0
        self._coming: asyncio.Future[list[Outcome]] | None = None

    @property
    def looks(self) -> bool:
        """Whether Redis is to be asked for anybody."""
        return self._kept is not None and bool(self._rest)

    def begin(self) -> None:
        """Take what is at hand; a person named twice is one person."""
        order, nearby = self.order, self._station.nearby
        if self._kept is not None and nearby is not None:
            self._turn = nearby.turn
            shape = nearby.shape(order.ask, self._question.agreement)
            if shape is not None:
                self._outcomes = shape.those_of(order.subjects, self._station.clock.now())
        rest = {
            subject.codes[0]: subject
            for subject in order.subjects
            if subject.codes[0] not in self._outcomes
        }
        self._rest = list(rest.values())

    async def names(self) -> tuple[list[bytes], list[Claim]]:
        """Return what to ask Redis for the rest."""
        if self._kept is None:
            return [], []
        shelf, shape = self._kept.shelf, self._kept.shape
        turn = Turn()
        for start in range(0, len(self._rest), PART):
            if turn.over:
                await turn.give_way()
            self._slots += shelf.slots(shape, self._rest[start : start + PART])
        if len(self._slots) == 1:
            self._claim = shelf.claim(self._slots[0])
        return names_of(self._slots), [self._claim] if self._claim else []

    async def see(self, seen: Told | None) -> None:
        """Take what Redis had; the others are lacking."""
        if self._kept is None:
            return
        shelf = self._kept.shelf
        if self._claim and seen is not None and seen.taken and seen.taken[0] is not None:
            self._claimed = (self._claim.lease, seen.taken[0])
        at, turn = 0, Turn()
        for start in range(0, len(self._slots), PART):
            if turn.over:
                await turn.give_way()
            part = self._slots[start : start + PART]
            end = at + sum([1 + len(slot.marks) for slot in part])
            values = None if seen is None else seen.values[at:end]
            self._take(self._kept, shelf.see(part, values))
            at = end
        if self._claimed is not None and self._claimed[1] and not self._lacking:
            shelf.drop(self._claimed[0])

    def fail(self, failure: Exception) -> None:
        """Give up whoever is not found yet."""
        self._lacking = []
        self._rest = [each for each in self._rest if each.codes[0] not in self._outcomes]
        missing = self._question.failed(len(self._rest), failure)
        self._coming = asyncio.get_running_loop().create_future()
        self._coming.set_result(missing)

    def depart(self) -> None:
        """Set off for whoever is lacking, through one DataLoader."""
        if self._coming is not None:
            return
        if self._kept is None:
            self._coming = loaded(self._plainly, self._rest) if self._rest else None
        elif self._lacking:
            voyage = Voyage(
                question=self._kept,
                until=self._until,
                turn=self._turn,
                claimed=self._claimed,
                operation_id=self._operation_id,
            )
            self._coming = loaded(voyage.safely, self._lacking)

    async def arrive(self) -> Mapping[PersonalCode, Outcome]:
        """Return everybody's outcomes by current code, in the order asked."""
        meters, register = self._station.meters, self.order.ask.register
        if self._outcomes:
            meters.count(register, CACHE, len(self._outcomes))
        if self._coming is not None:
            brought = await self._coming
            for origin, number in origins_of(brought).items():
                meters.count(register, origin, number)
            gone = [each.slot.subject for each in self._lacking] or self._rest
            for subject, outcome in zip(gone, brought, strict=True):
                self._outcomes[subject.codes[0]] = outcome
        outcomes = self._outcomes
        return {subject.codes[0]: outcomes[subject.codes[0]] for subject in self.order.subjects}

    def _take(self, question: KeptQuestion, sightings: Sequence[Sighting]) -> None:
        now = self._station.clock.now()
        for seen in sightings:
            record = seen.record
            if record is None or record.fresh_until <= now:
                self._lacking.append(seen)
                continue
            self._outcomes[seen.slot.subject.codes[0]] = record.outcome
            question.put_nearby(seen, record, self._turn)

    async def _plainly(self, subjects: Sequence[Subject]) -> list[Outcome]:
        """Ask, keeping nothing and sharing nothing."""
        station = self._station
        try:
            reply = await station.desk.ask(
                self.order.ask, codes_of(subjects), self._until, self._operation_id
            )
            if isinstance(reply, Unavailable):
                return [reply] * len(subjects)
            return [told(each, cached=False) for each in station.records(reply, subjects)]
        except Exception as failure:  # noqa: BLE001 — a bug at one register leaves the others standing
            return self._question.failed(len(subjects), failure)


async def look_up(link: Link, errands: Sequence[Errand | Solo]) -> None:
    """Let all ``errands`` see what Redis has, in one round trip."""
    names: list[bytes] = []
    claims: list[Claim] = []
    ends: list[tuple[int, int]] = []
    for errand in errands:
        if isinstance(errand, Solo):
            errand.name(names, claims)
        else:
            own, claiming = await errand.names()
            names += own
            claims += claiming
        ends.append((len(names), len(claims)))
    told_all = await link.ask(names, claims)
    start = at = 0
    for errand, (end, to) in zip(errands, ends, strict=True):
        values = taken = None
        if told_all is not None:
            values = told_all.values[start:end]
            taken = None if told_all.taken is None else told_all.taken[at:to]
        try:
            if isinstance(errand, Solo):
                errand.see(values, taken[0] if taken else None)
            else:
                await errand.see(None if values is None else Told(values=values, taken=taken))
        except Exception as failure:  # noqa: BLE001 — a bug at one register leaves the others standing
            errand.fail(failure)
        start, at = end, to
