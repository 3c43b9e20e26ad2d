"""Every connector there is, and a database holding what its register would."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from itertools import chain
from typing import Any

import asyncpg
import pytest
from graphql import GraphQLSchema

from connectors import found
from hub.model.catalogue import Catalogue
from hub.model.personal_code import PersonalCode
from hub.plan.catalogue import read_catalogue
from hub.ports import Clock, Connector, RegisterConfig
from hub.sandbox.people.copying import copy_rows
from hub.sandbox.people.discovery import twins
from hub.sandbox.people.generate import Population, lives
from hub.sandbox.people.noting import noting, watched
from hub.sandbox.people.personas import cast
from hub.sandbox.people.tables import bare, keyed
from schemas.composition import build
from schemas.person import Registered
from schemas.person import found as published

TODAY = date(2026, 11, 20)
PEOPLE = 2_500


class StillClock(Clock):
    def now(self) -> datetime:
        return datetime(2026, 11, 20, 9, tzinfo=UTC)

    def today(self) -> date:
        return TODAY


def parts() -> list[Registered]:
    """The published registers that can be reached."""
    return [part for part in published() if part.register in found()]


@cache
def schema() -> GraphQLSchema:
    return build(parts())._schema


@dataclass(frozen=True)
class Registers:
    """A database with every twin's rows, and the codes of the people in it."""

    url: str
    codes: tuple[PersonalCode, ...]

    @property
    def database(self) -> str:
        return self.url.rpartition("/")[2]


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    manifests = {part.register: found()[part.register].MANIFEST for part in parts()}
    return read_catalogue(schema(), manifests)


@pytest.fixture(scope="session")
def registers(make_database: Callable[[], str]) -> Registers:
    url = make_database()
    return Registers(url, asyncio.run(_fill(url)))


@pytest.fixture(scope="session")
def offline() -> Callable[[str], Connector]:
    """Makes a connector that is never asked anything."""
    return lambda name: found()[name].connect(
        RegisterConfig(url="postgresql://nobody@127.0.0.1:1/none"), StillClock()
    )


async def _fill(url: str) -> tuple[PersonalCode, ...]:
    people = [*cast(TODAY), *lives(Population(seed=7, people=PEOPLE, today=TODAY))]
    connection: Any = await asyncpg.connect(url)
    try:
        for twin in twins():
            for statement in chain(bare(twin), noting(twin.schema, twin.register)):
                await connection.execute(statement)
            constants = list(twin.constants(TODAY)) if twin.constants else []
            told = [row for life in people for row in twin.rows(life, TODAY)]
            await copy_rows(connection, [*constants, *told])
            for statement in chain(keyed(twin), watched(twin)):
                await connection.execute(statement)
    finally:
        await connection.close()
    return tuple(PersonalCode.parse(span.code) for life in people for span in life.codes)
