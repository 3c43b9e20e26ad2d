"""How long a record may be told, and as what; pure.

Everything here follows from one agreement's own records and the register's manifest, so nothing
told can depend on what another agreement asked (DESIGN.md invariant 6). Nor does anything but
``negative_ttl_s`` depend on whether there was a record (invariants 9 and 12, decision 0701).
"""

from datetime import datetime, timedelta

from msgspec import Struct

from hub.model.catalogue import Freshness
from hub.model.evidence import Absent, Facts, Failure, Found, Unavailable

JITTER = 0.1


class Record(Struct, frozen=True, kw_only=True, gc=False):
    """What one register said of one person to one agreement.

    Attributes:
        facts: None when it has no record of the person.
        as_of: Whole minute, never later than the register guarantees.
        fetched_at: When the answer came.
        fresh_until: Until then it may be told again without asking.
        raw: The facts as bytes, where they were already made.
    """

    facts: Facts | None
    as_of: datetime
    fetched_at: datetime
    fresh_until: datetime
    raw: bytes | None = None


def recorded(
    facts: Facts | None,
    *,
    as_of: datetime,
    now: datetime,
    freshness: Freshness,
    spread: float,
    raw: bytes | None = None,
) -> Record:
    """Make the record of an answer that came at ``now``.

    Args:
        facts: None for a definite "no record".
        as_of: The register's own guarantee; one ahead of our clock is not believed.
        now: Aware UTC.
        freshness: From the register's manifest.
        spread: From -1 to 1; moves the end of freshness by up to a tenth, so that records
            fetched together do not lapse together.
        raw: The facts as bytes, where they were already made.
    """
    return Recorder(as_of=as_of, now=now, freshness=freshness).record(facts, spread, raw)


class Recorder:
    """Makes the records of one answer; what they share is worked out once."""

    __slots__ = ("_as_of", "_lives_s", "_max_age_s", "_now")

    def __init__(self, *, as_of: datetime, now: datetime, freshness: Freshness) -> None:
        """See ``recorded``."""
        self._as_of = min(as_of, now).replace(second=0, microsecond=0)
        self._now = now
        self._lives_s = (freshness.negative_ttl_s, freshness.ttl_s)
        self._max_age_s = freshness.max_age_s

    def record(self, facts: Facts | None, spread: float, raw: bytes | None) -> Record:
        """Make one record; see ``recorded``."""
        fresh_s = self._lives_s[facts is not None] * (1 + JITTER * spread)
        return Record(
            facts=facts,
            as_of=self._as_of,
            fetched_at=self._now,
            fresh_until=self._now + timedelta(seconds=min(fresh_s, self._max_age_s)),
            raw=raw,
        )


def is_fresh(record: Record, now: datetime) -> bool:
    """Tell whether the record may be told without asking the register."""
    return now < record.fresh_until


def kept_s(freshness: Freshness, *, found: bool) -> float:
    """Return how long a record may be of any use, in seconds; 0 means it is never stored."""
    ttl_s = freshness.ttl_s if found else freshness.negative_ttl_s
    if min(ttl_s, freshness.ttl_s) <= 0:
        return 0.0
    longest = max(ttl_s * (1 + JITTER), freshness.stale_if_error_s)
    return min(longest, freshness.max_age_s)


def told(record: Record, *, cached: bool, stale: bool = False) -> Found | Absent:
    """Return the record as an outcome."""
    if record.facts is None:
        return Absent(as_of=record.as_of, cached=cached, stale=stale)
    return Found(
        facts=record.facts,
        as_of=record.as_of,
        fetched_at=record.fetched_at,
        cached=cached,
        stale=stale,
    )


def excused(
    record: Record | None,
    failure: Unavailable,
    *,
    known_as_of: datetime | None,
    freshness: Freshness,
    now: datetime,
) -> Found | Absent | Unavailable:
    """Return what may be told while the register fails.

    Args:
        record: This agreement's own, no longer fresh, if it has one.
        failure: Why the register gave nothing.
        known_as_of: Instant of an answer this agreement once got and that is no longer kept.
        freshness: From the register's manifest.
        now: Aware UTC.
    """
    if record is not None:
        age_s = (now - record.fetched_at).total_seconds()
        if age_s <= min(freshness.stale_if_error_s, freshness.max_age_s):
            return told(record, cached=True, stale=True)
        known_as_of = record.as_of
    if known_as_of is None:
        return failure
    return Unavailable(
        failure=Failure.TOO_STALE, retry_after_s=failure.retry_after_s, known_as_of=known_as_of
    )
