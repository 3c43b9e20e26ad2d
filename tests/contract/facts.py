"""Facts of any register, made from the types that its connector decodes with."""

# ruff: noqa: ANN401 — any facts

import string
from collections.abc import Callable, Collection
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import msgspec
from hypothesis import strategies as st
from msgspec import inspect

DIGITS = r"^[0-3][0-9]{10}$"
FIRST, LAST = date(2019, 1, 1), date(2028, 12, 31)
_LETTERS = string.ascii_letters + "āčšž "
_LIST_SIZE = 3
_DAYS = (LAST - FIRST).days


def facts_of(kind: type) -> st.SearchStrategy[Any]:
    """Facts with every column fetched.

    Hypothesis draws a seed, and the seed the facts: records are too wide to draw leaf by leaf.
    """
    return st.integers(0, 2**32).map(lambda seed: draw(kind, seed))


def draw(kind: type, seed: int) -> Any:
    """The facts of one seed."""
    return _make(inspect.type_info(kind), Random(seed))


def project(facts: Any, columns: Collection[str]) -> Any:
    """Facts as they are when only ``columns`` were fetched; the rest is unset."""
    given = {}
    for name in facts.__struct_fields__:
        below = {path[len(name) + 1 :] for path in columns if path.startswith(f"{name}.")}
        if name in columns:
            given[name] = getattr(facts, name)
        elif below:
            given[name] = _below(getattr(facts, name), below)
    return type(facts)(**given)


def columns_of(kind: type) -> set[str]:
    """Dotted names of everything the facts can hold."""
    return set(_columns(inspect.type_info(kind), ""))


def _below(value: Any, columns: Collection[str]) -> Any:
    if isinstance(value, tuple):
        return tuple(project(row, columns) for row in value)
    return project(value, columns) if isinstance(value, msgspec.Struct) else value


def _columns(info: Any, prefix: str) -> Any:
    for field in info.fields:
        rows = _rows(field.type)
        if rows is None:
            yield prefix + field.name
        else:
            yield from _columns(rows, f"{prefix}{field.name}.")


def _rows(info: Any) -> Any:
    match info:
        case inspect.StructType():
            return info
        case inspect.VarTupleType():
            return _rows(info.item_type)
        case inspect.UnionType():
            return next((found for part in info.types if (found := _rows(part))), None)
        case _:
            return None


def _make(info: inspect.Type, rng: Random) -> Any:
    match info:
        case inspect.Metadata():
            examples: list[Any] = (info.extra_json_schema or {}).get("examples", [])
            known = examples and rng.random() < 0.8
            return rng.choice(examples) if known else _make(info.type, rng)
        case inspect.StructType():
            return info.cls(**{field.name: _make(field.type, rng) for field in info.fields})
        case inspect.UnionType():
            return _make(rng.choice(info.types), rng)
        case inspect.VarTupleType():
            return tuple(_make(info.item_type, rng) for _ in range(rng.randint(0, _LIST_SIZE)))
        case inspect.LiteralType():
            return rng.choice(info.values)
        case _:
            return _SCALARS[type(info)](info, rng)


def _text(info: inspect.StrType, rng: Random) -> str:
    if info.pattern is None:
        return "".join(rng.choices(_LETTERS, k=rng.randint(0, 6)))
    assert info.pattern == DIGITS, "a new form of text needs a maker here"
    return str(rng.randrange(4)) + "".join(rng.choices(string.digits, k=10))


def _number(info: inspect.IntType, rng: Random) -> int:
    return rng.randint(info.ge or 0, 10_000 if info.le is None else info.le)


def _day(_info: inspect.DateType, rng: Random) -> date:
    return FIRST + timedelta(days=rng.randint(0, _DAYS))


def _instant(_info: inspect.DateTimeType, rng: Random) -> datetime:
    return datetime(2024, 1, 1, tzinfo=UTC) + timedelta(microseconds=rng.randrange(10**14))


_SCALARS: dict[type, Callable[[Any, Random], Any]] = {
    inspect.NoneType: lambda _info, _rng: None,
    inspect.BoolType: lambda _info, rng: rng.random() < 0.5,
    inspect.StrType: _text,
    inspect.IntType: _number,
    inspect.DecimalType: lambda _info, rng: Decimal(rng.randrange(10**7)).scaleb(-2),
    inspect.DateType: _day,
    inspect.DateTimeType: _instant,
}
