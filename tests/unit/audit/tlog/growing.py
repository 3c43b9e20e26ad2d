"""A tree whose tiles are kept in a dictionary, for tests."""

from collections.abc import Sequence

from hub.audit.tlog.tiles import Place
from hub.audit.tlog.tree import Tree, leaf_hash


def entries(count: int) -> list[bytes]:
    return [b"entry %d" % number for number in range(count)]


def tiles(content: Sequence[bytes]) -> tuple[Tree, dict[Place, bytes]]:
    tree = Tree()
    finished = tree.append(map(leaf_hash, content))
    return tree, {tile.place: tile.hashes for tile in [*finished, *tree.partial()]}
