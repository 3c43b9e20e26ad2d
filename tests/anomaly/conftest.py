"""Servers that tests of this folder may harm, one pair for each module."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.sandbox.servers import PostgresServer, RedisServer, start_postgres, start_redis
from tests.anomaly.stage import Stage, stage_beside


@pytest.fixture(scope="module")
def own_postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    server = start_postgres(tmp_path_factory.mktemp("own") / "postgres", fsync=False)
    yield server
    server.remove()


@pytest.fixture(scope="module")
def shared_postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    """Another, for a hub whose registers are on it, too."""
    server = start_postgres(tmp_path_factory.mktemp("shared") / "postgres", fsync=False)
    yield server
    server.remove()


@pytest.fixture(scope="module")
def own_redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    server = start_redis(tmp_path_factory.mktemp("own") / "redis")
    yield server
    server.remove()


@pytest.fixture(scope="module")
def stage(
    tmp_path_factory: pytest.TempPathFactory,
    furnished: Path,
    own_postgres: PostgresServer,
    own_redis: RedisServer,
) -> Iterator[Stage]:
    """A hub that is not started; its database and cache are its own, its registers are not."""
    found = stage_beside(tmp_path_factory.mktemp("hub"), furnished, own_postgres, own_redis)
    yield found
    found.stop()


@pytest.fixture
def running(stage: Stage) -> Stage:
    """The stage with a hub that can answer."""
    if stage.hub is None or stage.hub.poll() is not None:
        stage.start()
    return stage
