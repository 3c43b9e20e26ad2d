"""Questions asked together, with an answer that tests hold in their hand."""

import asyncio
import contextlib
import random
from collections.abc import Sequence

import pytest

from hub.errors import Code, ServiceUnavailable
from hub.storage.gathering import Gathering

pytestmark = pytest.mark.asyncio


class Answering:
    """Records what was asked together; answers once it is let go."""

    def __init__(self) -> None:
        self.asked: list[list[int]] = []
        self.free = asyncio.Event()
        self.failure: Exception | None = None

    async def __call__(self, items: Sequence[int]) -> Sequence[int]:
        self.asked.append([*items])
        await self.free.wait()
        if self.failure:
            raise self.failure
        return [item * 10 for item in items]


async def turns() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def started(
    group: asyncio.TaskGroup, gathering: Gathering[int, int], *items: int
) -> list["asyncio.Task[int]"]:
    made = [group.create_task(gathering.join(item)) for item in items]
    await turns()
    return made


async def test_who_comes_meanwhile_is_asked_in_the_next_question_and_not_before() -> None:
    answering = Answering()
    gathering = Gathering(answering)
    async with asyncio.TaskGroup() as group:
        first = await started(group, gathering, 1)
        later = await started(group, gathering, 2, 3, 4)
        assert answering.asked == [[1]]
        answering.free.set()
    assert answering.asked == [[1], [2, 3, 4]]
    assert [task.result() for task in first + later] == [10, 20, 30, 40]


async def test_one_after_another_each_is_asked_at_once() -> None:
    answering = Answering()
    answering.free.set()
    gathering = Gathering(answering)
    assert [await gathering.join(item) for item in (1, 2)] == [10, 20]
    assert answering.asked == [[1], [2]]


async def test_a_failure_is_told_to_all_who_asked_and_to_all_who_waited_for_it() -> None:
    answering = Answering()
    gathering = Gathering(answering)

    async def refused(item: int) -> None:
        with pytest.raises(ServiceUnavailable):
            await gathering.join(item)

    async with asyncio.TaskGroup() as group:
        for item in (1, 2, 3):
            group.create_task(refused(item))
            await turns()
        answering.failure = ServiceUnavailable(Code.CONSENT_UNAVAILABLE)
        answering.free.set()
    answering.failure = None
    assert await gathering.join(4) == 40
    assert answering.asked == [[1], [4]]


async def test_when_who_asks_is_cancelled_the_others_ask_anew() -> None:
    answering = Answering()
    gathering = Gathering(answering)
    async with asyncio.TaskGroup() as group:
        first = await started(group, gathering, 1)
        later = await started(group, gathering, 2, 3, 4)
        first[0].cancel()
        await turns()
        assert answering.asked == [[1], [2, 3, 4]]
        later[0].cancel()
        await turns()
        newcomer = await started(group, gathering, 5)
        answering.free.set()
    assert answering.asked == [[1], [2, 3, 4], [3, 4], [5]]
    assert [task.result() for task in later[1:] + newcomer] == [30, 40, 50]


async def test_who_waits_and_is_cancelled_is_asked_for_no_more() -> None:
    answering = Answering()
    gathering = Gathering(answering)
    async with asyncio.TaskGroup() as group:
        await started(group, gathering, 1)
        two, three = await started(group, gathering, 2, 3)
        two.cancel()
        await turns()
        answering.free.set()
    assert answering.asked == [[1], [3]]
    assert three.result() == 30


async def test_a_turn_that_comes_to_somebody_just_cancelled_is_passed_on() -> None:
    answering = Answering()
    gathering = Gathering(answering)
    async with asyncio.TaskGroup() as group:
        await started(group, gathering, 1)
        two, three = await started(group, gathering, 2, 3)

        async def strike() -> None:
            await answering.free.wait()
            await asyncio.sleep(0)
            two.cancel()

        group.create_task(strike())
        await turns()
        answering.free.set()
    assert two.cancelled() or two.result() == 20
    assert three.result() == 30
    assert await gathering.join(4) == 40


class Chance:
    """Answers after a while, or fails, as a seed has it; clients check what they are told."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.began = self.ended = 0
        self.gathering: Gathering[int, tuple[int, int]] = Gathering(self.ask)

    async def wait(self, most: int) -> None:
        for _ in range(self.chance.randrange(most)):
            await asyncio.sleep(0)

    async def ask(self, items: Sequence[int]) -> Sequence[tuple[int, int]]:
        self.began += 1
        mine = self.began
        await self.wait(4)
        if self.chance.random() < 0.1:
            raise ServiceUnavailable(Code.CONSENT_UNAVAILABLE)
        return [(item, mine) for item in items]

    async def client(self, item: int) -> None:
        await self.wait(6)
        before = self.began
        with contextlib.suppress(ServiceUnavailable):
            told, question = await self.gathering.join(item)
            assert told == item
            assert question > before
        self.ended += 1


@pytest.mark.parametrize("seed", range(20))
async def test_whoever_is_not_cancelled_is_answered_by_a_question_that_began_later(
    seed: int,
) -> None:
    tried = Chance(seed)
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        tasks = [group.create_task(tried.client(item)) for item in range(60)]
        for _ in range(15):
            await asyncio.sleep(0)
            tried.chance.choice(tasks).cancel()
    assert tried.ended == sum(not task.cancelled() for task in tasks)
    assert tried.gathering._busy is False
    assert not tried.gathering._waiting
