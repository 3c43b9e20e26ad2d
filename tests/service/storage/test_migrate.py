"""Migrations: complete, repeatable, and the runtime role gets no more than it needs."""

import asyncio

import asyncpg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine

from hub.storage.migrate import migrate
from hub.storage.tables import GRANTS, SCHEMA, metadata
from tests.service.storage.hub_database import PASSWORD, ROLE, HubDatabase, code, run

pytestmark = pytest.mark.asyncio


def beside(table: str) -> bool:
    """Whether a table stands beside those declared: Alembic's own, and months of the log."""
    return table == "alembic_version" or table.startswith("access_entry_")


def differences(connection: Connection) -> list[object]:
    options = {
        "include_schemas": True,
        "include_name": lambda name, kind, parents: kind != "schema" or name == SCHEMA,
        "include_object": lambda _, name, kind, *__: kind != "table" or not beside(name),
    }
    context = MigrationContext.configure(connection, opts=options)
    return list(compare_metadata(context, metadata))


async def test_migrations_build_exactly_the_declared_tables(hub_database: HubDatabase) -> None:
    engine = create_async_engine(hub_database.owner_url.replace("://", "+asyncpg://"))
    async with engine.connect() as connection:
        assert await connection.run_sync(differences) == []
    await engine.dispose()
    assert set(GRANTS) == {table.name for table in metadata.tables.values()}


async def test_migrating_again_changes_nothing_and_replicas_may_start_together(
    hub_database: HubDatabase,
) -> None:
    await run(hub_database.owner_url, "INSERT INTO hub.client_state VALUES ('kept', true)")
    async with asyncio.TaskGroup() as group:
        for _ in range(3):
            group.create_task(migrate(hub_database.owner_url, ROLE, PASSWORD))
    connection = await asyncpg.connect(hub_database.url)
    assert await connection.fetchval("SELECT client FROM hub.client_state") == "kept"
    await connection.close()


async def test_a_role_name_and_password_are_quoted(hub_database: HubDatabase) -> None:
    role, password = 'odd "role"; --', "it's \\ odd"
    await migrate(hub_database.owner_url, role, password)
    connection = await asyncpg.connect(hub_database.url, user=role, password=password)
    assert await connection.fetchval("SELECT version FROM hub.agreement_version") == 0
    await connection.close()
    await run(
        hub_database.owner_url,
        'DROP OWNED BY "odd ""role""; --"',
        'DROP ROLE "odd ""role""; --"',
    )


FORBIDDEN = [
    "UPDATE hub.access_entry SET index = NULL",
    "DELETE FROM hub.access_entry",
    "TRUNCATE hub.access_entry",
    "DROP TABLE hub.access_entry",
    "ALTER TABLE hub.access_entry DISABLE TRIGGER ALL",
    "SELECT 1 FROM hub.access_entry FOR UPDATE",
    "UPDATE hub.subject_key SET wrapped = ''",
    "DELETE FROM hub.subject_key",
    "UPDATE hub.consent_event SET state = 'given'",
    "DELETE FROM hub.consent_event",
    "UPDATE hub.consent_head SET token = ''",
    "DELETE FROM hub.consent_head",
    "DELETE FROM hub.stop_event",
    "DELETE FROM hub.stop_head",
    "UPDATE hub.agreement_revision SET document = ''",
    "DELETE FROM hub.agreement_revision",
    "DELETE FROM hub.quota_use",
    "CREATE TABLE hub.mine ()",
    (
        "CREATE OR REPLACE FUNCTION hub.reserve_quota(text, text, bigint, bytea[]) RETURNS boolean"
        " LANGUAGE sql AS 'SELECT true'"
    ),
]


@pytest.mark.parametrize("statement", FORBIDDEN)
async def test_the_runtime_role_never_changes_what_is_kept(
    hub_database: HubDatabase, statement: str
) -> None:
    connection = await asyncpg.connect(hub_database.url)
    try:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(statement)
    finally:
        await connection.close()


async def test_no_table_holds_a_code_by_name() -> None:
    columns = {column.name for table in metadata.tables.values() for column in table.columns}
    assert not columns & {"code", "subject", "personal_code"}
    assert "34" in code(1)
