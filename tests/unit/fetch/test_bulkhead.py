import asyncio

import pytest

from hub.fetch.bulkhead import Bulkhead, Full


def soon(seconds: float = 5.0) -> float:
    return asyncio.get_running_loop().time() + seconds


@pytest.mark.asyncio
async def test_holds_places_queues_the_next_and_turns_the_rest_away() -> None:
    bulkhead, leave = Bulkhead(places=2, waiting=1), asyncio.Event()
    inside: list[int] = []

    async def enter(number: int) -> None:
        async with bulkhead.place(soon()):
            inside.append(number)
            await leave.wait()

    async with asyncio.TaskGroup() as group:
        for number in range(3):
            group.create_task(enter(number))
        await asyncio.sleep(0)
        with pytest.raises(Full):
            await enter(3)
        assert inside == [0, 1]
        leave.set()
    assert inside == [0, 1, 2]


@pytest.mark.asyncio
async def test_waits_no_longer_than_told() -> None:
    bulkhead = Bulkhead(places=1, waiting=5)
    async with bulkhead.place(soon()):
        with pytest.raises(Full):
            async with bulkhead.place(soon(0.02)):
                pass
    async with bulkhead.place(soon()):
        pass
