"""A block under guard ends as a timeout would: its own end is told, everybody else's is left."""

import asyncio

import pytest

from hub.errors import Code, ServiceUnavailable
from hub.storage.database import Database
from hub.storage.pulse import Pulse

pytestmark = pytest.mark.asyncio


def felt() -> Pulse:
    return Pulse(Database("postgresql://nobody@127.0.0.1:1/nothing"))


async def walk(pulse: Pulse) -> None:
    async with pulse.guarded():
        await asyncio.sleep(30)


async def begun(group: asyncio.TaskGroup, pulse: Pulse) -> "asyncio.Task[None]":
    task = group.create_task(refused(pulse))
    await asyncio.sleep(0)
    return task


async def refused(pulse: Pulse) -> None:
    with pytest.raises(ServiceUnavailable) as raised:
        await walk(pulse)
    assert raised.value.code is Code.AUDIT_UNAVAILABLE
    task = asyncio.current_task()
    assert task
    assert task.cancelling() == 0


async def test_a_loss_ends_every_walk_and_refuses_newcomers_until_a_sign_comes() -> None:
    pulse = felt()
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        for _ in range(5):
            await begun(group, pulse)
        pulse._take(answers=False)
        await begun(group, pulse)
    assert not pulse.walking
    pulse._take(answers=True)
    async with pulse.guarded():
        await asyncio.sleep(0)
    assert not pulse.walking


async def test_who_is_cancelled_from_outside_at_the_same_moment_stays_cancelled() -> None:
    pulse = felt()
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        task = group.create_task(walk(pulse))
        await asyncio.sleep(0)
        pulse._take(answers=False)
        task.cancel()
    assert task.cancelled()


async def test_whatever_else_ends_the_block_is_left_as_it_is() -> None:
    pulse = felt()
    for failure in (ValueError("odd"), TimeoutError(), asyncio.CancelledError()):
        with pytest.raises(type(failure)) as raised:
            async with pulse.guarded():
                raise failure
        assert raised.value is failure
    assert not pulse.walking


async def test_a_loss_that_comes_while_the_block_ends_otherwise_leaves_nothing_behind() -> None:
    pulse = felt()

    async def stubborn() -> str:
        async with pulse.guarded():
            try:
                await asyncio.sleep(30)
            except asyncio.CancelledError:
                return "told before it was lost"
        return ""

    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        task = group.create_task(stubborn())
        await asyncio.sleep(0)
        pulse._take(answers=False)
    assert task.result() == "told before it was lost"
    assert not pulse.walking
