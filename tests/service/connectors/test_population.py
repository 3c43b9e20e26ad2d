import asyncio
from collections.abc import Callable
from datetime import UTC, date, datetime
from urllib.parse import urlsplit

import asyncpg
import pytest
from typing_extensions import override

from connectors import population
from hub.errors import RegisterError
from hub.model.evidence import Ask, Provenance
from hub.model.personal_code import PersonalCode
from hub.ports import Connector, RegisterConfig, Residence
from hub.sandbox.people.days import age
from hub.sandbox.people.generate import Population, lives
from hub.sandbox.people.life import Life
from hub.sandbox.people.load import Loaded, load
from hub.sandbox.people.members import MEMBERS
from hub.sandbox.people.personas import cast
from hub.sandbox.people.territories import MADONA, VARAKLANI, valid_on

TODAY = date(2026, 11, 20)
MANY = Population(seed=5, people=300, today=TODAY)


class Noon:
    def now(self) -> datetime:
        return datetime(2026, 11, 20, 12, tzinfo=UTC)

    def today(self) -> date:
        return TODAY


@pytest.fixture(scope="module")
def loaded(make_database: Callable[[], str]) -> Loaded:
    url = make_database()
    return asyncio.run(load(url, MANY, database=urlsplit(url).path.strip("/")))


@pytest.fixture(scope="module")
def everybody() -> list[Life]:
    return [*lives(MANY), *cast(TODAY)]


def ask(url: str, codes: list[str]) -> dict[str, Residence]:
    """Ask once for all codes; keyed by the code asked."""

    async def fetch() -> dict[str, Residence]:
        connector = population.connect(RegisterConfig(url=url), Noon())
        try:
            return await read(connector, codes)
        finally:
            await connector.aclose()

    return asyncio.run(fetch())


async def read(connector: Connector, codes: list[str]) -> dict[str, Residence]:
    asked = [PersonalCode.parse(code) for code in codes]
    wanted = Ask(register="population", columns=connector.columns(()))
    reply = await connector.fetch(wanted, asked, "reference")
    provenance = Provenance(
        register="population",
        controller="PMLP",
        source="Fizisko personu reģistrs",
        as_of=reply.as_of,
        fetched_at=reply.as_of,
        cached=False,
        stale=False,
    )
    found: dict[str, Residence] = {}
    for code, facts in reply.facts.items():
        residence = connector.present(facts, {}, provenance, TODAY)
        assert isinstance(residence, Residence)
        found[code.digits] = residence
    return found


def test_everybody_is_found_by_every_code(loaded: Loaded, everybody: list[Life]) -> None:
    codes = [span.code for life in everybody for span in life.codes]
    found = ask(loaded.registers["population"], codes)
    for life in everybody:
        exists = life.in_population and life.closed_on is None
        for span in life.codes:
            residence = found.get(span.code)
            assert (residence is not None) == exists
            if residence:
                assert [code.digits for code in residence.codes] == [one.code for one in life.codes]
                assert (residence.born, residence.died) == (life.born, life.died)


def test_territories_are_those_of_today(loaded: Loaded, everybody: list[Life]) -> None:
    known = [life for life in everybody if life.in_population and not life.closed_on]
    found = ask(loaded.registers["population"], [life.code for life in known])
    for life in known:
        day = life.last_day(TODAY)
        here = [
            stay.territory
            for stay in life.stays
            if stay.begins <= day and (stay.ends is None or stay.ends >= day)
        ]
        expected = valid_on(here[0], TODAY) if here else None
        assert found[life.code].territory == expected
        assert found[life.code].territory != VARAKLANI
    assert found[MEMBERS["gunta"].code].territory == MADONA


def test_children_have_guardians_and_adults_mostly_none(
    loaded: Loaded, everybody: list[Life]
) -> None:
    known = [life for life in everybody if life.in_population and not life.closed_on]
    found = ask(loaded.registers["population"], [life.code for life in known])
    for life in known:
        valid = [
            one.who.code
            for one in life.guardians
            if one.begins <= TODAY and (one.ends is None or one.ends >= TODAY) and not one.protected
        ]
        assert [code.digits for code in found[life.code].guardians] == list(dict.fromkeys(valid))
        assert age(life.born, TODAY) < 18 or not valid
        assert [
            (each.holder.digits, each.kind, each.scope, each.begins, each.ends, each.protected)
            for each in found[life.code].representations
        ] == [
            (one.who.code, one.kind.value, one.scope.value, one.begins, one.ends, one.protected)
            for one in sorted(life.guardians, key=lambda one: one.begins)
        ]
    assert any(each.protected for each in found[MEMBERS["madara"].code].representations)
    kristaps = found[MEMBERS["kristaps"].code]
    assert [code.digits for code in kristaps.guardians] == [MEMBERS["zenta"].code]


def test_a_former_code_answers_as_if_there_were_nobody(loaded: Loaded) -> None:
    former, adopted = MEMBERS["una"].code, MEMBERS["alise"].code
    unknown = "38999999987"
    found = ask(loaded.registers["population"], [former, adopted, unknown])
    assert set(found) == {adopted}
    assert [code.digits for code in found[adopted].codes] == [adopted]


def test_one_person_asked_by_two_codes_is_told_twice_the_same(loaded: Loaded) -> None:
    rudolfs = MEMBERS["rudolfs"]
    found = ask(loaded.registers["population"], [rudolfs.old_code, rudolfs.new_code])
    assert found[rudolfs.old_code] == found[rudolfs.new_code]


def test_adoption_shares_nothing_in_any_register(loaded: Loaded) -> None:
    """No row of any register that names the one code also names the other, or shares a key."""
    former, adopted = MEMBERS["una"].code, MEMBERS["alise"].code

    async def rows_by_code(code: str) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for register, url in loaded.registers.items():
            connection = await asyncpg.connect(url)
            try:
                tables = await connection.fetch(
                    "SELECT quote_ident(table_schema) || '.' || quote_ident(table_name) "
                    "FROM information_schema.tables "
                    "WHERE table_schema NOT IN ('pg_catalog', 'information_schema')"
                )
                for (table,) in tables:
                    rows = await connection.fetch(
                        f"SELECT t::text FROM {table} t WHERE t::text LIKE '%' || $1 || '%'", code
                    )
                    found.setdefault(register, set()).update(text for (text,) in rows)
            finally:
                await connection.close()
        return found

    async def both() -> tuple[dict[str, set[str]], dict[str, set[str]]]:
        return await rows_by_code(former), await rows_by_code(adopted)

    of_former, of_adopted = asyncio.run(both())
    assert of_former["population"]
    assert of_adopted["population"]
    for rows in of_former.values():
        assert not any(adopted in row for row in rows)
    for rows in of_adopted.values():
        assert not any(former in row for row in rows)
    assert numbers(of_former).isdisjoint(numbers(of_adopted))


def numbers(rows: dict[str, set[str]]) -> set[str]:
    """Long numbers in rows: keys and codes."""
    return {
        part
        for each in rows.values()
        for row in each
        for part in row.strip("()").replace('"', "").split(",")
        if part.isdigit() and len(part) > 8
    }


def test_a_role_reads_its_own_register_and_writes_nothing(loaded: Loaded) -> None:
    async def tried(statement: str) -> None:
        connection = await asyncpg.connect(loaded.registers["population"])
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    for statement in (
        "UPDATE fpr.persona SET miris = now()",
        "SELECT * FROM public.people_loaded",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            asyncio.run(tried(statement))


def test_a_register_that_is_gone_is_unavailable() -> None:
    class Elsewhere(Noon):
        @override
        def today(self) -> date:
            return TODAY

    async def fetch() -> None:
        config = RegisterConfig(url="postgresql://nobody:x@127.0.0.1:1/none")
        connector = population.connect(config, Elsewhere())
        try:
            await read(connector, [MEMBERS["ilze"].code])
        finally:
            await connector.aclose()

    with pytest.raises(RegisterError) as raised:
        asyncio.run(fetch())
    assert raised.value.code.code == "register_unavailable"
