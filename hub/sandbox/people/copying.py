"""Copies lives into the registers' tables, batch by batch, in as many processes as pay."""

import asyncio
import gc
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from itertools import islice
from typing import Any, Final, TypeAlias

import asyncpg
from sqlalchemy import Table

from hub.sandbox.people.discovery import twins
from hub.sandbox.people.generate import Population, households
from hub.sandbox.people.households import household
from hub.sandbox.people.life import Life
from hub.sandbox.people.twin import Row, Twin

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"
Copied: TypeAlias = Callable[[int], None]
"""Told how many more people are in."""

BATCH_HOUSEHOLDS: Final = 500
WORTH_PROCESSES: Final = 5_000
"""Fewer people than this are in before a second process has started."""

PROCESSES: Final = 2


async def copy_rows(connection: Connection, rows: Iterable[Row]) -> None:
    """Copy rows into their tables, each table once."""
    by_table: dict[Table, list[tuple[Any, ...]]] = {}
    for table, row in rows:
        by_table.setdefault(table, []).append(row)
    for table, records in by_table.items():
        await connection.copy_records_to_table(
            table.name,
            schema_name=table.schema,
            columns=[column.name for column in table.columns],
            records=records,
        )


async def copy_lives(
    connection: Connection, found: Sequence[Twin], lives: Iterable[Life], today: date
) -> int:
    """Copy what every register knows of ``lives`` and return how many they were."""
    told = list(lives)
    await copy_rows(
        connection, (row for twin in found for life in told for row in twin.rows(life, today))
    )
    return len(told)


async def copy_population(url: str, population: Population, copied: Copied) -> None:
    """Copy all generated people, in this process or in several.

    Args:
        url: Of the registers' database, as one who may write.
        population: Whom to make.
        copied: Called as people are in.
    """
    if population.people < WORTH_PROCESSES:
        for numbers in _batches(population):
            copied(await _copy_households(url, population, numbers))
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(PROCESSES, context, initializer=_begin) as pool:
        try:
            await _share_out(pool, url, population, copied)
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


async def _share_out(
    pool: ProcessPoolExecutor, url: str, population: Population, copied: Copied
) -> None:
    """Keep every process busy with one batch and another waiting, and no more in memory."""
    loop = asyncio.get_running_loop()
    batches = _batches(population)
    under_way: set[asyncio.Future[int]] = set()
    while True:
        for numbers in islice(batches, 2 * PROCESSES - len(under_way)):
            under_way.add(loop.run_in_executor(pool, _copy, url, population, numbers))
        if not under_way:
            return
        done, under_way = await asyncio.wait(under_way, return_when=asyncio.FIRST_COMPLETED)
        for one in done:
            copied(one.result())


def _batches(population: Population) -> Iterator[tuple[int, ...]]:
    numbers = households(population)
    while batch := tuple(islice(numbers, BATCH_HOUSEHOLDS)):
        yield batch


def _begin() -> None:
    """Prepare a process: the first one answers Ctrl-C for all, and none outlives it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.disable()  # lives hold no cycles
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)  # the main thread waits for work that nobody will send


def _copy(url: str, population: Population, numbers: tuple[int, ...]) -> int:
    copied = asyncio.run(_copy_households(url, population, numbers))
    gc.collect()
    return copied


async def _copy_households(url: str, population: Population, numbers: tuple[int, ...]) -> int:
    lives = (
        life for number in numbers for life in household(population.seed, number, population.today)
    )
    connection = await asyncpg.connect(url, server_settings={"synchronous_commit": "off"})
    try:
        return await copy_lives(connection, twins(), lives, population.today)
    finally:
        await connection.close()
