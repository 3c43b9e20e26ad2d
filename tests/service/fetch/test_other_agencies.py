"""Invariant 6: what an agreement is told follows from its own past, whatever others asked."""

import asyncio
from collections.abc import Coroutine
from datetime import timedelta
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test
from redis.asyncio import Redis

from hub.fetch import Fetcher, FetchSettings
from hub.model.agreement import Visibility
from hub.model.evidence import Found, Outcome, Unavailable
from hub.model.personal_code import PersonalCode
from tests.service.fetch.opening import ask, fetching, flushed
from tests.unit.fetch.register import (
    HOURLY,
    PAYMENTS,
    START,
    Keys,
    Register,
    Time,
    one,
    order,
    permit,
    person,
)

T = TypeVar("T")
OURS, THEIRS = permit("OURS"), permit("THEIRS")


@pytest.mark.asyncio
async def test_the_second_agency_is_told_as_if_it_were_the_first(redis: Redis) -> None:
    register = Register(Time())
    register.lend(person(1))
    async with fetching(redis, register) as fetcher:
        theirs = (await ask(fetcher, THEIRS, order(one(1))))[person(1)]
        register.time.pass_s(100)
        ours = (await ask(fetcher, OURS, order(one(1))))[person(1)]
        register.time.pass_s(10)
        ours_again = (await ask(fetcher, OURS, order(one(1))))[person(1)]
    assert isinstance(theirs, Found)
    assert isinstance(ours, Found)
    assert isinstance(ours_again, Found)
    assert (ours.cached, ours.fetched_at) == (False, START + timedelta(seconds=100))
    assert (ours_again.cached, ours_again.fetched_at) == (True, ours.fetched_at)


@pytest.mark.asyncio
async def test_their_look_up_helps_nobody_while_the_register_is_down(redis: Redis) -> None:
    register = Register(Time())
    register.lend(person(1))
    async with fetching(redis, register) as fetcher:
        await ask(fetcher, THEIRS, order(one(1)))
        register.fail()
        outcome = (await ask(fetcher, OURS, order(one(1))))[person(1)]
    assert isinstance(outcome, Unavailable)
    assert outcome.known_as_of is None


@pytest.mark.asyncio
@pytest.mark.parametrize("visibility", [Visibility.SEALED, Visibility.IMMEDIATE])
async def test_agreements_share_no_record_and_no_flight(
    redis: Redis, visibility: Visibility
) -> None:
    register = Register(Time())
    register.lend(person(1))
    register.takes_s = 0.1
    sealed = permit("SEALED", visibility=visibility)
    async with fetching(redis, register) as fetcher:
        async with asyncio.TaskGroup() as group:
            group.create_task(ask(fetcher, OURS, order(one(1))))
            group.create_task(ask(fetcher, sealed, order(one(1))))
        names = [name async for name in redis.scan_iter("*:e:*")]
    assert len(register.calls) == 2
    assert len(set(names)) == 2


class World:
    """One hub with a Redis and a register of its own."""

    def __init__(self, redis: Redis, time: Time, master: str) -> None:
        self.registers = [
            Register(time, name="library", freshness=HOURLY),
            Register(time, name="archive", freshness=PAYMENTS),
        ]
        for register in self.registers:
            register.lend(person(1), person(2))
        self.fetcher = Fetcher(
            {each.manifest.name: each for each in self.registers},
            None,
            redis,
            Keys(master),
            time,
            # how often a register failed others is known to all; who was asked about is not
            FetchSettings(breaker_failures=1_000_000),
        )
        for station in self.fetcher._stations.values():
            assert station.shelf is not None
            station.shelf.spread = lambda: 0.0  # type: ignore[method-assign]  # chance differs between worlds

    async def told(self, number: int, name: str, *, wide: bool) -> dict[PersonalCode, Outcome]:
        return await ask(self.fetcher, OURS, order(one(number), one(3), register=name, wide=wide))


class TwoWorlds(RuleBasedStateMachine):
    """Everything happens in both worlds; only in one do others ask too."""

    url: str

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.Runner()
        self.time = Time()
        self._do(self._open())

    def _do(self, work: Coroutine[Any, Any, T]) -> T:
        return self.loop.run(work)

    async def _open(self) -> None:
        self.context = flushed(self.url)
        redis = await self.context.__aenter__()
        self.quiet = World(redis, self.time, "quiet")
        self.busy = World(redis, self.time, "busy")
        for world in (self.quiet, self.busy):
            await world.fetcher.__aenter__()

    async def _close(self) -> None:
        for world in (self.quiet, self.busy):
            await world.fetcher.__aexit__(None, None, None)
        await self.context.__aexit__(None, None, None)

    def teardown(self) -> None:
        self._do(self._close())
        self.loop.close()

    numbers = st.integers(1, 2)
    names = st.sampled_from(["library", "archive"])

    @rule(number=numbers, name=names, wide=st.booleans())
    def we_ask(self, number: int, name: str, wide: bool) -> None:
        quiet = self._do(self.quiet.told(number, name, wide=wide))
        busy = self._do(self.busy.told(number, name, wide=wide))
        assert quiet == busy
        for outcome in busy.values():
            if isinstance(outcome, Found):
                assert outcome.as_of <= outcome.fetched_at <= self.time.now()

    @rule(number=numbers, name=names, wide=st.booleans())
    def they_ask(self, number: int, name: str, wide: bool) -> None:
        asked = order(one(number), one(3), register=name, wide=wide)
        self._do(ask(self.busy.fetcher, THEIRS, asked))

    @rule(seconds=st.sampled_from([1, 30, 61, 200, 301, 1000, 3601, 7201]))
    def time_passes(self, seconds: int) -> None:
        self.time.pass_s(seconds)

    @rule(number=st.integers(1, 3), word=st.sampled_from(["Ezera sonāte", "Zelta zirgs"]))
    def a_register_learns(self, number: int, word: str) -> None:
        for world in (self.quiet, self.busy):
            for register in world.registers:
                register.lend(person(number), title=word)

    @rule(down=st.booleans())
    def a_register_falls_or_rises(self, down: bool) -> None:
        for world in (self.quiet, self.busy):
            for register in world.registers:
                if down:
                    register.fail()
                else:
                    register.recover()

    @rule(number=numbers)
    def somebody_is_evicted(self, number: int) -> None:
        for world in (self.quiet, self.busy):
            self._do(world.fetcher.evict(person(number)))


def test_nothing_told_betrays_what_others_asked(url: str) -> None:
    worlds = type("Worlds", (TwoWorlds,), {"url": url})
    run_state_machine_as_test(
        worlds,
        settings=settings(
            max_examples=60,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
