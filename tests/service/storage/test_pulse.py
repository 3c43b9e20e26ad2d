"""Whether the database answers, felt from outside a request."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from hub.errors import Code, ServiceUnavailable
from hub.sandbox.servers import PostgresServer, start_postgres
from hub.storage.database import Database
from hub.storage.pulse import Pulse, open_pulse


@pytest.fixture(scope="module")
def harmed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    server = start_postgres(tmp_path_factory.mktemp("pulse"), fsync=False)
    yield server
    server.remove()


@pytest_asyncio.fixture
async def database(harmed: PostgresServer) -> AsyncIterator[Database]:
    found = Database(f"{harmed.url}/postgres")
    yield found
    await found.aclose()


@pytest_asyncio.fixture
async def pulse(database: Database) -> AsyncIterator[Pulse]:
    async with open_pulse(database) as found:
        await asyncio.sleep(0.1)
        yield found


async def wait_for(pulse: Pulse, seconds: float) -> None:
    async with pulse.guarded():
        await asyncio.sleep(seconds)


async def steady(pulse: Pulse) -> None:
    """Wait until newcomers are admitted again."""
    async with asyncio.timeout(5):
        while True:
            try:
                return await wait_for(pulse, 0)
            except ServiceUnavailable:
                await asyncio.sleep(0.05)


@pytest.mark.asyncio
async def test_what_waits_while_the_database_answers_is_left_alone(pulse: Pulse) -> None:
    await wait_for(pulse, 1.5)


@pytest.mark.asyncio
async def test_frozen_database_ends_what_waits(harmed: PostgresServer, pulse: Pulse) -> None:
    harmed.pause()
    try:
        began = time.monotonic()
        with pytest.raises(ServiceUnavailable) as lost:
            await wait_for(pulse, 30)
        assert lost.value.code is Code.AUDIT_UNAVAILABLE
        assert time.monotonic() - began < 1.8
        began = time.monotonic()
        with pytest.raises(ServiceUnavailable):
            await wait_for(pulse, 30)
        assert time.monotonic() - began < 0.1, "newcomers hear it at once"
    finally:
        harmed.resume()
    await steady(pulse)


@pytest.mark.asyncio
async def test_server_gone_is_told_as_the_logs_own_loss(
    harmed: PostgresServer, pulse: Pulse
) -> None:
    harmed.kill()
    try:
        with pytest.raises(ServiceUnavailable) as lost:
            async with pulse.guarded():
                raise ServiceUnavailable(Code.QUOTA_UNAVAILABLE)
        assert lost.value.code is Code.AUDIT_UNAVAILABLE
    finally:
        harmed.restart()
    await steady(pulse)


@pytest.mark.asyncio
async def test_another_parts_own_failure_keeps_its_name(pulse: Pulse) -> None:
    with pytest.raises(ServiceUnavailable) as failure:
        async with pulse.guarded():
            raise ServiceUnavailable(Code.QUOTA_UNAVAILABLE)
    assert failure.value.code is Code.QUOTA_UNAVAILABLE


@pytest.mark.asyncio
async def test_timeout_inside_stays_a_timeout(pulse: Pulse) -> None:
    with pytest.raises(TimeoutError):
        async with pulse.guarded(), asyncio.timeout(0.01):
            await asyncio.sleep(1)


@pytest.mark.asyncio
async def test_cancelling_a_caller_is_not_a_loss(pulse: Pulse) -> None:
    async with asyncio.TaskGroup() as group:
        task = group.create_task(wait_for(pulse, 30))
        await asyncio.sleep(0.05)
        task.cancel()
    assert task.cancelled()
    await wait_for(pulse, 0)


@pytest.mark.asyncio
async def test_busy_process_does_not_lose_its_database(pulse: Pulse) -> None:
    async with pulse.guarded():
        for _ in range(4):
            time.sleep(0.7)  # noqa: ASYNC251 — the stall itself is what is tried
            await asyncio.sleep(0)
        await asyncio.sleep(0.3)
    await wait_for(pulse, 0)
