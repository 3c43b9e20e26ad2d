"""Random published objects: right ones, and ones that no register should have sent."""

import uuid
from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import Enum, IntEnum
from types import SimpleNamespace
from typing import Any, Final

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLObjectType,
    GraphQLOutputType,
    Undefined,
    get_nullable_type,
    is_list_type,
    is_non_null_type,
)
from typing_extensions import override

from hub.model.personal_code import PersonalCode
from hub.plan.catalogue import DEFINITION
from tests.differential.dice import Dice, chance, pick
from tests.differential.names import CODES, STRINGS


class Wrong(Enum):
    """An enum of nobody."""

    CARE = "CARE"


class Text(str):
    """A string that is not quite one."""

    __slots__ = ()


class Numbered(IntEnum):
    """Numbers that are not quite."""

    ONE = 1


class Day(date):
    """A day that tells itself in another way."""

    @override
    def isoformat(self) -> str:
        return "today"


class Instant(datetime):
    """An instant that tells itself in another way."""

    @override
    def isoformat(self, sep: str = "T", timespec: str = "auto") -> str:
        return "now"


class Hostile:
    """Whatever is read of it, it fails."""

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 — never returns
        raise RuntimeError(f"no {name}")


WRONG: Final[Sequence[Any]] = (
    None,
    "text",
    "12",
    "CARE",
    Text("sub"),
    7,
    2**40,
    -(2**31) - 1,
    10**400,
    True,
    1.0,
    1.5,
    float("nan"),
    float("inf"),
    Decimal("1.10"),
    Decimal("NaN"),
    date(2024, 2, 29),
    datetime(2024, 2, 29, 1, 2, 3, tzinfo=UTC),
    b"bytes",
    Wrong.CARE,
    [],
    ["a", None],
    [[1], [None]],
    (),
    {},
    {"status": 1},
    ValueError("from the register"),
    Undefined,
    object,
    Hostile(),
    SimpleNamespace(status="x"),
    NotImplemented,
)
"""What may stand where something else should."""

NEAR: Final[dict[str, Sequence[Any]]] = {
    "String": (Text("sub"), 7, True, 1.0, 1.5, Decimal(1), PersonalCode.parse(CODES[0]), b"x", []),
    "ID": (Text("sub"), 7, True, 1.0, 1.5, 2**70, b"x"),
    "Int": (True, 1.0, 1.5, "12", "1.5", "", 2**31, -(2**31) - 1, Numbered.ONE, Decimal(1)),
    "Float": (float("nan"), float("inf"), float("-inf"), True, 10**400, "1.5", "nan", Decimal(1)),
    "Boolean": (1, 0, 1.0, "true", float("nan"), Decimal(0), Numbered.ONE),
    "PersonalCode": (CODES[0], 16117519997, b"x", Text("sub")),
    "Date": (datetime(2024, 2, 29, 1, 2, 3, tzinfo=UTC), "2024-02-29", 20240229, Day(2024, 2, 29)),
    "DateTime": (date(2024, 2, 29), "2024-02-29T00:00:00Z", 0, time(1, 2), Instant(2024, 2, 29)),
    "Decimal": ("1.10", 1.5, 2, Decimal("NaN"), None),
}
"""What a careless check lets through."""

RIGHT: Final[dict[str, Sequence[Any]]] = {
    "String": STRINGS,
    "ID": ("1", "x", 7),
    "Int": (0, 1, -5, 2**31 - 1),
    "Float": (0.5, -0.0, 1e300, 3),
    "Boolean": (True, False),
    "PersonalCode": tuple(PersonalCode.parse(code) for code in CODES),
    "Date": (date(2024, 2, 29), date(1918, 11, 18), date(1, 1, 1)),
    "DateTime": (
        datetime(2026, 11, 20, 12, 0, tzinfo=UTC),
        datetime(2026, 11, 20, 12, 0, 0, 123456, tzinfo=UTC),
        datetime(2026, 11, 20, 12, 0, tzinfo=timezone(timedelta(hours=2))),
        datetime(2026, 11, 20, 12, 0),  # noqa: DTZ001 — a register may forget its zone
    ),
    "UUID": (uuid.UUID(int=1),),
    "Time": (time(1, 2, 3), time(1, 2, 3, 4)),
    "Decimal": (Decimal("0.00"), Decimal("1E+2"), Decimal("-12.340")),
}


class Rows:
    """Makes objects of published types.

    Args:
        dice: Decides.
        asked: GraphQL names of fields; only these are filled in.
        spoilt: How often, in percent, something is wrong.
        nulls: How often what may be null, is.
    """

    def __init__(
        self, dice: Dice, asked: Collection[str], *, spoilt: int = 0, nulls: int = 15
    ) -> None:
        self._dice = dice
        self._asked = asked
        self._spoilt = spoilt
        self._nulls = nulls

    def of(self, kind: GraphQLOutputType) -> Any:  # noqa: ANN401 — the published types differ
        """Return a value for ``kind``."""
        if chance(self._dice, self._spoilt):
            return self._wrong(kind)
        if not is_non_null_type(kind):
            if chance(self._dice, self._nulls):
                return None
            return self._bare(kind)
        return self._bare(kind.of_type)

    def _wrong(self, kind: GraphQLOutputType) -> object:
        bare: Any = get_nullable_type(kind)
        near = NEAR.get(getattr(bare, "name", ""), ())
        if isinstance(bare, GraphQLEnumType):
            near = [*bare.values, *(each.value for each in bare.values.values()), Wrong.CARE]
        match self._dice.below(4):
            case 0:
                return None
            case 1:
                return pick(self._dice, WRONG)
            case _ if near:
                return pick(self._dice, near)
            case _ if is_list_type(bare):
                return pick(self._dice, (self.of(bare.of_type), frozenset([1]), {}, "ab"))
            case _:
                return pick(self._dice, WRONG)

    def _bare(self, kind: Any) -> Any:  # noqa: ANN401 — as ``of``
        if is_list_type(kind):
            items = [self.of(kind.of_type) for _ in range(self._dice.below(4))]
            return tuple(items) if chance(self._dice, 3) else items
        if isinstance(kind, GraphQLObjectType):
            return self._object(kind)
        if isinstance(kind, GraphQLEnumType):
            return pick(self._dice, list(kind.extensions[DEFINITION].wrapped_cls))
        return pick(self._dice, RIGHT.get(kind.name, STRINGS))

    def _object(self, kind: GraphQLObjectType) -> object:
        origin: Any = kind.extensions[DEFINITION].origin
        made: Any = object.__new__(origin)
        for name in kind.fields:
            if name not in self._asked:
                continue
            field = kind.fields[name]
            if is_column(field) and not chance(self._dice, self._spoilt // 3):
                setattr(made, attribute(field), self.of(field.type))
        return made


def is_column(field: GraphQLField) -> bool:
    """Tell whether a field is read from an attribute."""
    return field.extensions[DEFINITION].base_resolver is None


def attribute(field: GraphQLField) -> str:
    """Return the attribute a field is read from."""
    name: str = field.extensions[DEFINITION].python_name
    return name
