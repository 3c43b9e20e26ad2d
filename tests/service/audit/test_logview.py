"""What is served of the tree: all that is signed, nothing more, and proofs that hold offline."""

from collections.abc import Sequence

import pytest

from hub.audit.log import DurableLog
from hub.audit.logview import TreeView
from hub.audit.proving import Prover
from hub.audit.tlog import checkpoint, entrybytes, tlogproof
from hub.audit.tlog.proof import verify_consistency
from hub.audit.tlog.tiles import WIDTH, entries_of, tiles_of
from hub.audit.tlog.tree import Tree, leaf_hash
from hub.storage.database import Database
from hub.storage.tree import TreeTable
from tests.service.audit.ordering import Author, Connection, Hand, newest, put
from tests.service.storage.fixtures import StillClock
from tests.service.storage.hub_database import HubDatabase, ask, log_key, run
from tests.unit.audit.making import code, disclosure
from tests.unit.audit.tlog import naive

pytestmark = pytest.mark.asyncio


@pytest.fixture
def store(database: Database) -> TreeTable:
    return TreeTable(database)


@pytest.fixture
def view(store: TreeTable) -> TreeView:
    return TreeView(store)


async def all_entries(view: TreeView, size: int) -> list[bytes]:
    """Read every entry by bundles, as a monitor does."""
    found: list[bytes] = []
    for start in range(0, size, WIDTH):
        bundle = await view.entries(2026, start // WIDTH, min(WIDTH, size - start))
        assert bundle is not None
        found += entries_of(bundle)
    return found


async def test_tiles_and_bundles_are_those_of_the_tree_signed(
    line: Connection, hand: Hand, view: TreeView
) -> None:
    await put(line, Author().entries(700))
    await hand.tick()
    shown = await view.checkpoint(2026)
    assert shown is not None
    signer = log_key().signer(2026)
    head = checkpoint.opened(shown, [signer.verifier], signer.name)
    entries = await all_entries(view, head.size)
    assert head.root == naive.root(entries)
    assert [entrybytes.parsed(each).wseq for each in entries] == list(range(1, 701))
    leaves = [leaf_hash(each) for each in entries]
    tree = Tree()
    full = {(tile.level, tile.index): tile.hashes for tile in tree.append(leaves)}
    partial = {(tile.level, tile.index): tile.hashes for tile in tree.partial()}
    for place in tiles_of(head.size):
        assert place.level is not None
        expected = (full | partial)[place.level, place.index]
        for width in {place.width, 1, place.width // 2 or 1}:
            found = await view.tile(2026, place.level, place.index, width)
            assert found == expected[: width * 32]


async def test_nothing_beyond_what_is_signed_is_served(
    line: Connection, hand: Hand, view: TreeView, hub_database: HubDatabase
) -> None:
    await put(line, Author().entries(300))
    await hand.tick()
    asked: Sequence[tuple[int, int, int]] = [(0, 1, 45), (0, 2, 1), (1, 0, 2), (2, 0, 1)]
    for level, index, width in asked:
        assert await view.tile(2026, level, index, width) is None
    assert await view.tile(2026, 0, 1, 44)
    assert await view.tile(2026, 0, 1, 0) is None
    assert await view.entries(2026, 1, 45) is None
    assert await view.checkpoint(2025) is None
    assert await view.tile(2025, 0, 0, 1) is None
    # in the tree, not signed yet
    await run(hub_database.owner_url, "DELETE FROM hub.log_checkpoint WHERE size > 0")
    await ask(
        hub_database.owner_url,
        "INSERT INTO hub.log_checkpoint VALUES (2026, 10, '', now(), 'a note of ten')",
    )
    assert await view.tile(2026, 0, 0, 10)
    assert await view.tile(2026, 0, 0, 11) is None
    assert await view.entries(2026, 0, 11) is None


async def test_an_erased_entry_takes_its_bundle_away_and_no_tile(
    line: Connection, hand: Hand, view: TreeView, hub_database: HubDatabase
) -> None:
    await put(line, Author().entries(300))
    await hand.tick()
    await run(hub_database.owner_url, "DELETE FROM hub.access_entry WHERE wseq = 7")
    assert await view.entries(2026, 0, WIDTH) is None
    assert await view.entries(2026, 1, 44) is not None
    assert await view.tile(2026, 0, 0, WIDTH) is not None


async def test_each_tree_is_proven_to_begin_with_those_before(
    line: Connection, hand: Hand, view: TreeView, hub_database: HubDatabase
) -> None:
    author, roots = Author(), {0: naive.root([])}
    for number in (1, 5, 250, 1, 255, 600):
        await put(line, author.entries(number))
        await hand.tick()
        head = await newest(hub_database.owner_url)
        roots[head.size] = head.root
    sizes = sorted(roots)
    for old in sizes:
        for new in [size for size in sizes if size >= old]:
            proof = await view.grown(2026, old, new)
            verify_consistency(old, new, roots[old], roots[new], proof)


async def test_a_cosigned_checkpoint_is_shown_while_it_is_new(
    line: Connection, hand: Hand, view: TreeView, store: TreeTable, clock: StillClock
) -> None:
    author = Author()
    await put(line, author.entries(3))
    await hand.tick()
    witnessed = "\N{EM DASH} witness abc\n"
    await store.cosign(2026, 3, {"witness": witnessed}, clock.at)
    shown = await view.checkpoint(2026)
    assert shown is not None
    assert shown.decode().endswith(witnessed)
    await put(line, author.entries(1))
    await hand.tick()
    assert await view.checkpoint(2026) == shown
    assert await view.tile(2026, 0, 0, 4)
    clock.at = clock.at.replace(minute=5)
    await put(line, author.entries(1))
    await hand.tick()
    later = await view.checkpoint(2026)
    assert later is not None
    assert later.decode().split("\n")[1] == "5"


async def test_an_operation_is_proven_once_it_is_signed(
    log: DurableLog, hand: Hand, store: TreeTable, view: TreeView, hub_database: HubDatabase
) -> None:
    prover = Prover(store, view)
    others = [await log.append(disclosure(code(number))) for number in range(20)]
    receipt = await log.append(disclosure(*map(code, range(300))))
    assert await prover.prove(receipt.id) is None
    await hand.tick()
    proofs = await prover.prove(receipt.id)
    assert proofs is not None
    assert [proof.position for proof in proofs] == sorted(proof.position for proof in proofs)
    assert len(proofs) == 300
    signer = log_key().signer(2026)
    for proof in proofs:
        told = tlogproof.parsed(proof.text)
        told.checked([signer.verifier], signer.name)
        entry = entrybytes.parsed(told.extra)
        assert (entry.writer, entry.wseq) == (proof.entry.writer, proof.entry.wseq)
    some = await prover.prove(receipt.id, skip=298, most=50)
    assert some is not None
    assert [each.position for each in some] == [each.position for each in proofs[298:]]
    assert await prover.prove(others[0].id)
    assert await prover.prove("unknown") is None
    await run(hub_database.owner_url, "DELETE FROM hub.log_checkpoint WHERE size > 0")
    assert await prover.prove(receipt.id) is None


async def test_an_operation_of_which_a_part_waits_is_not_proven_yet(
    line: Connection, hand: Hand, store: TreeTable, view: TreeView
) -> None:
    entries = Author().entries(2, operation_id="0" * 32)
    await put(line, entries[:1])
    await hand.tick()
    assert await Prover(store, view).prove("0" * 32)
    await put(line, entries[1:])
    assert await Prover(store, view).prove("0" * 32) is None
    await hand.tick()
    proofs = await Prover(store, view).prove("0" * 32)
    assert proofs is not None
    assert len(proofs) == 2
