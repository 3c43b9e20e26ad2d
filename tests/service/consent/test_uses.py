"""What rested on a consent, from the log's projection: nothing sealed, nothing of another's."""

from collections.abc import Sequence

import pytest

from hub.storage.consent_uses import ConsentUseTable
from hub.storage.database import Database
from tests.service.storage.hub_database import HubDatabase, run

pytestmark = pytest.mark.asyncio

ENTRY = """
INSERT INTO hub.log_entry (year, position, writer, wseq, at, operation_id, decision, recipient,
    agreement, purpose, consent, consent_revision, registers, categories, codes, question,
    visibility, person_acting)
VALUES ({year}, {position}, gen_random_uuid(), 1, '{year}-11-20T12:00:00Z', 'o', '{decision}', 'R',
    'A-1', 'p', '{consent}', 1, '{{employment}}', '{{{categories}}}', '{{}}', '{{}}',
    '{visibility}', false)
"""
USUAL = {
    "year": 2026,
    "decision": "disclosed",
    "consent": "mine",
    "categories": "ADMINISTRATIVE",
    "visibility": "immediate",
}


@pytest.fixture
def uses(database: Database) -> ConsentUseTable:
    return ConsentUseTable(database)


async def entries(hub_database: HubDatabase, *told: dict[str, object]) -> None:
    statements = [
        ENTRY.format(**{**USUAL, "position": place, **each}) for place, each in enumerate(told)
    ]
    await run(hub_database.owner_url, *statements)


async def found(uses: ConsentUseTable, hidden: Sequence[str] = ()) -> int:
    return len(await uses.rested_on("mine", before=None, hidden=hidden, limit=100))


@pytest.mark.parametrize(
    "left_out",
    [
        {"visibility": "sealed"},
        {"visibility": "delayed"},
        {"decision": "consent"},
        {"decision": "accountability"},
        {"consent": "another"},
    ],
)
async def test_nothing_else_is_told(
    hub_database: HubDatabase, uses: ConsentUseTable, left_out: dict[str, object]
) -> None:
    await entries(hub_database, {}, left_out, {})
    assert await found(uses) == 2


async def test_kinds_that_are_hidden_are_left_out(
    hub_database: HubDatabase, uses: ConsentUseTable
) -> None:
    kinds: dict[str, object] = {"categories": "ADMINISTRATIVE,CHILD_PROTECTION"}
    await entries(hub_database, {}, kinds, {"categories": ""})
    assert await found(uses) == 3
    assert await found(uses, ["CHILD_PROTECTION"]) == 2


async def test_pages_follow_one_another_newest_first_over_years(
    hub_database: HubDatabase, uses: ConsentUseTable
) -> None:
    years: list[dict[str, object]] = [{"year": 2025 + place % 2} for place in range(7)]
    await entries(hub_database, *years)
    before: bytes | None = None
    seen: list[bytes] = []
    while page := await uses.rested_on("mine", before=before, hidden=(), limit=2):
        seen += [each.place for each in page]
        before = page[-1].place
    assert len(seen) == 7
    assert seen == sorted(seen, reverse=True)
