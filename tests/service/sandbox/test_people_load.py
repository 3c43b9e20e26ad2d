import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from urllib.parse import urlsplit

import asyncpg
import pytest

from hub.model.personal_code import PersonalCode
from hub.sandbox.people import copying
from hub.sandbox.people.discovery import twins
from hub.sandbox.people.generate import Population, lives
from hub.sandbox.people.load import Loaded, load, synthetic_codes
from hub.sandbox.people.personas import cast

FEW = Population(seed=11, people=60, today=date(2026, 11, 20))


def name_of(url: str) -> str:
    return urlsplit(url).path.strip("/")


def put(url: str, population: Population) -> Loaded:
    return asyncio.run(load(url, population, database=name_of(url)))


def ask(url: str, query: str) -> list[tuple[object, ...]]:
    async def fetch() -> list[tuple[object, ...]]:
        connection = await asyncpg.connect(url)
        try:
            return [tuple(row) for row in await connection.fetch(query)]
        finally:
            await connection.close()

    return asyncio.run(fetch())


def contents(url: str) -> dict[str, object]:
    """A digest of every row in every twin's table."""
    digest = "SELECT coalesce(sum(hashtextextended(t::text, 0)), 0) FROM"
    return {
        table.fullname: ask(url, f'{digest} "{table.schema}"."{table.name}" t')[0][0]
        for twin in twins()
        for table in twin.metadata.sorted_tables
    }


@pytest.fixture(scope="module")
def url(make_database: Callable[[], str]) -> str:
    made = make_database()
    assert put(made, FEW).fresh
    return made


def test_all_are_in_and_the_personas_too(url: str) -> None:
    expected = [*lives(FEW), *cast(FEW.today)]
    known = {span.code for life in expected if life.in_population for span in life.codes}
    assert {code for (code,) in ask(url, "SELECT personas_kods FROM fpr.personas_kods")} == known


def test_a_second_load_finds_it_done_and_tells_the_first_day(url: str) -> None:
    before = contents(url)
    again = put(url, replace(FEW, today=date(2026, 12, 24)))
    assert not again.fresh
    assert again.today == FEW.today
    assert contents(url) == before


def test_every_twin_has_an_address(url: str) -> None:
    registers = put(url, FEW).registers
    assert set(registers) == {twin.register for twin in twins()}
    for twin in twins():
        table = twin.metadata.sorted_tables[0]
        assert ask(registers[twin.register], f'SELECT 1 FROM "{table.schema}"."{table.name}"')


def test_addresses_stay_out_of_repr(url: str) -> None:
    assert "postgresql" not in repr(put(url, FEW))


def test_keys_and_indexes_are_made(url: str) -> None:
    for twin in twins():
        made = ask(url, f"SELECT indexname FROM pg_indexes WHERE schemaname = '{twin.schema}'")
        wanted = sum(len(table.indexes) + 1 for table in twin.metadata.sorted_tables)
        assert len(made) >= wanted


def test_other_parameters_replace_everybody(make_database: Callable[[], str]) -> None:
    url = make_database()
    assert put(url, FEW).fresh
    one = contents(url)
    assert put(url, replace(FEW, seed=12)).fresh
    assert contents(url) != one
    assert put(url, FEW).fresh
    assert contents(url) == one


def test_a_load_cut_short_is_done_again(
    make_database: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    url = make_database()

    async def fail(*_: object) -> None:
        raise ConnectionResetError

    with monkeypatch.context() as patch:
        patch.setattr("hub.sandbox.people.load.copy_population", fail)
        with pytest.raises(ConnectionResetError):
            put(url, FEW)
    assert put(url, FEW).fresh
    assert ask(url, "SELECT count(*) FROM fpr.persona")[0][0] == len(
        [life for life in [*lives(FEW), *cast(FEW.today)] if life.in_population]
    )


def test_several_processes_make_the_same_people(
    make_database: Callable[[], str], url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copying, "WORTH_PROCESSES", 1)
    monkeypatch.setattr(copying, "BATCH_HOUSEHOLDS", 7)
    other = make_database()
    put(other, FEW)
    assert contents(other) == contents(url)


def test_codes_for_load_tests(url: str) -> None:
    codes = asyncio.run(synthetic_codes(url, 10, database=name_of(url)))
    assert len(codes) == 10
    assert codes == [PersonalCode.parse(code) for code in codes]
    assert codes == asyncio.run(synthetic_codes(url, 10, database=name_of(url)))
