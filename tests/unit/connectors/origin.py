"""Where the facts of these tests come from."""

from datetime import UTC, date, datetime

from hub.model.evidence import Provenance

TODAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
ORIGIN = Provenance(
    register="any",
    controller="any",
    source="any",
    as_of=NOW,
    fetched_at=NOW,
    cached=False,
    stale=False,
)
