"""What every connector promises of its wire, asked of a real database filled by its twin."""

# ruff: noqa: ANN401 — any facts

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import asyncpg
import msgspec
import pytest
from msgspec import inspect
from sqlalchemy import Column, Table

from connectors import found
from connectors.transports.sql import SqlConnector
from connectors.transports.sql_rows import Rows
from hub.errors import Code, RegisterError
from hub.model.evidence import Ask, Window
from hub.model.personal_code import PersonalCode
from hub.ports import Connector, RegisterConfig, Reply
from hub.sandbox.people.calls import noted
from hub.sandbox.servers import PostgresServer
from tests.contract.conftest import TODAY, Registers, StillClock
from tests.contract.facts import columns_of
from tests.contract.test_connectors import EVERY

UNKNOWN = PersonalCode("380000-00000")
REFERENCE = "reference"
YEAR = Window(start=TODAY.replace(year=TODAY.year - 1), end=TODAY)

pytestmark = [pytest.mark.asyncio, pytest.mark.parametrize("name", EVERY)]


@asynccontextmanager
async def connected(name: str, url: str) -> AsyncIterator[Connector]:
    connector = found()[name].connect(RegisterConfig(url=url), StillClock())
    try:
        yield connector
    finally:
        await connector.aclose()


def everything(connector: Connector, window: Window | None = None) -> Ask:
    columns = frozenset(columns_of(connector.facts_type))
    return Ask(register=connector.manifest.name, columns=columns, window=window)


async def test_the_register_hears_whose_call_it_is(
    name: str, registers: Registers, postgres: PostgresServer
) -> None:
    """Each message of a call tells the reference it was given, and how many it asks about."""
    reference, codes = uuid4().hex, registers.codes[:7]
    async with connected(name, registers.url) as connector:
        await connector.fetch(everything(connector), codes, reference)
    with postgres.log.open(encoding="utf-8", errors="replace") as log:
        heard = [each for each in noted(log, registers.database) if each.reference == reference]
    assert {each.register for each in heard} == {name}
    assert sum(each.persons or 0 for each in heard) == len(codes)


async def test_people_are_found_and_strangers_are_missing(name: str, registers: Registers) -> None:
    async with connected(name, registers.url) as connector:
        await connector.ping()
        reply = await connector.fetch(everything(connector), [*registers.codes, UNKNOWN], REFERENCE)
        assert reply.facts, "the twin filled its register"
        assert set(reply.facts) <= set(registers.codes)
        assert reply.as_of == StillClock().now()
        assert any(not facts.is_empty() for facts in reply.facts.values())
        assert (await connector.fetch(everything(connector), [UNKNOWN], REFERENCE)).facts == {}


async def test_the_twin_fills_every_column(name: str, registers: Registers) -> None:
    async with connected(name, registers.url) as connector:
        reply = await connector.fetch(everything(connector), registers.codes, REFERENCE)
        filled = {path for facts in reply.facts.values() for path in _filled(facts, "")}
        known = columns_of(connector.facts_type)
        assert set(connector.columns([])) <= filled
        assert len(filled & known) >= 0.9 * len(known), "some things happen to few people only"


async def test_each_person_gets_their_own_facts(name: str, registers: Registers) -> None:
    async with connected(name, registers.url) as connector:
        together = await connector.fetch(everything(connector), registers.codes, REFERENCE)
        for code in list(together.facts)[:5]:
            alone = await connector.fetch(everything(connector), [code], REFERENCE)
            assert alone.facts == {code: together.facts[code]}


async def test_facts_of_the_source_survive_the_cache_exactly(
    name: str, registers: Registers
) -> None:
    async with connected(name, registers.url) as connector:
        reply = await connector.fetch(everything(connector), registers.codes, REFERENCE)
        for facts in reply.facts.values():
            kept = msgspec.msgpack.decode(msgspec.msgpack.encode(facts), type=connector.facts_type)
            assert repr(kept) == repr(facts)


async def test_five_hundred_people_are_one_statement(name: str, registers: Registers) -> None:
    async with connected(name, registers.url) as connector:
        assert isinstance(connector, SqlConnector)
        seen: list[str] = []
        async with connector._driver() as driver:
            driver.add_query_logger(lambda record: seen.append(record.query))
        for calls in (1, 2):
            await connector.fetch(everything(connector), registers.codes[:500], REFERENCE)
            await asyncio.sleep(0)  # the driver tells of a query at the loop's next turn
            assert len(seen) == calls
        assert seen[0] == seen[1], "compiled once"
        assert not any(code.digits in seen[0] for code in registers.codes)


async def test_a_window_narrows_what_is_windowed_only(name: str, registers: Registers) -> None:
    async with connected(name, registers.url) as connector:
        whole = await connector.fetch(everything(connector), registers.codes, REFERENCE)
        narrow = await connector.fetch(everything(connector, YEAR), registers.codes, REFERENCE)
        assert (_size(narrow) < _size(whole)) == connector.manifest.windowed


async def test_a_row_that_cannot_be_read_is_told_as_malformed(
    name: str, registers: Registers
) -> None:
    async with connected(name, registers.url) as connector, _spoilt(connector, registers.url):
        with pytest.raises(RegisterError) as told:
            await connector.fetch(everything(connector), registers.codes, REFERENCE)
        assert told.value.code is Code.REGISTER_MALFORMED
        assert told.value.details == {"register": name}
        assert told.value.message == Code.REGISTER_MALFORMED.en
        assert told.value.__cause__ is None


async def test_a_register_that_is_down_is_told_as_unavailable(
    name: str, offline: Callable[[str], Connector]
) -> None:
    connector = offline(name)
    for asking in (connector.ping(), connector.fetch(everything(connector), [UNKNOWN], REFERENCE)):
        with pytest.raises(RegisterError) as told:
            await asking
        assert told.value.code is Code.REGISTER_UNAVAILABLE
        assert told.value.message == Code.REGISTER_UNAVAILABLE.en
        assert told.value.details == {"register": name}
    await connector.aclose()


async def test_many_calls_at_once_get_their_own_answers(name: str, registers: Registers) -> None:
    async with connected(name, registers.url) as connector:
        chunks = [registers.codes[start : start + 40] for start in range(0, 400, 40)]
        async with asyncio.TaskGroup() as group:
            tasks = [
                group.create_task(connector.fetch(everything(connector), chunk, REFERENCE))
                for chunk in chunks
            ]
        for chunk, task in zip(chunks, tasks, strict=True):
            assert set(task.result().facts) <= set(chunk)


def _filled(facts: Any, prefix: str) -> Iterator[str]:
    for attribute in facts.__struct_fields__:
        value = getattr(facts, attribute)
        rows = value if isinstance(value, tuple) else (value,)
        for row in rows:
            if isinstance(row, msgspec.Struct):
                yield from _filled(row, f"{prefix}{attribute}.")
            elif row is not None:
                yield prefix + attribute


def _size(reply: Reply) -> int:
    return len(msgspec.json.encode(list(reply.facts.values())))


@asynccontextmanager
async def _spoilt(connector: Connector, url: str) -> AsyncIterator[None]:
    """Make a value of the source null that the facts know to be there, for a while."""
    assert isinstance(connector, SqlConnector)
    info: Any = inspect.type_info(connector.facts_type)
    rows = connector._register.record.rows
    column = next(_required(rows, info, inspect.DateType), None)
    column = column if column is not None else next(_required(rows, info, inspect.Type))
    where, name = f'"{column.table.schema}"."{column.table.name}"', column.name
    source = await asyncpg.connect(url)
    try:
        await source.execute(f'ALTER TABLE {where} RENAME "{name}" TO kept')
        await source.execute(f'ALTER TABLE {where} ADD "{name}" {column.type.compile()}')
        yield
        await source.execute(f'ALTER TABLE {where} DROP "{name}"')
        await source.execute(f'ALTER TABLE {where} RENAME kept TO "{name}"')
    finally:
        await source.close()


def _required(rows: Rows, info: Any, kind: type) -> Iterator[Column[Any]]:
    """Yield the source columns that facts of ``kind`` cannot do without."""
    types = {field.name: field.type for field in info.fields}
    for name, column in rows.columns.items():
        if not (isinstance(column, Column) and isinstance(column.table, Table)):
            continue
        if isinstance(types[name], kind) and not isinstance(types[name], inspect.UnionType):
            yield column
    for name, below in rows.nested.items():
        yield from _required(below, _struct(types[name]), kind)


def _struct(info: Any) -> Any:
    if isinstance(info, inspect.VarTupleType):
        return _struct(info.item_type)
    if isinstance(info, inspect.UnionType):
        return next(found for part in info.types if (found := _struct(part)))
    return info if isinstance(info, inspect.StructType) else None
