"""Arithmetic of days."""

from datetime import date, timedelta

_LENGTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def after(day: date, days: int) -> date:
    """Return ``day`` moved by ``days``, which may be negative."""
    return day + timedelta(days=days)


def add_months(day: date, months: int) -> date:
    """Return the same day of the month ``months`` later, or the month's last."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    length = _LENGTHS[month] + (
        month == 1 and year % 4 == 0 and (year % 100 > 0 or year % 400 == 0)
    )
    return date(year, month + 1, min(day.day, length))


def add_years(day: date, years: int) -> date:
    """Return the same day ``years`` later; a birthday, when ``day`` is one of birth."""
    return add_months(day, 12 * years)


def age(born: date, day: date) -> int:
    """Return completed years of life on ``day``."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def eve(day: date) -> date:
    """Return the day before."""
    return after(day, -1)
