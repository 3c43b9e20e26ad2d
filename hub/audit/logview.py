"""The log's tree as it is served: of what is signed, everything; of what is not yet, nothing."""

from collections.abc import Sequence
from typing import Final

from hub.audit.taking import tree_of
from hub.audit.tlog.ended import QUESTION as ENDED
from hub.audit.tlog.entrybytes import entry_bytes
from hub.audit.tlog.proof import consistency, inclusion
from hub.audit.tlog.tiles import HASH_BYTES, WIDTH, Place, bundle
from hub.audit.tlog.tlogproof import LogProof
from hub.audit.tlog.tree import Tree
from hub.model.entry import StoredEntry
from hub.model.sequence import SignedSize
from hub.ports.sequence import TreeStore

COSIGNED_S: Final = 10.0
"""A checkpoint that witnesses have cosigned is preferred to one newer by no more than this."""


class TreeView:
    """Implements ``hub.ports.tlog.LogView``."""

    def __init__(self, store: TreeStore) -> None:
        self._store = store

    async def checkpoint(self, year: int) -> bytes | None:
        """Return the checkpoint to be shown; see the port."""
        shown = await self.shown(year)
        return published(shown) if shown else None

    async def shown(self, year: int) -> SignedSize | None:
        """Return the newest checkpoint, or one cosigned shortly before it."""
        found = await self._store.checkpoints(year)
        if not found:
            return None
        first, last = found[0], found[-1]
        fresh = (last.at - first.at).total_seconds() <= COSIGNED_S
        return first if first.lines and fresh else last

    async def newest(self, year: int) -> SignedSize | None:
        """Return the newest checkpoint, cosigned or not."""
        found = await self._store.checkpoints(year)
        return found[-1] if found else None

    async def tile(self, year: int, level: int, index: int, width: int) -> bytes | None:
        """Return a tile of a tree that is signed; see the port."""
        newest = await self.newest(year)
        if newest is None or not _within(level, index, width, newest.size):
            return None
        return await self.hashes(year, Place(level, index, width))

    async def entries(self, year: int, index: int, width: int) -> bytes | None:
        """Return an entry bundle of a tree that is signed; None where entries were erased."""
        newest = await self.newest(year)
        if newest is None or not _within(0, index, width, newest.size):
            return None
        found = await self._store.bundle(year, index * WIDTH, width)
        return bundle(content_of(entry) for _, entry in found) if len(found) == width else None

    async def ended(self, year: int) -> bytes | None:
        """Return the proof (c2sp.org/tlog-proof) that a later year's log says the year ended."""
        found = await self._store.ending(year, ENDED)
        if found is None:
            return None
        (later, position), entry = found
        signed = await self.newest(later)
        if signed is None or signed.size <= position:
            return None
        plan = inclusion(position, signed.size)
        hashes = plan.proof({place: await self.hashes(later, place) for place in plan.tiles})
        proof = LogProof(position, tuple(hashes), published(signed), content_of(entry))
        return proof.text.encode()

    async def grown(self, year: int, old: int, new: int) -> Sequence[bytes]:
        """Return the proof that the tree of ``new`` entries begins with that of ``old``.

        Raises:
            Invalid: The tree did not grow so, or a tile is missing.
        """
        plan = consistency(old, new)
        return plan.proof({place: await self.hashes(year, place) for place in plan.tiles})

    async def hashes(self, year: int, place: Place) -> bytes:
        """Return the first hashes of a tile, signed or not; fewer where there are fewer.

        A tile is kept in full, or is part of the edge until it is full.
        """
        assert place.level is not None  # noqa: S101 — bundles are not made of hashes
        found = await self._store.tile(year, place.level, place.index)
        if found is None:
            head = await self._store.head(year)
            found = _partial(tree_of(head), place) if head else b""
        if not found:  # it has become full since
            found = await self._store.tile(year, place.level, place.index)
        return (found or b"")[: place.width * HASH_BYTES]


def published(checkpoint: SignedSize) -> bytes:
    """Return a checkpoint as it is sent: the signed note, and cosignature lines after it."""
    return (checkpoint.note + "".join(checkpoint.lines)).encode()


def content_of(entry: StoredEntry) -> bytes:
    """Return the bytes that the tree has hashed for an entry."""
    return entry_bytes(entry.writer, entry.wseq, entry.open.encode(), entry.salt, entry.sealed)


def _within(level: int, index: int, width: int, size: int) -> bool:
    return 0 < width <= WIDTH and index * WIDTH + width <= size >> 8 * level


def _partial(tree: Tree, place: Place) -> bytes:
    for tile in tree.partial():
        if (tile.level, tile.index) == (place.level, place.index):
            return tile.hashes
    return b""
