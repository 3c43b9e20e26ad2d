"""The tree and its proofs are those of RFC 9162, at any size and in whatever steps it grows."""

from hashlib import sha256

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from hub.audit.tlog.invalid import Invalid
from hub.audit.tlog.proof import consistency, inclusion, verify_consistency, verify_inclusion
from hub.audit.tlog.tiles import Place, tiles_of
from hub.audit.tlog.tree import Tree, leaf_hash
from tests.unit.audit.tlog import naive
from tests.unit.audit.tlog.growing import entries, tiles

EDGES = [1, 2, 3, 255, 256, 257, 511, 512, 513, 600]
SIZES = st.sampled_from(EDGES) | st.integers(1, 700)
PAIRS = SIZES.flatmap(lambda new: st.tuples(st.integers(0, new), st.just(new)))


def altered(content: bytes, at: int) -> bytes:
    """The same bytes with one of their bits turned over."""
    place = at // 8 % len(content)
    return content[:place] + bytes([content[place] ^ 1 << at % 8]) + content[place + 1 :]


@settings(deadline=None, max_examples=60)
@given(st.lists(st.sampled_from([0, 1, 2, 100, 255, 256, 257, 600]), max_size=5))
def test_growing_in_steps_makes_the_same_tree(steps: list[int]) -> None:
    content = entries(sum(steps))
    tree, finished, at = Tree(), [], 0
    for step in steps:
        tree = Tree(tree.size, tree.edge)  # as after a restart
        finished += tree.append(map(leaf_hash, content[at : at + step]))
        at += step
    assert tree.size == len(content)
    assert tree.root() == naive.root(content)
    kept = {tile.place: tile.hashes for tile in [*finished, *tree.partial()]}
    assert kept == tiles(content)[1]
    assert set(kept) == set(tiles_of(tree.size))
    again = Tree.of(tree.size, lambda level, index, width: kept[Place(level, index, width)])
    assert again.root() == tree.root()


def test_a_large_tree_has_three_levels() -> None:
    """The example of c2sp.org/tlog-tiles: 70,000 entries."""
    tree, kept = tiles(entries(70_000))
    assert [tile.place for tile in tree.partial()] == [
        Place(0, 273, 112),
        Place(1, 1, 17),
        Place(2, 0, 1),
    ]
    assert tree.root() == naive.root(entries(70_000))
    proof = inclusion(69_999, 70_000).read(kept.__getitem__)
    verify_inclusion(69_999, 70_000, leaf_hash(b"entry 69999"), tree.root(), proof)


@settings(deadline=None, max_examples=150)
@given(PAIRS.filter(lambda pair: pair[0] < pair[1]))
@example((255, 256))
@example((256, 257))
def test_inclusion_is_proved_as_the_rfc_says(pair: tuple[int, int]) -> None:
    index, size = pair
    content = entries(size)
    tree, kept = tiles(content)
    plan = inclusion(index, size)
    proof = plan.read(kept.__getitem__)
    assert proof == naive.path(index, content)
    assert set(plan.tiles) <= set(kept)
    verify_inclusion(index, size, leaf_hash(content[index]), tree.root(), proof)


@settings(deadline=None, max_examples=150)
@given(PAIRS)
@example((256, 257))
@example((512, 600))
def test_growth_is_proved_as_the_rfc_says(pair: tuple[int, int]) -> None:
    old, new = pair
    content = entries(new)
    tree, kept = tiles(content)
    proof = consistency(old, new).read(kept.__getitem__)
    assert proof == (naive.consistency(old, content) if old else [])
    verify_consistency(old, new, naive.root(content[:old]), tree.root(), proof)


@settings(deadline=None, max_examples=150)
@given(PAIRS.filter(lambda pair: pair[0] < pair[1]), st.integers(0, 10**6), st.data())
def test_no_altered_inclusion_proof_holds(
    pair: tuple[int, int], bit: int, data: st.DataObject
) -> None:
    index, size = pair
    tree, kept = tiles(entries(size))
    leaf, root = leaf_hash(b"entry %d" % index), tree.root()
    proof = inclusion(index, size).read(kept.__getitem__)
    bad: list[tuple[int, int, bytes, bytes, list[bytes]]] = [
        (index, size, altered(leaf, bit), root, proof),
        (index, size, leaf, altered(root, bit), proof),
        (index, size, leaf, root, [*proof, root]),
        (
            data.draw(st.integers(0, size - 1).filter(lambda i: i != index)) if size > 1 else size,
            size,
            leaf,
            root,
            proof,
        ),
        (size, size, leaf, root, proof),
        (-1, size, leaf, root, proof),
    ]
    if proof:
        place = data.draw(st.integers(0, len(proof) - 1))
        changed = altered(proof[place], bit)
        bad.append((index, size, leaf, root, [*proof[:place], changed, *proof[place + 1 :]]))
        bad.append((index, size, leaf, root, proof[:-1]))
    for each in bad:
        with pytest.raises(Invalid):
            verify_inclusion(*each)


@settings(deadline=None, max_examples=150)
@given(PAIRS.filter(lambda pair: pair[0] < pair[1]), st.integers(0, 10**6), st.data())
def test_no_altered_growth_is_believed(
    pair: tuple[int, int], bit: int, data: st.DataObject
) -> None:
    old, new = pair
    content = entries(new)
    tree, kept = tiles(content)
    before, after = naive.root(content[:old]), tree.root()
    proof = consistency(old, new).read(kept.__getitem__)
    bad: list[tuple[int, int, bytes, bytes, list[bytes]]] = [
        (old, new, altered(before, bit), after, proof),
        (old, new, before, after, [*proof, after]),
        (new, old, after, before, proof),
        (new, new, before, after, []),
    ]
    if old:
        bad.append((old, new, before, altered(after, bit), proof))
    if proof:
        place = data.draw(st.integers(0, len(proof) - 1))
        changed = altered(proof[place], bit)
        bad.append((old, new, before, after, [*proof[:place], changed, *proof[place + 1 :]]))
        bad.append((old, new, before, after, proof[:-1]))
    for each in bad:
        with pytest.raises(Invalid):
            verify_consistency(*each)


def test_a_tree_is_not_believed_to_be_larger_than_its_proof_shows() -> None:
    one, two = naive.root(entries(1)), naive.root(entries(2))
    proof = naive.consistency(1, entries(2))
    verify_consistency(1, 2, one, two, proof)
    for size in (3, 4, 100):
        with pytest.raises(Invalid):
            verify_consistency(1, size, one, two, proof)


def test_nothing_has_the_root_of_nothing() -> None:
    assert Tree().root() == sha256(b"").digest()
    assert Tree().partial() == []
    verify_consistency(0, 0, Tree().root(), Tree().root(), [])


@pytest.mark.parametrize(
    ("size", "edge"),
    [(1, []), (0, [b"x" * 32]), (256, [b"x" * 32]), (257, [b"x" * 32]), (1, [b"x" * 31])],
)
def test_an_edge_of_another_size_is_refused(size: int, edge: list[bytes]) -> None:
    with pytest.raises(Invalid):
        Tree(size, edge)


def test_what_cannot_be_proved_is_not_planned() -> None:
    for index, size in ((0, 0), (5, 5), (-1, 5)):
        with pytest.raises(Invalid):
            inclusion(index, size)
    with pytest.raises(Invalid):
        consistency(6, 5)


def test_a_tile_too_short_makes_no_proof() -> None:
    plan = inclusion(0, 300)
    with pytest.raises(Invalid):
        plan.read(lambda place: b"\0" * 32 * (place.width - 1))
