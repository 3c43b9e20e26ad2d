"""The hub killed over and over under load: who got an answer is on the log."""

import asyncio
import random
import time

import asyncpg
import pytest

from hub.cli.estate import estate_of
from tests.anomaly.ledger import prove
from tests.anomaly.stage import Shot, Stage, under_load

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]

KILLS = 6
ANSWERS = 25


SLOW_LOG = """
CREATE FUNCTION hub.slow() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN PERFORM pg_sleep(0.05); RETURN NULL; END $$;
GRANT EXECUTE ON FUNCTION hub.slow() TO PUBLIC;
CREATE TRIGGER slow AFTER INSERT ON hub.access_entry FOR EACH STATEMENT EXECUTE FUNCTION hub.slow();
"""


async def slow_down(owner_url: str) -> None:
    """Let every commit take a while, so that a kill is likely to come before it."""
    connection = await asyncpg.connect(owner_url)
    try:
        await connection.execute(SLOW_LOG)
    finally:
        await connection.close()


def test_every_answer_received_has_its_entries(stage: Stage) -> None:
    people = stage.people(120)
    asked = [tuple(people[start : start + 3]) for start in range(0, 120, 3)]
    asyncio.run(slow_down(estate_of(stage.folder).owner_url))
    shots: list[Shot] = []
    for _ in range(KILLS):
        stage.start()
        with under_load(stage, asked, workers=8) as load:
            load.await_answers(ANSWERS)
            time.sleep(random.uniform(0, 0.05))
            stage.kill()
        shots += load.shots
        assert {shot.status for shot in load.shots} <= {200, 503, None}
    answered = prove(stage, shots)
    print(f"{KILLS} kills, {answered} answers")  # noqa: T201 — with -s
    assert answered >= ANSWERS * KILLS
