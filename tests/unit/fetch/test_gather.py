"""Gathering without any Redis: what holds with it must hold without it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from prometheus_client import CollectorRegistry

from hub.errors import Code
from hub.fetch import Fetcher, FetchSettings
from hub.model.evidence import Absent, Failure, Found, Subject, Unavailable
from tests.unit.fetch.register import Keys, Loan, Register, Time, one, order, permit, person

pytestmark = pytest.mark.asyncio


@asynccontextmanager
async def fetching(
    *registers: Register,
    population: Register | None = None,
    settings: FetchSettings | None = None,
    metrics: CollectorRegistry | None = None,
) -> AsyncIterator[Fetcher]:
    known = {each.manifest.name: each for each in registers}
    time = registers[0].time if registers else Time()
    async with Fetcher(known, population, None, Keys(), time, settings, metrics=metrics) as fetcher:
        yield fetcher


async def test_nobody_fetches_without_a_permit() -> None:
    register = Register(Time())
    async with fetching(register) as fetcher:
        with pytest.raises(TypeError):
            await fetcher.gather(None, [order(one(1))])  # type: ignore[arg-type]
        with pytest.raises(TypeError):
            await fetcher.residences("permit", [person(1)])  # type: ignore[arg-type]
    assert register.calls == []


async def test_nobody_fetches_before_or_after_opening_hours() -> None:
    register = Register(Time())
    fetcher = Fetcher({"library": register}, None, None, Keys(), Time())
    with pytest.raises(RuntimeError):
        await fetcher.gather(permit(), [order(one(1))])
    async with fetcher:
        pass
    with pytest.raises(RuntimeError):
        await fetcher.gather(permit(), [order(one(1))])


async def test_five_hundred_persons_with_repetitions_are_one_call_per_register() -> None:
    time = Time()
    library, archive = Register(time), Register(time, name="archive")
    library.lend(*(person(n) for n in range(0, 500, 2)))
    subjects = [one(n) for n in range(500)] + [one(n) for n in range(100)]
    async with fetching(library, archive) as fetcher:
        told = await fetcher.gather(
            permit(), [order(*subjects), order(*subjects[:300], register="archive")]
        )
    assert [len(call) for call in library.calls] == [500]
    assert [len(call) for call in archive.calls] == [300]
    assert len(told["library"]) == 500
    assert isinstance(told["library"][person(2)], Found)
    assert isinstance(told["library"][person(3)], Absent)
    assert set(told["archive"]) == {person(n) for n in range(300)}


async def test_no_orders_no_subjects_no_calls() -> None:
    register = Register(Time())
    async with fetching(register) as fetcher:
        assert await fetcher.gather(permit(), []) == {}
        assert await fetcher.gather(permit(), [order()]) == {"library": {}}
        with pytest.raises(ValueError, match="one order"):
            await fetcher.gather(permit(), [order(one(1)), order(one(2))])
    assert register.calls == []


async def test_registers_are_asked_side_by_side() -> None:
    time = Time()
    slow = [Register(time, name=name) for name in ("a", "b", "c")]
    for each in slow:
        each.takes_s = 0.2
    async with fetching(*slow) as fetcher:
        loop = asyncio.get_running_loop()
        began = loop.time()
        await fetcher.gather(permit(), [order(one(1), register=name) for name in "abc"])
        assert loop.time() - began < 0.4


async def test_several_codes_of_one_person_are_one_person() -> None:
    register = Register(Time())
    register.lend(person(1), title="new")
    register.lend(person(2), title="old")
    several = Subject(asked=person(2), codes=(person(1), person(2)))
    async with fetching(register) as fetcher:
        told = await fetcher.gather(permit(), [order(several)])
    assert register.calls == [(person(1), person(2))]
    outcome = told["library"][person(1)]
    assert isinstance(outcome, Found)
    assert outcome.facts == Loan(title="new + old")


@pytest.mark.parametrize(
    ("failure", "told_as", "again_s"),
    [
        (Code.REGISTER_UNAVAILABLE, Failure.UNAVAILABLE, 1),
        (Code.REGISTER_MALFORMED, Failure.MALFORMED, 60),
    ],
)
async def test_a_register_that_fails_takes_down_its_own_part(
    failure: Code, told_as: Failure, again_s: int
) -> None:
    time = Time()
    library, archive = Register(time), Register(time, name="archive")
    library.fail(failure)
    archive.lend(person(1))
    async with fetching(library, archive) as fetcher:
        told = await fetcher.gather(permit(), [order(one(1)), order(one(1), register="archive")])
    assert told["library"][person(1)] == Unavailable(failure=told_as, retry_after_s=again_s)
    assert isinstance(told["archive"][person(1)], Found)


async def test_a_bug_in_a_connector_is_a_register_that_fails(
    capsys: pytest.CaptureFixture[str],
) -> None:
    register = Register(Time())
    register.failure = ZeroDivisionError(str(person(1)))
    async with fetching(register) as fetcher:
        told = await fetcher.gather(permit(), [order(one(1))])
    assert told["library"][person(1)] == Unavailable(failure=Failure.UNAVAILABLE, retry_after_s=1)
    assert str(person(1)) not in "".join(capsys.readouterr())


async def test_facts_that_cannot_be_joined_take_down_their_register_only() -> None:
    register = Register(Time())
    register.lend(person(1), person(2))
    register.merge = lambda facts: 1 / 0  # type: ignore[assignment,method-assign,return-value]
    async with fetching(register) as fetcher:
        told = await fetcher.gather(
            permit(), [order(Subject(asked=person(1), codes=(person(1), person(2))))]
        )
    assert told["library"][person(1)] == Unavailable(failure=Failure.UNAVAILABLE)


async def test_each_register_has_its_own_deadline() -> None:
    time = Time()
    slow = Register(time, deadline_s=0.05)
    slow.takes_s = 30
    quick = Register(time, name="archive")
    quick.lend(person(1))
    async with fetching(slow, quick) as fetcher:
        told = await fetcher.gather(permit(), [order(one(1)), order(one(1), register="archive")])
    assert told["library"][person(1)] == Unavailable(failure=Failure.UNAVAILABLE, retry_after_s=1)
    assert isinstance(told["archive"][person(1)], Found)
    assert slow.at_once == 0


async def test_the_request_has_a_deadline_over_all() -> None:
    slow = Register(Time(), deadline_s=30)
    slow.takes_s = 30
    async with fetching(slow, settings=FetchSettings(deadline_s=0.05)) as fetcher:
        told = await fetcher.gather(permit(), [order(one(1))])
    assert isinstance(told["library"][person(1)], Unavailable)


async def test_timeouts_open_the_breaker_which_lets_one_probe_through() -> None:
    register = Register(Time(), deadline_s=0.02)
    register.takes_s = 30
    settings = FetchSettings(breaker_failures=3, breaker_rest_s=0.1)
    async with fetching(register, settings=settings) as fetcher:
        for number in range(3):
            await fetcher.gather(permit(), [order(one(number))])
        told = await fetcher.gather(permit(), [order(one(4))])
        assert told["library"][person(4)] == Unavailable(
            failure=Failure.UNAVAILABLE, retry_after_s=1
        )
        assert len(register.calls) == 3
        await asyncio.sleep(0.12)
        async with asyncio.TaskGroup() as group:
            for number in range(50):
                group.create_task(fetcher.gather(permit(), [order(one(number))]))
        assert len(register.calls) == 4
        register.takes_s = 0
        await asyncio.sleep(0.12)
        await fetcher.gather(permit(), [order(one(1))])
        await fetcher.gather(permit(), [order(one(2))])
        assert len(register.calls) == 6


async def test_an_unreadable_answer_does_not_close_the_register_to_others() -> None:
    register = Register(Time())
    register.fail(Code.REGISTER_MALFORMED)
    async with fetching(register, settings=FetchSettings(breaker_failures=1)) as fetcher:
        for number in range(5):
            await fetcher.gather(permit(), [order(one(number))])
    assert len(register.calls) == 5


async def test_a_register_is_asked_no_more_at_once_than_it_bears() -> None:
    register = Register(Time(), concurrency=2)
    register.takes_s = 0.05
    settings = FetchSettings(waiting=3)
    async with fetching(register, settings=settings) as fetcher:
        async with asyncio.TaskGroup() as group:
            asked = [
                group.create_task(fetcher.gather(permit(), [order(one(number))]))
                for number in range(10)
            ]
        told = [outcome for task in asked for outcome in task.result()["library"].values()]
    assert register.most_at_once == 2
    assert sum(isinstance(each, Unavailable) for each in told) == 5
    assert Unavailable(failure=Failure.UNAVAILABLE, retry_after_s=1) in told


async def test_a_caller_that_goes_away_is_an_exception_and_leaves_no_place_taken() -> None:
    register = Register(Time(), concurrency=1, deadline_s=0.2)
    register.takes_s = 30
    async with fetching(register) as fetcher:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await fetcher.gather(permit(), [order(one(1))])
        await asyncio.sleep(0.25)
        register.takes_s = 0
        told = await fetcher.gather(permit(), [order(one(1))])
    assert isinstance(told["library"][person(1)], Absent)


async def test_however_many_persons_they_are_one_call() -> None:
    register = Register(Time(), max_batch=4)  # a connector's own business
    async with fetching(register) as fetcher:
        await fetcher.gather(permit(), [order(*(one(number) for number in range(10)))])
    assert [len(call) for call in register.calls] == [10]


async def test_residences_are_asked_in_one_call() -> None:
    population = Register(Time(), name="population")
    population.lend(person(1), title=str(person(7)))
    async with fetching(population=population) as fetcher:
        known = await fetcher.residences(permit(), [person(1), person(2), person(1)])
    assert known is not None
    assert {code: each.codes for code, each in known.items()} == {person(1): (person(7),)}
    assert population.calls == [(person(1), person(2))]


async def test_residences_fail_as_a_whole() -> None:
    population = Register(Time(), name="population")
    population.fail()
    async with fetching(population=population) as fetcher:
        assert await fetcher.residences(permit(), [person(1)]) is None
    async with fetching() as fetcher:
        assert await fetcher.residences(permit(), [person(1)]) is None


async def test_metrics_name_registers_and_nobody_else() -> None:
    metrics = CollectorRegistry()
    register = Register(Time())
    register.lend(person(1))
    async with fetching(register, metrics=metrics) as fetcher:
        await fetcher.gather(permit(), [order(one(1), one(2))])
    labels = {"register": "library", "origin": "register"}
    assert metrics.get_sample_value("hub_fetch_records_total", labels) == 2
    values = {
        value
        for family in metrics.collect()
        for sample in family.samples
        for name, value in sample.labels.items()
        if name != "le"
    }
    assert values == {"library", "register", "ok"}
