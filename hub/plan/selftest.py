"""Whether the planner may be trusted with the graphql-core that is installed.

Field collection is internal to graphql-core and has changed between releases; so at every start
a few operations are answered both ways, and one difference turns the planner off.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, cast

import strawberry
from graphql import ExecutionResult, GraphQLSchema, execute_sync, parse
from graphql.execution.values import VariableValues, get_variable_values
from strawberry.annotation import StrawberryAnnotation
from strawberry.tools import create_type
from strawberry.types import Info

from hub.plan.compiler import compile_operation
from hub.ports import Answers

_QUERY: Final = """
query Probe($codes: [String!]!, $yes: Boolean!, $on: String) {
  first: persons(personalCodes: $codes) { ...Person __typename }
  first: persons(personalCodes: $codes) { personalCode code: personalCode }
  again: persons(personalCodes: $codes) {
    shelf(on: $on) { n: name @skip(if: $yes) ...Shelf }
    shelf(on: $on) { books { pages } __typename }
  }
}
fragment Person on Person { personalCode shelf(on: "x") { ... on Shelf { name } } }
fragment Shelf on Shelf { when @include(if: $yes) books { title: name } }
"""


@strawberry.type
class Book:
    """A book."""

    name: str | None
    pages: int


@strawberry.type
class Shelf:
    """A shelf."""

    name: str | None
    when: datetime | None
    books: list[Book | None]


@dataclass(frozen=True, slots=True)
class _Rows:
    """What resolvers read."""

    shelves: Mapping[str, Shelf | None]

    def part(self, code: str, _register: str, _arguments: Mapping[str, Any]) -> Shelf | None:
        return self.shelves.get(code)

    def absences(self, _code: str) -> Sequence[object]:
        return ()

    def distinct(self, codes: Sequence[str]) -> list[str]:
        return [*codes]


def differences() -> list[str]:
    """Return how the planner differs from graphql-core; empty when it may be used."""
    try:
        return [name for name, rows in _cases() if not _agree(_schema(), rows)]
    except Exception as failure:  # noqa: BLE001 — whatever fails here, plans are not to be trusted
        return [type(failure).__name__]


def _agree(schema: GraphQLSchema, rows: _Rows) -> bool:
    document = parse(_QUERY)
    operation: Any = document.definitions[0]
    sent = {"codes": [*rows.shelves], "yes": True, "on": None}
    variables = get_variable_values(schema, operation.variable_definitions, sent)
    if not isinstance(variables, VariableValues):
        return False
    right = _text(execute_sync(schema, document, None, rows, sent))
    return all(
        _text(
            compile_operation(schema, document, operation, variables, at_once=at_once).run(
                cast("Answers", rows), variables
            )
        )
        == right
        for at_once in (False, True)
    )


def _text(result: ExecutionResult) -> str:
    """Return everything that can be seen of a result, the order of names included."""
    errors = [(error.message, error.path, error.locations) for error in result.errors or ()]
    return f"{result.data!r} {errors!r}"


def _cases() -> Sequence[tuple[str, _Rows]]:
    good = Shelf(name="a", when=datetime(2026, 1, 1, tzinfo=UTC), books=[Book(name="b", pages=1)])
    wrong: Any = "many"
    odd = Shelf(name=wrong, when=None, books=[Book(name=None, pages=wrong), None])
    broken = Shelf(name=None, when=wrong, books=wrong)
    return (
        ("plain", _Rows({"1": good, "2": None})),
        ("null in non-null", _Rows({"1": odd, "2": good})),
        ("wrong types", _Rows({"1": broken})),
        ("nobody", _Rows({})),
    )


def _schema() -> GraphQLSchema:
    person: Any = create_type("Person", [_code(), _link()])

    def persons(info: Info, personal_codes: list[str]) -> Any:  # noqa: ANN401 — made above
        del info
        return [person(personal_code=code) for code in personal_codes]

    persons.__annotations__["return"] = list[person]
    root: Any = strawberry.field(resolver=persons, name="persons", metadata={"root": "persons"})
    return strawberry.Schema(create_type("Query", [root]))._schema  # noqa: SLF001 — strawberry has no public name for it


def _code() -> Any:  # noqa: ANN401 — a strawberry field
    field: Any = strawberry.field()
    field.python_name = "personal_code"
    field.type_annotation = StrawberryAnnotation(str)
    return field


def _link() -> Any:  # noqa: ANN401 — a strawberry field
    def shelf(self: Any, info: Info, on: str | None = None) -> Shelf | None:  # noqa: ANN401 — made at run time
        found: Shelf | None = info.context.part(self.personal_code, "shelf", {"on": on})
        return found

    return strawberry.field(resolver=shelf, name="shelf", metadata={"register": "shelf"})
