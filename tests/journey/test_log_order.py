"""The log's order as the hub makes it while it serves, and while nobody does."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import asyncpg
import httpx
import pytest

from hub.cli.estate import estate_of
from hub.storage.sequence import ONE_AT_A_TIME
from tests.journey.town import PERSONAS, Town

QUERY = """query($code: PersonalCode!) { person(personalCode: $code) { employment { status } } }"""
HOLDERS = """
SELECT pg_terminate_backend(l.pid) FROM pg_locks l JOIN pg_database d ON d.oid = l.database
WHERE l.locktype = 'advisory' AND l.objid::bigint = $1 AND l.granted
  AND d.datname = current_database()
"""
PLACED = "SELECT count(*) FROM hub.log_entry WHERE operation_id = $1"


def ask(town: Town) -> str:
    """Ask, be answered, and return the operation's id."""
    response = town.ask(QUERY, {"code": PERSONAS["ilze"]})
    assert response.status_code == 200, response.text
    operation: str = response.json()["extensions"]["receipt"]["id"]
    return operation


def one(town: Town, statement: str, *arguments: object) -> Any:  # noqa: ANN401 — one value of any column
    async def asked() -> object:
        connection = await asyncpg.connect(estate_of(town.data_dir).owner_url)
        try:
            return await connection.fetchval(statement, *arguments)
        finally:
            await connection.close()

    return asyncio.run(asked())


def await_placed(town: Town, operation: str) -> None:
    while not one(town, PLACED, operation):
        time.sleep(0.05)


@contextmanager
def nobody_sequencing(town: Town) -> Iterator[None]:
    """Have the sequencer's turn, and do nothing with it."""

    async def seized() -> "asyncpg.Connection[asyncpg.Record]":
        connection = await asyncpg.connect(estate_of(town.data_dir).owner_url)
        while not await connection.fetchval("SELECT pg_try_advisory_lock($1)", ONE_AT_A_TIME):
            await connection.fetch(HOLDERS, ONE_AT_A_TIME)
        return connection

    with asyncio.Runner() as runner:
        connection = runner.run(seized())
        try:
            yield
        finally:
            runner.run(connection.close())


@pytest.mark.timeout(60)
def test_what_is_answered_is_in_the_tree_soon(town: Town) -> None:
    await_placed(town, ask(town))
    metrics = town.http.get(f"{town.url}/metrics").text
    assert "hub_log_sequencing" in metrics  # 1 in whichever process has the turn


@pytest.mark.timeout(60)
def test_while_nobody_sequences_everything_is_answered_and_then_taken(town: Town) -> None:
    with nobody_sequencing(town):
        operations = [ask(town) for _ in range(5)]
        assert town.http.get(f"{town.url}/readyz").status_code == httpx.codes.OK
        assert [one(town, PLACED, each) for each in operations] == [0] * 5
    for operation in operations:
        await_placed(town, operation)
    assert one(town, "SELECT count(*) FROM hub.log_alarm") == 0


@pytest.mark.timeout(60)
def test_a_checkpoint_is_served_that_its_key_signed(town: Town) -> None:
    await_placed(town, ask(town))
    response = town.http.get(f"{town.url}/log/checkpoint")
    assert response.status_code == httpx.codes.OK
    origin, size, *_ = response.text.split("\n")
    assert origin.startswith(town.settings.log_origin)
    assert int(size) > 0
