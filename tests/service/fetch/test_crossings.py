"""Requests about one person each, at the same moment, in front of a real Redis."""

import asyncio
from collections.abc import Sequence

import pytest
from redis.asyncio import Redis
from typing_extensions import override

from hub.errors import Code, RegisterError
from hub.fetch import FetchSettings
from hub.model.evidence import Absent, Ask, Failure, Found, Outcome, Subject, Unavailable
from hub.model.personal_code import PersonalCode
from hub.ports import Reply
from tests.service.fetch.opening import ask, fetching, kept
from tests.unit.fetch.register import HOURLY, Register, Time, one, order, permit, person

pytestmark = pytest.mark.asyncio

NUMBERS = range(1, 6)


class Spoilt(Register):
    """A register that cannot tell of one person."""

    spoilt = person(3)

    @override
    async def fetch(self, ask: Ask, codes: Sequence[PersonalCode], reference: str) -> Reply:
        reply = await super().fetch(ask, codes, reference)
        if self.spoilt in codes:
            raise RegisterError(Code.REGISTER_MALFORMED)
        return reply


@pytest.fixture
def register() -> Register:
    made = Register(Time())
    made.lend(*(person(number) for number in NUMBERS))
    return made


async def each_alone(
    redis: Redis, register: Register, *agreements: str, settings: FetchSettings | None = None
) -> dict[str, list[Outcome]]:
    """Ask about everybody by requests of their own, at once, under each agreement."""
    told: dict[str, list[Outcome]] = {}
    async with fetching(redis, register, settings=settings) as fetcher:
        async with asyncio.TaskGroup() as group:
            tasks = {
                (agreement, number): group.create_task(
                    fetcher.gather(permit(agreement), [order(one(number))])
                )
                for number in NUMBERS
                for agreement in agreements
            }
        for (agreement, number), task in tasks.items():
            told.setdefault(agreement, []).append(task.result()["library"][person(number)])
        await fetcher.settle()
    return told


async def test_requests_at_the_same_moment_leave_in_one_call(
    redis: Redis, register: Register
) -> None:
    register.loans.pop(person(4))
    told = (await each_alone(redis, register, "RSD-1"))["RSD-1"]
    assert [set(call) for call in register.calls] == [{person(number) for number in NUMBERS}]
    assert [type(each) for each in told] == [Found, Found, Found, Absent, Found]


async def test_agreements_never_leave_together(redis: Redis, register: Register) -> None:
    await each_alone(redis, register, "RSD-1", "VARAM-7")
    assert [len(call) for call in register.calls] == [5, 5]


async def test_everybody_is_kept_and_every_lease_given_back(
    redis: Redis, register: Register
) -> None:
    await each_alone(redis, register, "RSD-1")
    names = list(await kept(redis))
    assert len([name for name in names if b"}:e:" in name]) == len(NUMBERS)
    assert not [name for name in names if b"}:l" in name]
    again = (await each_alone(redis, register, "RSD-1"))["RSD-1"]
    assert len(register.calls) == 1
    assert all(isinstance(each, Found) and each.cached for each in again)


async def test_what_cannot_be_read_of_one_is_no_others_failure(redis: Redis) -> None:
    register = Spoilt(Time())
    register.lend(*(person(number) for number in NUMBERS))
    told = (await each_alone(redis, register, "RSD-1"))["RSD-1"]
    assert [type(each) for each in told] == [Found, Found, Unavailable, Found, Found]
    assert told[2] == Unavailable(failure=Failure.MALFORMED, retry_after_s=60)
    assert [len(call) for call in register.calls] == [5, 1, 1, 1, 1, 1]
    assert not [name for name in await kept(redis) if b"}:l" in name]


async def test_facts_that_cannot_be_joined_are_no_others_failure(
    redis: Redis, register: Register
) -> None:
    register.merge = lambda facts: 1 / 0  # type: ignore[assignment,method-assign,return-value]
    joined = known_as(1, 2)
    async with fetching(redis, register) as fetcher, asyncio.TaskGroup() as group:
        broken = group.create_task(fetcher.gather(permit(), [order(joined)]))
        whole = group.create_task(fetcher.gather(permit(), [order(one(3))]))
    assert len(register.calls) == 1
    assert broken.result()["library"][person(1)] == Unavailable(failure=Failure.UNAVAILABLE)
    assert isinstance(whole.result()["library"][person(3)], Found)


async def test_one_who_leaves_takes_nobody_along(redis: Redis, register: Register) -> None:
    register.takes_s = 0.1
    async with fetching(redis, register) as fetcher:
        asked = [
            asyncio.ensure_future(fetcher.gather(permit(), [order(one(number))]))
            for number in NUMBERS
        ]
        await asyncio.sleep(0.05)
        asked[0].cancel()
        told = [(await each)["library"] for each in asked[1:]]
        await fetcher.settle()
        left = await ask(fetcher, permit(), order(one(1)))
    assert len(register.calls) == 1
    assert all(isinstance(outcome, Found) for each in told for outcome in each.values())
    outcome = left[person(1)]
    assert isinstance(outcome, Found)
    assert outcome.cached


async def test_a_failure_is_excused_by_each_ones_own_past(redis: Redis, register: Register) -> None:
    async with fetching(redis, register) as fetcher:
        await ask(fetcher, permit(), order(one(2)))
    register.time.pass_s(1000)
    register.fail()
    told = (await each_alone(redis, register, "RSD-1"))["RSD-1"]
    stale = told.pop(1)
    assert isinstance(stale, Found)
    assert stale.stale
    assert all(isinstance(each, Unavailable) for each in told)


async def test_a_stale_record_is_asked_for_by_one_replica(redis: Redis, register: Register) -> None:
    async with fetching(redis, register) as fetcher:
        await ask(fetcher, permit(), order(one(1)))
    register.time.pass_s(HOURLY.ttl_s * 2)
    register.takes_s = 0.1
    async with (
        fetching(redis, register) as here,
        fetching(redis, register) as there,
        asyncio.TaskGroup() as group,
    ):
        for each in (here, there):
            group.create_task(ask(each, permit(), order(one(1))))
    assert len(register.calls) == 2  # the first time, and once for both


async def test_what_is_evicted_while_crossing_is_not_kept(redis: Redis, register: Register) -> None:
    register.takes_s = 0.1
    settings = FetchSettings(cache_timeout_s=2.0)
    async with fetching(redis, register, settings=settings) as fetcher:
        async with asyncio.TaskGroup() as group:
            for number in NUMBERS:
                group.create_task(fetcher.gather(permit(), [order(one(number))]))
            await asyncio.sleep(0.05)
            await fetcher.evict(person(1))
        await fetcher.settle()
        told = await ask(fetcher, permit(), order(one(1)))
        others = await ask(fetcher, permit(), order(one(2)))
    assert [len(call) for call in register.calls] == [5, 1]
    found, other = told[person(1)], others[person(2)]
    assert isinstance(found, Found)
    assert not found.cached
    assert isinstance(other, Found)
    assert other.cached


def known_as(*numbers: int) -> Subject:
    return Subject(asked=person(numbers[0]), codes=tuple(person(number) for number in numbers))
