"""The SQL transport against a real PostgreSQL."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import asyncpg
import pytest
from msgspec import UNSET, Struct, UnsetType
from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    ForeignKey,
    MetaData,
    Numeric,
    String,
    Table,
    cast,
    func,
)

from connectors.transports.sql import SqlConnector, SqlRegister
from connectors.transports.sql_rows import Record, Rows, Windowed
from hub.errors import Code, RegisterError
from hub.model.catalogue import FieldId, Freshness, Manifest
from hub.model.evidence import Ask, Window
from hub.model.personal_code import PersonalCode
from hub.ports import Clock, RegisterConfig
from hub.sandbox.people.noting import noting
from hub.sandbox.servers import PostgresServer, start_postgres

META = MetaData(schema="src")
PERSON = Table(
    "persona",
    META,
    Column("id", BigInteger, primary_key=True),
    Column("kods", String(11), index=True),
)
PAID = Table(
    "maksajums",
    META,
    Column("id", BigInteger, primary_key=True),
    Column("persona_id", ForeignKey("src.persona.id"), index=True),
    Column("menesis", Date),
    Column("neto", Numeric(12, 2)),
)
MAKE = """
CREATE SCHEMA src;
CREATE TABLE src.persona (id bigint PRIMARY KEY, kods varchar(11));
CREATE TABLE src.maksajums (id bigint, persona_id bigint, menesis date, neto numeric(12, 2));
INSERT INTO src.persona SELECT n, '33' || lpad(n::text, 9, '0') FROM generate_series(0, 19) n;
INSERT INTO src.persona VALUES (100, '33000000003');
INSERT INTO src.maksajums
SELECT n * 100 + m, n, date '2026-01-01' + make_interval(months => m), n + 0.50
FROM generate_series(0, 19) n, generate_series(0, 5) m;
INSERT INTO src.maksajums VALUES (1, 100, '2020-01-01', 9.99);
"""
MANIFEST = Manifest(
    name="twin",
    controller="T",
    controller_en="Twin",
    controller_lv="Dvīnis",
    source="T",
    freshness=Freshness(ttl_s=1, negative_ttl_s=1, stale_if_error_s=1, max_age_s=1),
    deadline_s=2.0,
    concurrency=2,
    windowed=True,
)


class Paid(Struct, frozen=True, kw_only=True):
    month: date | UnsetType = UNSET
    net: str | UnsetType = UNSET


class Facts(Struct, frozen=True, kw_only=True):
    slow: object = UNSET
    paid: tuple[Paid, ...] | UnsetType = UNSET

    def withhold(self, granted: object) -> "Facts":
        return self

    def is_empty(self) -> bool:
        return not self.paid


ROWS = Rows(
    source=PERSON,
    columns={"slow": cast(func.pg_sleep(30), String)},
    nested={
        "paid": Rows(
            source=PAID,
            on=PAID.c.persona_id == PERSON.c.id,
            columns={"month": PAID.c.menesis, "net": func.cast(PAID.c.neto, String)},
            order_by=(PAID.c.menesis,),
            windowed=Windowed(column=PAID.c.menesis, monthly=True),
        )
    },
)
REGISTER = SqlRegister(
    manifest=MANIFEST,
    facts=Facts,
    record=Record(key=PERSON.c.kods, rows=ROWS),
    present=lambda facts, arguments, provenance, today: None,
    needs={FieldId("twin.net"): frozenset({"paid.net"})},
    presence=frozenset({"paid.month"}),
)
NET = Ask(register="twin", columns=frozenset({"paid.net"}))
SLOW = Ask(register="twin", columns=frozenset({"slow"}))

pytestmark = pytest.mark.asyncio


class StillClock(Clock):
    def now(self) -> datetime:
        return datetime(2026, 11, 20, tzinfo=UTC)

    def today(self) -> date:
        return date(2026, 11, 20)


def code(number: int) -> PersonalCode:
    return PersonalCode(f"3300{number // 100_000:02}-{number % 100_000:05}")


@asynccontextmanager
async def connected(
    url: str, register: SqlRegister[Facts] = REGISTER
) -> AsyncIterator[SqlConnector[Facts]]:
    connector = SqlConnector(register, RegisterConfig(url=url), StillClock())
    try:
        yield connector
    finally:
        await connector.aclose()


async def fill(url: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(MAKE)
        for statement in noting("src", "twin"):
            await connection.execute(statement)
    finally:
        await connection.close()


@pytest.fixture(scope="module")
def source(make_database: Callable[[], str]) -> str:
    url = make_database()
    asyncio.run(fill(url))
    return url


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[PostgresServer]:
    server = start_postgres(tmp_path / "postgres", fsync=False)
    asyncio.run(fill(f"{server.url}/postgres"))
    yield server
    server.stop()


async def test_a_narrow_question_reads_only_its_columns(source: str) -> None:
    async with connected(source) as connector:
        assert connector.columns([FieldId("twin.net")]) == {"paid.net"}
        assert connector.columns([FieldId("twin.provenance.asOf")]) == {"paid.month"}
        reply = await connector.fetch(NET, [code(1)], "reference")
        (facts,) = reply.facts.values()
        assert isinstance(facts, Facts)
        assert facts.paid == tuple(Paid(net="1.50") for _ in range(6))
        assert facts.slow is UNSET
        assert reply.as_of == StillClock().now()


async def test_a_window_of_days_takes_whole_months(source: str) -> None:
    window = Window(start=date(2026, 2, 17), end=date(2026, 3, 31))
    ask = replace(NET, columns=frozenset({"paid.month"}), window=window)
    async with connected(source) as connector:
        (facts,) = (await connector.fetch(ask, [code(1)], "reference")).facts.values()
        assert isinstance(facts, Facts)
        assert facts.paid == (Paid(month=date(2026, 2, 1)), Paid(month=date(2026, 3, 1)))


async def test_two_rows_of_one_code_are_joined(source: str) -> None:
    async with connected(source) as connector:
        (facts,) = (await connector.fetch(NET, [code(3)], "reference")).facts.values()
        assert isinstance(facts, Facts)
        assert isinstance(facts.paid, tuple)
        assert {paid.net for paid in facts.paid} == {"3.50", "9.99"}


async def test_more_people_than_fit_are_asked_in_several_calls(source: str) -> None:
    small = replace(REGISTER, manifest=replace(MANIFEST, max_batch=6))
    async with connected(source, small) as connector:
        seen: list[str] = []
        async with connector._driver() as driver:
            driver.add_query_logger(lambda record: seen.append(record.query))
        codes = [code(number) for number in range(20)]
        reply = await connector.fetch(NET, [*codes, codes[0], code(999)], "reference")
        assert set(reply.facts) == set(codes)
        await asyncio.sleep(0)  # the driver tells of a query at the loop's next turn
        assert len(seen) == 4  # 21 different people, six at a time
        assert len(set(seen)) == 1


async def test_nobody_asked_is_nobody_found(source: str) -> None:
    async with connected(source) as connector:
        assert (await connector.fetch(NET, [], "reference")).facts == {}


async def test_a_slow_register_is_given_up_at_its_deadline(source: str) -> None:
    hasty = replace(REGISTER, manifest=replace(MANIFEST, deadline_s=0.4))
    async with connected(source, hasty) as connector:
        started = time.monotonic()
        with pytest.raises(RegisterError) as told:
            await connector.fetch(SLOW, [code(1)], "reference")
        assert told.value.code is Code.REGISTER_UNAVAILABLE
        assert told.value.__cause__ is None
        assert 0.3 < time.monotonic() - started < 2
        assert (await connector.fetch(NET, [code(1)], "reference")).facts, (
            "the next question is answered"
        )


async def test_a_cancelled_question_leaves_no_broken_connection(source: str) -> None:
    async with connected(source) as connector:
        for _ in range(MANIFEST.concurrency + 1):
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.2):
                    await connector.fetch(SLOW, [code(1)], "reference")
        assert (await connector.fetch(NET, [code(1)], "reference")).facts


async def test_a_register_that_waits_for_a_connection_is_given_up_too(source: str) -> None:
    busy = replace(REGISTER, manifest=replace(MANIFEST, deadline_s=0.5, concurrency=1))
    async with connected(source, busy) as connector:
        asked = [connector.fetch(SLOW, [code(1)], "reference") for _ in range(3)]
        for told in await asyncio.gather(*asked, return_exceptions=True):
            assert isinstance(told, RegisterError)
            assert told.code is Code.REGISTER_UNAVAILABLE


async def test_the_hub_can_change_nothing_in_a_register(source: str) -> None:
    async with connected(source) as connector:
        with pytest.raises(RegisterError):
            async with connector._driver() as driver:
                await driver.execute("DELETE FROM src.maksajums")
        assert (await connector.fetch(NET, [code(1)], "reference")).facts


async def test_a_register_that_comes_back_is_asked_again(own_server: PostgresServer) -> None:
    async with connected(f"{own_server.url}/postgres") as connector:
        await connector.ping()
        assert (await connector.fetch(NET, [code(1)], "reference")).facts
        await asyncio.to_thread(own_server.restart)
        reply = await connector.fetch(NET, [code(1)], "reference")
        assert reply.facts, "a connection that died while idle is not lent"


async def test_connections_are_few_and_the_last_one_used_is_used_next(source: str) -> None:
    async with connected(source) as connector:
        served = [await connector.fetch(NET, [code(1)], "reference") for _ in range(5)]
        assert len(served) == 5
        assert len(connector._pool._idle) == 1
        await asyncio.gather(*(connector.fetch(NET, [code(1)], "reference") for _ in range(20)))
        assert len(connector._pool._idle) <= MANIFEST.concurrency
        first, *_, last = connector._pool._idle
        async with connector._driver() as driver:
            assert driver is last
            assert driver is not first


async def test_a_connection_the_server_ended_is_not_lent(source: str) -> None:
    async with connected(source) as connector:
        async with connector._driver() as driver:
            number = driver.get_server_pid()
        other = await asyncpg.connect(source)
        await other.execute("SELECT pg_terminate_backend($1)", number)
        await other.close()
        await asyncio.sleep(0.2)
        assert (await connector.fetch(NET, [code(1)], "reference")).facts


async def test_an_error_the_server_told_costs_no_connection(source: str) -> None:
    async with connected(source) as connector:
        async with connector._driver() as driver:
            number = driver.get_server_pid()
        with pytest.raises(RegisterError):
            async with connector._driver() as driver:
                await driver.fetch("SELECT 1 / 0")
        async with connector._driver() as driver:
            assert driver.get_server_pid() == number


async def test_what_is_lent_while_it_closes_is_closed_when_it_comes_back(source: str) -> None:
    async with connected(source) as connector:
        async with connector._driver() as driver:
            await connector.aclose()
            assert not driver.is_closed()
        assert driver.is_closed()


@pytest.mark.parametrize(("mode", "answers"), [("disable", True), ("require", False)])
async def test_the_address_says_whether_to_encrypt(
    source: str, mode: str, *, answers: bool
) -> None:
    async with connected(f"{source}?sslmode={mode}") as connector:
        if answers:
            await connector.ping()
        else:  # the tests' server offers no TLS
            with pytest.raises(RegisterError):
                await connector.ping()


async def test_every_session_reads_only_and_gives_up_in_time(source: str) -> None:
    async with connected(source) as connector, connector._driver() as driver:
        asked = {
            "default_transaction_read_only": "on",
            "statement_timeout": "2s",
            "idle_in_transaction_session_timeout": "2s",
            "application_name": "hub:twin",
            "TimeZone": "UTC",
        }
        for name, value in asked.items():
            assert await driver.fetchval("SELECT current_setting($1)", name) == value


async def test_a_missing_table_is_unavailable_and_says_no_more(source: str) -> None:
    elsewhere = source.rsplit("/", 1)[0] + "/postgres"
    async with connected(elsewhere) as connector:
        with pytest.raises(RegisterError) as told:
            await connector.fetch(NET, [code(1)], "reference")
        assert "src" not in str(told.value)
        assert told.value.extensions() == {"code": "register_unavailable", "register": "twin"}
