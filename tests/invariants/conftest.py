"""What journeys use, invariants use too."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from hub.cli.estate import settings_of
from tests.journey.conftest import set_time
from tests.journey.town import Town

__all__ = ["set_time"]


@pytest.fixture(scope="session")
def second(furnished: Path) -> Iterator[Town]:
    """A replica beside the served hub, over the same PostgreSQL and Redis."""
    town = Town(furnished, replace(settings_of(furnished), port=0))
    with town.served():
        yield town


@pytest.fixture
def replica(second: Town) -> Town:
    """The second replica, with nothing noted yet and no register down."""
    second.watch.clear()
    return second
