"""The durable log: an operation's entries commit together, and only then is there a receipt."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Final

from hub.audit.chain import Writer
from hub.audit.entry import SLICE, Building, Prepared, prepare
from hub.audit.group import GroupCommit, Waiting
from hub.audit.keys import SubjectKey, SubjectKeys
from hub.audit.opening import utc
from hub.model.entry import Disclosure, Dissent, LogBatch, Receipt
from hub.model.personal_code import PersonalCode
from hub.ports import ConsentChanged, Keyring, KeyStore, LogStore

DEADLINE_S: Final = 1.8
"""Longest wait for the commit; with the answer to the caller it makes less than two seconds."""
LINKED: Final = 1000
"""Entries chained before others get their turn; a millisecond and a half."""


class Entered:
    """Implements ``hub.ports.Pending``.

    # INVARIANT: ``receipt`` is a promise; what ``committed`` returns is the receipt.
    """

    __slots__ = ("_waiting", "receipt")

    def __init__(self, receipt: Receipt, waiting: Waiting[Prepared, Receipt]) -> None:
        self.receipt: Final = receipt
        self._waiting = waiting

    async def committed(self) -> Receipt:
        """Wait for the commit; see the port."""
        return await self._waiting.settled()


class DurableLog:
    """Implements ``hub.ports.AccessLog``; made by ``open_log``.

    # INVARIANT: a receipt exists only for entries that PostgreSQL has confirmed as committed.
    """

    def __init__(self, store: LogStore, keys: SubjectKeys) -> None:
        self._store = store
        self._keys = keys
        self._writer = Writer.new()
        self.group: GroupCommit[Prepared, Receipt] = GroupCommit(
            self._flush, weigh=lambda prepared: len(prepared.leaves)
        )

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
        if len(subjects) <= SLICE:
            prepared = prepare(disclosure, keys)
        else:
            prepared = await _prepared(disclosure, keys)
        return Entered(prepared.receipt, self.group.put(prepared, deadline))

    async def append(self, disclosure: Disclosure) -> Receipt:
        """Commit all entries of one operation, then return.

        Raises:
            ServiceUnavailable: ``audit_unavailable`` or ``overloaded``, within two seconds.
            ConsentChanged: A consent cited is no longer in force, or a restriction began;
                nothing was written.
        """
        return await (await self.enter(disclosure)).committed()

    async def _flush(self, operations: Sequence[Prepared]) -> list[Receipt | Exception]:
        """Write all operations but those whose persons dissent; the rest are unaffected."""
        outcomes: list[Receipt | Exception] = [operation.receipt for operation in operations]
        standing = list(range(len(operations)))
        while standing:
            dissents = await self._write([operations[place] for place in standing])
            if not dissents:
                break
            for position, subjects in dissents.items():
                outcomes[standing[position]] = ConsentChanged(subjects)
            standing = [place for i, place in enumerate(standing) if i not in dissents]
        return outcomes

    async def _write(self, operations: Sequence[Prepared]) -> dict[int, set[PersonalCode]]:
        """Commit them all and return nothing, or nothing and return who dissents in which."""
        batch = await _chained(self._writer, operations)
        try:
            dissent = await self._store.insert(batch)
        except BaseException:
            self._writer = Writer.new()  # what became of the batch is unknown
            raise
        if dissent:
            return _dissenters(operations, dissent)
        self._writer = self._writer.after(batch)
        return {}


@asynccontextmanager
async def open_log(store: LogStore, keys: KeyStore, keyring: Keyring) -> AsyncIterator[DurableLog]:
    """Run the log for as long as the block lasts; what waits at its end is still committed."""
    subject_keys = SubjectKeys(keys, keyring)
    log = DurableLog(store, subject_keys)
    async with asyncio.TaskGroup() as group:
        group.create_task(subject_keys.group.run(), name="subject keys")
        group.create_task(log.group.run(), name="access log")
        try:
            yield log
        finally:
            subject_keys.group.close()
            log.group.close()


async def _prepared(disclosure: Disclosure, keys: Sequence[SubjectKey]) -> Prepared:
    """Build the entries of many persons, taking turns with whatever else waits."""
    subjects = disclosure.subjects
    building = Building(disclosure.header)
    for start in range(0, len(subjects), SLICE):
        building.add(subjects[start : start + SLICE], keys[start : start + SLICE])
        await asyncio.sleep(0)
    return building.finished()


async def _chained(writer: Writer, operations: Sequence[Prepared]) -> LogBatch:
    """Put operations after the writer's head; many entries take turns with whatever else waits.

    The writer belongs to the flush alone, so that nobody comes between.
    """
    leaves = [leaf for operation in operations for leaf in operation.leaves]
    hashes = writer.link(leaves[:LINKED], ())
    for start in range(LINKED, len(leaves), LINKED):
        await asyncio.sleep(0)
        hashes += writer.link(leaves[start : start + LINKED], hashes)
    return writer.batch(operations, hashes)


def _dissenters(operations: Sequence[Prepared], dissent: Dissent) -> dict[int, set[PersonalCode]]:
    """Tell which operations dissent concerns, and which of their persons."""
    cited = [(i, code) for i, operation in enumerate(operations) for _, code in operation.cited]
    watched = [(i, code) for i, operation in enumerate(operations) for code in operation.watched]
    found: dict[int, set[PersonalCode]] = {}
    for places, dissenting in ((cited, dissent.lapsed), (watched, dissent.stopped)):
        for i, code in (places[place] for place in dissenting):
            found.setdefault(i, set()).add(code)
    return found
