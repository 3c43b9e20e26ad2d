"""Real servers for every test that needs one; a test that harms a server starts its own."""

import asyncio
from collections.abc import Callable, Iterator
from uuid import uuid4

import asyncpg
import pytest

from hub.sandbox.servers import PostgresServer, RedisServer, start_postgres, start_redis
from tests.furnished import furnished, served, town

__all__ = ["furnished", "served", "town"]

MakeDatabase = Callable[[], str]


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    """One PostgreSQL for the whole run; losing the machine would lose only tests."""
    server = start_postgres(tmp_path_factory.mktemp("postgres"), fsync=False)
    yield server
    server.stop()
    server.remove()


@pytest.fixture(scope="session")
def postgres_url(postgres: PostgresServer) -> str:
    """Superuser, database ``postgres``."""
    return f"{postgres.url}/postgres"


@pytest.fixture(scope="session")
def make_database(postgres: PostgresServer) -> MakeDatabase:
    """Makes a fresh, empty database at every call; returns its superuser's URL."""

    def make() -> str:
        name = f"test_{uuid4().hex[:12]}"
        asyncio.run(_create(f"{postgres.url}/postgres", name))
        return f"{postgres.url}/{name}"

    return make


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    """One Redis for the whole run."""
    server = start_redis(tmp_path_factory.mktemp("redis"))
    yield server
    server.stop()
    server.remove()


@pytest.fixture(scope="session")
def redis_url(redis_server: RedisServer) -> str:
    """Database 0 of the run's Redis."""
    return redis_server.url


async def _create(url: str, name: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(f'CREATE DATABASE "{name}"')
    finally:
        await connection.close()
