"""One statement for any number of persons, built once per set of columns.

PostgreSQL makes one JSON text per person, so a call is one statement and one round trip however
deep the record is, and msgspec reads the text straight into the facts.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Dialect,
    Select,
    Text,
    any_,
    bindparam,
    cast,
    func,
    literal_column,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY, asyncpg

from connectors.transports.sql_rows import ASKED, Column, Record, Rows, Windowed
from hub.model.evidence import Window

_DIALECT: Dialect = asyncpg.dialect()  # type: ignore[no-untyped-call]
_CODES, _REFERENCE, _START, _END = "codes", "reference", "window_start", "window_end"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What one call asks: of whom, in whose name, for which period."""

    digits: Sequence[str]
    reference: str
    window: Window | None

    def part(self, start: int, most: int) -> "Question":
        """Return the same about ``most`` codes from the ``start``-th on."""
        return replace(self, digits=self.digits[start : start + most])


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """SQL text with numbered parameters; its rows are (eleven digits, JSON text).

    Attributes:
        text: As the driver takes it.
        names: Parameter names in order.
        constants: Values of parameters that stand in the declaration itself.
    """

    text: str
    names: Sequence[str]
    constants: Mapping[str, Any]

    def arguments(self, question: Question) -> Sequence[Any]:
        """Return the driver's arguments for one question."""
        values: dict[str, Any] = {
            **self.constants,
            _CODES: question.digits,
            _REFERENCE: question.reference,
        }
        if question.window:
            values |= {_START: question.window.start, _END: question.window.end}
        return [values[name] for name in self.names]


def compile_statement(record: Record, columns: Collection[str], *, windowed: bool) -> Statement:
    """Build the statement that reads ``columns`` of ``record``.

    Raises:
        KeyError: A column that the record does not declare.
    """
    if unknown := set(columns) - record.columns:
        raise KeyError(*sorted(unknown))
    json = _object(record.rows, columns, windowed=windowed)
    query = select(record.key, cast(json, Text)).select_from(record.rows.source)
    query = query.where(record.key == any_(_asked(record)))
    if record.rows.where is not None:
        query = query.where(record.rows.where)
    compiled = query.compile(dialect=_DIALECT)
    return Statement(
        text=str(compiled), names=tuple(compiled.positiontup or ()), constants=compiled.params
    )


def _object(rows: Rows, columns: Collection[str], *, windowed: bool) -> Column:
    pairs: list[Column] = []
    for name, column in rows.columns.items():
        if name in columns:
            pairs += [_name(name), column]
    for name, below in rows.nested.items():
        inner = {path[len(name) + 1 :] for path in columns if path.startswith(f"{name}.")}
        if inner:
            pairs += [_name(name), _nested(below, inner, windowed=windowed)]
    return func.json_build_object(*pairs)


def _nested(rows: Rows, columns: Collection[str], *, windowed: bool) -> Column:
    inner = _object(rows, columns, windowed=windowed)
    if rows.single:
        query = select(inner).order_by(*rows.order_by).limit(1)
        return _narrowed(query, rows, windowed=windowed).scalar_subquery()
    listed: Column = func.json_agg(inner)
    if rows.order_by:
        listed = func.json_agg(inner).aggregate_order_by(*rows.order_by)
    query = _narrowed(select(listed), rows, windowed=windowed)
    return func.coalesce(query.scalar_subquery(), literal_column("'[]'::json"))


def _narrowed(query: Select[Any], rows: Rows, *, windowed: bool) -> Select[Any]:
    query = query.select_from(rows.source)
    for condition in (rows.on, rows.where):
        if condition is not None:
            query = query.where(condition)
    if windowed and rows.windowed:
        query = query.where(_within(rows.windowed))
    return query


def _within(windowed: Windowed) -> ColumnElement[bool]:
    start: Column = bindparam(_START, type_=Date)
    if windowed.monthly:
        start = cast(func.date_trunc("month", start), Date)
    return windowed.column.between(start, bindparam(_END, type_=Date))


def _asked(record: Record) -> Column:
    """Tell the register who asks about how many; it gives back the codes.

    As a subquery it is called once, and leaves the plan without the codes: PostgreSQL keeps such a
    plan, where it would plan anew for every list of codes.
    """
    codes = bindparam(_CODES, type_=ARRAY(Text()))  # the driver knows it without asking
    noted = getattr(getattr(func, str(record.schema)), ASKED)
    told = noted(codes, bindparam(_REFERENCE, type_=Text()), type_=ARRAY(Text()))
    return cast(select(told).scalar_subquery(), ARRAY(Text()))


def _name(name: str) -> Column:
    if not name.isidentifier():
        raise ValueError(name)
    return literal_column(f"'{name}'", Text)
