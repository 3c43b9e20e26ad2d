"""Puts the people into the registers' database, once."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from itertools import chain
from typing import Final

import asyncpg
import structlog

from hub.sandbox.people.copying import Connection, copy_lives, copy_population, copy_rows
from hub.sandbox.people.discovery import fingerprint, twins
from hub.sandbox.people.generate import Population
from hub.sandbox.people.noting import noting, watched
from hub.sandbox.people.personas import cast
from hub.sandbox.people.progress import shown
from hub.sandbox.people.roles import grants, in_database, url_of
from hub.sandbox.people.tables import bare, keyed
from hub.sandbox.people.twin import Twin

DATABASE: Final = "registers"
_MARK: Final = """
CREATE TABLE IF NOT EXISTS public.people_loaded (
    seed text NOT NULL, people bigint NOT NULL, version text NOT NULL, today date NOT NULL,
    made_at timestamptz NOT NULL DEFAULT now()
)
"""
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """The registers as they stand.

    Attributes:
        today: Day the people were made for, possibly on an earlier start.
        registers: Published register name (and ``population``) to the URL the hub reads it at.
        fresh: Whether this call made them.
    """

    today: date
    registers: Mapping[str, str] = field(repr=False)
    fresh: bool


async def load(
    server_url: str, population: Population, *, database: str = DATABASE, headless: bool = True
) -> Loaded:
    """Make the registers' database, unless it holds the same people already.

    The same means: seed, number of people and the version that made them; not the day. A load
    that was cut short is done again from the start.

    Args:
        server_url: PostgreSQL's, as one who may make databases and roles.
        population: Whom to make.
        database: Name of the registers' database.
        headless: Log lines instead of a progress bar.
    """
    found = twins()
    url = in_database(server_url, database)
    await _ensure_database(server_url, database)
    mark = fingerprint()
    async with _connected(url) as connection:
        await connection.execute(_MARK)
        made_for = await _made_for(connection, population, mark)
        if made_for is None:
            await _make(connection, url, found, population, headless=headless)
            await _remember(connection, population, mark)
        await _run(connection, (text for twin in found for text in grants(twin, url)))
    return Loaded(
        today=made_for or population.today,
        registers={twin.register: url_of(twin, url) for twin in found},
        fresh=made_for is None,
    )


async def people_kept(server_url: str, *, database: str = DATABASE) -> int | None:
    """Return for how many people the registers stand, None where nobody was made yet.

    Args:
        server_url: As for ``load``.
        database: As for ``load``.
    """
    async with _connected(server_url) as connection:
        known = "SELECT true FROM pg_database WHERE datname = $1"
        if not await connection.fetchval(known, database):
            return None
    async with _connected(in_database(server_url, database)) as connection:
        await connection.execute(_MARK)
        kept: int | None = await connection.fetchval("SELECT people FROM public.people_loaded")
    return kept


async def synthetic_codes(
    server_url: str, limit: int, *, database: str = DATABASE
) -> Sequence[str]:
    """Return personal codes of synthetic people in the population register, with the dash.

    Args:
        server_url: As for ``load``.
        limit: Return at most so many; always the same ones first.
        database: As for ``load``.
    """
    query = (
        "SELECT k.personas_kods FROM fpr.personas_kods k JOIN fpr.persona p USING (personas_id) "
        "WHERE k.lidz_datumam IS NULL AND p.ieraksts_slegts IS NULL AND p.miris IS NULL "
        "ORDER BY k.koda_id LIMIT $1"
    )
    async with _connected(in_database(server_url, database)) as connection:
        found = await connection.fetch(query, limit)
    return [f"{code[:6]}-{code[6:]}" for (code,) in found]


async def _make(
    connection: Connection,
    url: str,
    found: Sequence[Twin],
    population: Population,
    *,
    headless: bool,
) -> None:
    await connection.execute("DELETE FROM public.people_loaded")
    await connection.execute("SET synchronous_commit = off")
    for twin in found:
        await _run(connection, chain(bare(twin), noting(twin.schema, twin.register)))
    today = population.today
    for twin in found:
        if twin.constants is not None:
            await copy_rows(connection, twin.constants(today))
    await copy_lives(connection, found, cast(today), today)
    with shown(population.people, headless=headless) as copied:
        await copy_population(url, population, copied)
    _log.info("people_indexing", registers=len(found))
    async with asyncio.TaskGroup() as group:
        for twin in found:
            group.create_task(_index(url, twin))
    await connection.execute("RESET synchronous_commit")


async def _index(url: str, twin: Twin) -> None:
    async with _connected(url) as connection:
        await connection.execute("SET maintenance_work_mem = '128MB'")
        await _run(connection, chain(keyed(twin), watched(twin)))


async def _run(connection: Connection, statements: Iterable[str]) -> None:
    for statement in statements:
        await connection.execute(statement)


async def _made_for(connection: Connection, population: Population, mark: str) -> date | None:
    query = "SELECT today FROM public.people_loaded WHERE (seed, people, version) = ($1, $2, $3)"
    made_for: date | None = await connection.fetchval(
        query, str(population.seed), population.people, mark
    )
    return made_for


async def _remember(connection: Connection, population: Population, mark: str) -> None:
    await connection.execute(
        "INSERT INTO public.people_loaded (seed, people, version, today) VALUES ($1, $2, $3, $4)",
        str(population.seed),
        population.people,
        mark,
        population.today,
    )


async def _ensure_database(server_url: str, database: str) -> None:
    async with _connected(server_url) as connection:
        exists = await connection.fetchval(
            "SELECT true FROM pg_database WHERE datname = $1", database
        )
        if not exists:
            await connection.execute(f'CREATE DATABASE "{database}"')


@asynccontextmanager
async def _connected(url: str) -> AsyncIterator[Connection]:
    connection = await asyncpg.connect(url)
    try:
        yield connection
    finally:
        await connection.close()
