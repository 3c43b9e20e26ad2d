"""When officials work: hours of the day, weekends and public holidays in Latvia."""

from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Final

from hub.audit.misuse.suspicion import RIGA
from hub.model.misuse import OutOfHours

SATURDAY: Final = 5


def is_open(at: datetime, limits: OutOfHours) -> bool:
    """Tell whether an aware instant falls into working hours."""
    local = at.astimezone(RIGA)
    return limits.opens <= local.hour < limits.closes and not is_day_off(local.date(), limits)


def is_day_off(day: date, limits: OutOfHours) -> bool:
    """Tell whether a day is a Saturday, a Sunday or a holiday."""
    return day.weekday() >= SATURDAY or day in holidays(day.year, limits)


@lru_cache(maxsize=64)
def holidays(year: int, limits: OutOfHours) -> frozenset[date]:
    """Return the public holidays of a year, with the Mondays to which some move."""
    fixed = {date.fromisoformat(f"{year}-{day}") for day in limits.fixed_holidays}
    moving = {date.fromisoformat(f"{year}-{day}") for day in limits.moved_holidays}
    mondays = {
        day + timedelta(days=7 - day.weekday()) for day in moving if day.weekday() >= SATURDAY
    }
    sunday = easter(year)
    around = {sunday + timedelta(days=days) for days in limits.easter_holidays}
    extra = {day for day in limits.extra_holidays if day.year == year}
    return frozenset(fixed | mondays | around | extra)


def easter(year: int) -> date:
    """Return Easter Sunday.

    Source: the anonymous Gregorian algorithm (Nature, 20 April 1876), names of its steps kept.
    """
    a, b, c = year % 19, year // 100, year % 100
    d, e = divmod(b, 4)
    f = (b + 8) // 25
    g = (b - f + 1) // 3
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)
