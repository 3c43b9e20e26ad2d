import pytest
from graphql.execution.values import VariableValues
from hypothesis import given
from hypothesis import strategies as st

from hub.errors import Code, Several
from hub.plan.documents import Documents
from hub.plan.operation import Plan, questions, read_plan, subjects
from hub.plan.variables import coerce
from tests.unit.plan.schema import SCHEMA

CODE, OTHER = "161175-19997", "328673-00679"
DOCUMENTS = Documents(SCHEMA)


def plan_of(text: str, **variables: object) -> tuple[Plan, VariableValues]:
    document = DOCUMENTS.read(text)
    operation = document.operation(None)
    values = coerce(SCHEMA, operation, variables)
    return read_plan(SCHEMA, document, operation, values), values


def test_leaves_are_paths_whatever_alias_or_fragment_leads_there() -> None:
    plan, _ = plan_of(
        """query($c: PersonalCode!) { a: person(personalCode: $c) { personalCode ...F } }
        fragment F on Person { x: library { y: loans { ... on Loan { z: fee } } } }""",
        c=CODE,
    )
    assert plan.fields == {"personalCode", "library.loans.fee"}
    fee = next(leaf for leaf in plan.leaves if leaf.id == "library.loans.fee")
    assert fee.response == ("a", "x", "y", "z")
    assert fee.response[: fee.null_at] == ("a", "x")  # `loans` and `fee` may not be null


@pytest.mark.parametrize(("wanted", "found"), [(True, {"library.card"}), (False, set())])
def test_skip_and_include_decide_what_is_asked(wanted: bool, found: set[str]) -> None:
    plan, _ = plan_of(
        """query($c: PersonalCode!, $b: Boolean!) { person(personalCode: $c) {
        library @include(if: $b) { card loans @skip(if: true) { fee } } } }""",
        c=CODE,
        b=wanted,
    )
    assert plan.fields == found
    assert bool(plan.occurrences) is wanted


def test_existence_alone_asks_for_a_leaf() -> None:
    plan, _ = plan_of(
        """query($c: PersonalCode!) { person(personalCode: $c) {
        a: library { __typename } b: library { loans { __typename } } } }""",
        c=CODE,
    )
    assert plan.fields == {"library.provenance.register", "library.loans.kind"}


def test_subjects_and_questions_come_with_their_arguments() -> None:
    plan, values = plan_of(
        """query($c: PersonalCode!, $l: [PersonalCode!]!, $on: Date) {
        person(personalCode: $c) { library(on: $on) { card } }
        persons(personalCodes: $l) { library { card } } }""",
        c=CODE,
        l=["16117519997", OTHER],
        on="2026-01-31",
    )
    assert [str(code) for code in subjects(plan, values)] == [CODE, CODE, OTHER]
    dated, today = questions(plan, values)
    assert str(dated.arguments["on"]) == "2026-01-31"
    assert today.arguments["on"] is None


def test_what_concerns_nobody_has_no_subjects() -> None:
    plan, _ = plan_of("{ registers { name } __typename }")
    assert not plan.has_subjects
    assert not plan.introspective
    assert plan_of("{ __schema { queryType { name } } }")[0].introspective


@given(st.text(max_size=40) | st.integers() | st.none() | st.lists(st.text(max_size=12)))
def test_a_refused_variable_is_named_and_never_repeated(sent: object) -> None:
    document = DOCUMENTS.read(
        "query($secret: PersonalCode!) { person(personalCode: $secret) { personalCode } }"
    )
    with pytest.raises(Several) as caught:
        coerce(SCHEMA, document.operation(None), {"secret": sent})
    for error in caught.value.errors:
        assert error.code in {Code.PERSONAL_CODE_INVALID, Code.VARIABLE_INVALID}
        assert error.message in {
            "variable `$secret`: not a well-formed personal code",
            "variable `$secret`: missing, or of the wrong type",
        }


def test_a_bad_code_in_a_list_is_told_by_its_place() -> None:
    document = DOCUMENTS.read(
        "query($l: [PersonalCode!]!) { persons(personalCodes: $l) { personalCode } }"
    )
    with pytest.raises(Several) as caught:
        coerce(SCHEMA, document.operation(None), {"l": [CODE, "nobody", OTHER]})
    (error,) = caught.value.errors
    assert error.code is Code.PERSONAL_CODE_INVALID
    assert error.details["variable"] == "$l[1]"


@pytest.mark.parametrize(
    "sent", ["20260801", "2026-8-1", "2026-02-30", "nope", "2026-08-01T00:00", 7]
)
def test_a_day_has_one_form(sent: object) -> None:
    document = DOCUMENTS.read(
        "query($c: PersonalCode!, $on: Date) {"
        " person(personalCode: $c) { library(on: $on) { card } } }"
    )
    with pytest.raises(Several) as caught:
        coerce(SCHEMA, document.operation(None), {"c": CODE, "on": sent})
    assert [each.code for each in caught.value.errors] == [Code.DATE_INVALID]
