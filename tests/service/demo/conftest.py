"""One demo that runs for those who look, and one folder for those who start and stop."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.service.demo.staging import Show, staged


@pytest.fixture(scope="session")
def show(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Show]:
    """A ready demo with a banner; a test that harms a demo starts its own."""
    with staged(tmp_path_factory.mktemp("show") / "demo") as running:
        running.await_ready()
        running.await_banner()
        yield running
        running.end()


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sandbox that was started once and stopped; tests start it again, one after another."""
    path = tmp_path_factory.mktemp("stage") / "demo"
    with staged(path) as first:
        first.await_ready()
        assert first.end() == 0
    return path
