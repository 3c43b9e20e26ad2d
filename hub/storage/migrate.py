"""Bringing a database up to date, and giving the runtime role what it needs and no more."""

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from hub.storage.tables import FUNCTIONS, GRANTS, SCHEMA, SEQUENCES

PRESENT_MONTHS = f"SELECT {SCHEMA}.ensure_log_partitions(CAST(now() AT TIME ZONE 'UTC' AS date))"
ONE_AT_A_TIME = 0x76696E72  # advisory lock: replicas may start together


async def migrate(owner_url: str, runtime_role: str, runtime_password: str | None) -> None:
    """Run every migration not run yet, then set the runtime role's privileges; safe to repeat.

    Args:
        owner_url: Database as its owner, who may create roles when the runtime role is missing.
        runtime_role: The role the hub serves with; made when missing.
        runtime_password: Its password; None leaves the role's log-in as it is.

    Raises:
        SQLAlchemyError, OSError: As PostgreSQL said it; nothing is half migrated.
    """
    url = make_url(owner_url).set(drivername="postgresql+asyncpg")
    engine = create_async_engine(url, poolclass=NullPool)
    try:
        async with engine.begin() as connection:
            await connection.run_sync(_upgrade)
            await connection.run_sync(_privilege, runtime_role, runtime_password)
    finally:
        await engine.dispose()


def configuration(connection: Connection) -> Config:
    """Return Alembic's configuration for ``connection``; there is no file of it."""
    config = Config()
    config.set_main_option("script_location", "hub.storage:migrations")
    config.attributes["connection"] = connection
    return config


def _upgrade(connection: Connection) -> None:
    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ONE_AT_A_TIME})
    connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}"))
    command.upgrade(configuration(connection), "head")
    connection.execute(text(PRESENT_MONTHS))


def _privilege(connection: Connection, role: str, password: str | None) -> None:
    known = text("SELECT 1 FROM pg_roles WHERE rolname = :role")
    if connection.execute(known, {"role": role}).first() is None:
        _run(connection, "CREATE ROLE %I NOSUPERUSER NOCREATEDB NOCREATEROLE", role)
    if password is not None:
        _run(connection, "ALTER ROLE %I LOGIN PASSWORD %L", role, password)
    _run(connection, f"REVOKE ALL ON ALL TABLES IN SCHEMA {SCHEMA} FROM %I", role)
    _run(connection, f"GRANT USAGE ON SCHEMA {SCHEMA} TO %I", role)
    for table, rights in GRANTS.items():
        _run(connection, f'GRANT {rights} ON {SCHEMA}."{table}" TO %I', role)
    for sequence, rights in SEQUENCES.items():
        _run(connection, f"GRANT {rights} ON SEQUENCE {SCHEMA}.{sequence} TO %I", role)
    for function, rights in FUNCTIONS.items():
        _run(connection, f"GRANT {rights} ON FUNCTION {SCHEMA}.{function} TO %I", role)


def _run(connection: Connection, pattern: str, *words: str) -> None:
    """Run a statement that takes no parameters, its words quoted by PostgreSQL's ``format``."""
    places = ", ".join(f"CAST(:w{i} AS text)" for i in range(len(words)))
    values = {f"w{i}": word for i, word in enumerate(words)}
    quoted = connection.execute(
        text(f"SELECT format(:pattern, {places})"), {"pattern": pattern, **values}
    )
    connection.exec_driver_sql(quoted.scalar_one())
