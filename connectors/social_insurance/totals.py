"""The total insurance record, counted in days."""

from collections.abc import Iterable
from datetime import date, timedelta

from connectors.social_insurance.facts import InsurancePeriod
from connectors.transports.unset import told

_DAY = timedelta(days=1)


def insured_days(periods: Iterable[InsurancePeriod], until: date) -> int:
    """Count the days of ``periods`` up to and with ``until``, each day once.

    Args:
        periods: Closed days, in any order, overlapping or not; None ends last until ``until``.
        until: Last day that counts.
    """
    spans = sorted(span for period in periods if (span := _span(period, until)))
    total = 0
    counted = date.min
    for begins, ends in spans:
        first = max(begins, counted)
        if first <= ends:
            total += (ends - first).days + 1
            counted = ends + _DAY if ends < date.max else ends
    return total


def _span(period: InsurancePeriod, until: date) -> tuple[date, date] | None:
    begins, ends = told(period.valid_from), told(period.valid_to)
    return None if begins is None else (begins, until if ends is None else min(ends, until))
