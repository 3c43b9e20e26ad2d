"""``Schema.execute`` with the planner on and off: nobody can tell which."""

import asyncio
import logging
from collections import Counter
from functools import cache
from typing import Any

import pytest
from graphql import GraphQLSchema
from strawberry.schema.config import StrawberryConfig
from strawberry.schema.exceptions import InvalidOperationTypeError
from strawberry.types import ExecutionResult
from strawberry.types.graphql import OperationType

from hub.app import publication
from hub.plan import schema as planning
from hub.plan.schema import PlannedSchema
from schemas.person import compose, found
from schemas.query import query_type
from schemas.scalars import SCALARS
from tests.differential.cases import context
from tests.differential.dice import Rolled, chance
from tests.differential.documents import ask
from tests.differential.names import CODES
from tests.differential.reference import told
from tests.differential.relation import text
from tests.differential.standin import StandIn

CASES = 150
ROOTS = ("person", "persons", "registers", "currentPermissions")


@cache
def schema() -> PlannedSchema:
    return PlannedSchema(
        query_type(compose(found())),
        config=StrawberryConfig(scalar_map=SCALARS, disable_field_suggestions=True),
    )


@pytest.fixture(autouse=True)
def quiet(caplog: pytest.LogCaptureFixture) -> None:
    """Strawberry logs every error with its traceback."""
    caplog.set_level(logging.CRITICAL)


@pytest.fixture
def planned(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Count what the planner answered, and what it left."""
    count: Counter[str] = Counter()
    original = PlannedSchema._planned

    def counting(self: PlannedSchema, *rest: Any, **named: Any) -> ExecutionResult | None:  # noqa: ANN401 — as there
        result = original(self, *rest, **named)
        count["planned" if result else "left"] += self.planner
        return result

    monkeypatch.setattr(planning.PlannedSchema, "_planned", counting)
    return count


def both(query: str | None, *arguments: Any, **named: Any) -> list[str]:  # noqa: ANN401 — as ``execute``
    """Return what is told with the planner and without, each once with waiting."""
    answers = []
    known = schema()
    for planner in (True, False):
        known.planner = planner
        for run in (known.execute_sync, waited):
            try:
                answers.append(seen(run(query, *arguments, **named)))
            except Exception as failure:  # noqa: BLE001 — the same one is expected of all
                answers.append(f"{type(failure).__name__} {failure}")
        known.planner = True
    return answers


def waited(*arguments: Any, **named: Any) -> ExecutionResult:  # noqa: ANN401 — as ``execute``
    return asyncio.run(schema().execute(*arguments, **named))


def seen(result: ExecutionResult) -> str:
    return f"{text(result.data)} {told(result.errors)} {result.extensions}"


def alike(query: str | None, *arguments: Any, **named: Any) -> str:  # noqa: ANN401 — as ``execute``
    answers = both(query, *arguments, **named)
    assert len(set(answers)) == 1, "\n".join([str(query), *answers])
    return answers[0]


def rows(**pools: list[object]) -> StandIn:
    return StandIn(pools=pools, catalogue=publication.catalogue())


def graph() -> GraphQLSchema:
    known: GraphQLSchema = schema()._schema
    return known


def test_random_operations(planned: Counter[str]) -> None:
    for number in range(CASES):
        dice = Rolled(number)
        roots = ROOTS if chance(dice, 30) else ROOTS[:2]
        question = ask(dice, graph(), roots=roots, null_conditions=True)
        known = context(dice, graph(), question, 5)
        known.catalogue = publication.catalogue()
        variables = dict(question.variables)
        if variables and chance(dice, 15):
            variables.pop(next(iter(variables)))
        if variables and chance(dice, 15):
            variables[next(iter(variables))] = {"not": ["right"]}
        alike(question.text, variables, known, None, question.operation)
    assert planned["planned"] > CASES // 2
    assert planned["left"] > CASES // 10


C = "query($c: PersonalCode!, $b: Boolean = true)"
LEFT = {
    "introspection": "{ __schema { queryType { name } } }",
    "a type": '{ __type(name: "Person") { name fields { name } } }',
    "registers": "{ registers { name freshness { ttlSeconds } } }",
    "permissions": "{ currentPermissions { permissionNumber } }",
    "mixed roots": C + "{ person(personalCode: $c) { personalCode } registers { name } }",
    "mixed with introspection": C
    + "{ person(personalCode: $c) { personalCode } __schema { queryType { name } } }",
    "an unknown directive": C + "{ person(personalCode: $c) @nope { personalCode } }",
    "deferred": C + "{ person(personalCode: $c) { ... @defer { personalCode } } }",
    "a mutation": "mutation { person }",
    "a subscription": "subscription { person }",
    "nothing": "",
    "no document": "{",
    "not valid": "{ person }",
    "an unknown field": C + "{ person(personalCode: $c) { nope } }",
    "only a fragment": "fragment F on Person { personalCode }",
    "a cycle": C + "{ person(personalCode: $c) { ...F } } fragment F on Person { ...F }",
}


@pytest.mark.parametrize("query", LEFT.values(), ids=LEFT)
def test_what_the_planner_leaves(query: str, planned: Counter[str]) -> None:
    alike(query, {"c": CODES[0]}, rows())
    assert not planned["planned"]


@pytest.mark.parametrize(
    "variables",
    [
        None,
        {},
        {"c": None},
        {"c": 7},
        {"c": ["161175-19997"]},
        {"c": "161175-19998"},
        {"c": "16117519997"},
        {"c": CODES[0], "b": None},
        {"c": CODES[0], "b": "true"},
        {"c": CODES[0], "b": 1},
        {"c": CODES[0], "unknown": 1},
    ],
)
@pytest.mark.parametrize(
    "body",
    [
        "person(personalCode: $c) { personalCode @include(if: $b) }",
        "person(personalCode: $c) @skip(if: $b) { personalCode }",
        "person(personalCode: $c) { absences { code @skip(if: $b) } }",
        "persons(personalCodes: [$c, $c]) { ... @include(if: $b) { absences { code } } }",
    ],
)
def test_variables(body: str, variables: dict[str, Any] | None) -> None:
    alike(f"{C} {{ {body} }}", variables, rows())


SEVERAL = """
query A { registers { name } }
query B { __typename }
query C { currentPermissions { __typename } }
"""


@pytest.mark.parametrize("name", [None, "", "A", "B", "C", "D"])
def test_names_of_operations(name: str | None) -> None:
    alike(SEVERAL, None, rows(), None, name)


def test_operations_that_are_not_allowed(planned: Counter[str]) -> None:
    query = C + "{ person(personalCode: $c) { personalCode @include(if: $b) } }"
    for planner in (True, False):
        schema().planner = planner
        with pytest.raises(InvalidOperationTypeError):
            schema().execute_sync(
                query, {"c": CODES[0]}, rows(), allowed_operation_types={OperationType.MUTATION}
            )
    schema().planner = True
    assert not planned["planned"]


def test_what_is_planned_is_planned(planned: Counter[str]) -> None:
    query = C + "{ person(personalCode: $c) { personalCode @include(if: $b) absences { code } } }"
    assert alike(query, {"c": CODES[0]}, rows()).startswith('{"person": {"personalCode"')
    assert planned == {"planned": 2, "left": 0}


def test_values_of_one_plan_do_not_stay(planned: Counter[str]) -> None:
    query = C + "{ person(personalCode: $c) { personalCode @include(if: $b) } }"
    told_of = {alike(query, {"c": code}, rows()) for code in CODES}
    assert len(told_of) == len(CODES)
    assert not planned["left"]
