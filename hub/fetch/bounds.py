"""What an operator may set of this room."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchSettings:
    """Bounds of one replica's fetching; a register's own bounds stand in its manifest.

    Attributes:
        deadline_s: Longest time all registers together may take for one operation.
        waiting: Batched calls that may queue for one register beyond its ``concurrency``.
        breaker_failures: Failures in a row after which a register is left alone.
        breaker_rest_s: How long it is left alone before one call tries it.
        cache_timeout_s: How long Redis may keep a request waiting.
        cache_failures: Same as ``breaker_failures``, of Redis.
        cache_rest_s: Same as ``breaker_rest_s``, of Redis.
        lease_wait_s: Longest wait for another replica that is asking the same.
        unwritten: Records that may wait to be written to Redis; more are not kept.
        nearby_bytes: Bound of what is kept within the process, by estimate; 0 keeps nothing there.
    """

    deadline_s: float = 10.0
    waiting: int = 64
    breaker_failures: int = 5
    breaker_rest_s: float = 5.0
    cache_timeout_s: float = 0.05
    cache_failures: int = 2
    cache_rest_s: float = 1.0
    lease_wait_s: float = 1.0
    unwritten: int = 50_000
    nearby_bytes: int = 12 * 1024 * 1024
