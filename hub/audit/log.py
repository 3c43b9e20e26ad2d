"""The durable log: an operation's entries commit together, and only then is there a receipt."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC

from hub.audit.chain import Writer
from hub.audit.entry import Prepared, prepare
from hub.audit.group import GroupCommit, Waiting
from hub.audit.keys import SubjectKeys
from hub.model.entry import Disclosure, Dissent, Receipt
from hub.model.personal_code import PersonalCode
from hub.ports import ConsentChanged, Keyring, KeyStore, LogStore

DEADLINE_S = 1.8
"""Longest wait for the commit; with the answer to the caller it makes less than two seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """Implements ``hub.ports.Pending``.

    # INVARIANT: ``receipt`` is a promise; what ``committed`` returns is the receipt.
    """

    receipt: Receipt
    waiting: Waiting[Prepared, Receipt]

    async def committed(self) -> Receipt:
        """Wait for the commit; see the port."""
        return await self.waiting.settled()


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
        year = disclosure.header.at.astimezone(UTC).year
        keys = await self._keys.of(subjects, year, deadline) if subjects else []
        prepared = prepare(disclosure, keys)
        return Entered(receipt=prepared.receipt, waiting=self.group.put(prepared, deadline))

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
        batch = self._writer.chain(operations)
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


def _dissenters(operations: Sequence[Prepared], dissent: Dissent) -> dict[int, set[PersonalCode]]:
    """Tell which operations dissent concerns, and which of their persons."""
    cited = [(i, code) for i, operation in enumerate(operations) for _, code in operation.cited]
    watched = [(i, code) for i, operation in enumerate(operations) for code in operation.watched]
    found: dict[int, set[PersonalCode]] = {}
    for places, dissenting in ((cited, dissent.lapsed), (watched, dissent.stopped)):
        for i, code in (places[place] for place in dissenting):
            found.setdefault(i, set()).add(code)
    return found
