"""Evictions told to every replica: a short stream in Redis, read four times a second.

An entry names the generations that were changed. A replica reads from the last entry it knows,
that one included: when it is not there any more, because the stream was trimmed, Redis flushed, or
another server took over, something may have been missed, and everything at hand is dropped.
"""

import asyncio
import time
from collections.abc import Mapping, Sequence
from os import urandom
from typing import Final, TypeAlias, cast

import structlog

from hub.fetch.link import FAILURES, RedisClient
from hub.fetch.meters import Meters
from hub.fetch.nearby import Nearby
from hub.ports import Clock

STREAM: Final = b"h1:evicted"
_EVERY_S: Final = 0.25
_PATIENCE_S: Final = 0.25
_MOST_KEPT: Final = 10_000
_MOST_READ: Final = 1000
_SWEEP_EACH: Final = 40
_SWEPT_AT_ONCE: Final = 2000

_Entry: TypeAlias = tuple[bytes, Mapping[bytes, bytes]]


class Evictions:
    """Tells the other replicas of evictions, and hears of theirs; ``follow_forever`` is a task."""

    def __init__(self, client: RedisClient, nearby: Nearby, clock: Clock, meters: Meters) -> None:
        """Keep ``nearby`` true to what is told in Redis."""
        self._client = client
        self._nearby = nearby
        self._clock = clock
        self._meters = meters
        self._last: _Entry | None = None

    async def tell(self, marks: Sequence[bytes]) -> None:
        """Let every replica drop what depends on generations that were just changed.

        Raises:
            redis.exceptions.RedisError: It is not known to have happened; try again.
        """
        self._nearby.evict(marks)
        fields = {str(at).encode(): mark for at, mark in enumerate(marks)}
        await self._add(fields)

    async def follow_forever(self) -> None:
        """Hear of evictions; while Redis does not answer, ``nearby`` falls silent by itself."""
        rounds = 0
        while True:
            began = time.monotonic()
            try:
                async with asyncio.timeout(_PATIENCE_S):
                    await self._hear()
            except Exception as failure:  # noqa: BLE001 — whatever it is, nothing at hand is told
                if not isinstance(failure, FAILURES):
                    structlog.get_logger().error("eviction_bug", kind=type(failure).__name__)
            else:
                self._nearby.heard(began)
            rounds += 1
            if rounds % _SWEEP_EACH == 0:
                await self._sweep()
            await asyncio.sleep(max(0.0, began + _EVERY_S - time.monotonic()))

    async def _hear(self) -> None:
        last = self._last
        if last is None:
            await self._begin()
            return
        while True:
            entries = await self._read(last)
            if not entries or entries[0] != last:
                await self._begin()
                return
            for entry in entries[1:]:
                self._nearby.evict(entry[1].values())
                self._last = last = entry
            if len(entries) < _MOST_READ:
                return

    async def _begin(self) -> None:
        """Start from the newest entry; there is always one, so that its loss is noticed."""
        newest = await self._newest()
        if newest is None:
            await self._add({b"begun": urandom(9)})
            newest = await self._newest()
        # after the reading: what is asked for from now on sees every eviction up to it
        self._nearby.clear()
        self._last = newest

    async def _read(self, first: _Entry) -> Sequence[_Entry]:
        found = await self._client.xrange(STREAM, min=first[0], count=_MOST_READ)
        return cast("Sequence[_Entry]", found)

    async def _newest(self) -> _Entry | None:
        found = cast("Sequence[_Entry]", await self._client.xrevrange(STREAM, count=1))
        return found[0] if found else None

    async def _add(self, fields: dict[bytes, bytes]) -> None:
        await self._client.xadd(
            STREAM,
            fields,  # type: ignore[arg-type]  # an invariant dict of wider types
            maxlen=_MOST_KEPT,
            approximate=True,
        )

    async def _sweep(self) -> None:
        """Let expired records go."""
        everything = self._nearby.everything()
        for start in range(0, len(everything), _SWEPT_AT_ONCE):
            self._nearby.expire(everything[start : start + _SWEPT_AT_ONCE], self._clock.now())
            await asyncio.sleep(0)
        self._meters.nearby_bytes.set(self._nearby.size_bytes)
