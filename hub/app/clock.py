"""The one clock of a running hub."""

from datetime import UTC, date, datetime
from typing import Final
from zoneinfo import ZoneInfo

RIGA: Final = ZoneInfo("Europe/Riga")


class SystemClock:
    """Implements ``hub.ports.Clock``."""

    def now(self) -> datetime:
        """Return the present instant, aware, UTC."""
        return datetime.now(UTC)

    def today(self) -> date:
        """Return the present day in Europe/Riga."""
        return datetime.now(RIGA).date()
