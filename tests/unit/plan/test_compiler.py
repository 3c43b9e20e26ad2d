from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from graphql import GraphQLError, parse
from graphql.execution import collect_fields as collecting
from graphql.execution.collect_fields import CollectedFields
from strawberry.schema.config import StrawberryConfig
from strawberry.types import Info

from hub.model.catalogue import FieldId
from hub.model.evidence import Absence, AbsenceCode
from hub.model.personal_code import PersonalCode
from hub.plan import selftest, tree
from hub.plan.compiler import Anomaly, Compiled, Unsupported, compile_operation
from hub.plan.eager import WORTH
from hub.plan.schema import PlannedSchema
from hub.plan.variables import coerce
from schemas.composition import build
from schemas.person import Registered, answer, compose
from schemas.provenance import Provenance
from schemas.query import query_type
from schemas.scalars import SCALARS
from tests.differential.standin import Raised, StandIn
from tests.unit.plan.schema import LIBRARY, SCHEMA, Library, Loan, LoanKind

ANNA, BORIS = PersonalCode.parse("161175-19997"), PersonalCode.parse("328673-00679")
PROVENANCE = Provenance(
    register="library",
    controller="LNB",
    source="BIS",
    as_of=datetime(2026, 1, 1, tzinfo=UTC),
    fetched_at=datetime(2026, 1, 1, tzinfo=UTC),
    cached=False,
    stale=False,
)
HEAD = "query($c: PersonalCode!, $b: Boolean = true) "


def loan(
    fee: Any = 2,  # noqa: ANN401 — also what does not fit
    kind: Any = LoanKind.NOVEL,  # noqa: ANN401 — as fee
) -> Loan:
    return Loan(kind=kind, since=None, fee=fee)


def library(*loans: Any, card: Any = "k") -> Library:  # noqa: ANN401 — also what does not fit
    return Library(card=card, loans=[*loans], provenance=PROVENANCE)


def plan(body: str, *denied: str, **sent: object) -> tuple[Compiled, Any]:
    document = parse(HEAD + body)
    operation: Any = document.definitions[0]
    variables = coerce(SCHEMA, operation, {"c": ANNA, **sent})
    ids = {FieldId(each) for each in denied}
    return compile_operation(SCHEMA, document, operation, variables, ids), variables


def person(body: str, *denied: str, holds: object = None, **sent: object) -> Any:  # noqa: ANN401 — JSON
    """Return what is told of one person, quickly and exactly alike."""
    compiled, variables = plan(f"{{ person(personalCode: $c) {{ {body} }} }}", *denied, **sent)
    known = StandIn(pools={"library": [holds]})
    data = compiled.optimistic(known, variables)
    assert compiled.exact(known, variables) == (data, [])
    return data["person"]


def told(body: str, holds: object) -> tuple[Any, list[tuple[str, object]]]:
    """Return what only the exact pass can tell: a person, and messages with their paths."""
    compiled, variables = plan(f"{{ person(personalCode: $c) {{ {body} }} }}")
    known = StandIn(pools={"library": [holds]})
    with pytest.raises(Anomaly):
        compiled.optimistic(known, variables)
    data, errors = compiled.exact(known, variables)
    assert data is not None
    return data["person"], [(error.message, error.path) for error in errors]


# -- what is there --------------------------------------------------------------------------------


def test_names_stand_in_the_order_asked() -> None:
    shown = person("library { loans { fee kind } c: card } personalCode", holds=library(loan()))
    assert shown == {
        "library": {"loans": [{"fee": 2, "kind": "NOVEL"}], "c": "k"},
        "personalCode": ANNA,
    }
    assert list(shown) == ["library", "personalCode"]
    assert list(shown["library"]) == ["loans", "c"]


def test_the_same_name_twice_is_merged_where_it_first_stood() -> None:
    body = "library { card } personalCode ...F @include(if: $b) ... { library { x: __typename } }"
    fragment = " fragment F on Person { library { loans { fee } } }"
    compiled, variables = plan(f"{{ person(personalCode: $c) {{ {body} }} }}{fragment}")
    data = compiled.optimistic(StandIn(pools={"library": [library(loan())]}), variables)
    assert list(data["person"]) == ["library", "personalCode"]
    assert data["person"]["library"] == {"card": "k", "loans": [{"fee": 2}], "x": "Library"}
    assert len(compiled.parts) == 1


def test_conditions_are_decided_when_the_plan_is_made() -> None:
    assert person("library @skip(if: $b) { card } personalCode") == {"personalCode": ANNA}
    assert person("library @skip(if: $b) { card }", b=False, holds=library()) == {
        "library": {"card": "k"}
    }
    empty = person("library { loans { fee @skip(if: $b) } }", holds=library(loan(), loan()))
    assert empty == {"library": {"loans": [{}, {}]}}


def test_a_missing_part_is_null_and_no_error() -> None:
    assert person("library { card }") == {"library": None}


def test_persons_stand_as_often_as_the_answers_tell() -> None:
    compiled, variables = plan(
        "{ a: persons(personalCodes: [$c, $c]) { personalCode }"
        " b: person(personalCode: $c) { __typename } }"
    )
    assert compiled.optimistic(StandIn(pools={}), variables) == {
        "a": [{"personalCode": ANNA}],
        "b": {"__typename": "Person"},
    }


def test_what_is_missing_is_told_beside() -> None:
    compiled, variables = plan("{ person(personalCode: $c) { absences { code r: register } } }")
    absent = Absence(register="library", code=AbsenceCode.NO_RECORD)
    known = StandIn(pools={}, missing=[[absent]])
    assert compiled.optimistic(known, variables) == {
        "person": {"absences": [{"code": "NO_RECORD", "r": "library"}]}
    }


def test_values_of_other_classes_are_completed_by_their_type() -> None:
    assert person("library { card }", holds=library(card=7)) == {"library": {"card": "7"}}
    assert person("library { loans { fee } }", holds=library(loan(fee="12"))) == {
        "library": {"loans": [{"fee": 12}]}
    }


# -- what is wrong --------------------------------------------------------------------------------


def test_null_where_none_may_be_reaches_the_nearest_place_that_may() -> None:
    shown, errors = told("personalCode library { card loans { fee } }", library(loan(), loan(None)))
    assert shown == {"personalCode": ANNA, "library": None}
    message = "Cannot return null for non-nullable field Loan.fee."
    assert errors == [(message, ["person", "library", "loans", 1, "fee"])]


def test_a_wrong_value_nulls_itself_where_it_may() -> None:
    shown, errors = told("library { c: card loans { fee } }", library(loan(), card=[1]))
    assert shown == {"library": {"c": None, "loans": [{"fee": 2}]}}
    assert [path for _, path in errors] == [["person", "library", "c"]]


def test_no_list_where_one_must_be() -> None:
    known = library()
    known.loans = "many"  # type: ignore[assignment]  # that is the point
    shown, errors = told("library { loans { fee } }", known)
    assert shown == {"library": None}
    assert errors == [
        (
            "Expected Iterable, but did not find one for field 'Library.loans'.",
            ["person", "library", "loans"],
        )
    ]


def test_a_part_that_cannot_be_read_is_null() -> None:
    shown, errors = told("library { card } personalCode", Raised(error=RuntimeError("torn")))
    assert shown == {"library": None, "personalCode": ANNA}
    assert errors == [("torn", ["person", "library"])]


def test_an_error_tells_every_place_that_asked() -> None:
    compiled, variables = plan(
        "{ person(personalCode: $c) {\n library { loans { fee } }\n library { loans { fee } } } }"
    )
    _, errors = compiled.exact(StandIn(pools={"library": [library(loan(None))]}), variables)
    assert [[at.line for at in error.locations or ()] for error in errors] == [[2, 3]]


# -- what is denied -------------------------------------------------------------------------------


def test_a_denied_leaf_is_null_in_its_place_and_not_read() -> None:
    shown = person(
        "library { a: card x: __typename loans { fee } }",
        "library.card",
        holds=library(loan(), card=object()),
    )
    assert shown == {"library": {"a": None, "x": "Library", "loans": [{"fee": 2}]}}
    assert list(shown["library"]) == ["a", "x", "loans"]


def test_a_denied_leaf_that_may_not_be_null_takes_its_surroundings_along() -> None:
    assert person("library { card loans { since fee } }", "library.loans.fee", holds=library()) == {
        "library": None
    }


def test_where_everything_is_denied_the_register_is_not_asked() -> None:
    compiled, _ = plan(
        "{ person(personalCode: $c) { library { card } personalCode } }", "library.card"
    )
    assert not compiled.parts


def test_denied_below_a_fragment_is_denied() -> None:
    compiled, variables = plan(
        "{ person(personalCode: $c) { ...F } } fragment F on Person { library { ...G } }"
        " fragment G on Library { c: card loans { fee } }",
        "library.card",
    )
    data = compiled.optimistic(StandIn(pools={"library": [library(loan())]}), variables)
    assert data == {"person": {"library": {"c": None, "loans": [{"fee": 2}]}}}


def test_that_there_is_an_object_is_a_leaf_too() -> None:
    assert plan("{ person(personalCode: $c) { library { loans { __typename } } } }")[
        0
    ].tree.ids == {"library.loans.kind"}
    asked = "library { card loans { __typename } }"
    assert person(asked, "library.loans.kind", holds=library(loan())) == {"library": None}


# -- what is left to graphql-core -----------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "{ registers { name } }",
        "{ person(personalCode: $c) { personalCode } currentPermissions { __typename } }",
        "{ __schema { queryType { name } } }",
        '{ __type(name: "Person") { name } }',
        "{ person(personalCode: $c) @odd { personalCode } }",
        "{ person(personalCode: $c) { ... @defer { personalCode } } }",
    ],
)
def test_what_plans_do_not_cover(text: str) -> None:
    with pytest.raises(Unsupported):
        plan(text)


@pytest.mark.parametrize("kind", ["mutation", "subscription"])
def test_only_queries_are_planned(kind: str) -> None:
    document = parse(f"{kind} {{ person }}")
    operation: Any = document.definitions[0]
    with pytest.raises(Unsupported):
        compile_operation(SCHEMA, document, operation, coerce(SCHEMA, operation, {}))


def test_a_condition_that_is_null_is_graphql_cores() -> None:
    with pytest.raises(Unsupported):
        plan("{ person(personalCode: $c) { personalCode @skip(if: $b) } }", b=None)


def test_a_register_that_may_not_be_null_is_graphql_cores() -> None:
    def demanded(self: object, info: Info) -> Library:
        found: Library = answer(self, info, "library")
        return found

    schema = build([Registered(register="library", resolver=demanded, en="L", lv="b")])._schema
    document = parse(HEAD + "{ person(personalCode: $c) { library { card @skip(if: $b) } } }")
    operation: Any = document.definitions[0]
    with pytest.raises(Unsupported):
        compile_operation(schema, document, operation, coerce(schema, operation, {"c": ANNA}))


# -- before and after code is generated -----------------------------------------------------------


def test_the_answer_is_the_same_before_and_after_code_is_generated() -> None:
    compiled, variables = plan(
        "{ person(personalCode: $c) { library { loans { fee } } absences { code } } }"
    )
    lazy = Compiled(compiled.tree)
    known = StandIn(pools={"library": [library(loan())]})
    expected = compiled.optimistic(known, variables)
    assert [lazy.optimistic(known, variables) for _ in range(3 * WORTH)] == [expected] * 3 * WORTH
    assert lazy._code._made is not None
    known.pools = {"library": [library(loan(None))]}
    for each in (lazy, Compiled(compiled.tree), compiled):
        with pytest.raises(Anomaly):
            each.optimistic(known, variables)


def test_what_one_request_binds_is_not_anothers() -> None:
    head = "query($c: PersonalCode!, $d: Date)"
    text = f"{head} {{ person(personalCode: $c) {{ library(on: $d) {{ card }} }} }}"
    document = parse(text)
    operation: Any = document.definitions[0]
    days = [{"c": ANNA, "d": day} for day in ("2026-01-01", None, "2026-01-02")]
    sent: list[dict[str, Any]] = [*days, {"c": BORIS}]
    variables = [coerce(SCHEMA, operation, each) for each in sent]
    compiled = compile_operation(SCHEMA, document, operation, variables[0])
    bound = [compiled.parts[0].arguments(each) for each in variables]
    assert bound == [
        {"on": date(2026, 1, 1)},
        {"on": None},
        {"on": date(2026, 1, 2)},
        {"on": None},
    ]


def test_plans_behind_the_schema_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.plan.schema._CAPACITY", 3)
    schema = planned()
    for number in range(10):
        text = (
            HEAD + f"{{ person(personalCode: $c) {{ a{number}: personalCode @include(if: $b) }} }}"
        )
        for code in (ANNA, BORIS):
            result = schema.execute_sync(text, {"c": code}, StandIn(pools={}))
            assert result.data == {"person": {f"a{number}": code}}
    assert len(schema._plans) == 3
    assert ANNA not in str(schema._plans.keys())


def planned() -> PlannedSchema:
    return PlannedSchema(
        query_type(compose([LIBRARY])), config=StrawberryConfig(scalar_map=SCALARS)
    )


# -- whether plans may be trusted -----------------------------------------------------------------

Collect = Callable[..., CollectedFields]


def test_with_this_graphql_core_they_may() -> None:
    assert selftest.differences() == []


def backwards(collect: Collect) -> Collect:
    """Collect fields in the wrong order."""

    def collected(*arguments: Any, **named: Any) -> CollectedFields:  # noqa: ANN401 — graphql-core's
        found = collect(*arguments, **named)
        turned = dict(reversed(found.grouped_field_set.items()))
        return found._replace(grouped_field_set=turned)

    return collected


def forgetful(collect: Collect) -> Collect:
    """Collect only the first of the fields that are to be merged."""

    def collected(*arguments: Any, **named: Any) -> CollectedFields:  # noqa: ANN401 — graphql-core's
        found = collect(*arguments, **named)
        first = {key: details[:1] for key, details in found.grouped_field_set.items()}
        return found._replace(grouped_field_set=first)

    return collected


def changed(collect: Collect) -> Collect:
    """Return what another release returned: a mapping alone."""

    def collected(*arguments: Any, **named: Any) -> Any:  # noqa: ANN401 — graphql-core's
        return collect(*arguments, **named).grouped_field_set

    return collected


def renamed(_: Collect) -> Collect:
    """Take other arguments, as another release does."""

    def collected(context: object) -> CollectedFields:
        raise AssertionError(context)

    return collected


@pytest.mark.parametrize("broken", [backwards, forgetful, changed, renamed])
@pytest.mark.parametrize("name", ["collect_fields", "collect_subfields"])
def test_with_another_they_may_not(
    monkeypatch: pytest.MonkeyPatch, name: str, broken: Callable[[Collect], Collect]
) -> None:
    monkeypatch.setattr(tree, name, broken(getattr(collecting, name)))
    assert selftest.differences()


def test_errors_of_graphql_core_are_not_swallowed_by_the_self_test(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def failing(*_: object, **__: object) -> None:
        raise GraphQLError("changed")

    monkeypatch.setattr(tree, "get_named_type", failing)
    assert selftest.differences()
