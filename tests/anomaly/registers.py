"""A register that hangs: its tables are locked, so whoever reads them waits."""

import asyncio
import importlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import asyncpg

from hub.sandbox.data_dir import REGISTERS_DATABASE


@contextmanager
def locked(server_url: str, register: str) -> Iterator[None]:
    """Lock all tables of ``connectors.<register>`` for as long as the block runs."""
    schema: str = importlib.import_module(f"connectors.{register}.source").SCHEMA
    released, held = threading.Event(), threading.Event()

    async def hold() -> None:
        connection = await asyncpg.connect(f"{server_url}/{REGISTERS_DATABASE}")
        try:
            async with connection.transaction():
                names = await connection.fetch(
                    "SELECT format('%I.%I', schemaname, tablename) AS name"
                    " FROM pg_tables WHERE schemaname = $1",
                    schema,
                )
                assert names
                tables = ", ".join(row["name"] for row in names)
                await connection.execute(f"LOCK TABLE {tables} IN ACCESS EXCLUSIVE MODE")
                held.set()
                await asyncio.to_thread(released.wait)
        finally:
            await connection.close()

    holding = threading.Thread(target=lambda: asyncio.run(hold()))
    holding.start()
    assert held.wait(10)
    try:
        yield
    finally:
        released.set()
        holding.join(10)
