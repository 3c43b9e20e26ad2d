"""The log in months: every entry has a place, and the runtime role changes none of them."""

import re
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest
from alembic import command
from sqlalchemy import Connection as SyncConnection
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from hub.storage.migrate import configuration
from tests.service.audit.ordering import Author, Connection, Hand, in_tree, put
from tests.service.storage.hub_database import HubDatabase, ask, named, run

pytestmark = pytest.mark.asyncio

TODAY = datetime.now(UTC).date()
WHERE = "SELECT DISTINCT CAST(tableoid AS regclass)::text FROM hub.access_entry ORDER BY 1"
ENSURE = "SELECT hub.ensure_log_partitions($1)"


async def places(line: Connection) -> list[str]:
    return [row[0].rpartition("access_entry_")[2] for row in await line.fetch(WHERE)]


async def test_an_entry_of_any_instant_is_kept_and_taken(
    line: Connection, hand: Hand, hub_database: HubDatabase
) -> None:
    now = datetime.now(UTC)
    for at in (now, datetime(2031, 5, 1, tzinfo=UTC)):
        await put(line, Author().entries(2, at=at))
    assert await places(line) == [f"{now:%Y_%m}", "default"]
    await hand.tick()
    assert len(await in_tree(hub_database.owner_url, 2031)) == 2


async def test_a_month_that_comes_to_be_takes_over_what_waited_for_it(
    line: Connection, hand: Hand, hub_database: HubDatabase
) -> None:
    later = (datetime.now(UTC).replace(day=1) + timedelta(days=70)).replace(day=3)
    other = later + timedelta(days=800)
    await put(line, Author().entries(3, at=later))
    await put(line, Author().entries(1, at=other))
    assert await places(line) == ["default"]
    await hand.tick()
    await line.execute(ENSURE, TODAY.replace(day=1) + timedelta(days=45))
    await line.execute(ENSURE, TODAY.replace(day=1) + timedelta(days=45))
    assert await places(line) == [f"{later:%Y_%m}", "default"]
    assert await ask(hub_database.url, "SELECT count(*) FROM hub.access_entry") == 4
    await put(line, Author().entries(1, at=later))
    await hand.tick(2)
    assert len(await in_tree(hub_database.owner_url, later.year)) == 4


@pytest.mark.parametrize("away", [-400, 400])
async def test_the_runtime_role_has_no_months_made_far_from_now(
    line: Connection, away: int
) -> None:
    with pytest.raises(asyncpg.InvalidParameterValueError):
        await line.execute(ENSURE, TODAY + timedelta(days=away))


async def test_the_runtime_role_changes_no_entry_by_a_months_name(
    line: Connection, hub_database: HubDatabase
) -> None:
    await put(line, Author().entries(1, at=datetime.now(UTC)))
    partitions = await ask(
        hub_database.owner_url,
        "SELECT array_agg(inhrelid::regclass::text) FROM pg_inherits"
        " WHERE inhparent = 'hub.access_entry'::regclass",
    )
    assert len(partitions) >= 3
    for name in partitions:
        assert re.fullmatch(r"hub\.access_entry_(default|\d{4}_\d{2})", name)
        for statement in (
            f"UPDATE {name} SET index = NULL",
            f"DELETE FROM {name}",
            f"TRUNCATE {name}",
            f"DROP TABLE {name}",
            f"ALTER TABLE hub.access_entry DETACH PARTITION {name}",
            f"INSERT INTO {name} SELECT * FROM hub.access_entry",
        ):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await line.execute(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT hub.add_log_partition('2020-01-01')",
        "SELECT setval('hub.access_entry_arrival', 1)",
        "UPDATE hub.log_entry SET index = NULL",
        "DELETE FROM hub.log_entry",
        "UPDATE hub.log_tile SET hashes = hashes",
        "DELETE FROM hub.log_tile",
        "UPDATE hub.log_checkpoint SET note = ''",
        "DELETE FROM hub.log_checkpoint",
        "DELETE FROM hub.log_cosignature",
        "DELETE FROM hub.log_alarm",
        "UPDATE hub.log_alarm SET kind = 'gap'",
        "DELETE FROM hub.log_head",
        "DELETE FROM hub.log_writer",
        "DELETE FROM hub.log_mark",
    ],
)
async def test_the_runtime_role_takes_nothing_back(line: Connection, statement: str) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await line.execute(statement)


async def test_of_what_makes_months_the_runtime_role_may_call_one(line: Connection) -> None:
    may = "SELECT has_function_privilege($1, 'EXECUTE')"
    assert await line.fetchval(may, "hub.ensure_log_partitions(date)")
    assert not await line.fetchval(may, "hub.add_log_partition(date)")


async def test_entries_of_the_version_before_are_carried_over(postgres_url: str) -> None:
    """What was written before there were months is in them, in order, and arrives anew."""
    await run(postgres_url, "CREATE DATABASE carried")
    url = named(postgres_url, "carried")
    try:
        await _migrate(url, "0002")
        connection = await asyncpg.connect(url)
        entries = [
            *Author().entries(3, at=datetime(2026, 3, 1, tzinfo=UTC)),
            *Author().entries(2, at=datetime(2026, 1, 31, 23, 59, tzinfo=UTC)),
        ]
        await put(connection, entries)
        await _migrate(url, "0003")
        rows = await connection.fetch(
            "SELECT writer, wseq, hash, CAST(tableoid AS regclass)::text AS place"
            " FROM hub.access_entry ORDER BY arrival"
        )
        assert [(row["wseq"], row["hash"], row["place"]) for row in rows] == [
            (entry.wseq, entry.hash, f"hub.access_entry_{entry.at:%Y_%m}")
            for entry in [*entries[3:], *entries[:3]]
        ]
        await connection.close()
    finally:
        await run(postgres_url, "DROP DATABASE carried WITH (FORCE)")


async def _migrate(url: str, revision: str) -> None:
    engine = create_async_engine(make_url(url).set(drivername="postgresql+asyncpg"))

    def upgrade(connection: SyncConnection) -> None:
        connection.execute(text("CREATE SCHEMA IF NOT EXISTS hub"))
        command.upgrade(configuration(connection), revision)

    async with engine.begin() as connection:
        await connection.run_sync(upgrade)
    await engine.dispose()
