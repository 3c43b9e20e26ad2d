"""Whatever way a question takes through Redis, the register hears whose it is."""

import asyncio

import pytest
from redis.asyncio import Redis

from hub.model.reference import Reference, read_reference, use_of
from tests.service.fetch.opening import fetching
from tests.service.fetch.test_crossings import Spoilt
from tests.unit.fetch.register import Keys, Register, Time, one, order, permit, person

pytestmark = pytest.mark.asyncio
NUMBERS = range(1, 6)
OPERATIONS = [f"{number:032x}" for number in NUMBERS]


def told(register: Register) -> list[Reference]:
    key = Keys().key(use_of("library"))
    read = [read_reference(each, key) for each in register.references]
    assert None not in read
    return [each for each in read if each is not None]


async def all_at_once(redis: Redis, register: Register) -> list[Reference]:
    """Ask about one person each, by operations of their own, at the same moment."""
    async with fetching(redis, register) as fetcher, asyncio.TaskGroup() as group:
        for number, operation_id in zip(NUMBERS, OPERATIONS, strict=True):
            asked = fetcher.gather(permit(operation_id=operation_id), [order(one(number))])
            group.create_task(asked)
    return told(register)


async def test_who_leaves_together_is_told_by_the_first(redis: Redis) -> None:
    (reference,) = await all_at_once(redis, Register(Time()))
    assert reference.operation_id in OPERATIONS
    assert reference.persons == len(OPERATIONS)


async def test_who_is_asked_for_apart_again_has_a_reference_of_their_own(redis: Redis) -> None:
    register = Spoilt(Time())
    together, *apart = await all_at_once(redis, register)
    assert together.persons == len(OPERATIONS)
    assert sorted(each.operation_id for each in apart) == OPERATIONS
    assert len(set(register.references)) == len(register.references)


async def test_many_are_asked_for_in_the_name_of_their_operation(redis: Redis) -> None:
    register = Register(Time())
    register.lend(person(1), person(2))
    async with fetching(redis, register) as fetcher:
        asked = [order(one(1), one(2))]
        await fetcher.gather(permit(operation_id=OPERATIONS[0]), asked)
        await fetcher.settle()
        await fetcher.gather(permit(operation_id=OPERATIONS[1]), asked)
    assert told(register) == [Reference(OPERATIONS[0], 1, 2)]


async def test_who_joins_a_flight_asks_nothing(redis: Redis) -> None:
    register = Register(Time())
    register.takes_s = 0.1
    async with fetching(redis, register) as fetcher, asyncio.TaskGroup() as group:
        for operation_id in OPERATIONS:
            asked = fetcher.gather(permit(operation_id=operation_id), [order(one(1))])
            group.create_task(asked)
    assert [each.persons for each in told(register)] == [1]
