"""Caseloads and cases hold tokens; membership of a batch is one query."""

import pytest

from hub.storage.database import Database
from hub.storage.scopes import ScopeTable
from hub.storage.tokens import SubjectTokens
from tests.service.storage.hub_database import HubDatabase, ask, code

pytestmark = pytest.mark.asyncio


@pytest.fixture
def table(database: Database, tokens: SubjectTokens) -> ScopeTable:
    return ScopeTable(database, tokens)


async def test_a_caseload_is_the_agreements_own(table: ScopeTable) -> None:
    people = [code(number) for number in range(4)]
    await table.add("A", None, people[:2])
    await table.add("A", None, people[:2])
    assert await table.members("A", None, people) == set(people[:2])
    assert await table.members("B", None, people) == frozenset()
    assert await table.members("A", "1", people) == frozenset()
    assert await table.members("A", None, []) == frozenset()


async def test_a_case_is_neither_the_caseload_nor_another_case(table: ScopeTable) -> None:
    await table.add("A", "OC/1", [code(1)])
    assert await table.members("A", "OC/1", [code(1), code(2)]) == {code(1)}
    assert await table.members("A", "OC/2", [code(1)]) == frozenset()
    assert await table.members("A", None, [code(1)]) == frozenset()
    await table.remove("A", "OC/1", [code(1), code(2)])
    assert await table.members("A", "OC/1", [code(1)]) == frozenset()


async def test_many_are_added_at_once_and_none_in_clear(
    table: ScopeTable, hub_database: HubDatabase
) -> None:
    await table.add("A", None, (code(number) for number in range(25_000)))
    url = hub_database.owner_url
    assert await ask(url, "SELECT count(*) FROM hub.scope_member") == 25_000
    assert len(await table.members("A", None, [code(n) for n in range(24_990, 25_010)])) == 10
    dump = await ask(url, "SELECT string_agg(m::text, '') FROM hub.scope_member m")
    assert code(1) not in dump
