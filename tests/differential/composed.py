"""Random schemas, composed as ``schemas.person`` composes the published one."""

import keyword
import string
import uuid
from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum, IntEnum, StrEnum
from functools import lru_cache
from typing import Annotated, Any, Final, cast

import strawberry
from graphql import GraphQLSchema
from strawberry import UNSET
from strawberry.annotation import StrawberryAnnotation
from strawberry.tools import create_type
from strawberry.types import Info
from strawberry.types.field import StrawberryField

from hub.model.personal_code import PersonalCode
from schemas.composition import build
from schemas.person import Registered, answer
from schemas.provenance import Provenance
from tests.differential.dice import Dice, Rolled, chance, pick
from tests.differential.names import NAMES

_ATTRIBUTES: Final = tuple(
    name
    for name in (
        *("v", "v1", "v2", "v9", "c0", "c1", "e1", "t2", "p0", "code", "parts", "context"),
        *("isfinite", "Anomaly", "Undefined", "isinstance", "getattr", "Exception", "list"),
        *("tuple", "part_0", "person_0", "missing_0_0", "self", "class_", "from_", "name", "value"),
        *string.ascii_uppercase,
    )
    if not keyword.iskeyword(name)
)
_TYPES: Final = ("None", "Exception", "dict", "Anomaly", "T", "lambda", "Undefined")
SCALARS: Final[Sequence[Any]] = (
    *(str, int, float, bool, strawberry.ID),
    *(PersonalCode, date, datetime, Decimal, uuid.UUID, time),
)


@strawberry.enum
class Plain(Enum):
    NONE = "none"
    I = 1  # noqa: E741 — short on purpose
    SAME = 1  # noqa: PIE796 — an alias is meant
    PAIR = (1, 2)


@strawberry.enum
class Worded(StrEnum):
    CARE = "CARE"
    other = "WARD"


@strawberry.enum
class Numbered(IntEnum):
    ZERO = 0
    ONE = 1


@strawberry.enum
class Renamed(Enum):
    X = strawberry.enum_value("Y", name="Z")
    Y = strawberry.enum_value("X", name="Y")


ENUMS: Final = (Plain, Worded, Numbered, Renamed)


@lru_cache(maxsize=16)
def composed(seed: int) -> GraphQLSchema:
    """Return the random schema of ``seed``."""
    return _Maker(Rolled(seed), seed).schema()


class _Maker:
    def __init__(self, dice: Dice, seed: int) -> None:
        self._dice = dice
        self._seed = seed
        self._types: list[Any] = []

    def schema(self) -> GraphQLSchema:
        for _ in range(1 + self._dice.below(5)):
            self._types.append(self._type())
        registers: dict[str, Registered] = {}
        for _ in range(1 + self._dice.below(4)):
            name = self._name({*registers, "personalCode", "absences"})
            registers[name] = self._register(name)
        graph: GraphQLSchema = build([*registers.values()])._schema
        return graph

    def _type(self) -> Any:  # noqa: ANN401 — made at run time
        dice = self._dice
        fields: dict[str, StrawberryField] = {}
        attributes: set[str] = set()
        if chance(dice, 25):
            fields["provenance"] = field_of("provenance", "provenance", Provenance)
            attributes.add("provenance")
        for _ in range(1 + dice.below(5)):
            name = self._name(fields)
            attribute = pick(dice, _ATTRIBUTES)
            while attribute in attributes:
                attribute += "_"
            attributes.add(attribute)
            fields[name] = field_of(name, attribute, self._wrapped(self._bare()))
        number = len(self._types)
        return create_type(f"{pick(dice, _TYPES)}{number}", list(fields.values()))

    def _bare(self) -> Any:  # noqa: ANN401 — any output type
        if self._types and chance(self._dice, 40):
            return pick(self._dice, self._types)
        if chance(self._dice, 25):
            return pick(self._dice, ENUMS)
        return pick(self._dice, SCALARS)

    def _wrapped(self, bare: Any) -> Any:  # noqa: ANN401 — any output type
        kind = bare if chance(self._dice, 50) else bare | None
        for _ in range(pick(self._dice, (0, 0, 0, 1, 1, 2, 3))):
            kind = list[kind]  # type: ignore[valid-type]  # made at run time
            kind = kind if chance(self._dice, 50) else kind | None
        return kind

    def _register(self, name: str) -> Registered:
        kind = pick(self._dice, self._types) | None
        resolver = pick(self._dice, _RESOLVERS)(name)
        resolver.__annotations__["return"] = kind
        return Registered(register=name, resolver=resolver, en="Made up", lv="izdomāts")

    def _name(self, taken: Any) -> str:  # noqa: ANN401 — a container
        name = pick(self._dice, NAMES)
        while name in taken or name.startswith("__"):
            name = f"n{name}"
        return name


def field_of(name: str, attribute: str, kind: object) -> StrawberryField:
    """Return a field ``name`` that is read from ``attribute``."""
    field = cast("StrawberryField", strawberry.field(name=name))
    field.python_name = attribute
    field.type_annotation = StrawberryAnnotation(kind)
    return field


# -- what registers are asked by ------------------------------------------------------------------

Resolver = Callable[..., Any]


def _bare(register: str) -> Resolver:
    def resolve(self: Any, info: Info) -> Any:  # noqa: ANN401 — the type is put in above
        return answer(self, info, register)

    return resolve


def _dated(register: str) -> Resolver:
    def resolve(
        self: Any,  # noqa: ANN401 — as above
        info: Info,
        from_: Annotated[date | None, strawberry.argument(name="from")] = UNSET,
        until: Annotated[date | None, strawberry.argument(name="class")] = UNSET,
    ) -> Any:  # noqa: ANN401 — as above
        return answer(self, info, register, **{"from": from_, "class": until})

    return resolve


def _worded(register: str) -> Resolver:
    def resolve(
        self: Any,  # noqa: ANN401 — as above
        info: Info,
        text: str | None = UNSET,
        number: int | None = UNSET,
        flag: bool | None = UNSET,
    ) -> Any:  # noqa: ANN401 — as above
        return answer(self, info, register, text=text, number=number, flag=flag)

    return resolve


def _shared(register: str) -> Resolver:
    def resolve(
        self: Any,  # noqa: ANN401 — as above
        info: Info,
        share: float | None = UNSET,
        key: strawberry.ID | None = UNSET,
    ) -> Any:  # noqa: ANN401 — as above
        return answer(self, info, register, share=share, key=key)

    return resolve


def _listed(register: str) -> Resolver:
    def resolve(
        self: Any,  # noqa: ANN401 — as above
        info: Info,
        kinds: list[Worded] | None = UNSET,
        days: list[date | None] | None = UNSET,
        codes: list[PersonalCode] | None = UNSET,
    ) -> Any:  # noqa: ANN401 — as above
        return answer(self, info, register, kinds=kinds, days=days, codes=codes)

    return resolve


def _defaulted(register: str) -> Resolver:
    def resolve(
        self: Any,  # noqa: ANN401 — as above
        info: Info,
        level: int,
        limit: int = 5,
        kind: Plain = Plain.NONE,
        texts: list[str] | None = None,
    ) -> Any:  # noqa: ANN401 — as above
        return answer(self, info, register, level=level, limit=limit, kind=kind, texts=texts)

    return resolve


_RESOLVERS: Final = (_bare, _dated, _worded, _shared, _listed, _defaulted)
