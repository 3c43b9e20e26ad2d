"""Which engine answered: compiled plans, or graphql-core."""

from typing import Final

from prometheus_client import CollectorRegistry, Counter

_MOST_LABELS: Final = 200
_LABEL_CHARS: Final = 12


class Engines:
    """Counts operations by document; the first two hundred have labels of their own.

    A document's hash tells nobody what was asked of whom: variables are no part of it.
    """

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        """Enter the metric in ``registry``."""
        self._count = Counter(
            "hub_operations",
            "Operations answered, by engine (planned, fallback) and document",
            ("engine", "document"),
            registry=registry or CollectorRegistry(),
        )
        self._counters: dict[tuple[bool, str], Counter] = {}

    def count(self, document_hash: str, *, planned: bool) -> None:
        """Count one operation."""
        counter = self._counters.get((planned, document_hash))
        if counter is None:
            counter = self._labelled(document_hash, planned=planned)
        counter.inc()

    def _labelled(self, document_hash: str, *, planned: bool) -> Counter:
        engine = "planned" if planned else "fallback"
        if len(self._counters) >= _MOST_LABELS:
            return self._count.labels(engine, "other")
        counter = self._count.labels(engine, document_hash[:_LABEL_CHARS])
        self._counters[planned, document_hash] = counter
        return counter
