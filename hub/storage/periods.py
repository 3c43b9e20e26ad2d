"""Quota periods: calendar days, months and years as Riga counts them."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

RIGA: Final = ZoneInfo("Europe/Riga")
_DIGITS: Final = {"day": 10, "month": 7, "year": 4}


def period_of(kind: str, now: datetime) -> str:
    """Return the name of the period that ``now`` falls in: ``2026-11-20``, ``2026-11``, ``2026``.

    Args:
        kind: ``day``, ``month`` or ``year``.
        now: Aware instant.

    Raises:
        KeyError: Another ``kind``; agreements are checked for that when they are loaded.
    """
    return now.astimezone(RIGA).date().isoformat()[: _DIGITS[kind]]


def end_of(kind: str, now: datetime) -> datetime:
    """Return the first instant after the period that ``now`` falls in, aware UTC."""
    today = now.astimezone(RIGA).date()
    if kind == "day":
        following = today + timedelta(days=1)
    elif kind == "month":
        following = (today.replace(day=1) + timedelta(days=31)).replace(day=1)
    else:
        following = date(today.year + 1, 1, 1)
    return datetime.combine(following, time(), RIGA).astimezone(UTC)
