"""The durable log: an operation's entries commit together, and only then is there a receipt."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import Final

from hub.audit.entry import SLICE, Building, Prepared, prepare
from hub.audit.group import Waiting
from hub.audit.keys import SubjectKey, SubjectKeys
from hub.audit.lane import Lane, Operation
from hub.audit.opening import utc
from hub.audit.tlog.logkey import LogKey
from hub.model.entry import Disclosure, Receipt
from hub.ports import Keyring, LogStore
from hub.ports.oversight import EndingKeyStore

DEADLINE_S: Final = 1.8
"""Longest wait for the commit; with the answer to the caller it makes less than two seconds."""
MANY: Final = 50
"""Persons from which on an operation takes the other lane."""


class Entered:
    """Implements ``hub.ports.Pending``.

    # INVARIANT: ``receipt`` is a promise; what ``committed`` returns is the receipt.
    """

    __slots__ = ("_operation", "_waiting", "early")

    def __init__(self, operation: Operation, waiting: Waiting[Operation, Receipt]) -> None:
        self._operation = operation
        self._waiting = waiting
        self.early: Final = operation.weight >= MANY

    @property
    def receipt(self) -> Receipt:
        """The receipt promised; see the port."""
        return self._operation.built().receipt

    async def committed(self) -> Receipt:
        """Wait for the commit; see the port."""
        return await self._waiting.settled()


class DurableLog:
    """Implements ``hub.ports.AccessLog``; made by ``open_log``.

    # INVARIANT: a receipt exists only for entries that PostgreSQL has confirmed as committed.

    Operations about many persons have a lane of their own, so that nobody waits behind them.
    """

    def __init__(self, store: LogStore, keys: SubjectKeys, key: LogKey) -> None:
        self._keys = keys
        self._key = key
        self.lanes: Final = (Lane(store), Lane(store))

    async def enter(self, disclosure: Disclosure) -> Entered:
        """Put all entries of one operation on their way to the commit; see the port.

        From then on, cancelling the caller no longer stops them.
        """
        deadline = asyncio.get_running_loop().time() + DEADLINE_S
        subjects = [entry.subject for entry in disclosure.subjects]
        year = utc(disclosure.header.at).year
        keys = self._keys.known(subjects, year)
        if keys is None:
            keys = await self._keys.of(subjects, year, deadline)
        if len(subjects) < MANY:
            operation = Operation(
                partial(prepare, disclosure, keys, self._key), max(1, len(subjects))
            )
        else:
            prepared = await _prepared(disclosure, keys, self._key)
            operation = Operation(lambda: prepared, len(subjects))
        lane = self.lanes[len(subjects) >= MANY]
        return Entered(operation, lane.group.put(operation, deadline))

    async def append(self, disclosure: Disclosure) -> Receipt:
        """Commit all entries of one operation, then return.

        Raises:
            ServiceUnavailable: ``audit_unavailable`` or ``overloaded``, within two seconds.
            ConsentChanged: A consent cited is no longer in force, or a restriction began;
                nothing was written.
        """
        return await (await self.enter(disclosure)).committed()


@asynccontextmanager
async def open_log(
    store: LogStore, keys: EndingKeyStore, keyring: Keyring, key: LogKey
) -> AsyncIterator[DurableLog]:
    """Run the log for as long as the block lasts; what waits at its end is still committed.

    Args:
        store: Takes the entries.
        keys: Keeps the keys of persons, wrapped.
        keyring: Wraps them.
        key: Signs the promises in receipts.
    """
    subject_keys = SubjectKeys(keys, keyring)
    log = DurableLog(store, subject_keys, key)
    await subject_keys.look()
    async with asyncio.TaskGroup() as group:
        group.create_task(subject_keys.group.run(), name="subject keys")
        watch = group.create_task(subject_keys.watch(), name="destroyed keys")
        for lane in log.lanes:
            group.create_task(lane.group.run(), name="access log")
        try:
            yield log
        finally:
            watch.cancel()
            subject_keys.group.close()
            for lane in log.lanes:
                lane.group.close()


async def _prepared(disclosure: Disclosure, keys: Sequence[SubjectKey], key: LogKey) -> Prepared:
    """Build the entries of many persons, taking turns with whatever else waits."""
    subjects = disclosure.subjects
    if len(subjects) <= SLICE:
        return prepare(disclosure, keys, key)
    building = Building(disclosure.header, key)
    for start in range(0, len(subjects), SLICE):
        building.add(subjects[start : start + SLICE], keys[start : start + SLICE])
        await asyncio.sleep(0)
    return building.finished()
