"""What is counted of fetching: by register only, never by person, agreement or caller."""

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Meters:
    """Metrics of this room; one per process and registry."""

    def __init__(self, registry: CollectorRegistry) -> None:
        """Enter the metrics in ``registry``."""
        self.call_s = Histogram(
            "hub_register_call_seconds",
            "One batched call to a register",
            ("register", "result"),
            buckets=_SECONDS,
            registry=registry,
        )
        self._records = Counter(
            "hub_fetch_records",
            "Persons looked up, by where the outcome came from",
            ("register", "origin"),
            registry=registry,
        )
        self._counts: dict[tuple[str, str], Callable[[float], None]] = {}
        self.breaker_open = Gauge(
            "hub_breaker_open",
            "1 while a register, or the cache, is left alone after failures",
            ("neighbour",),
            registry=registry,
        )
        self.unreadable = Counter(
            "hub_cache_unreadable",
            "Cache entries that could not be decrypted or decoded: look into every one",
            ("register",),
            registry=registry,
        )
        self.unkept = Counter(
            "hub_cache_unkept",
            "Records not written to the cache because it failed or lagged",
            ("register",),
            registry=registry,
        )
        self.nearby_bytes = Gauge(
            "hub_fetch_nearby_bytes",
            "Estimated size of the records kept within this process",
            registry=registry,
        )

    def count(self, register: str, origin: str, number: int) -> None:
        """Count ``number`` persons whose outcome came from ``origin``."""
        known = self._counts.get((register, origin))
        if known is None:
            # finding it by labels takes longer than counting
            known = self._counts[register, origin] = self._records.labels(register, origin).inc
        known(number)
