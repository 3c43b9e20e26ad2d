"""PostgreSQL stopped, killed and frozen under load: 503 within two seconds, and nothing leaves."""

import itertools
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hub.sandbox.servers import PostgresServer, RedisServer
from tests.anomaly.ledger import prove
from tests.anomaly.stage import Load, Stage, stage_together, under_load

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]

HARMS = [
    pytest.param(PostgresServer.stop, PostgresServer.restart, id="stopped"),
    pytest.param(PostgresServer.kill, PostgresServer.restart, id="killed"),
    pytest.param(PostgresServer.pause, PostgresServer.resume, id="frozen"),
]
OUTAGE_S = 4.0
LATEST_S = 2.0
SETTLING_S = 0.1
"""A server that is told to stop may still commit for a moment."""


@pytest.fixture(scope="module")
def together(
    tmp_path_factory: pytest.TempPathFactory,
    furnished: Path,
    shared_postgres: PostgresServer,
    own_redis: RedisServer,
    stage: Stage,
) -> Iterator[Stage]:
    """A hub whose registers fall with its log."""
    stage.stop()
    found = stage_together(
        tmp_path_factory.mktemp("together"), furnished, shared_postgres, own_redis, people=600
    )
    yield found
    found.stop()


def check(
    stage: Stage,
    postgres: PostgresServer,
    harm: Callable[[PostgresServer], None],
    heal: Callable[[PostgresServer], None],
) -> Load:
    people = stage.people(400)  # so many that there is always somebody new
    asked = list(itertools.pairwise(people))
    before = stage.hub
    with under_load(stage, asked) as load:
        load.await_answers(30)
        harming = time.monotonic()
        harm(postgres)
        harmed = time.monotonic()
        time.sleep(OUTAGE_S)
        healing = time.monotonic()
        heal(postgres)
        resumed_s = stage.await_ready(10)
        healed = time.monotonic()
        time.sleep(1)
    during = load.since(harmed, healing - LATEST_S)
    assert len(during) > 10
    for shot in during:
        assert shot.status == 503, shot.body
        assert shot.codes == ["audit_unavailable"]
        assert "data" not in shot.body
    caught = load.since(harming - 5, healing)
    assert {shot.status for shot in caught} <= {200, 503}
    assert {code for shot in caught for code in shot.codes} <= {"audit_unavailable"}
    slowest = max(shot.took_s for shot in caught if shot.status == 503)
    print(f"slowest 503 {slowest:.2f} s, back after {resumed_s:.2f} s")  # noqa: T201 — with -s
    assert slowest < LATEST_S
    after = load.since(healed)
    assert after
    assert {shot.status for shot in after} == {200}
    assert stage.hub is before, "service resumes without a restart"
    prove(stage, load.shots)
    return load


@pytest.mark.parametrize(("harm", "heal"), HARMS)
def test_nothing_leaves_while_the_log_is_gone(
    running: Stage,
    own_postgres: PostgresServer,
    harm: Callable[[PostgresServer], None],
    heal: Callable[[PostgresServer], None],
) -> None:
    check(running, own_postgres, harm, heal)


@pytest.mark.parametrize(("harm", "heal"), HARMS)
def test_nothing_leaves_while_log_and_registers_are_gone(
    together: Stage,
    shared_postgres: PostgresServer,
    harm: Callable[[PostgresServer], None],
    heal: Callable[[PostgresServer], None],
) -> None:
    if together.hub is None:
        together.start()
    check(together, shared_postgres, harm, heal)
