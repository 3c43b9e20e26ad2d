"""One register's records in Redis: each agreement has its own, and sees no other's."""

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from os import urandom
from typing import Final, NamedTuple

import msgspec
import structlog

from hub.fetch.freshness import Record, kept_s
from hub.fetch.link import Claim, Link, Put, Writing
from hub.fetch.meters import Meters
from hub.fetch.names import Names, Slot
from hub.fetch.packed import Packed
from hub.fetch.sealing import Sealer, Stored, Unreadable
from hub.model.catalogue import Manifest
from hub.model.evidence import Absent, Ask, Facts, Subject
from hub.model.personal_code import PersonalCode
from hub.ports import Clock, Connector, Keyring

_MARK_BYTES: Final = 9
_SLACK_S: Final = 60.0


class Shelved(NamedTuple):
    """A record as Redis had it, or as it goes there: what to tell of it, facts unread.

    Attributes:
        fresh_until: Until then ``outcome`` may be told as it is.
    """

    outcome: Packed | Absent
    fetched_at: datetime
    fresh_until: datetime


class Sighting(NamedTuple):
    """What was seen of one person's record.

    Attributes:
        mark: Generation of the person; None when Redis gave no answer.
        record: Of this agreement and generation, fresh or not.
    """

    slot: Slot
    mark: bytes | None
    record: Shelved | None


class Shelf:
    """Keeps and finds records of one register.

    Attributes:
        slot: Returns where one person's record of a shape belongs.
    """

    def __init__(
        self, connector: Connector, link: Link, keyring: Keyring, clock: Clock, meters: Meters
    ) -> None:
        """Keep facts of ``connector``'s register behind ``link``."""
        self._manifest: Manifest = connector.manifest
        self._link = link
        self._clock = clock
        self._meters = meters
        facts_type: type[Facts] = connector.facts_type
        names = self._names = Names(self._manifest, facts_type, keyring.key("cache-names"))
        self.slot: Final[Callable[[Subject, bytes], Slot]] = names.slot
        self._sealer = Sealer(self._manifest.name, facts_type, keyring, clock)
        freshness = self._manifest.freshness
        self._lives_s = tuple([kept_s(freshness, found=found) for found in (False, True)])
        self._lives = tuple([timedelta(seconds=life_s) for life_s in self._lives_s])
        self._shapes: dict[tuple[Ask, str], bytes] = {}
        self._lease_ms = int(self._manifest.deadline_s * 1000) + 500

    @property
    def keeps(self) -> bool:
        """Whether the controller allows any record to be kept."""
        return self._manifest.cacheable and self._manifest.freshness.ttl_s > 0

    def spread(self) -> float:
        """Return a number from -1 to 1, for ``freshness.recorded``."""
        return 2 * random.random() - 1  # noqa: S311 — spreads expiry; protects nothing

    def shape(self, ask: Ask, agreement: str) -> bytes:
        """Return what ``slots`` takes for this agreement's question."""
        return self._names.shape(ask, agreement)

    def slots(self, shape: bytes, subjects: Sequence[Subject]) -> list[Slot]:
        """Return where records of this shape belong."""
        slot = self.slot
        return [slot(subject, shape) for subject in subjects]

    def claim(self, slot: Slot) -> Claim:
        """Return the lease on asking for one record, if it is not there."""
        return Claim(slot.entry, slot.lease, self._lease_ms)

    def drop(self, lease: bytes) -> None:
        """Give back a lease that nobody needs."""
        self._link.drop(lease)

    def see(self, slots: Sequence[Slot], values: Sequence[bytes | None] | None) -> list[Sighting]:
        """Read what Redis gave for ``names_of(slots)``; None means it gave no answer."""
        if values is None:
            return [Sighting(slot, None, None) for slot in slots]
        now, given = self._clock.now(), iter(values)
        sightings, usable = [], self._usable
        for slot in slots:
            value = next(given)
            if len(slot.marks) == 1:  # nearly always
                mark = next(given) or b"-"
            else:
                mark = b"".join([next(given) or b"-" for _ in slot.marks])
            record = None if value is None else usable(slot.entry, value, mark, now)
            sightings.append(Sighting(slot, mark, record))
        return sightings

    def see_one(self, slot: Slot, values: Sequence[bytes | None] | None) -> Sighting:
        """Read what Redis gave for ``names_of([slot])``; None means it gave no answer."""
        if values is None or values[0] is not None or len(slot.marks) > 1:
            return self.see([slot], values)[0]
        return Sighting(slot, values[1] or b"-", None)

    async def look_past(self, slots: Sequence[Slot], lease: bytes) -> tuple[list[Sighting], bool]:
        """Find records of all ``slots`` again, and whether ``lease`` is still held."""
        values = await self._link.get([*names_of(slots), lease])
        if values is None:
            return self.see(slots, None), False
        return self.see(slots, values[:-1]), bool(values[-1])

    async def known(self, slots: Sequence[Slot]) -> Mapping[bytes, datetime]:
        """Return, by entry, when an answer that is no longer kept was last good."""
        values = await self._link.get([slot.known for slot in slots]) or [None] * len(slots)
        earliest = self._clock.now() - timedelta(seconds=self._remembers_s)
        opened = (
            (slot.entry, self._unseal(slot.known, value))
            for slot, value in zip(slots, values, strict=True)
            if value is not None
        )
        return {
            entry: stored.as_of
            for entry, stored in opened
            if stored is not None and stored.fetched_at >= earliest
        }

    def reread(self, shelved: Shelved) -> Record | None:
        """Return the record with its facts; None when they cannot be read."""
        outcome = shelved.outcome
        try:
            facts = outcome.facts if isinstance(outcome, Packed) else None
        except (msgspec.MsgspecError, ValueError):
            self._unreadable()
            return None
        return Record(
            facts=facts,
            as_of=outcome.as_of,
            fetched_at=shelved.fetched_at,
            fresh_until=shelved.fresh_until,
            raw=outcome.raw if isinstance(outcome, Packed) else None,
        )

    def shelved(self, record: Record) -> Shelved | None:
        """Return what will be told of a new record the next time; None when it is not kept."""
        if self._lives_s[record.facts is not None] <= 0:
            return None
        return Shelved(
            self._outcome(record.raw, record.as_of, record.fetched_at),
            record.fetched_at,
            record.fresh_until,
        )

    def pack(self, facts: Facts) -> bytes:
        """Return the facts as they are kept."""
        return self._sealer.pack(facts)

    async def take_lease(self, slots: Sequence[Slot]) -> tuple[bytes, bool | None]:
        """Try to be the replica that asks this question; see ``Link.lease``."""
        name = self._names.lease(slots)
        return name, await self._link.lease(name, self._lease_ms)

    def keep(
        self,
        records: Sequence[tuple[Sighting, Record]],
        leases: Sequence[bytes],
        done: Callable[[], None],
    ) -> None:
        """Write records when nobody waits, then give the leases back.

        Args:
            records: With the generation seen before the register was asked, so that records of
                a person evicted meanwhile are never found.
            leases: Names of the leases held.
            done: Called when the records can be found in Redis, or never will be.
        """
        self._link.put(
            Writing(
                register=self._manifest.name,
                size=len(records),
                puts=self._puts(records),
                drops=leases,
                done=done,
            )
        )

    async def evict(self, code: PersonalCode) -> bytes:
        """Let no record of this code kept so far be found again, whoever asked for it.

        Returns:
            Name of the generation that was changed.

        Raises:
            redis.exceptions.RedisError: It is not known to have happened; try again.
        """
        life_s = max(self._lives_s) + self._manifest.deadline_s + _SLACK_S
        mark = Put(self._names.mark(code), urandom(_MARK_BYTES), int(life_s * 1000))
        await self._link.put_now([mark])
        return mark.name

    @property
    def _remembers_s(self) -> float:
        """How long it is known that there was an answer: longer than it may be told at all."""
        return 2.0 * self._manifest.freshness.max_age_s

    def _usable(self, entry: bytes, value: bytes, mark: bytes, now: datetime) -> Shelved | None:
        try:
            stored = self._sealer.unseal(entry, value)
        except Unreadable:
            self._unreadable()
            return None
        if stored.mark != mark:
            return None
        fetched_at, raw = stored.fetched_at, stored.raw
        if now - fetched_at > self._lives[raw is not None]:
            return None
        outcome = self._outcome(raw, stored.as_of, fetched_at)
        return Shelved(outcome, fetched_at, stored.fresh_until)

    def _outcome(self, raw: bytes | None, as_of: datetime, fetched_at: datetime) -> Packed | Absent:
        if raw is None:
            return Absent(as_of=as_of, cached=True)
        return Packed(raw=raw, decode=self._sealer.unpack, as_of=as_of, fetched_at=fetched_at)

    def _unseal(self, name: bytes, value: bytes) -> Stored | None:
        try:
            return self._sealer.unseal(name, value)
        except Unreadable:
            self._unreadable()
            return None

    def _unreadable(self) -> None:
        self._meters.unreadable.labels(self._manifest.name).inc()
        structlog.get_logger().error("cache_entry_unreadable", register=self._manifest.name)

    def _puts(self, records: Sequence[tuple[Sighting, Record]]) -> Iterator[Put]:
        known_ms = int(self._remembers_s * 1000)
        kept = [
            (seen.slot, record, seen.mark)
            for seen, record in records
            if seen.mark is not None and self._lives_s[record.facts is not None] > 0
        ]
        named = [(slot.entry, slot.known, record, mark) for slot, record, mark in kept]
        for (entry, known, record, _), (whole, bare) in zip(
            named, self._sealer.pairs(named), strict=True
        ):
            yield Put(entry, whole, int(self._lives_s[record.facts is not None] * 1000))
            yield Put(known, bare, known_ms)


def names_of(slots: Sequence[Slot]) -> list[bytes]:
    """Return every name that tells of ``slots``, for one round trip."""
    return [name for slot in slots for name in (slot.entry, *slot.marks)]
