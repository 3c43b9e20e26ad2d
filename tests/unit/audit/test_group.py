"""Group commit, with a flush that tests hold in their hand."""

import asyncio
import gc
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import pytest

from hub.audit.group import GroupCommit
from hub.errors import Code, ServiceUnavailable

pytestmark = pytest.mark.asyncio


class Flushing:
    """Records batches; each flush waits until it is let go."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.free = asyncio.Event()
        self.free.set()
        self.failure: BaseException | None = None

    async def __call__(self, items: Sequence[int]) -> Sequence[int | Exception]:
        self.batches.append([*items])
        await self.free.wait()
        if self.failure:
            raise self.failure
        return [ValueError("odd one out") if item == 13 else item * 10 for item in items]


@asynccontextmanager
async def running(flush: Flushing, **bounds: int) -> AsyncIterator[GroupCommit[int, int]]:
    group: GroupCommit[int, int] = GroupCommit(flush, weigh=lambda item: max(1, item), **bounds)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(group.run())
        yield group
        group.close()


def soon(seconds: float = 5.0) -> float:
    return asyncio.get_running_loop().time() + seconds


async def until(condition: "asyncio.Event | None" = None) -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_a_lone_item_goes_at_once_and_those_who_wait_go_together() -> None:
    flush = Flushing()
    async with running(flush) as group:
        assert await group.join(1, soon()) == 10
        flush.free.clear()
        async with asyncio.TaskGroup() as tasks:
            first = tasks.create_task(group.join(2, soon()))
            await until()
            later = [tasks.create_task(group.join(item, soon())) for item in (3, 4, 5)]
            await until()
            flush.free.set()
    assert flush.batches == [[1], [2], [3, 4, 5]]
    assert [first.result(), *(task.result() for task in later)] == [20, 30, 40, 50]


async def test_one_item_may_fail_alone() -> None:
    flush = Flushing()
    async with running(flush) as group:
        flush.free.clear()
        async with asyncio.TaskGroup() as tasks:
            blocker = tasks.create_task(group.join(1, soon()))
            await until()
            good = tasks.create_task(group.join(2, soon()))

            async def unlucky() -> None:
                with pytest.raises(ValueError, match="odd one out"):
                    await group.join(13, soon())

            tasks.create_task(unlucky())
            await until()
            flush.free.set()
        assert (blocker.result(), good.result()) == (10, 20)
    assert flush.batches[1] == [2, 13]


async def test_a_failed_flush_fails_its_own_callers_and_nobody_later() -> None:
    flush = Flushing()
    async with running(flush) as group:
        for failure, code in (
            (ServiceUnavailable(Code.OVERLOADED), Code.OVERLOADED),
            (RuntimeError("broken"), Code.AUDIT_UNAVAILABLE),
        ):
            flush.failure = failure
            with pytest.raises(ServiceUnavailable) as raised:
                await group.join(1, soon())
            assert raised.value.code is code
        flush.failure = None
        assert await group.join(2, soon()) == 20


async def test_too_much_waiting_turns_newcomers_away() -> None:
    flush = Flushing()
    async with running(flush, most_waiting=10) as group:
        flush.free.clear()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(group.join(1, soon()))
            await until()
            tasks.create_task(group.join(8, soon()))
            await until()
            with pytest.raises(ServiceUnavailable) as raised:
                await group.join(3, soon())
            assert raised.value.code is Code.OVERLOADED
            tasks.create_task(group.join(2, soon()))
            await until()
            flush.free.set()
    assert flush.batches == [[1], [8, 2]]


async def test_a_flush_is_bounded_but_one_heavy_item_goes_alone() -> None:
    flush = Flushing()
    async with running(flush, most_at_once=5, most_waiting=20) as group:
        flush.free.clear()
        async with asyncio.TaskGroup() as tasks:
            for item in (1, 9, 2, 3, 4):
                tasks.create_task(group.join(item, soon()))
                await until()
            flush.free.set()
    assert flush.batches == [[1], [9], [2, 3], [4]]


async def test_at_its_deadline_a_waiting_item_is_dropped() -> None:
    flush = Flushing()
    async with running(flush) as group:
        flush.free.clear()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(group.join(1, soon()))
            await until()
            with pytest.raises(ServiceUnavailable) as raised:
                await group.join(2, soon(0.01))
            assert raised.value.code is Code.AUDIT_UNAVAILABLE
            flush.free.set()
        assert await group.join(3, soon()) == 30
    assert flush.batches == [[1], [3]]


async def test_an_item_being_flushed_at_its_deadline_fails_and_harms_nobody() -> None:
    flush = Flushing()
    async with running(flush) as group:
        flush.free.clear()
        with pytest.raises(ServiceUnavailable):
            await group.join(1, soon(0.01))
        flush.free.set()
        assert await group.join(2, soon()) == 20
        flush.free.clear()
        flush.failure = RuntimeError("too late to matter")
        with pytest.raises(ServiceUnavailable):
            await group.join(3, soon(0.01))
        flush.free.set()
        await until()


async def test_cancelling_the_caller_does_not_stop_the_item() -> None:
    flush = Flushing()
    async with running(flush) as group:
        flush.free.clear()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(group.join(1, soon()))
            await until()
            gone = tasks.create_task(group.join(2, soon()))
            await until()
            gone.cancel()
            await until()
            flush.free.set()
    assert gone.cancelled()
    assert flush.batches == [[1], [2]]


async def test_closing_flushes_what_waits_and_turns_newcomers_away() -> None:
    flush = Flushing()
    async with running(flush) as group:
        flush.free.clear()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(group.join(1, soon()))
            await until()
            waiting = tasks.create_task(group.join(2, soon()))
            await until()
            group.close()
            with pytest.raises(ServiceUnavailable):
                await group.join(3, soon())
            flush.free.set()
        assert waiting.result() == 20


async def test_when_the_hub_is_torn_down_nobody_is_left_waiting() -> None:
    flush = Flushing()
    flush.free.clear()
    group: GroupCommit[int, int] = GroupCommit(flush, weigh=lambda _: 1)
    async with asyncio.TaskGroup() as tasks:
        run = tasks.create_task(group.run())

        async def refused(item: int) -> None:
            with pytest.raises(ServiceUnavailable):
                await group.join(item, soon())

        tasks.create_task(refused(1))
        await until()
        tasks.create_task(refused(2))
        await until()
        run.cancel()
    assert flush.batches == [[1]]


async def test_what_was_put_goes_even_if_nobody_ever_asks_for_it() -> None:
    flush = Flushing()
    told: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: told.append(context))
    async with running(flush) as group:
        group.put(1, soon())
        await until()
        flush.failure = RuntimeError("broken")
        group.put(2, soon())
        await until()
    gc.collect()
    assert flush.batches == [[1], [2]]
    assert told == []


async def test_what_was_put_tells_its_outcome_whenever_asked() -> None:
    flush = Flushing()
    async with running(flush) as group:
        early, late, odd = (group.put(item, soon()) for item in (1, 2, 13))
        assert await early.settled() == 10
        assert await late.settled() == 20
        with pytest.raises(ValueError, match="odd one out"):
            await odd.settled()
        flush.free.clear()
        group.put(3, soon())
        await until()
        overdue = group.put(4, soon(-1))
        with pytest.raises(ServiceUnavailable) as raised:
            await overdue.settled()
        assert raised.value.code is Code.AUDIT_UNAVAILABLE
        flush.free.set()
    assert flush.batches == [[1, 2, 13], [3]]
