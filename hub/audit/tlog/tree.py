"""An append-only Merkle tree in tiles, of which only the right edge is kept.

Interface::

    tree = Tree(size, edge)             # edge: partial tiles' bytes, level 0 first; b"" where empty
    finished = tree.append(leaf_hashes) # full tiles that came to be: list[Tile], to be stored
    tree.partial()                      # the partial tiles now, level 0 first: list[Tile]
    tree.edge                           # the same as bytes per level: what ``Tree`` takes again
    tree.size, tree.root()

``edge`` is exactly the partial tiles of the present size, so a sequencer that stores tiles needs
nothing else to go on: ``Tree.of(size, read)`` reads them itself.

Source: RFC 9162, section 2.1; c2sp.org/tlog-tiles.
"""

from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256
from typing import Final, Self

from hub.audit.tlog.invalid import Invalid
from hub.audit.tlog.tiles import HASH_BYTES, WIDTH, Tile

EMPTY_ROOT: Final = sha256(b"").digest()
TILE_BYTES: Final = WIDTH * HASH_BYTES


def leaf_hash(entry: bytes) -> bytes:
    """Return the hash of a leaf: SHA-256(00 ‖ entry)."""
    return sha256(b"\0" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of two subtrees: SHA-256(01 ‖ left ‖ right)."""
    return sha256(b"\1" + left + right).digest()


def subtree(hashes: bytes) -> bytes:
    """Return the root over consecutive hashes of one level, a power of two of them."""
    digest = sha256
    while len(hashes) > HASH_BYTES:
        pairs = range(0, len(hashes), 2 * HASH_BYTES)
        hashes = b"".join(
            [digest(b"\1" + hashes[at : at + 2 * HASH_BYTES]).digest() for at in pairs]
        )
    return hashes


class Tree:
    """A tree of which the full tiles are elsewhere; see the module for its interface."""

    __slots__ = ("_levels", "size")

    def __init__(self, size: int = 0, edge: Sequence[bytes] = ()) -> None:
        """Go on from a tree of ``size`` leaves.

        Raises:
            Invalid: ``edge`` is not of that size.
        """
        self.size = size
        self._levels = [bytearray(level) for level in edge]
        widths = [len(level) for level in self._levels]
        if widths != [width * HASH_BYTES for width in _widths(size, len(widths))]:
            raise Invalid(reason="the edge is not that of a tree of this size")

    @classmethod
    def of(cls, size: int, read: Callable[[int, int, int], bytes]) -> Self:
        """Go on from tiles kept elsewhere; ``read`` takes level, index and width of a partial one.

        Raises:
            Invalid: A tile is not as wide as it has to be.
        """
        edge: list[bytes] = []
        full = size
        while full:
            full, width = divmod(full, WIDTH)
            edge.append(bytes(read(len(edge), full, width)) if width else b"")
        return cls(size, edge)

    @property
    def edge(self) -> list[bytes]:
        """Bytes of the partial tiles, level 0 first; b"" where a level's tiles are all full."""
        return [bytes(level) for level in self._levels]

    def append(self, leaves: Iterable[bytes]) -> list[Tile]:
        """Add leaf hashes and return the tiles that are full now, each before those above it.

        Args:
            leaves: What ``leaf_hash`` returned, 32 bytes each.
        """
        added = b"".join(leaves)
        finished: list[Tile] = []
        start = 0
        while start < len(added):
            room = TILE_BYTES - len(self._level(0))
            self._levels[0] += added[start : start + room]
            start += room
            self.size += (min(start, len(added)) - (start - room)) // HASH_BYTES
            self._lift(finished)
        return finished

    def partial(self) -> list[Tile]:
        """Return the partial tiles, level 0 first; none for a level whose tiles are all full."""
        tiles = (
            Tile(number, self.size >> 8 * (number + 1), bytes(level))
            for number, level in enumerate(self._levels)
        )
        return [tile for tile in tiles if tile.hashes]

    def root(self) -> bytes:
        """Return the root: that of nothing is SHA-256 of nothing."""
        root = b""
        for level in self._levels:
            for left in reversed(_perfect(bytes(level))):
                root = node_hash(left, root) if root else left
        return root or EMPTY_ROOT

    def _level(self, number: int) -> bytearray:
        if number == len(self._levels):
            self._levels.append(bytearray())
        return self._levels[number]

    def _lift(self, finished: list[Tile]) -> None:
        """Turn full levels into tiles, whose roots go one level up."""
        number = 0
        while len(self._level(number)) == TILE_BYTES:
            hashes = bytes(self._levels[number])
            finished.append(Tile(number, (self.size >> 8 * (number + 1)) - 1, hashes))
            self._levels[number].clear()
            number += 1
            self._level(number).extend(subtree(hashes))


def _widths(size: int, levels: int) -> list[int]:
    """Return how many hashes each level's partial tile has; too few levels never match."""
    widths: list[int] = []
    while size or len(widths) < levels:
        size, width = divmod(size, WIDTH)
        widths.append(width)
    return widths


def _perfect(hashes: bytes) -> list[bytes]:
    """Return the roots of the largest perfect subtrees, from the left."""
    roots: list[bytes] = []
    while hashes:
        count = 1 << (len(hashes) // HASH_BYTES).bit_length() - 1
        roots.append(subtree(hashes[: count * HASH_BYTES]))
        hashes = hashes[count * HASH_BYTES :]
    return roots
