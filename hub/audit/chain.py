"""A writer's chain: sequence without gaps, each entry naming the one before it."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import orjson

from hub.audit.encoding import (
    HASH_BYTES,
    begun_leaf,
    canonical,
    finished_leaf,
    genesis,
    link,
    links,
)
from hub.audit.entry import Prepared
from hub.audit.opening import instant
from hub.model.entry import LogBatch, StoredEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class Writer:
    """Where a replica stands in its own chain.

    A writer ends when nobody knows what became of its last batch; its successor begins a chain of
    its own, so whatever the database kept of that batch, no chain has a gap or a fork.

    Attributes:
        id: Random, so that it tells nothing of the replica.
        written: ``wseq`` of its last entry, 0 before the first.
        head: Hash of that entry.
    """

    id: uuid.UUID
    written: int
    head: bytes

    @classmethod
    def new(cls) -> Self:
        """Begin a chain."""
        fresh = uuid.uuid4()
        return cls(id=fresh, written=0, head=genesis(fresh))

    def chain(self, operations: Sequence[Prepared]) -> LogBatch:
        """Put operations after the head, in their order; the writer itself stays where it is."""
        leaves = [leaf for operation in operations for leaf in operation.leaves]
        return self.batch(operations, self.link(leaves, ()))

    def link(self, leaves: Sequence[bytes], hashes: Sequence[bytes]) -> list[bytes]:
        """Return the hashes of ``leaves`` after those linked before, or after the head."""
        head = hashes[-1] if hashes else self.head
        return links(self.id, self.written + len(hashes) + 1, head, leaves)

    def batch(self, operations: Sequence[Prepared], hashes: Sequence[bytes]) -> LogBatch:
        """Return the batch of operations whose leaves have these hashes."""
        return LogBatch(
            writer=self.id,
            first=self.written + 1,
            previous=self.head,
            runs=[run for operation in operations for run in operation.runs],
            hashes=b"".join(hashes),
            salts=b"".join([operation.salts for operation in operations]),
            sealed=b"".join([operation.sealed for operation in operations]),
            indexes=b"".join([operation.indexes for operation in operations]),
            cited=[consent for o in operations for consent, _ in o.cited],
            watched=[(o.purpose, o.watched) for o in operations if o.watched],
        )

    def after(self, batch: LogBatch) -> Self:
        """Return where the writer stands once ``batch`` is committed."""
        written = self.written + len(batch.hashes) // HASH_BYTES
        return type(self)(id=self.id, written=written, head=batch.hashes[-HASH_BYTES:])


@dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    """The first place where a chain does not hold.

    Attributes:
        wseq: Sequence number that was expected there.
        reason: ``sequence``, ``previous``, ``hash`` or ``columns``.
    """

    wseq: int
    reason: str


def verify_writer(entries: Sequence[StoredEntry]) -> Break | None:
    """Check one writer's entries from its first: nothing altered, removed, added or moved.

    The blind index is outside the hash and is not checked. That entries are missing at the end
    shows in receipts and in the tree, not here.

    Args:
        entries: In the order of their sequence.
    """
    writer = entries[0].writer if entries else uuid.UUID(int=0)
    head = genesis(writer)
    for wseq, entry in enumerate(entries, 1):
        reason = fault(entry, writer, wseq, head)
        if reason:
            return Break(wseq=wseq, reason=reason)
        head = entry.hash
    return None


def leaf_of(entry: StoredEntry) -> bytes:
    """Return the leaf hash of a stored entry, as the receipt's commitment takes it."""
    return finished_leaf(begun_leaf(entry.open.encode()), entry.salt, entry.sealed)


def fault(entry: StoredEntry, writer: uuid.UUID, wseq: int, head: bytes) -> str | None:
    """Tell why an entry is not the one that follows the writer's ``head``; see ``Break``."""
    if entry.writer != writer or entry.wseq != wseq:
        return "sequence"
    if entry.previous != head:
        return "previous"
    if entry.hash != link(writer, wseq, head, leaf_of(entry)):
        return "hash"
    return None if _columns_agree(entry) else "columns"


def _columns_agree(entry: StoredEntry) -> bool:
    """Tell whether the columns kept beside the hashed text say the same as the text."""
    told = orjson.loads(entry.open)
    same = (told["operation_id"], told["at"]) == (entry.operation_id, instant(entry.at))
    return same and canonical(told) == entry.open.encode()
