"""A migrated database of its own for every test, and the runtime role's way into it."""

import asyncio
import uuid
from dataclasses import dataclass
from typing import Any

import asyncpg
from sqlalchemy.engine import make_url

from hub.audit.tlog.logkey import LogKey
from hub.model.personal_code import PersonalCode
from hub.storage.keyring import MasterKeyring
from hub.storage.migrate import migrate

ROLE, PASSWORD = "hub_test_runtime", "only for tests"


@dataclass(frozen=True, slots=True, kw_only=True)
class HubDatabase:
    owner_url: str
    url: str


def keyring() -> MasterKeyring:
    return MasterKeyring(b"a master key that tests alone use")


def log_key() -> LogKey:
    return LogKey("hub.test/log", bytes(range(32)))


def code(number: int) -> PersonalCode:
    """A well-formed code that was never issued."""
    return PersonalCode(f"34{number % 10_000:04d}-{number // 10_000:05d}")


async def run(url: str, *statements: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


async def ask(url: str, statement: str, *arguments: object) -> Any:  # noqa: ANN401 — one value of any column
    """Run one statement and return its first value."""
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(statement, *arguments)
    finally:
        await connection.close()


def make_template(server_url: str) -> str:
    """Migrate a database that others are copied from; return its name."""
    name = f"template_{uuid.uuid4().hex[:8]}"
    asyncio.run(run(server_url, f"CREATE DATABASE {name}"))
    asyncio.run(migrate(named(server_url, name), ROLE, PASSWORD))
    return name


def copy_template(server_url: str, template: str) -> HubDatabase:
    name = f"hub_{uuid.uuid4().hex[:8]}"
    asyncio.run(run(server_url, f"CREATE DATABASE {name} TEMPLATE {template}"))
    owner = named(server_url, name)
    url = make_url(owner).set(username=ROLE, password=PASSWORD)
    return HubDatabase(owner_url=owner, url=url.render_as_string(hide_password=False))


def named(server_url: str, name: str) -> str:
    return make_url(server_url).set(database=name).render_as_string(hide_password=False)
