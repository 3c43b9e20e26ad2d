"""One register's records in Redis: each agreement has its own, and sees no other's."""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from os import urandom
from typing import Final

import structlog

from hub.fetch.freshness import Record, kept_s
from hub.fetch.link import Link, Put, Writing
from hub.fetch.meters import Meters
from hub.fetch.names import Names, Slot
from hub.fetch.sealing import Sealer, Unreadable
from hub.model.catalogue import Manifest
from hub.model.evidence import Ask, Facts, Subject
from hub.model.personal_code import PersonalCode
from hub.ports import Clock, Connector, Keyring

_MARK_BYTES: Final = 9
_SLACK_S: Final = 60.0


@dataclass(frozen=True, slots=True)
class Sighting:
    """What was seen of one person's record.

    Attributes:
        mark: Generation of the person; None when Redis gave no answer.
        record: Of this agreement and generation, fresh or not.
    """

    slot: Slot
    mark: bytes | None
    record: Record | None


class Shelf:
    """Keeps and finds records of one register."""

    def __init__(
        self, connector: Connector, link: Link, keyring: Keyring, clock: Clock, meters: Meters
    ) -> None:
        """Keep facts of ``connector``'s register behind ``link``."""
        self._manifest: Manifest = connector.manifest
        self._link = link
        self._clock = clock
        self._meters = meters
        facts_type: type[Facts] = connector.facts_type
        self._names = Names(self._manifest, facts_type, keyring.key("cache-names"))
        self._sealer = Sealer(self._manifest.name, facts_type, keyring, clock)

    @property
    def keeps(self) -> bool:
        """Whether the controller allows any record to be kept."""
        return self._manifest.cacheable and self._manifest.freshness.ttl_s > 0

    def spread(self) -> float:
        """Return a number from -1 to 1, for ``freshness.recorded``."""
        return random.uniform(-1, 1)  # noqa: S311 — spreads expiry; protects nothing

    def slots(self, ask: Ask, agreement: str, subjects: Sequence[Subject]) -> list[Slot]:
        """Return where the agreement's records of this question belong."""
        return self._names.slots(ask, agreement, subjects)

    async def look(self, slots: Sequence[Slot]) -> list[Sighting]:
        """Find records of all ``slots`` in one round trip."""
        sightings, _ = await self._look(slots, [])
        return sightings

    async def look_past(self, slots: Sequence[Slot], lease: bytes) -> tuple[list[Sighting], bool]:
        """Same, and whether ``lease`` is still held."""
        sightings, held = await self._look(slots, [lease])
        return sightings, bool(held and held[0])

    async def known(self, slots: Sequence[Slot]) -> Mapping[bytes, datetime]:
        """Return, by entry, when an answer that is no longer kept was last good."""
        values = await self._link.get([slot.known for slot in slots]) or [None] * len(slots)
        earliest = self._clock.now() - timedelta(seconds=self._remembers_s)
        opened = (
            (slot.entry, self._open(slot.known, value))
            for slot, value in zip(slots, values, strict=True)
        )
        return {
            entry: found[0].as_of
            for entry, found in opened
            if found and found[0].fetched_at >= earliest
        }

    async def take_lease(self, slots: Sequence[Slot]) -> tuple[bytes, bool | None]:
        """Try to be the replica that asks this question; see ``Link.lease``."""
        name = self._names.lease(slots)
        life_ms = int(self._manifest.deadline_s * 1000) + 500
        return name, await self._link.lease(name, life_ms)

    def keep(
        self,
        records: Sequence[tuple[Sighting, Record]],
        lease: bytes | None,
        done: Callable[[], None],
    ) -> None:
        """Write records when nobody waits, then give the lease back.

        Args:
            records: With the generation seen before the register was asked, so that records of
                a person evicted meanwhile are never found.
            lease: Name of the lease held, if one is.
            done: Called when the records can be found in Redis, or never will be.
        """
        self._link.put(
            Writing(
                register=self._manifest.name,
                size=len(records),
                puts=lambda: [put for each in records for put in self._puts(*each)],
                drop=lease,
                done=done,
            )
        )

    async def evict(self, code: PersonalCode) -> None:
        """Let no record of this code kept so far be found again, whoever asked for it.

        Raises:
            redis.exceptions.RedisError: It is not known to have happened; try again.
        """
        freshness = self._manifest.freshness
        longest_s = max(kept_s(freshness, found=True), kept_s(freshness, found=False))
        life_s = longest_s + self._manifest.deadline_s + _SLACK_S
        mark = Put(
            name=self._names.mark(code), value=urandom(_MARK_BYTES), life_ms=int(life_s * 1000)
        )
        await self._link.put_now([mark])

    @property
    def _remembers_s(self) -> float:
        """How long it is known that there was an answer: longer than it may be told at all."""
        return 2.0 * self._manifest.freshness.max_age_s

    async def _look(
        self, slots: Sequence[Slot], more: Sequence[bytes]
    ) -> tuple[list[Sighting], Sequence[bytes | None]]:
        names = [name for slot in slots for name in (slot.entry, *slot.marks)]
        values = await self._link.get([*names, *more])
        if values is None:
            return [Sighting(slot, None, None) for slot in slots], ()
        now, at = self._clock.now(), 0
        sightings = []
        for slot in slots:
            end = at + 1 + len(slot.marks)
            mark = b"".join(each or b"-" for each in values[at + 1 : end])
            sightings.append(Sighting(slot, mark, self._usable(slot, values[at], mark, now)))
            at = end
        return sightings, values[at:]

    def _usable(self, slot: Slot, value: bytes | None, mark: bytes, now: datetime) -> Record | None:
        opened = self._open(slot.entry, value)
        if opened is None or opened[1] != mark:
            return None
        record = opened[0]
        life_s = kept_s(self._manifest.freshness, found=record.facts is not None)
        return record if (now - record.fetched_at).total_seconds() <= life_s else None

    def _open(self, name: bytes, value: bytes | None) -> tuple[Record, bytes] | None:
        if value is None:
            return None
        try:
            return self._sealer.open(name, value)
        except Unreadable:
            self._meters.unreadable.labels(self._manifest.name).inc()
            structlog.get_logger().error("cache_entry_unreadable", register=self._manifest.name)
            return None

    def _puts(self, seen: Sighting, record: Record) -> list[Put]:
        life_s = kept_s(self._manifest.freshness, found=record.facts is not None)
        if seen.mark is None or life_s <= 0:
            return []
        slot = seen.slot
        sealed = self._sealer.seal(slot.entry, record, seen.mark)
        puts = [Put(name=slot.entry, value=sealed, life_ms=int(life_s * 1000))]
        bare = replace(record, facts=None)
        known = self._sealer.seal(slot.known, bare, seen.mark)
        return [*puts, Put(name=slot.known, value=known, life_ms=int(self._remembers_s * 1000))]
