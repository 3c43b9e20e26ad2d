"""One register's part of one operation: at hand, in Redis, or at most one batched call."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final, assert_never

import structlog
from aiodataloader import DataLoader

from hub.fetch.freshness import told
from hub.fetch.link import Claim, Link, Told
from hub.fetch.names import Slot
from hub.fetch.shelf import Shelf, Sighting, names_of
from hub.fetch.station import BREATH, Station, codes_of
from hub.fetch.voyage import Voyage
from hub.model.evidence import Absent, Failure, Found, Order, Outcome, Subject, Unavailable
from hub.model.personal_code import PersonalCode

_CACHE: Final = "cache"


class Errand:
    """Brings the facts of one register to one operation.

    ``begin``, ``names``, ``see``, ``depart``, ``arrive``, in this order; the errands of an
    operation are looked up in one round trip, and their registers asked side by side.
    """

    def __init__(
        self, station: Station, order: Order, agreement: str, until: float, *, cache: bool
    ) -> None:
        """Prepare, asking nothing.

        Args:
            station: Of the register.
            order: What is asked of whom.
            agreement: Number of the caller's; its records and flights are its own.
            until: Reading of the event loop's clock at which waiting ends.
            cache: Whether the agreement allows facts to be kept.
        """
        self.order = order
        self._station = station
        self._agreement = agreement
        self._until = until
        self._shelf: Shelf | None = station.shelf if cache else None
        self._outcomes: dict[PersonalCode, Outcome] = {}
        self._rest: Sequence[Subject] = ()
        self._slots: list[Slot] = []
        self._lacking: list[Sighting] = []
        self._claim: Claim | None = None
        self._claimed: tuple[bytes, bool] | None = None
        self._turn = 0
        self._coming: asyncio.Future[Any] | None = None

    @property
    def looks(self) -> bool:
        """Whether Redis is to be asked for anybody."""
        return self._shelf is not None and bool(self._rest)

    def begin(self) -> None:
        """Take what is at hand; a person named twice is one person."""
        order, nearby = self.order, self._station.nearby
        if self._shelf is not None and nearby is not None:
            self._turn = nearby.turn
            shape = nearby.shape(order.ask, self._agreement)
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
        shelf = self._shelf
        if shelf is None:
            return [], []
        shape = shelf.shape(self.order.ask, self._agreement)
        for start in range(0, len(self._rest), BREATH):
            if start:
                await asyncio.sleep(0)
            self._slots += shelf.slots(shape, self._rest[start : start + BREATH])
        if len(self._slots) == 1:
            self._claim = shelf.claim(self._slots[0])
        return names_of(self._slots), [self._claim] if self._claim else []

    async def see(self, seen: Told | None) -> None:
        """Take what Redis had; the others are lacking."""
        shelf = self._shelf
        if shelf is None:
            return
        if seen is not None and seen.taken and self._claim:
            self._claimed = (self._claim.lease, seen.taken[0])
        at = 0
        for start in range(0, len(self._slots), BREATH):
            if start:
                await asyncio.sleep(0)
            part = self._slots[start : start + BREATH]
            end = at + sum([1 + len(slot.marks) for slot in part])
            self._take(shelf.see(part, None if seen is None else seen.values[at:end]))
            at = end
        if self._claimed is not None and self._claimed[1] and not self._lacking:
            shelf.drop(self._claimed[0])

    def fail(self, failure: Exception) -> None:
        """Give up whoever is not found yet."""
        self._lacking = []
        self._rest = [each for each in self._rest if each.codes[0] not in self._outcomes]
        missing = self._failed(len(self._rest), failure)
        self._coming = asyncio.get_running_loop().create_future()
        self._coming.set_result(missing)

    def depart(self) -> None:
        """Set off for whoever is lacking, through one DataLoader."""
        if self._coming is not None:
            return
        if self._shelf is None:
            self._coming = _loaded(self._plainly, self._rest)
        else:
            self._coming = _loaded(self._voyage, self._lacking)

    async def arrive(self) -> Mapping[PersonalCode, Outcome]:
        """Return everybody's outcomes by current code, in the order asked."""
        meters, register = self._station.meters, self.order.ask.register
        if self._outcomes:
            meters.count(register, _CACHE, len(self._outcomes))
        if self._coming is not None:
            coming: Any = await self._coming
            brought = coming if isinstance(coming, list) else [coming]
            for origin, number in _origins(brought).items():
                meters.count(register, origin, number)
            gone = [each.slot.subject for each in self._lacking] or self._rest
            for subject, outcome in zip(gone, brought, strict=True):
                self._outcomes[subject.codes[0]] = outcome
        outcomes = self._outcomes
        return {subject.codes[0]: outcomes[subject.codes[0]] for subject in self.order.subjects}

    def _take(self, sightings: Sequence[Sighting]) -> None:
        now = self._station.clock.now()
        for seen in sightings:
            record = seen.record
            if record is None or record.fresh_until <= now:
                self._lacking.append(seen)
                continue
            self._outcomes[seen.slot.subject.codes[0]] = record.outcome
            self._station.put_nearby(self.order.ask, self._agreement, seen.slot, record, self._turn)

    async def _voyage(self, lacking: list[Sighting]) -> list[Outcome]:
        shelf = self._shelf
        if shelf is None:
            return self._failed(len(lacking), None)
        voyage = Voyage(
            station=self._station,
            shelf=shelf,
            ask=self.order.ask,
            agreement=self._agreement,
            until=self._until,
            turn=self._turn,
            claimed=self._claimed,
        )
        try:
            return await voyage.outcomes(lacking)
        except Exception as failure:  # noqa: BLE001 — a bug at one register leaves the others standing
            return self._failed(len(lacking), failure)

    async def _plainly(self, subjects: list[Subject]) -> list[Outcome]:
        """Ask, keeping nothing and sharing nothing."""
        station = self._station
        try:
            reply = await station.desk.ask(self.order.ask, codes_of(subjects), self._until)
            if isinstance(reply, Unavailable):
                return [reply] * len(subjects)
            return [told(station.record(reply, each), cached=False) for each in subjects]
        except Exception as failure:  # noqa: BLE001 — as above
            return self._failed(len(subjects), failure)

    def _failed(self, number: int, failure: Exception | None) -> list[Outcome]:
        kind = type(failure).__name__
        structlog.get_logger().error("fetch_bug", register=self.order.ask.register, kind=kind)
        return [Unavailable(failure=Failure.UNAVAILABLE)] * number


async def look_up(link: Link, errands: Sequence[Errand]) -> None:
    """Let all ``errands`` see what Redis has, in one round trip."""
    names: list[bytes] = []
    claims: list[Claim] = []
    ends: list[tuple[int, int]] = []
    for errand in errands:
        own, claiming = await errand.names()
        names += own
        claims += claiming
        ends.append((len(names), len(claims)))
    told_all = await link.ask(names, claims)
    start = at = 0
    for errand, (end, to) in zip(errands, ends, strict=True):
        seen = None
        if told_all is not None:
            taken = None if told_all.taken is None else told_all.taken[at:to]
            seen = Told(values=told_all.values[start:end], taken=taken)
        try:
            await errand.see(seen)
        except Exception as failure:  # noqa: BLE001 — a bug at one register leaves the others standing
            errand.fail(failure)
        start, at = end, to


def _loaded(batch: Callable[[list[Any]], Awaitable[list[Outcome]]], keys: Sequence[Any]) -> Any:  # noqa: ANN401 — a future of one outcome, or of a list of them
    """Load all ``keys`` in one call of ``batch``, which goes on when the caller leaves."""
    if not keys:
        return None
    # each key stands once, and the loader lives for one operation; one key waits for no other
    alone = len(keys) == 1
    loader: DataLoader[Any, Outcome] = DataLoader(
        batch,  # type: ignore[arg-type]  # any awaitable would do
        cache=False,
        batch=not alone,
        loop=asyncio.get_running_loop(),
    )
    return loader.load(keys[0]) if alone else loader.load_many(keys)


def _origins(outcomes: Sequence[Outcome]) -> dict[str, int]:
    origins: dict[str, int] = {}
    for each in outcomes:
        origin = _origin(each)
        origins[origin] = origins.get(origin, 0) + 1
    return origins


def _origin(outcome: Outcome) -> str:
    match outcome:
        case Found(stale=True) | Absent(stale=True):
            return "stale"
        case Found(cached=True) | Absent(cached=True):
            return _CACHE
        case Found() | Absent():
            # INVARIANT: whether there was a record is a fact about a person, and no metric's matter
            return "register"
        case Unavailable(failure=failure):
            return failure.value
    assert_never(outcome)
