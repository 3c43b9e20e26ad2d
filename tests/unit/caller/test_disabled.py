import asyncio

import pytest

from hub.caller import disabled
from hub.caller.disabled import DisabledClients
from hub.errors import ServiceUnavailable
from tests.unit.caller.minting import Clients, Time


def test_nobody_is_admitted_before_the_first_read() -> None:
    with pytest.raises(ServiceUnavailable):
        DisabledClients(Clients(), monotonic=Time().monotonic).check("vsaa")


@pytest.mark.asyncio
async def test_the_age_counts_from_before_the_question() -> None:
    time = Time()

    class Slow(Clients):
        async def disabled(self) -> frozenset[str]:
            time.passed_s += 11
            return await super().disabled()

    clients = DisabledClients(Slow(), monotonic=time.monotonic)
    await clients.refresh()
    assert not clients.ready


@pytest.mark.asyncio
async def test_a_store_that_hangs_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disabled, "_READ_TIMEOUT_S", 0.01)

    class Hanging(Clients):
        async def disabled(self) -> frozenset[str]:
            await asyncio.sleep(10)
            return frozenset()

    clients = DisabledClients(Hanging())
    await clients.refresh()
    assert not clients.ready


@pytest.mark.asyncio
async def test_the_list_is_read_again_every_second(monkeypatch: pytest.MonkeyPatch) -> None:
    assert disabled.REFRESH_S == 1
    monkeypatch.setattr(disabled, "REFRESH_S", 0.001)
    store = Clients()
    async with asyncio.TaskGroup() as group, asyncio.timeout(10):
        running = group.create_task(DisabledClients(store).run())
        while store.asked < 3:  # noqa: ASYNC110 — a recorder has no event
            await asyncio.sleep(0.001)
        running.cancel()
