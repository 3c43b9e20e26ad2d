"""Whoever sequences may be killed, frozen or cut off: another goes on, and the tree never forks."""

import asyncio
import contextlib
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import asyncpg
import pytest
from prometheus_client import CollectorRegistry

from hub.app.clock import SystemClock
from hub.audit.sequencer import Sequencer
from hub.model.entry import StoredEntry
from hub.storage.database import Database
from hub.storage.sequence import ONE_AT_A_TIME, SequenceTable
from tests.service.audit.ordering import Author, Connection, contents, in_tree, newest, put
from tests.service.storage.hub_database import HubDatabase, ask, log_key
from tests.unit.audit.tlog import naive

pytestmark = [pytest.mark.asyncio, pytest.mark.slow, pytest.mark.timeout(90)]

HOLDER = """
SELECT l.pid FROM pg_locks l JOIN pg_database d ON d.oid = l.database
WHERE l.locktype = 'advisory' AND l.objid::bigint = $1 AND l.granted
  AND d.datname = current_database()
"""


@contextlib.contextmanager
def process(url: str) -> Iterator["subprocess.Popen[bytes]"]:
    """A sequencer elsewhere; whatever a test does to it, it is gone in the end."""
    started = subprocess.Popen(
        [sys.executable, "-m", "tests.service.audit.sequencing_process", url]
    )
    try:
        yield started
    finally:
        started.send_signal(signal.SIGCONT)
        started.kill()
        started.wait()


@asynccontextmanager
async def candidate(database: Database) -> AsyncIterator[Sequencer]:
    """A sequencer here, for as long as the block runs."""
    made = Sequencer(SequenceTable(database), log_key(), SystemClock(), CollectorRegistry())
    async with asyncio.TaskGroup() as group:
        task = group.create_task(made.run())
        try:
            yield made
        finally:
            task.cancel()


async def holder(owner_url: str, *, other_than: int | None = None) -> int:
    """Wait until somebody has the turn; return the process id of the session."""
    while True:
        pid = await ask(owner_url, HOLDER, ONE_AT_A_TIME)
        if pid is not None and pid != other_than:
            return int(pid)
        await asyncio.sleep(0.05)


async def taken(owner_url: str, number: int) -> list[tuple[object, int]]:
    """Wait until the tree has so many entries."""
    while True:
        order = await in_tree(owner_url)
        if len(order) >= number:
            assert len(order) == number
            return [*order]
        await asyncio.sleep(0.05)


async def signed(owner_url: str, size: int) -> bytes:
    """Wait until a tree of this size is signed; return its root."""
    while True:
        head = await newest(owner_url)
        if head.size == size:
            return head.root
        await asyncio.sleep(0.05)


@pytest.mark.parametrize("blow", [signal.SIGKILL, signal.SIGSTOP])
async def test_another_goes_on_when_a_process_is_killed_or_frozen(
    line: Connection, database: Database, hub_database: HubDatabase, blow: signal.Signals
) -> None:
    url = hub_database.owner_url
    author = Author()
    entries: list[StoredEntry] = []

    async def write(number: int) -> None:
        made = author.entries(number)
        entries.extend(made)
        await put(line, made)

    with process(hub_database.url) as first:
        before = await holder(url)
        await write(30)
        await taken(url, 30)
        async with candidate(database) as here:
            await write(400)
            first.send_signal(blow)
            await holder(url, other_than=before)
            await write(30)
            await taken(url, 460)
            assert here.leading
            first.send_signal(signal.SIGCONT)  # a frozen one wakes up, and finds its turn gone
            await write(40)
            await taken(url, 500)
            await asyncio.sleep(1.5)
            assert here.leading
    order = await in_tree(url)
    assert order == [(entry.writer, entry.wseq) for entry in entries]
    assert await signed(url, 500) == naive.root(contents(order, entries))
    assert await ask(url, "SELECT count(*) FROM hub.log_alarm") == 0


async def test_killed_over_and_over_amid_its_work_it_takes_every_entry_once(
    database: Database, hub_database: HubDatabase
) -> None:
    """Sessions are ended at any moment, in the middle of transactions above all."""
    url = hub_database.owner_url
    entries: list[StoredEntry] = []
    owner = await asyncpg.connect(url)
    async with candidate(database), candidate(database):
        for _ in range(25):
            made = Author().entries(200)
            entries += made
            await put(owner, made)
            pid = await owner.fetchval(HOLDER, ONE_AT_A_TIME)
            if pid is not None:
                await owner.execute("SELECT pg_terminate_backend($1)", pid)
        await taken(url, len(entries))
    await owner.close()
    order = await in_tree(url)
    assert sorted(order) == sorted((entry.writer, entry.wseq) for entry in entries)
    async with candidate(database):
        root = await signed(url, len(entries))
    assert root == naive.root(contents(order, entries))
