"""What a register's twin is: tables, and a pure function from a life to their rows.

``connectors/<register>/twin.py`` exports ``TWIN``. Rows go by ``COPY`` in batches, so a row is a
tuple of Python values in the order of its table's columns, every column given (keys too: make them
with ``Life.key``, there are no sequences). The tables' ``schema`` is the register's own; primary
keys, indexes and foreign keys declared on the tables are made after the rows are in.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias

from sqlalchemy import MetaData, Table

from hub.sandbox.people.life import Life

Row: TypeAlias = tuple[Table, tuple[Any, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Twin:
    """A register's stand-in.

    Attributes:
        register: Published name, or ``population``; the role and the URL are named after it.
        schema: PostgreSQL schema that holds every table.
        metadata: The source's tables, as ``source.py`` declares them.
        rows: Pure: a life and the day the people are made for give rows. Draws its own details
            from ``life.rng(register)``. Nothing later than ``life.last_day(today)`` has happened.
        constants: Rows that belong to nobody (classifiers, institutions), given that day.
        after_load: SQL statements run when rows and indexes are in.
    """

    register: str
    schema: str
    metadata: MetaData
    rows: Callable[[Life, date], Iterable[Row]]
    constants: Callable[[date], Iterable[Row]] | None = None
    after_load: tuple[str, ...] = ()
