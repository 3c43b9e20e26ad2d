"""What those outside the hub hold of its log: proofs, checkpoints, mirrors, and a witness's memory.

A running sequencer orders the log; a witness cosigns whatever grew, as an outside body would.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from click.testing import CliRunner, Result
from prometheus_client import CollectorRegistry

from hub.audit.cosigning import Cosigning
from hub.audit.logview import TreeView
from hub.audit.proving import Prover
from hub.audit.sequencer import Sequencer
from hub.audit.tlog import checkpoint as checkpoints
from hub.audit.tlog import tlogproof
from hub.audit.tlog.checkpoint import Checkpoint
from hub.audit.tlog.cosignature import CosignatureVerifier, Cosigner
from hub.audit.tlog.note import opened
from hub.audit.tlog.proof import verify_consistency
from hub.audit.tlog.tiles import bundles_of, tiles_of
from hub.audit.tlog.witness import Witness
from hub.audit.tlog.witnessing import WitnessAddress, Witnesses
from hub.cli.audit import verify
from hub.storage.database import Database
from hub.storage.sequence import SequenceTable
from hub.storage.tree import TreeTable
from tests.service.storage.fixtures import StillClock
from tests.service.storage.hub_database import HubDatabase, ask, log_key

COSIGNER = Cosigner("witness.example/w1", b"w" * 32)
UNSETTLED = """
SELECT (SELECT count(*) FROM hub.access_entry e, hub.log_mark m WHERE e.arrival > m.arrival)
     + (SELECT count(*) FROM hub.log_head h WHERE h.size > 0 AND NOT EXISTS (
        SELECT FROM hub.log_checkpoint c WHERE c.year = h.year AND c.size = h.size))
"""


def head_of(year: int, raw: bytes) -> Checkpoint:
    signer = log_key().signer(year)
    return checkpoints.opened(raw, [signer.verifier], signer.name)


@dataclass
class Outsider:
    """Keeps all it was ever given, and checks it against what is served now."""

    store: TreeTable
    view: TreeView
    cosigning: Cosigning
    hub_database: HubDatabase
    checkpoints: list[tuple[int, bytes]] = field(default_factory=list)
    proofs: list[str] = field(default_factory=list)

    async def settled(self, *years: int) -> None:
        """Wait until every entry is under a checkpoint, have it cosigned, and keep that."""
        async with asyncio.timeout(20):
            while await ask(self.hub_database.owner_url, UNSETTLED):  # noqa: ASYNC110 — it tells nobody
                await asyncio.sleep(0.1)
        for year in years:
            await self.cosigning.cosign(year)
            shown = await self.view.checkpoint(year)
            assert shown
            assert opened(shown, [CosignatureVerifier.of(COSIGNER.vkey)])
            self.checkpoints.append((year, shown))

    async def prove(self, *operations: str) -> None:
        for operation in operations:
            proofs = await Prover(self.store, self.view).prove(operation)
            assert proofs
            self.proofs += [each.text for each in proofs]

    async def holds(self) -> int:
        """Check all that was kept against the checkpoints served now; return how much it was."""
        held = [self._proved(text) for text in self.proofs]
        held += [(year, head_of(year, raw)) for year, raw in self.checkpoints]
        for year, old in held:
            shown = await self.view.checkpoint(year)
            assert shown
            new = head_of(year, shown)
            grown = await self.view.grown(year, old.size, new.size)
            verify_consistency(old.size, new.size, old.root, new.root, grown)
        return len(held)

    def _proved(self, text: str) -> tuple[int, Checkpoint]:
        proof = tlogproof.parsed(text)
        year = int(proof.checkpoint.split(b"\n", 1)[0][-4:])
        signer = log_key().signer(year)
        return year, proof.checked([signer.verifier], signer.name)

    async def mirror(self, year: int, into: Path) -> Path:
        """Copy all that is served of a year; what is not served is left out, tiles never are."""
        shown = await self.view.checkpoint(year)
        assert shown
        size = head_of(year, shown).size
        kept: dict[str, bytes | None] = {"checkpoint": shown, "ended": await self.view.ended(year)}
        for tile in tiles_of(size):
            assert tile.level is not None
            kept[tile.path] = await self.view.tile(year, tile.level, tile.index, tile.width)
            assert kept[tile.path] is not None
        for bundle in bundles_of(size):
            kept[bundle.path] = await self.view.entries(year, bundle.index, bundle.width)
        for path, content in kept.items():
            if content is not None:
                (into / path).parent.mkdir(parents=True, exist_ok=True)
                (into / path).write_bytes(content)
        return into


def bundles_in(mirror: Path) -> list[Path]:
    return [each for each in (mirror / "tile" / "entries").rglob("*") if each.is_file()]


def checked(mirror: Path, *words: str | Path) -> Result:
    """Run `hub audit verify` offline, over a mirror and with a key that was handed over once."""
    line = [str(mirror), "--vkey", log_key().signer(2026).vkey, *map(str, words)]
    return CliRunner().invoke(verify.command, line)


@contextlib.asynccontextmanager
async def watching(
    database: Database, clock: StillClock, hub_database: HubDatabase, state: Path
) -> AsyncIterator[Outsider]:
    """Run the sequencer for as long as the block runs."""
    witness = Witness(COSIGNER, [log_key().signer(2026).vkey], state)

    def answer(request: httpx.Request) -> httpx.Response:
        told = witness.add_checkpoint(request.read(), lambda: 1_800_000_000.0)
        return httpx.Response(told.status, text=told.body)

    store = TreeTable(database)
    verifier = CosignatureVerifier.of(COSIGNER.vkey)
    address = WitnessAddress(COSIGNER.name, verifier, "http://witness.example")
    sequencer = Sequencer(SequenceTable(database), log_key(), clock, CollectorRegistry())
    async with (
        httpx.AsyncClient(transport=httpx.MockTransport(answer)) as client,
        asyncio.TaskGroup() as group,
    ):
        witnesses = Witnesses([address], client)
        cosigning = Cosigning(
            store, log_key(), clock, witnesses, wanted=1, leading=lambda: sequencer.leading
        )
        task = group.create_task(sequencer.run())
        try:
            yield Outsider(store, TreeView(store), cosigning, hub_database)
        finally:
            task.cancel()
