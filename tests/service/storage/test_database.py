"""The pool under a PostgreSQL that is frozen, killed and brought back; it starts its own."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator

import asyncpg
import pytest
import pytest_asyncio

from hub.errors import Code, ServiceUnavailable
from hub.sandbox.servers import PostgresServer, start_postgres
from hub.storage.database import Database, Patience

pytestmark = [pytest.mark.asyncio, pytest.mark.slow]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    made = start_postgres(tmp_path_factory.mktemp("harmed"), fsync=False)
    yield made
    made.remove()


@pytest_asyncio.fixture
async def database(server: PostgresServer) -> AsyncIterator[Database]:
    made = Database(f"{server.url}/postgres", pool_size=3)
    await fill(made)
    yield made
    await made.aclose()


async def fill(database: Database) -> None:
    """Open every connection the pool keeps."""
    async with asyncio.TaskGroup() as group:
        for _ in range(3):
            group.create_task(database.fetch(Code.QUOTA_UNAVAILABLE, "SELECT pg_sleep(0.05)"))


async def fails_in_time(database: Database) -> None:
    began = time.monotonic()
    with pytest.raises(ServiceUnavailable) as raised:
        await database.ping()
    assert raised.value.code is Code.AUDIT_UNAVAILABLE
    assert time.monotonic() - began < 2


async def answers_soon(database: Database, *, tries: int) -> None:
    for _ in range(tries):
        try:
            await database.ping()
        except ServiceUnavailable:
            await asyncio.sleep(0.05)
        else:
            return
    pytest.fail("the database did not come back")


async def test_frozen(server: PostgresServer, database: Database) -> None:
    server.pause()
    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(20):
                group.create_task(fails_in_time(database))
    finally:
        server.resume()
    await answers_soon(database, tries=20)


async def test_killed_and_restarted_behind_an_idle_pool_nobody_notices(
    server: PostgresServer, database: Database
) -> None:
    await asyncio.to_thread(server.kill)
    await fails_in_time(database)
    await asyncio.to_thread(server.restart)
    await answers_soon(database, tries=1)
    await asyncio.to_thread(server.restart)
    for _ in range(5):
        await answers_soon(database, tries=1)


async def test_a_statement_that_takes_too_long_ends_on_both_sides(
    server: PostgresServer, database: Database
) -> None:
    began = time.monotonic()
    with pytest.raises(ServiceUnavailable) as raised:
        await database.fetch(Code.QUOTA_UNAVAILABLE, "SELECT pg_sleep(30)")
    assert raised.value.code is Code.QUOTA_UNAVAILABLE
    assert time.monotonic() - began < 2
    await asyncio.sleep(0.3)
    running = (
        "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%sleep(30)%' AND state = 'active'"
    )
    rows = await database.fetch(Code.QUOTA_UNAVAILABLE, running + " AND pid <> pg_backend_pid()")
    assert rows[0]["count"] == 0


async def test_a_wrong_statement_is_told_and_the_connection_stays(database: Database) -> None:
    async with database.lend(Code.POLICY_UNAVAILABLE) as connection:
        before = connection.get_server_pid()
    for _ in range(5):
        with pytest.raises(ServiceUnavailable) as raised:
            await database.fetch(Code.POLICY_UNAVAILABLE, "SELECT nothing FROM nowhere")
        assert isinstance(raised.value.__cause__, asyncpg.UndefinedTableError)
    async with database.lend(Code.POLICY_UNAVAILABLE) as connection:
        assert connection.get_server_pid() == before


async def test_cancelling_a_caller_leaves_a_working_pool(database: Database) -> None:
    async with asyncio.TaskGroup() as group:
        sleeper = database.fetch(Code.QUOTA_UNAVAILABLE, "SELECT pg_sleep(0.5)")
        task = group.create_task(sleeper)
        await asyncio.sleep(0.1)
        task.cancel()
    assert task.cancelled()
    await fill(database)


async def test_an_exhausted_pool_is_told_in_time(server: PostgresServer) -> None:
    small = Database(f"{server.url}/postgres", pool_size=1, patience=Patience(connect_s=0.2))
    async with small.lend(Code.QUOTA_UNAVAILABLE), small.lend(Code.QUOTA_UNAVAILABLE):
        await fails_in_time(small)
    await small.ping()
    await small.aclose()
