"""Every value in every type: what fits, what nearly fits, and what does not fit at all."""

from collections.abc import Callable, Iterator, Sequence
from types import GenericAlias
from typing import Any

import pytest
from graphql import GraphQLSchema, parse
from strawberry.tools import create_type
from strawberry.types import Info

from hub.plan.catalogue import DEFINITION
from schemas.composition import build
from schemas.person import Registered, answer
from tests.differential.cases import Case, coerced, judged
from tests.differential.composed import ENUMS, SCALARS, field_of
from tests.differential.documents import Question
from tests.differential.names import CODES
from tests.differential.rows import NEAR, RIGHT, WRONG, Wrong
from tests.differential.standin import StandIn

BELOW: Any = create_type("Below", [field_of("leaf", "leaf", str), field_of("odd", "odd", int)])
KINDS: Sequence[Any] = (*SCALARS, *ENUMS, BELOW)
Wrap = Callable[[Any], Any]
Put = Callable[[object], Sequence[object]]


def many(kind: object) -> Any:  # noqa: ANN401 — any output type
    return GenericAlias(list, (kind,))


WRAPS: dict[str, tuple[Wrap, Put]] = {
    "plain": (lambda kind: kind, lambda value: [value]),
    "nullable": (lambda kind: kind | None, lambda value: [value]),
    "listed": (many, lambda value: [value, [value]]),
    "holes": (lambda kind: many(kind | None), lambda value: [[value, None]]),
    "deep": (lambda kind: many(many(kind)), lambda value: [[[value], []]]),
}
"""How types are wrapped, and values with them."""


def name_of(kind: object) -> str:
    return str(getattr(kind, "__name__", kind))


def values(kind: Any) -> Iterator[object]:  # noqa: ANN401 — any output type
    yield from WRONG
    yield from (Wrong.CARE, "X", "Y", "Z", "NONE", "SAME", 1, "none", (1, 2), (), frozenset(["a"]))
    published = {"str": "String", "int": "Int", "float": "Float", "bool": "Boolean"}
    name = published.get(name_of(kind), name_of(kind))
    names = {"date": "Date", "datetime": "DateTime", "time": "Time"}
    for pool in (RIGHT, NEAR):
        yield from pool.get(names.get(name, name), ())
    for enum in ENUMS:
        yield from enum
    yield BELOW(leaf="x", odd=1)
    yield BELOW(leaf=None, odd="y")


@pytest.mark.parametrize("wrap", WRAPS)
@pytest.mark.parametrize("kind", KINDS, ids=name_of)
def test_values(kind: Any, wrap: str) -> None:  # noqa: ANN401 — any output type
    wrapped, puts = WRAPS[wrap]
    schema = schema_of(wrapped(kind))
    below = " { leaf x: __typename odd }" if kind is BELOW else ""
    text = f"query($c: PersonalCode!) {{ person(personalCode: $c) {{ held {{ a: it{below} }} }} }}"
    question = Question(text, parse(text), None, {"c": CODES[0]}, {})
    operation: Any = question.node.definitions[0]
    variables = coerced(schema, operation, question.variables)
    plan = None
    for value in values(kind):
        for put in puts(value):
            case = Case(
                schema=schema,
                question=question,
                variables=variables,
                context=StandIn(pools={"held": [held(schema, put)]}),
                denied=frozenset(),
                spoilt=True,
            )
            plan = plan or case.compiled()
            assert not judged(case, compiled=plan), str(case)


def schema_of(kind: object) -> GraphQLSchema:
    holder = create_type("Held", [field_of("it", "it", kind)])

    def resolve(self: Any, info: Info) -> Any:  # noqa: ANN401 — made at run time
        return answer(self, info, "held")

    resolve.__annotations__["return"] = holder | None
    graph: GraphQLSchema = build(
        [Registered(register="held", resolver=resolve, en="", lv="")]
    )._schema
    return graph


def held(schema: GraphQLSchema, value: object) -> object:
    made: Any = object.__new__(schema.type_map["Held"].extensions[DEFINITION].origin)
    made.it = value
    return made
