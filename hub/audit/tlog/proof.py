"""Proofs that an entry is in a tree, and that a tree grew out of another.

Interface::

    plan = inclusion(index, size)       # or consistency(old, new)
    plan.tiles                          # which tiles it takes: list[Place]
    plan.proof(tiles)                   # from {Place: bytes}: list[bytes]
    plan.read(reader)                   # the same from a reader: Place -> bytes
    verify_inclusion(...), verify_consistency(...)   # raise Invalid

Source: RFC 9162, sections 2.1.3 and 2.1.4; the same proofs as those of RFC 6962.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from hub.audit.tlog.invalid import Invalid
from hub.audit.tlog.tiles import HASH_BYTES, WIDTH, Place
from hub.audit.tlog.tree import EMPTY_ROOT, node_hash, subtree

_TILE_HEIGHT: Final = 8


@dataclass(frozen=True, slots=True)
class _Node:
    """The root of a perfect subtree: 2^height leaves, beginning at ``offset`` times as many."""

    height: int
    offset: int

    def place(self, size: int) -> Place:
        """Return the tile, of a tree of ``size`` leaves, that this is made of."""
        level, inner = divmod(self.height, _TILE_HEIGHT)
        index = self.offset >> _TILE_HEIGHT - inner
        return Place(level, index, min(WIDTH, (size >> _TILE_HEIGHT * level) - index * WIDTH))

    def hash(self, tile: bytes) -> bytes:
        """Return the root, from the tile."""
        count = 1 << self.height % _TILE_HEIGHT
        at = self.offset * count % WIDTH * HASH_BYTES
        return subtree(tile[at : at + count * HASH_BYTES])


@dataclass(frozen=True, slots=True)
class Plan:
    """A proof to be made of tiles.

    Attributes:
        size: Leaves of the tree the proof is for.
        ranges: Leaves that each hash of the proof is over, the deepest first.
    """

    size: int
    ranges: tuple[tuple[int, int], ...]

    @property
    def tiles(self) -> list[Place]:
        """Tiles it takes, each once."""
        nodes = (node for each in self.ranges for node in _nodes(*each))
        return list(dict.fromkeys(node.place(self.size) for node in nodes))

    def proof(self, tiles: Mapping[Place, bytes]) -> list[bytes]:
        """Return the proof's hashes.

        Raises:
            Invalid: A tile is not as wide as its place tells.
        """
        for place, content in tiles.items():
            if len(content) != place.width * HASH_BYTES:
                raise Invalid(reason=f"the tile `{place.path}` is not {place.width} hashes wide")
        return [_over(each, self.size, tiles) for each in self.ranges]

    def read(self, reader: Callable[[Place], bytes]) -> list[bytes]:
        """Return the proof's hashes from tiles that ``reader`` gets."""
        return self.proof({place: reader(place) for place in self.tiles})


def inclusion(index: int, size: int) -> Plan:
    """Plan the proof that the entry at ``index`` is in the tree of ``size`` leaves.

    Raises:
        Invalid: The tree has no such entry.
    """
    if not 0 <= index < size:
        raise Invalid(reason="the tree has no entry at this position")
    ranges: list[tuple[int, int]] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        left = index < middle
        ranges.append((middle, end) if left else (start, middle))
        start, end = (start, middle) if left else (middle, end)
    return Plan(size, tuple(reversed(ranges)))


def consistency(old: int, new: int) -> Plan:
    """Plan the proof that the tree of ``new`` leaves begins with that of ``old``.

    It is empty when ``old`` is nothing, or the same.

    Raises:
        Invalid: The tree did not grow.
    """
    if not 0 <= old <= new:
        raise Invalid(reason="a tree does not grow out of a larger one")
    ranges: list[tuple[int, int]] = []
    start, end = 0, new
    while 0 < old != end:
        middle = start + _split(end - start)
        left = old <= middle
        ranges.append((middle, end) if left else (start, middle))
        start, end = (start, middle) if left else (middle, end)
    if ranges and start:
        ranges.append((start, end))
    return Plan(new, tuple(reversed(ranges)))


def verify_inclusion(
    index: int, size: int, leaf: bytes, root: bytes, proof: Sequence[bytes]
) -> None:
    """Check that ``leaf`` stands at ``index`` in the tree with this root.

    Raises:
        Invalid: It does not, or the proof is too short or too long.
    """
    if not 0 <= index < size:
        raise Invalid(reason="the tree has no entry at this position")
    place, last, reached = index, size - 1, leaf
    for each in proof:
        if not last:
            raise Invalid(reason="the inclusion proof is too long")
        if place & 1 or place == last:
            reached = node_hash(each, reached)
            place, last = _climbed(place, last)
        else:
            reached = node_hash(reached, each)
        place, last = place >> 1, last >> 1
    if last or reached != root:
        raise Invalid(reason="the inclusion proof does not lead to the checkpoint's root")


def verify_consistency(
    old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]
) -> None:
    """Check that the tree of ``new`` leaves begins with that of ``old``.

    Raises:
        Invalid: It does not, or the proof is too short or too long.
    """
    if not 0 <= old <= new:
        raise Invalid(reason="a tree does not grow out of a larger one")
    if old in (0, new):
        if proof or (old_root != (new_root if old else EMPTY_ROOT)):
            raise Invalid(reason="the two trees are of the same size and differ")
        return
    hashes = [old_root, *proof] if not old & (old - 1) else list(proof)
    if not hashes or not _grown(old, new, hashes, (old_root, new_root)):
        raise Invalid(reason="the later tree does not begin with the earlier one")


def _grown(old: int, new: int, hashes: Sequence[bytes], roots: tuple[bytes, bytes]) -> bool:
    place, last = old - 1, new - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    before = after = hashes[0]
    for each in hashes[1:]:
        if not last:
            return False
        if place & 1 or place == last:
            before, after = node_hash(each, before), node_hash(each, after)
            place, last = _climbed(place, last)
        else:
            after = node_hash(after, each)
        place, last = place >> 1, last >> 1
    return not last and (before, after) == roots


def _climbed(place: int, last: int) -> tuple[int, int]:
    """Go up while the node is a right edge without a sibling; such levels have no hash."""
    while place and not place & 1:
        place, last = place >> 1, last >> 1
    return place, last


def _split(size: int) -> int:
    """Return the largest power of two below ``size``."""
    return 1 << (size - 1).bit_length() - 1


def _nodes(start: int, end: int) -> Iterator[_Node]:
    """Yield the perfect subtrees of a range whose start a proof has aligned, from the left."""
    while start < end:
        height = (end - start).bit_length() - 1
        yield _Node(height, start >> height)
        start += 1 << height


def _over(leaves: tuple[int, int], size: int, tiles: Mapping[Place, bytes]) -> bytes:
    """Return the root over a range of leaves."""
    root = b""
    for node in reversed(list(_nodes(*leaves))):
        left = node.hash(tiles[node.place(size)])
        root = node_hash(left, root) if root else left
    return root
