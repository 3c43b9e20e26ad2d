"""The twins' tables in PostgreSQL: made bare, filled, then given keys and indexes."""

from collections.abc import Iterator

from sqlalchemy import (
    Dialect,
    ForeignKeyConstraint,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import asyncpg
from sqlalchemy.schema import AddConstraint, CreateIndex, ExecutableDDLElement
from sqlalchemy.sql.schema import ColumnCollectionConstraint

from hub.sandbox.people.twin import Twin

_DIALECT: Dialect = asyncpg.dialect()  # type: ignore[no-untyped-call]


def bare(twin: Twin) -> Iterator[str]:
    """Yield what drops a twin's schema and makes its tables without keys."""
    yield f'DROP SCHEMA IF EXISTS "{twin.schema}" CASCADE'
    yield f'CREATE SCHEMA "{twin.schema}"'
    for table in twin.metadata.sorted_tables:
        columns = ", ".join(
            f'"{column.name}" {column.type.compile(_DIALECT)}'
            f"{'' if column.nullable else ' NOT NULL'}"
            for column in table.columns
        )
        yield f"CREATE TABLE {name_of(table)} ({columns})"


def keyed(twin: Twin) -> Iterator[str]:
    """Yield what gives a twin's filled tables their keys, indexes and statistics."""
    tables = twin.metadata.sorted_tables
    for kind in (PrimaryKeyConstraint, UniqueConstraint):
        for table in tables:
            yield from _constraints(table, kind)
    for table in tables:
        for index in sorted(table.indexes, key=lambda one: str(one.name)):
            yield _text(CreateIndex(index))
    for table in tables:
        yield from _constraints(table, ForeignKeyConstraint)
    yield from twin.after_load
    for table in tables:
        yield f"ANALYZE {name_of(table)}"


def name_of(table: Table) -> str:
    """Return a table's name with its schema, quoted."""
    return f'"{table.schema}"."{table.name}"'


def _constraints(table: Table, kind: type[ColumnCollectionConstraint]) -> Iterator[str]:
    found = [one for one in table.constraints if isinstance(one, kind) and list(one.columns)]
    for one in sorted(found, key=lambda one: [column.name for column in one.columns]):
        yield _text(AddConstraint(one, isolate_from_table=False))


def _text(element: ExecutableDDLElement) -> str:
    return str(element.compile(dialect=_DIALECT))
