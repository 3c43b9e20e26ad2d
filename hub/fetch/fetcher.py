"""All registers of one operation, side by side."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from types import TracebackType
from typing import Any, Final, Self

from prometheus_client import CollectorRegistry
from typing_extensions import override

from hub.fetch.bounds import FetchSettings
from hub.fetch.desk import Desk
from hub.fetch.errand import Errand, look_up
from hub.fetch.evictions import Evictions
from hub.fetch.ferry import Ferry
from hub.fetch.flights import Flights
from hub.fetch.link import Link, RedisClient
from hub.fetch.meters import Meters
from hub.fetch.nearby import Held, Nearby
from hub.fetch.people import People
from hub.fetch.question import KeptQuestion, Question
from hub.fetch.shelf import Shelf
from hub.fetch.solo import Solo
from hub.fetch.station import Station
from hub.model.decision import Permit
from hub.model.evidence import Ask, Order, Outcome, Subject, Unavailable
from hub.model.personal_code import PersonalCode
from hub.model.reference import use_of
from hub.ports import Clock, Connector, Fetch, Keyring, Residence

_END_S: Final = 0.1
_MOST_QUESTIONS: Final = 512
_ONE_ORDER: Final = "one order per register"


class Fetcher(Fetch):
    """The room; an asynchronous context, which runs what reads and writes Redis."""

    def __init__(  # noqa: PLR0913 — one argument for each neighbour
        self,
        connectors: Mapping[str, Connector],
        population: Connector | None,
        redis: RedisClient | None,
        keyring: Keyring,
        clock: Clock,
        settings: FetchSettings | None = None,
        *,
        metrics: CollectorRegistry | None = None,
    ) -> None:
        """Fetch from ``connectors``.

        Args:
            connectors: Published registers by name.
            population: The population register, which is not published.
            redis: From ``connect_redis``; the owner closes it. None keeps nothing.
            keyring: Of the keys ``cache-names``, ``cache:<register>:<day>`` and
                ``reference:<register>``.
            clock: For freshness; deadlines follow the event loop's own clock.
            settings: Bounds; the defaults when None.
            metrics: Where metrics are entered; a registry of its own when None.
        """
        self._settings = settings or FetchSettings()
        self._clock = clock
        self._keyring = keyring
        self._meters = Meters(metrics or CollectorRegistry())
        self._link = Link(redis, self._settings, self._meters) if redis is not None else None
        self._nearby: Nearby | None = None
        self._evictions: Evictions | None = None
        if redis is not None and self._settings.nearby_bytes > 0:
            self._nearby = Nearby(self._settings.nearby_bytes)
            self._evictions = Evictions(redis, self._nearby, clock, self._meters)
        self._people = People(population, clock) if population is not None else None
        known = {**connectors, **({population.manifest.name: population} if population else {})}
        self._stations = {name: self._station(connector) for name, connector in known.items()}
        self._ferries: dict[tuple[Ask, str], Ferry] = {}
        self._tasks = asyncio.TaskGroup()
        self._running: list[asyncio.Task[None]] = []
        self._open = False

    async def __aenter__(self) -> Self:
        await self._tasks.__aenter__()
        self._open = True
        if self._link is not None:
            self._running.append(self._tasks.create_task(self._link.run_forever()))
        if self._evictions is not None:
            self._running.append(self._tasks.create_task(self._evictions.follow_forever()))
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        raised: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for task in self._running:
            await _end(task)
        self._open = False
        await self._tasks.__aexit__(kind, raised, trace)

    @override
    async def gather(
        self, permit: Permit, orders: Sequence[Order]
    ) -> Mapping[str, Mapping[PersonalCode, Outcome]]:
        self._check(permit)
        if len({order.ask.register for order in orders}) < len(orders):
            raise ValueError(_ONE_ORDER)
        errands = await self._run(permit, orders)
        return {errand.order.ask.register: await errand.arrive() for errand in errands}

    @override
    async def residences(
        self, permit: Permit, codes: Sequence[PersonalCode]
    ) -> Mapping[PersonalCode, Residence] | None:
        """See ``Fetch``; the population connector's columns are those of no published field."""
        self._check(permit)
        people = self._people
        if people is None:
            return None
        subjects = tuple(Subject(asked=code, codes=(code,)) for code in dict.fromkeys(codes))
        if not subjects:
            return {}
        (errand,) = await self._run(permit, [Order(ask=people.ask, subjects=subjects)])
        outcomes = await errand.arrive()
        if any(isinstance(outcome, Unavailable) for outcome in outcomes.values()):
            return None
        return await people.residences(outcomes)

    @override
    def peek(
        self, permit: Permit, orders: Sequence[Order]
    ) -> Mapping[str, Mapping[PersonalCode, Outcome]] | None:
        found = self._peek(permit, orders)
        if found is None:
            return None
        if len(found) < len(orders):
            raise ValueError(_ONE_ORDER)
        for register, outcomes in found.items():
            self._meters.count(register, "cache", len(outcomes))
        return found

    @override
    def peek_residences(
        self, permit: Permit, codes: Sequence[PersonalCode]
    ) -> Mapping[PersonalCode, Residence] | None:
        self._check(permit)
        people, nearby, agreement = self._people, self._nearby, permit.caller.agreement
        if people is None or nearby is None or not agreement.cache:
            return None
        shape = nearby.shape(people.ask, agreement.number)
        if shape is None:
            return None if codes else {}
        known = people.at_hand(shape, codes)
        if known is not None:
            self._meters.count(people.ask.register, "cache", len(codes))
        return known

    @override
    def grasp(
        self, permit: Permit, orders: Sequence[Order], code: PersonalCode
    ) -> Sequence[Held] | None:
        self._check(permit)
        people, nearby, agreement = self._people, self._nearby, permit.caller.agreement
        if people is None or nearby is None or not agreement.cache:
            return None
        asked = [(people.ask, code)]
        asked += [(each.ask, subject.current) for each in orders for subject in each.subjects]
        shapes = [(nearby.shape(ask, agreement.number), current) for ask, current in asked]
        records = [shape.held.get(current) if shape else None for shape, current in shapes]
        held = [each for each in records if each is not None]
        return held if len(held) == len(asked) else None

    @override
    def still(self, permit: Permit, grasped: Sequence[Any]) -> bool:
        self._check(permit)
        nearby = self._nearby
        if nearby is None or not nearby.holds(grasped, self._clock.now()):
            return False
        for each in grasped:
            self._meters.count(each.shape.ask.register, "cache", 1)
        return True

    @override
    def forget(self, permit: Permit, codes: Collection[PersonalCode]) -> None:
        self._check(permit)
        if self._nearby is not None:
            self._nearby.forget(permit.caller.agreement.number, codes)

    async def evict(self, code: PersonalCode, register: str | None = None) -> None:
        """Let nothing kept so far of this code be served again, under any agreement.

        Replicas that have it at hand drop it within a second; this one, and Redis, at once.

        Args:
            code: Any code of the person.
            register: One register's name; None means all, the population register too.

        Raises:
            KeyError: No such register.
            redis.exceptions.RedisError: It is not known to have happened; try again.
        """
        stations = self._stations.values() if register is None else [self._stations[register]]
        marks = [await each.shelf.evict(code) for each in stations if each.shelf is not None]
        if self._evictions is not None and marks:
            await self._evictions.tell(marks)

    async def settle(self) -> None:
        """Wait until what was fetched is written to Redis, or given up."""
        if self._link is not None:
            await self._link.settle()

    def _station(self, connector: Connector) -> Station:
        shelf = None
        key = self._keyring.key(use_of(connector.manifest.name))
        if self._link is not None:
            shelf = Shelf(connector, self._link, self._keyring, self._clock, self._meters)
        return Station(
            desk=Desk(connector, self._settings, self._meters, key),
            shelf=shelf if shelf is not None and shelf.keeps else None,
            nearby=self._nearby,
            flights=Flights(),
            clock=self._clock,
            meters=self._meters,
            wait_s=min(self._settings.deadline_s, connector.manifest.deadline_s),
            lease_wait_s=self._settings.lease_wait_s,
        )

    def _check(self, permit: object) -> None:
        # INVARIANT: nobody reaches a register or its cache without policy's word
        if not isinstance(permit, Permit):
            message = "a permit is required"
            raise TypeError(message)
        if not self._open:
            message = "fetching is open only inside `async with`"
            raise RuntimeError(message)

    def _peek(
        self, permit: Permit, orders: Sequence[Order]
    ) -> dict[str, Mapping[PersonalCode, Outcome]] | None:
        self._check(permit)
        nearby, agreement = self._nearby, permit.caller.agreement
        if nearby is None or not agreement.cache:
            return None
        shapes = nearby.shapes(orders, agreement.number)
        if shapes is None:
            return None
        now = self._clock.now()
        found: dict[str, Mapping[PersonalCode, Outcome]] = {}
        for order, shape in zip(orders, shapes, strict=True):
            outcomes = shape.all_of(order.subjects, now)
            if outcomes is None:
                return None
            found[order.ask.register] = outcomes
        return found

    async def _run(self, permit: Permit, orders: Sequence[Order]) -> list[Errand | Solo]:
        """Look everything up in one round trip, then set off for what is lacking."""
        if not permit.operation_id:
            # INVARIANT: a register is asked in the name of an operation, which has entries
            message = "a permit must say for which operation"
            raise ValueError(message)
        now = asyncio.get_running_loop().time()
        errands = [self._errand(order, permit, now) for order in orders]
        looking = [errand for errand in errands if errand.looks]
        if self._link is not None and looking:
            await look_up(self._link, looking)
        for errand in errands:
            errand.depart()
        return errands

    def _errand(self, order: Order, permit: Permit, now: float) -> Errand | Solo:
        """Prepare one register's part; what is at hand is taken."""
        ask, agreement, operation_id = order.ask, permit.caller.agreement, permit.operation_id
        station = self._stations[ask.register]
        until = now + station.wait_s
        if agreement.cache and station.shelf is not None:
            ferry = self._ferry(station, station.shelf, ask, agreement.number)
            if len(order.subjects) == 1:
                return Solo(ferry, order, until, operation_id)
            errand = Errand(ferry.question, order, until, operation_id)
        else:
            question = Question(station=station, ask=ask, agreement=agreement.number)
            errand = Errand(question, order, until, operation_id)
        errand.begin()
        return errand

    def _ferry(self, station: Station, shelf: Shelf, ask: Ask, agreement: str) -> Ferry:
        ferry = self._ferries.get((ask, agreement))
        if ferry is None:
            if len(self._ferries) >= _MOST_QUESTIONS:
                self._ferries.clear()  # who is on the way arrives all the same
            question = KeptQuestion(
                station=station,
                ask=ask,
                agreement=agreement,
                shelf=shelf,
                shape=shelf.shape(ask, agreement),
            )
            ferry = self._ferries[ask, agreement] = Ferry(question)
        return ferry


async def _end(task: asyncio.Task[None]) -> None:
    """Cancel ``task`` until it ends.

    Once is not enough: ``asyncio.wait_for`` of Python 3.11, which redis-py uses, returns a result
    that comes at the very moment of a cancellation, and forgets the cancellation.
    """
    while not task.done():
        task.cancel()
        await asyncio.wait([task], timeout=_END_S)
