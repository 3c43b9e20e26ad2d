"""The hub killed over and over under load: who got an answer is on the log."""

import random
import time

import pytest

from tests.anomaly.ledger import prove
from tests.anomaly.stage import Shot, Stage, under_load

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]

KILLS = 6
ANSWERS = 25


def test_every_answer_received_has_its_entries(stage: Stage) -> None:
    people = stage.people(120)
    asked = [tuple(people[start : start + 3]) for start in range(0, 120, 3)]
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
