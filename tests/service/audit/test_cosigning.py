"""Witnesses beside the sequencer: what grew is cosigned and shown; nobody waits for them."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from hub.audit.cosigning import Cosigning
from hub.audit.logview import TreeView
from hub.audit.tlog import note
from hub.audit.tlog.cosignature import CosignatureVerifier, Cosigner
from hub.audit.tlog.note import Verifying
from hub.audit.tlog.witness import Witness
from hub.audit.tlog.witnessing import WitnessAddress, Witnesses
from hub.storage.database import Database
from hub.storage.tree import TreeTable
from tests.service.audit.ordering import Author, Connection, Hand, put
from tests.service.storage.fixtures import StillClock
from tests.service.storage.hub_database import HubDatabase, ask, log_key

pytestmark = pytest.mark.asyncio

COSIGNER = Cosigner("witness.example/w1", b"w" * 32)


class Body:
    """An outside body with a witness; it counts questions, and may be out of order."""

    def __init__(self, state: Path) -> None:
        self._witness = Witness(COSIGNER, [log_key().signer(2026).vkey], state)
        self.asked = 0
        self.works = True

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.asked += 1
        if not self.works:
            return httpx.Response(503)
        told = self._witness.add_checkpoint(request.read(), lambda: 1_800_000_000.0)
        return httpx.Response(told.status, text=told.body)


@pytest.fixture
def body(tmp_path: Path) -> Body:
    return Body(tmp_path / "seen.json")


@pytest_asyncio.fixture
async def cosigning(body: Body, database: Database, clock: StillClock) -> AsyncIterator[Cosigning]:
    address = WitnessAddress(
        COSIGNER.name, CosignatureVerifier.of(COSIGNER.vkey), "http://witness.example"
    )
    async with httpx.AsyncClient(transport=httpx.MockTransport(body.answer)) as client:
        yield Cosigning(
            TreeTable(database),
            log_key(),
            clock,
            Witnesses([address], client),
            wanted=1,
            leading=lambda: True,
        )


async def shown(database: Database) -> tuple[str, bool]:
    """Return the size shown, and whether the witness's signature under it is genuine."""
    found = await TreeView(TreeTable(database)).checkpoint(2026)
    assert found is not None
    witness = CosignatureVerifier.of(COSIGNER.vkey)
    signers: list[Verifying] = [log_key().signer(2026).verifier, witness]
    opened = note.opened(found, signers)
    return opened.text.split("\n")[1], len(opened.signatures) == 2


async def test_what_grew_is_cosigned_once(
    line: Connection, hand: Hand, cosigning: Cosigning, body: Body, database: Database
) -> None:
    author = Author()
    for number, size in ((3, "3"), (400, "403"), (1, "404")):
        await put(line, author.entries(number))
        await hand.tick()
        await cosigning.cosign(2026)
        assert await shown(database) == (size, True)
        asked = body.asked
        await cosigning.cosign(2026)
        assert body.asked == asked


async def test_a_witness_out_of_order_is_asked_again(
    line: Connection,
    hand: Hand,
    cosigning: Cosigning,
    body: Body,
    database: Database,
    hub_database: HubDatabase,
) -> None:
    await put(line, Author().entries(3))
    await hand.tick()
    body.works = False
    await cosigning.cosign(2026)
    assert await shown(database) == ("3", False)
    assert await ask(hub_database.owner_url, "SELECT count(*) FROM hub.log_cosignature") == 0
    body.works = True
    await cosigning.cosign(2026)
    assert await shown(database) == ("3", True)


async def test_a_year_without_a_log_asks_nobody(cosigning: Cosigning, body: Body) -> None:
    await cosigning.cosign(2024)
    assert body.asked == 0
