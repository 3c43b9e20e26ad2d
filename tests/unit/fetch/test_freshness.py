from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.fetch.freshness import Record, excused, is_fresh, kept_s, recorded, told
from hub.model.catalogue import Freshness
from hub.model.evidence import Absent, Failure, Found, Unavailable
from tests.unit.fetch.register import HOURLY, NEVER, PAYMENTS, START, Loan

DOWN = Unavailable(failure=Failure.UNAVAILABLE, retry_after_s=4)
FRESHNESSES = st.builds(
    Freshness,
    ttl_s=st.integers(0, 5000),
    negative_ttl_s=st.integers(1, 5000),
    stale_if_error_s=st.integers(0, 5000),
    max_age_s=st.integers(0, 5000),
)


def record(*, found: bool = True, freshness: Freshness = HOURLY, spread: float = 0.0) -> Record:
    facts = Loan(title="x") if found else None
    return recorded(facts, as_of=START, now=START, freshness=freshness, spread=spread)


def test_as_of_is_a_whole_minute_and_never_later_than_true() -> None:
    made = recorded(None, as_of=START + timedelta(hours=1), now=START, freshness=HOURLY, spread=0.0)
    assert made.as_of == START.replace(second=0, microsecond=0)


@pytest.mark.parametrize(("spread", "fresh_s"), [(-1, 270), (0, 300), (1, 330)])
def test_freshness_ends_within_a_tenth_of_ttl(spread: float, fresh_s: int) -> None:
    made = record(spread=spread)
    assert is_fresh(made, START + timedelta(seconds=fresh_s - 1))
    assert not is_fresh(made, START + timedelta(seconds=fresh_s))


def test_no_record_has_a_shorter_life() -> None:
    made = record(found=False)
    assert not is_fresh(made, START + timedelta(seconds=60))
    assert told(made, cached=True) == Absent(as_of=made.as_of, cached=True)


@given(FRESHNESSES, st.booleans(), st.floats(-1, 1))
def test_nothing_outlives_the_maximum_age(freshness: Freshness, found: bool, spread: float) -> None:
    made = record(found=found, freshness=freshness, spread=spread)
    assert not is_fresh(made, START + timedelta(seconds=freshness.max_age_s))
    assert kept_s(freshness, found=found) <= freshness.max_age_s


def test_zero_ttl_keeps_nothing() -> None:
    assert kept_s(NEVER, found=True) == kept_s(NEVER, found=False) == 0
    generous = replace(HOURLY, ttl_s=0)
    assert kept_s(generous, found=True) == kept_s(generous, found=False) == 0


def test_stale_facts_are_told_as_such() -> None:
    outcome = excused(
        record(),
        DOWN,
        known_as_of=None,
        freshness=HOURLY,
        now=START + timedelta(seconds=3600),
    )
    assert isinstance(outcome, Found)
    assert (outcome.stale, outcome.cached, outcome.fetched_at) == (True, True, START)


def test_facts_beyond_stale_if_error_are_too_stale_and_name_their_instant() -> None:
    made = record()
    outcome = excused(
        made, DOWN, known_as_of=None, freshness=HOURLY, now=START + timedelta(seconds=3601)
    )
    assert outcome == Unavailable(
        failure=Failure.TOO_STALE, retry_after_s=4, known_as_of=made.as_of
    )


def test_where_stale_facts_are_forbidden_a_moment_is_too_long() -> None:
    outcome = excused(
        record(freshness=PAYMENTS),
        DOWN,
        known_as_of=None,
        freshness=PAYMENTS,
        now=START + timedelta(seconds=67),
    )
    assert isinstance(outcome, Unavailable)
    assert outcome.failure is Failure.TOO_STALE


@given(FRESHNESSES, st.integers(0, 6000))
def test_while_a_register_fails_no_record_is_told_when_facts_would_be(
    freshness: Freshness, age_s: int
) -> None:
    """Facts of which nothing may be shown must not differ from none."""

    def told_of(*, found: bool) -> object:
        made = record(found=found, freshness=freshness)
        now = START + timedelta(seconds=age_s)
        outcome = excused(made, DOWN, known_as_of=None, freshness=freshness, now=now)
        if isinstance(outcome, Unavailable):
            return outcome
        return outcome.as_of, outcome.cached, outcome.stale

    assert told_of(found=True) == told_of(found=False)


def test_without_any_past_the_failure_stands() -> None:
    assert excused(None, DOWN, known_as_of=None, freshness=HOURLY, now=START) is DOWN
