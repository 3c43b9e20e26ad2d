"""How far back an agreement may look."""

from datetime import date, timedelta
from functools import lru_cache

from hub.errors import BadRequest, Code, Refused
from hub.model.agreement import Agreement
from hub.model.evidence import Window

_MONTHS = 12


def reach(agreement: Agreement, today: date) -> Window | None:
    """Return the days an agreement may ask about; None when it sets no bound.

    The bound is ``window_months`` full months before the present one, and the present month.

    Args:
        agreement: The agreement invoked.
        today: Day in Europe/Riga.

    Source: Cabinet Regulation 809: three full months, twelve where income is irregular.
    """
    months = agreement.window_months
    return None if months is None else _reaching(months, today)


def period(
    agreement: Agreement, start: date | None, end: date | None, today: date
) -> Window | None:
    """Return the period asked with what was left out filled in; None means all there is.

    Args:
        agreement: The agreement invoked.
        start: Argument ``from``. ``end``: argument ``to``, both inclusive.
        end: See ``start``.
        today: Day in Europe/Riga.

    Raises:
        BadRequest: ``window_invalid``, it ends before it begins.
        Refused: ``window_not_in_agreement``, with ``earliest`` and ``latest``.
    """
    if start is not None and end is not None and end < start:
        raise BadRequest(Code.WINDOW_INVALID)
    bound = reach(agreement, today)
    if bound is None:
        if start is None and end is None:
            return None
        return Window(start=start or date.min, end=end or date.max)
    asked = Window(start=start or bound.start, end=end or bound.end)
    if asked.start < bound.start or asked.end > bound.end or asked.end < asked.start:
        raise _outside(bound)
    return asked


def day(agreement: Agreement, on: date | None, today: date) -> date:
    """Return the day asked by ``on``, today by default.

    Raises:
        Refused: ``window_not_in_agreement``, with ``earliest`` and ``latest``.
    """
    asked = on or today
    bound = reach(agreement, today)
    if bound is not None and not bound.start <= asked <= bound.end:
        raise _outside(bound)
    return asked


@lru_cache(maxsize=256)
def _reaching(months: int, today: date) -> Window:
    return Window(start=_month(today, -months), end=_last_day(today))


def _outside(bound: Window) -> Refused:
    return Refused(
        Code.WINDOW_NOT_IN_AGREEMENT,
        earliest=bound.start.isoformat(),
        latest=bound.end.isoformat(),
    )


def _month(today: date, offset: int) -> date:
    """Return the first day of the month ``offset`` months from the present one."""
    months = today.year * _MONTHS + today.month - 1 + offset
    return date(months // _MONTHS, months % _MONTHS + 1, 1)


def _last_day(today: date) -> date:
    return _month(today, 1) - timedelta(days=1)
