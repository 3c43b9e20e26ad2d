"""Whatever way a question takes to a register, the register hears whose it is."""

import asyncio

import pytest

from hub.fetch import Fetcher
from hub.model.evidence import Found
from hub.model.reference import Reference, read_reference, use_of
from tests.unit.fetch.register import Keys, Register, Time, one, order, permit, person

pytestmark = pytest.mark.asyncio
FIRST, SECOND = "1" * 32, "2" * 32


def told(register: Register) -> list[Reference | None]:
    key = Keys().key(use_of("library"))
    return [read_reference(each, key) for each in register.references]


def fetcher(register: Register) -> Fetcher:
    return Fetcher({"library": register}, None, None, Keys(), register.time)


async def test_a_call_carries_its_operation_and_how_many_it_is_about() -> None:
    register = Register(Time())
    async with fetcher(register) as fetch:
        await fetch.gather(permit(operation_id=FIRST), [order(one(1), one(2))])
        await fetch.gather(permit(operation_id=SECOND), [order(one(1))])
    assert told(register) == [Reference(FIRST, 1, 2), Reference(SECOND, 2, 1)]


async def test_no_two_calls_carry_the_same() -> None:
    register = Register(Time())
    async with fetcher(register) as fetch, asyncio.TaskGroup() as group:
        for _ in range(5):
            group.create_task(fetch.gather(permit(operation_id=FIRST), [order(one(1))]))
    assert len(set(register.references)) == 5


async def test_nobody_asks_without_an_operation() -> None:
    register = Register(Time())
    register.lend(person(1))
    async with fetcher(register) as fetch:
        with pytest.raises(ValueError, match="for which operation"):
            await fetch.gather(permit(operation_id=""), [order(one(1))])
        assert register.calls == []
        found = await fetch.gather(permit(), [order(one(1))])
    assert isinstance(found["library"][person(1)], Found)
