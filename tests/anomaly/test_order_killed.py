"""The hub killed over and over while it orders its log: every entry is in the tree, once."""

import asyncio
import random
import time

import asyncpg
import pytest

from hub.audit.logview import content_of
from hub.audit.tlog import checkpoint
from hub.audit.tlog.logkey import LogKey
from hub.cli.estate import estate_of
from hub.storage.database import Database
from hub.storage.tree import TreeTable
from tests.anomaly.stage import Stage, under_load
from tests.unit.audit.tlog import naive

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]

KILLS = 3
ANSWERS = 25
UNPLACED = """
SELECT count(*) FROM hub.access_entry e WHERE NOT EXISTS (
    SELECT FROM hub.log_entry l WHERE l.writer = e.writer AND l.wseq = e.wseq AND l.at = e.at
)
"""


async def one(url: str, statement: str) -> int:
    connection = await asyncpg.connect(url)
    try:
        return int(await connection.fetchval(statement))
    finally:
        await connection.close()


async def tree_holds(stage: Stage, url: str) -> bool:
    """Whether each year's newest checkpoint is that of its entries, in the order told."""
    key = LogKey(stage.settings.log_origin, stage.settings.log_key)
    database = Database(url)
    store = TreeTable(database)
    try:
        for year in [row[0] for row in await _rows(url, "SELECT year FROM hub.log_head")]:
            head = await store.head(year)
            assert head is not None
            newest = (await store.checkpoints(year))[-1]
            signer = key.signer(year)
            signed = checkpoint.opened(newest.note.encode(), [signer.verifier], signer.name)
            entries = await store.bundle(year, 0, signed.size)
            if signed.root != naive.root([content_of(entry) for _, entry in entries]):
                return False
    finally:
        await database.aclose()
    return True


async def _rows(url: str, statement: str) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(url)
    try:
        return list(await connection.fetch(statement))
    finally:
        await connection.close()


def test_whatever_is_killed_the_tree_has_every_entry_once(stage: Stage) -> None:
    url = estate_of(stage.folder).owner_url
    people = stage.people(120)
    asked = [tuple(people[start : start + 3]) for start in range(0, 120, 3)]
    for _ in range(KILLS):
        stage.start()
        with under_load(stage, asked, workers=4) as load:
            load.await_answers(ANSWERS)
            time.sleep(random.uniform(0.5, 1.5))
            stage.kill()
    stage.start()
    while asyncio.run(one(url, UNPLACED)):
        time.sleep(0.1)
    twice = "SELECT count(*) - count(DISTINCT (writer, wseq)) FROM hub.log_entry"
    assert asyncio.run(one(url, twice)) == 0
    assert asyncio.run(one(url, "SELECT count(*) FROM hub.log_alarm")) == 0
    assert asyncio.run(one(url, "SELECT count(*) FROM hub.log_entry")) >= 3 * KILLS * ANSWERS
    assert asyncio.run(tree_holds(stage, url))
