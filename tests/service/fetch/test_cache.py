"""What is kept in Redis, for how long, and what may be told of it."""

import asyncio
from dataclasses import replace
from datetime import date, timedelta

import pytest
from prometheus_client import CollectorRegistry
from redis.asyncio import Redis

from hub.model.evidence import Absent, Failure, Found, Subject, Unavailable, Window
from tests.service.fetch.opening import ask, fetching, kept
from tests.unit.fetch.register import (
    HOURLY,
    NEVER,
    PAYMENTS,
    START,
    Register,
    Time,
    one,
    order,
    permit,
    person,
)

pytestmark = pytest.mark.asyncio


@pytest.fixture
def register() -> Register:
    made = Register(Time())
    made.lend(person(1))
    return made


async def test_the_second_request_is_answered_from_the_first(
    redis: Redis, register: Register
) -> None:
    async with fetching(redis, register) as fetcher:
        first = (await ask(fetcher, permit(), order(one(1))))[person(1)]
        register.time.pass_s(200)
        second = (await ask(fetcher, permit(), order(one(1))))[person(1)]
    assert len(register.calls) == 1
    assert isinstance(first, Found)
    assert isinstance(second, Found)
    assert (first.cached, first.fetched_at) == (False, START)
    assert second == replace(first, cached=True)
    assert first.as_of == START.replace(second=0, microsecond=0)


async def test_a_record_can_be_found_before_it_is_written(redis: Redis, register: Register) -> None:
    async with fetching(redis, register) as fetcher:
        first = await fetcher.gather(permit(), [order(one(1))])
        second = await fetcher.gather(permit(), [order(one(1))])
    asked, found = first["library"][person(1)], second["library"][person(1)]
    assert isinstance(asked, Found)
    assert found == replace(asked, cached=True)
    assert len(register.calls) == 1


async def test_only_the_missing_are_asked(redis: Redis, register: Register) -> None:
    async with fetching(redis, register) as fetcher:
        await ask(fetcher, permit(), order(*(one(n) for n in range(10))))
        await ask(fetcher, permit(), order(*(one(n) for n in range(15))))
    assert [len(call) for call in register.calls] == [10, 5]


async def test_after_ttl_the_register_is_asked_again(redis: Redis, register: Register) -> None:
    async with fetching(redis, register) as fetcher:
        await ask(fetcher, permit(), order(one(1)))
        register.time.pass_s(331)
        register.lend(person(1), title="Zelta zirgs")
        later = (await ask(fetcher, permit(), order(one(1))))[person(1)]
    assert isinstance(later, Found)
    assert (later.cached, later.fetched_at) == (False, register.time.now())
    assert later.facts == register.loans[person(1)]


async def test_a_definite_absence_is_kept_for_its_shorter_time(
    redis: Redis, register: Register
) -> None:
    async with fetching(redis, register) as fetcher:
        first = (await ask(fetcher, permit(), order(one(2))))[person(2)]
        assert isinstance(first, Absent)
        register.time.pass_s(50)
        assert (await ask(fetcher, permit(), order(one(2))))[person(2)] == replace(
            first, cached=True
        )
        assert len(register.calls) == 1
        register.time.pass_s(20)
        await ask(fetcher, permit(), order(one(2)))
    assert len(register.calls) == 2


async def test_other_columns_or_periods_are_another_record(
    redis: Redis, register: Register
) -> None:
    window = Window(start=date(2026, 1, 1), end=date(2026, 3, 31))
    async with fetching(redis, register) as fetcher:
        for asked in (order(one(1)), order(one(1), wide=True), order(one(1), window=window)):
            await ask(fetcher, permit(), asked)
            await ask(fetcher, permit(), asked)
    assert len(register.calls) == 3


async def test_while_the_register_fails_its_last_word_is_told_as_stale(
    redis: Redis, register: Register
) -> None:
    async with fetching(redis, register) as fetcher:
        first = (await ask(fetcher, permit(), order(one(1))))[person(1)]
        register.time.pass_s(3000)
        register.fail()
        later = await ask(fetcher, permit(), order(one(1), one(2)))
    assert isinstance(first, Found)
    assert later[person(1)] == replace(first, cached=True, stale=True)
    assert later[person(2)] == Unavailable(failure=Failure.UNAVAILABLE, retry_after_s=1)


async def test_then_it_is_too_stale_but_its_instant_is_known_then_nothing_is(
    redis: Redis, register: Register
) -> None:
    async with fetching(redis, register) as fetcher:
        await ask(fetcher, permit(), order(one(1)))
        register.fail()
        register.time.pass_s(3700)
        too_stale = (await ask(fetcher, permit(), order(one(1))))[person(1)]
        await redis.flushdb()
        forgotten = (await ask(fetcher, permit(), order(one(1))))[person(1)]
    as_of = START.replace(second=0, microsecond=0)
    assert too_stale == Unavailable(failure=Failure.TOO_STALE, retry_after_s=1, known_as_of=as_of)
    assert forgotten == Unavailable(failure=Failure.UNAVAILABLE, retry_after_s=1)


async def test_the_instant_is_known_after_the_facts_had_to_go(
    redis: Redis, register: Register
) -> None:
    async with fetching(redis, register) as fetcher:
        await ask(fetcher, permit(), order(one(1)))
        register.fail()
        register.time.pass_s(7300)
        gone = (await ask(fetcher, permit(), order(one(1))))[person(1)]
        register.time.pass_s(7200)
        forgotten = (await ask(fetcher, permit(), order(one(1))))[person(1)]
    assert forgotten == Unavailable(failure=Failure.UNAVAILABLE, retry_after_s=1)
    as_of = START.replace(second=0, microsecond=0)
    assert gone == Unavailable(failure=Failure.TOO_STALE, retry_after_s=1, known_as_of=as_of)


async def test_payments_are_never_told_stale(redis: Redis) -> None:
    register = Register(Time(), freshness=PAYMENTS)
    register.lend(person(1))
    async with fetching(redis, register) as fetcher:
        await ask(fetcher, permit(), order(one(1)))
        register.fail()
        register.time.pass_s(40)
        fresh = (await ask(fetcher, permit(), order(one(1))))[person(1)]
        register.time.pass_s(30)
        outcome = (await ask(fetcher, permit(), order(one(1))))[person(1)]
    assert isinstance(fresh, Found)
    assert isinstance(outcome, Unavailable)
    assert outcome.failure is Failure.TOO_STALE
    assert outcome.known_as_of == START.replace(second=0, microsecond=0)


async def test_redis_itself_forgets_facts_by_the_maximum_age(
    redis: Redis, register: Register
) -> None:
    async with fetching(redis, register) as fetcher:
        await ask(fetcher, permit(), order(one(1), one(2)))
        await fetcher.evict(person(1))
    lives_s = {name: await redis.ttl(name) for name in await kept(redis)}
    assert len(lives_s) == 5
    for name, life_s in lives_s.items():
        assert 0 < life_s <= (14_400 if b":k:" in name else 7200)
        assert b":k:" not in name or len(await redis.get(name) or b"") < 100  # holds no facts


@pytest.mark.parametrize(
    "register",
    [
        Register(Time(), freshness=NEVER),
        Register(Time(), freshness=replace(HOURLY, ttl_s=0)),
        Register(Time(), cacheable=False),
    ],
    ids=["nothing", "no ttl", "controller"],
)
async def test_what_the_controller_forbids_is_neither_kept_nor_read(
    redis: Redis, register: Register
) -> None:
    register.lend(person(1))
    async with fetching(redis, register) as fetcher:
        await ask(fetcher, permit(), order(one(1), one(2)))
        await ask(fetcher, permit(), order(one(1), one(2)))
    assert len(register.calls) == 2
    assert await kept(redis) == {}


async def test_what_the_agreement_forbids_is_neither_kept_nor_read(
    redis: Redis, register: Register
) -> None:
    async with fetching(redis, register) as fetcher:
        await ask(fetcher, permit(cache=False), order(one(1)))
        assert await kept(redis) == {}
        await ask(fetcher, permit(cache=True), order(one(1)))
        outcome = (await ask(fetcher, permit(cache=False), order(one(1))))[person(1)]
    assert len(register.calls) == 3
    assert isinstance(outcome, Found)
    assert not outcome.cached


async def test_nothing_in_redis_can_be_read(redis: Redis, register: Register) -> None:
    archive = Register(register.time, name="archive", freshness=PAYMENTS)
    archive.lend(person(1))
    asked = [one(1), one(2), Subject(asked=person(4), codes=(person(3), person(4)))]
    register.lend(person(3), person(4))
    async with fetching(redis, register, archive) as fetcher:
        await ask(fetcher, permit("RSD-1"), order(*asked, wide=True))
        await ask(fetcher, permit("RSD-1"), order(*asked, register="archive"))
        await fetcher.evict(person(2))
    everything = await kept(redis)
    text = b"\n".join([*everything, *everything.values()])
    words = ["RSD", "library", "archive", "title", "Ezera", "sonāte", "LNB", "riga", "1.50"]
    words += [str(person(n)) for n in (1, 2, 3, 4, 9000)]
    words += [person(n).digits for n in (1, 2, 3, 4, 9000)]
    assert len(everything) >= 8
    assert [word for word in words if word.encode() in text] == []


async def test_swapped_entries_are_not_believed_and_are_reported(
    redis: Redis, register: Register
) -> None:
    register.lend(person(2), title="Zelta zirgs")
    metrics = CollectorRegistry()
    async with fetching(redis, register, metrics=metrics) as fetcher:
        right = await ask(fetcher, permit(), order(one(1), one(2)))
        entries = {name: value for name, value in (await kept(redis)).items() if b":e:" in name}
        (first, first_value), (second, second_value) = entries.items()
        await redis.mset({first: second_value, second: first_value})
        again = await ask(fetcher, permit(), order(one(1), one(2)))
    assert len(register.calls) == 2
    assert again == right
    labels = {"register": "library"}
    assert metrics.get_sample_value("hub_cache_unreadable_total", labels) == 2


async def test_garbage_and_other_keys_are_a_miss(redis: Redis, register: Register) -> None:
    async with fetching(redis, register) as fetcher:
        await ask(fetcher, permit(), order(one(1)))
        for name in await kept(redis):
            await redis.set(name, b"garbage")
        outcome = (await ask(fetcher, permit(), order(one(1))))[person(1)]
    assert isinstance(outcome, Found)
    assert not outcome.cached
    async with fetching(redis, register, master="another") as fetcher:
        await ask(fetcher, permit(), order(one(1)))
    assert len(register.calls) == 3


async def test_eviction_reaches_every_agreement_and_question(
    redis: Redis, register: Register
) -> None:
    archive = Register(register.time, name="archive")
    archive.lend(person(1))
    asked = (order(one(1)), order(one(1), wide=True), order(one(1), register="archive"))
    async with fetching(redis, register, archive) as fetcher:

        async def ask_all() -> None:
            for number in ("RSD-1", "RSD-2"):
                for each in asked:
                    await ask(fetcher, permit(number), each)

        await ask_all()
        await ask_all()
        assert (len(register.calls), len(archive.calls)) == (4, 2)
        await fetcher.evict(person(1), "library")
        await ask_all()
        assert (len(register.calls), len(archive.calls)) == (8, 2)
        await fetcher.evict(person(1))
        await ask_all()
        assert (len(register.calls), len(archive.calls)) == (12, 4)
        await fetcher.evict(person(2))
        await ask_all()
        assert (len(register.calls), len(archive.calls)) == (12, 4)
        with pytest.raises(KeyError):
            await fetcher.evict(person(1), "unheard of")


async def test_any_code_of_a_person_evicts_them(redis: Redis, register: Register) -> None:
    several = Subject(asked=person(2), codes=(person(1), person(2)))
    async with fetching(redis, register) as fetcher:
        for number, code in enumerate((person(1), person(2)), start=1):
            await ask(fetcher, permit(), order(several))
            await ask(fetcher, permit(), order(several))
            assert len(register.calls) == number
            await fetcher.evict(code)


async def test_parted_codes_share_nothing_that_was_joined(redis: Redis, register: Register) -> None:
    register.lend(person(2), title="Zelta zirgs")
    async with fetching(redis, register) as fetcher:
        await ask(fetcher, permit(), order(Subject(asked=person(1), codes=(person(1), person(2)))))
        parted = (await ask(fetcher, permit(), order(one(1))))[person(1)]
    assert isinstance(parted, Found)
    assert parted.facts == register.loans[person(1)]


async def test_a_record_asked_before_an_eviction_is_not_found_after_it(
    redis: Redis, register: Register
) -> None:
    register.takes_s = 0.1
    async with fetching(redis, register) as fetcher:
        async with asyncio.TaskGroup() as group:
            group.create_task(ask(fetcher, permit(), order(one(1))))
            await asyncio.sleep(0.05)
            await fetcher.evict(person(1))
        await ask(fetcher, permit(), order(one(1)))
    assert len(register.calls) == 2


async def test_a_register_ahead_of_our_clock_is_not_believed(
    redis: Redis, register: Register
) -> None:
    register.lag_s = -3600
    async with fetching(redis, register) as fetcher:
        outcome = (await ask(fetcher, permit(), order(one(1))))[person(1)]
        register.lag_s = 3600
        late = (await ask(fetcher, permit("RSD-2"), order(one(1))))[person(1)]
    assert isinstance(outcome, Found)
    assert outcome.as_of <= outcome.fetched_at
    assert isinstance(late, Found)
    assert late.as_of == (START - timedelta(hours=1)).replace(second=0, microsecond=0)
