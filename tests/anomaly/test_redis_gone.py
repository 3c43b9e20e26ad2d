"""Redis killed, frozen and back again under load: slower, and nothing else."""

import time
from collections.abc import Callable

import pytest

from hub.sandbox.servers import RedisServer
from tests.anomaly.stage import Load, Shot, Stage, under_load

pytestmark = [pytest.mark.slow, pytest.mark.timeout(90)]

HARMS = [
    pytest.param(RedisServer.kill, RedisServer.restart, id="killed"),
    pytest.param(RedisServer.pause, RedisServer.resume, id="frozen"),
]


def batches(stage: Stage) -> list[tuple[str, ...]]:
    people = stage.people(63)
    return [tuple(people[start : start + 3]) for start in range(0, 63, 3)]


def told(shots: list[Shot]) -> dict[tuple[str, tuple[str, ...]], object]:
    """Return what was answered to each question; every answer to it must be the same."""
    found: dict[tuple[str, tuple[str, ...]], object] = {}
    for shot in shots:
        assert shot.status == 200, shot.body
        assert shot.codes == []
        question = (shot.agreement, shot.asked)
        assert found.setdefault(question, shot.persons) == shot.persons
    return found


def rate(load: Load, began: float, ended: float) -> float:
    return len([s for s in load.shots if began <= s.ended < ended]) / (ended - began)


@pytest.mark.parametrize(("harm", "heal"), HARMS)
def test_answers_are_the_same_without_redis(
    running: Stage,
    own_redis: RedisServer,
    harm: Callable[[RedisServer], None],
    heal: Callable[[RedisServer], None],
) -> None:
    asked = batches(running)
    with under_load(running, asked) as warming:
        warming.await_answers(60)
    with under_load(running, asked) as load:
        load.await_answers(60)
        harmed = time.monotonic()
        harm(own_redis)
        time.sleep(3)
        heal(own_redis)
        healed = time.monotonic()
        time.sleep(3)
    told(load.shots)
    without = load.since(harmed, healed)
    assert len(told(load.since(0, harmed)).keys() & told(without).keys()) > 10
    assert len(without) > 20
    assert max(shot.took_s for shot in without) < 2
    assert rate(load, healed + 1.5, healed + 3) > rate(load, harmed, healed) / 2
