"""All registers of one operation, side by side."""

import asyncio
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Final, Self

from aiodataloader import DataLoader
from prometheus_client import CollectorRegistry
from typing_extensions import override

from hub.fetch.bounds import FetchSettings
from hub.fetch.desk import Desk
from hub.fetch.errand import Errand, Station
from hub.fetch.flights import Flights
from hub.fetch.link import Link, RedisClient
from hub.fetch.meters import Meters
from hub.fetch.shelf import Shelf
from hub.model.decision import Permit
from hub.model.evidence import Ask, Found, Order, Outcome, Provenance, Subject, Unavailable
from hub.model.personal_code import PersonalCode
from hub.ports import Clock, Connector, Fetch, Keyring, Residence

_END_S: Final = 0.1


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
            keyring: Of the keys ``cache-names`` and ``cache:<register>:<day>``.
            clock: For freshness; deadlines follow the event loop's own clock.
            settings: Bounds; the defaults when None.
            metrics: Where metrics are entered; a registry of its own when None.
        """
        self._settings = settings or FetchSettings()
        self._clock = clock
        self._population = population
        meters = Meters(metrics or CollectorRegistry())
        self._link = Link(redis, self._settings, meters) if redis is not None else None
        known = {**connectors, **({population.manifest.name: population} if population else {})}
        self._stations = {
            name: Station(
                desk=Desk(connector, self._settings, meters),
                shelf=Shelf(connector, self._link, keyring, clock, meters) if self._link else None,
                flights=Flights(),
                clock=clock,
                meters=meters,
                lease_wait_s=self._settings.lease_wait_s,
            )
            for name, connector in known.items()
        }
        self._tasks = asyncio.TaskGroup()
        self._running: list[asyncio.Task[None]] = []
        self._open = False

    async def __aenter__(self) -> Self:
        await self._tasks.__aenter__()
        self._open = True
        if self._link is not None:
            self._running = [
                self._tasks.create_task(self._link.read_forever()),
                self._tasks.create_task(self._link.write_forever()),
            ]
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
            message = "one order per register"
            raise ValueError(message)
        until = self._deadline()
        async with asyncio.TaskGroup() as group:
            tasks = {
                order.ask.register: group.create_task(self._fetch(permit, order, until))
                for order in orders
            }
        return {register: task.result() for register, task in tasks.items()}

    @override
    async def residences(
        self, permit: Permit, codes: Sequence[PersonalCode]
    ) -> Mapping[PersonalCode, Residence] | None:
        """See ``Fetch``; the population connector's columns are those of no published field."""
        self._check(permit)
        connector = self._population
        if connector is None:
            return None
        ask = Ask(register=connector.manifest.name, columns=connector.columns(()))
        subjects = tuple(Subject(asked=code, codes=(code,)) for code in codes)
        order = Order(ask=ask, subjects=subjects)
        outcomes = await self._fetch(permit, order, self._deadline())
        if any(isinstance(outcome, Unavailable) for outcome in outcomes.values()):
            return None
        found = {code: each for code, each in outcomes.items() if isinstance(each, Found)}
        known = {code: self._residence(connector, each) for code, each in found.items()}
        return {code: each for code, each in known.items() if each is not None}

    async def evict(self, code: PersonalCode, register: str | None = None) -> None:
        """Let nothing kept so far of this code be served again, under any agreement.

        Args:
            code: Any code of the person.
            register: One register's name; None means all, the population register too.

        Raises:
            KeyError: No such register.
            redis.exceptions.RedisError: It is not known to have happened; try again.
        """
        stations = self._stations
        for station in stations.values() if register is None else [stations[register]]:
            if station.shelf is not None:
                await station.shelf.evict(code)

    async def settle(self) -> None:
        """Wait until what was fetched is written to Redis, or given up."""
        if self._link is not None:
            await self._link.settle()

    def _check(self, permit: object) -> None:
        # INVARIANT: nobody reaches a register or its cache without policy's word
        if not isinstance(permit, Permit):
            message = "a permit is required"
            raise TypeError(message)
        if not self._open:
            message = "fetching is open only inside `async with`"
            raise RuntimeError(message)

    def _deadline(self) -> float:
        return asyncio.get_running_loop().time() + self._settings.deadline_s

    async def _fetch(
        self, permit: Permit, order: Order, until: float
    ) -> Mapping[PersonalCode, Outcome]:
        """Load all subjects through one DataLoader, which asks for each person once."""
        if not order.subjects:
            return {}
        station = self._stations[order.ask.register]
        manifest = station.desk.connector.manifest
        agreement = permit.caller.agreement
        errand = Errand(
            station=station,
            ask=order.ask,
            agreement=agreement.number,
            cache=agreement.cache,
            until=min(until, asyncio.get_running_loop().time() + manifest.deadline_s),
        )
        loader: DataLoader[Subject, Outcome] = DataLoader(errand.run, get_cache_key=_current)
        outcomes = await loader.load_many(order.subjects)
        return {
            subject.current: outcome
            for subject, outcome in zip(order.subjects, outcomes, strict=True)
        }

    def _residence(self, connector: Connector, found: Found) -> Residence | None:
        manifest = connector.manifest
        provenance = Provenance(
            register=manifest.name,
            controller=manifest.controller,
            source=manifest.source,
            as_of=found.as_of,
            fetched_at=found.fetched_at,
            cached=found.cached,
            stale=found.stale,
        )
        residence = connector.present(found.facts, {}, provenance, self._clock.today())
        return residence if isinstance(residence, Residence) else None


async def _end(task: asyncio.Task[None]) -> None:
    """Cancel ``task`` until it ends.

    Once is not enough: ``asyncio.wait_for`` of Python 3.11, which redis-py uses, returns a result
    that comes at the very moment of a cancellation, and forgets the cancellation.
    """
    while not task.done():
        task.cancel()
        await asyncio.wait([task], timeout=_END_S)


def _current(subject: Subject) -> PersonalCode:
    return subject.current
