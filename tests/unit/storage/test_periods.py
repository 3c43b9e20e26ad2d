"""Quota periods are calendar periods of Riga, whatever the time zone of the instant."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.storage.periods import RIGA, end_of, period_of

KINDS = st.sampled_from(["day", "month", "year"])
INSTANTS = st.integers(0, 12 * 366 * 86_400).map(
    lambda seconds: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)


@pytest.mark.parametrize(
    ("kind", "now", "period", "end"),
    [
        ("day", "2026-11-20T12:00:00+00:00", "2026-11-20", "2026-11-20T22:00:00+00:00"),
        ("day", "2026-11-20T22:00:00+00:00", "2026-11-21", "2026-11-21T22:00:00+00:00"),
        ("day", "2026-03-28T23:00:00+00:00", "2026-03-29", "2026-03-29T21:00:00+00:00"),
        ("month", "2026-11-30T21:59:59+00:00", "2026-11", "2026-11-30T22:00:00+00:00"),
        ("month", "2026-12-31T23:00:00+00:00", "2027-01", "2027-01-31T22:00:00+00:00"),
        ("month", "2026-06-30T21:00:00+00:00", "2026-07", "2026-07-31T21:00:00+00:00"),
        ("year", "2026-12-31T21:59:59+00:00", "2026", "2026-12-31T22:00:00+00:00"),
        ("year", "2026-12-31T22:00:00+00:00", "2027", "2027-12-31T22:00:00+00:00"),
    ],
)
def test_periods_by_hand(kind: str, now: str, period: str, end: str) -> None:
    at = datetime.fromisoformat(now)
    assert period_of(kind, at) == period
    assert end_of(kind, at).isoformat() == end


@given(kind=KINDS, now=INSTANTS)
def test_a_period_ends_where_the_next_begins(kind: str, now: datetime) -> None:
    end = end_of(kind, now)
    assert end > now
    assert period_of(kind, end - timedelta(microseconds=1)) == period_of(kind, now)
    assert period_of(kind, end) != period_of(kind, now)
    assert period_of(kind, now.astimezone(RIGA)) == period_of(kind, now)


def test_another_kind_is_a_mistake() -> None:
    with pytest.raises(KeyError):
        period_of("week", datetime(2026, 1, 1, tzinfo=UTC))
