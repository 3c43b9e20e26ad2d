"""The one clock of a running hub."""

import time
from datetime import UTC, date, datetime
from typing import Final
from zoneinfo import ZoneInfo

RIGA: Final = ZoneInfo("Europe/Riga")


_HOUR_S: Final = 3600


class SystemClock:
    """Implements ``hub.ports.Clock``."""

    def __init__(self) -> None:
        """Know no day yet."""
        self._hour = -1
        self._day = date.min

    def now(self) -> datetime:
        """Return the present instant, aware, UTC."""
        return datetime.now(UTC)

    def today(self) -> date:
        """Return the present day in Europe/Riga; it changes with an hour of UTC at the most."""
        hour = int(time.time() // _HOUR_S)
        if hour != self._hour:
            self._hour, self._day = hour, datetime.now(RIGA).date()
        return self._day
