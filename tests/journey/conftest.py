"""What journeys change for one test, and put back."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

import pytest

from hub.app.clock import RIGA
from tests.journey.town import Town


@dataclass(frozen=True)
class Still:
    """A clock that stands."""

    at: datetime

    def now(self) -> datetime:
        return self.at

    def today(self) -> date:
        return self.at.astimezone(RIGA).date()


@pytest.fixture
def set_time(served: Town, monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """Sets the time by which agreements are in force or not, until the test ends."""

    def put(at: datetime) -> None:
        monkeypatch.setattr(served.hub.rooms.policy, "_clock", Still(at))

    return put
