"""A register's rows, declared: which source table and column holds which fact."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final, TypeAlias

from sqlalchemy import ColumnElement, FromClause

Column: TypeAlias = ColumnElement[Any]
_NONE: Mapping[str, Any] = MappingProxyType({})
ASKED: Final = "asked"
"""Function of the register's schema that notes a call: ``asked(codes text[], reference text)``
returns the codes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Windowed:
    """The column by which ``Ask.window`` narrows rows.

    Attributes:
        column: A date.
        monthly: The date stands for its whole month (it is the month's first day).
    """

    column: Column
    monthly: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """Rows of one source table (or join) below their parent row.

    Attributes:
        source: Table or join to read.
        on: Condition that ties these rows to the parent's; None for the record's own row.
        columns: Facts attribute to source column or expression.
        nested: Facts attribute to rows below these.
        where: Condition of rows that count at all.
        order_by: Order of the rows in the facts.
        single: At most one row, told as an object or null; otherwise a list.
        windowed: Set where ``Ask.window`` narrows these rows.
    """

    source: FromClause
    on: ColumnElement[bool] | None = None
    columns: Mapping[str, Column] = field(default_factory=lambda: _NONE)
    nested: Mapping[str, "Rows"] = field(default_factory=lambda: _NONE)
    where: ColumnElement[bool] | None = None
    order_by: Sequence[Column] = ()
    single: bool = False
    windowed: Windowed | None = None

    def paths(self, prefix: str = "") -> Iterator[str]:
        """Yield every column's dotted name: ``benefits.payments.net``."""
        for name in self.columns:
            yield prefix + name
        for name, rows in self.nested.items():
            yield from rows.paths(f"{prefix}{name}.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A person's record: the row found by personal code, and all rows below it.

    Attributes:
        key: Column with the eleven digits; indexed, of a varying character type.
        rows: The record's own row and what hangs below it; its ``on`` stays None.
    """

    key: Column
    rows: Rows

    @property
    def columns(self) -> frozenset[str]:
        """Every column's dotted name."""
        return frozenset(self.rows.paths())

    @property
    def schema(self) -> str | None:
        """The register's schema in its database."""
        schema: str | None = self.key.table.schema
        return schema
