"""Proofs of a receipt: pending until the log has an order, and then for whoever may have them."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import pytest_asyncio

from hub.audit.cursor import SealedCursors
from hub.audit.log import DurableLog
from hub.audit.logview import TreeView
from hub.audit.proving import Prover
from hub.audit.receipts import ReceiptDesk
from hub.errors import HubError
from hub.model.desk import DeskQuestion
from hub.model.proven import ProofState, Proven
from hub.storage.log_entries import LogEntries
from hub.storage.tree import TreeTable
from tests.service.audit.asking import Office, by_officer
from tests.service.audit.ordering import Hand
from tests.service.storage.hub_database import HubDatabase, keyring, log_key
from tests.unit.audit.making import code

pytestmark = pytest.mark.asyncio

PEOPLE = [code(number) for number in range(1, 6)]


@pytest_asyncio.fixture
async def office(hub_database: HubDatabase, log: DurableLog) -> AsyncIterator[Office]:
    made = Office(hub_database.url, log)
    yield made
    await made.database.aclose()


@pytest.fixture
def desk(office: Office) -> ReceiptDesk:
    store = TreeTable(office.database)
    return ReceiptDesk(
        entries=LogEntries(office.database),
        prover=Prover(store, TreeView(store)),
        cursors=SealedCursors(keyring()),
        key=log_key(),
    )


async def _asked(desk: ReceiptDesk, question: DeskQuestion) -> Proven | None:
    proven: Proven | None = (await desk.receipt(question)).value
    return proven


async def test_a_receipt_is_pending_until_its_entries_are_in_a_signed_tree(
    office: Office, desk: ReceiptDesk, hand: Hand
) -> None:
    receipt = await office.look(*PEOPLE)
    question = by_officer("receipt", id=receipt.id)
    pending = await _asked(desk, question)
    assert pending is not None
    assert (pending.state, list(pending.entries)) == (ProofState.PENDING, [])
    await hand.tick()
    proven = await _asked(desk, question)
    assert proven is not None
    assert (proven.state, len(proven.entries)) == (ProofState.PROVEN, 5)
    assert proven.promise == receipt.promise


async def test_pages_hold_every_entry_once(office: Office, desk: ReceiptDesk, hand: Hand) -> None:
    receipt = await office.look(*PEOPLE)
    await hand.tick()
    places: list[str] = []
    after: str | None = None
    for more in (True, True, False):
        question = by_officer("receipt", id=receipt.id, first=2, after=after)
        page = await _asked(desk, question)
        assert page is not None
        assert (page.more, page.promise) == (more, None)
        places += [each.place for each in page.entries]
        after = page.cursor
    assert places == [f"2026/{place}" for place in range(5)]


async def test_a_cursor_of_one_receipt_serves_no_other(
    office: Office, desk: ReceiptDesk, hand: Hand
) -> None:
    one, other = [await office.look(*PEOPLE) for _ in range(2)]
    await hand.tick()
    page = await _asked(desk, by_officer("receipt", id=one.id, first=2))
    assert page is not None
    with pytest.raises(HubError) as refused:
        await _asked(desk, by_officer("receipt", id=other.id, first=2, after=page.cursor))
    assert refused.value.code.code == "cursor_invalid"


async def test_recipient_and_client_both_count(
    office: Office, desk: ReceiptDesk, hand: Hand
) -> None:
    receipt = await office.look(PEOPLE[0])
    await hand.tick()
    rigas = by_officer("receipt", officer="DVI-2026-003", id=receipt.id)
    client = replace(rigas.caller.client, id="riga-social-service")
    agreement = rigas.caller.agreement

    async def known(**changes: str) -> bool:
        terms = replace(agreement, oversight=None, recipient=changes.get("recipient", "RD-LD"))
        who = replace(client, id=changes.get("client", client.id))
        caller = replace(rigas.caller, client=who, agreement=terms)
        return await _asked(desk, replace(rigas, caller=caller)) is not None

    assert await known()
    assert not await known(client="another")
    assert not await known(recipient="RBT")
    assert await _asked(desk, rigas) is None  # the recipient's officer is not its system
