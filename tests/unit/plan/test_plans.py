import pytest

from hub.plan.documents import Documents
from hub.plan.operation import Plan, read_plan
from hub.plan.plans import Plans
from hub.plan.variables import coerce
from tests.unit.plan.schema import SCHEMA

CODE, OTHER = "161175-19997", "328673-00679"
DOCUMENTS = Documents(SCHEMA)
ASKED = """
query($c: PersonalCode!, $b: Boolean = false, $n: Boolean = true) { person(personalCode: $c) {
  ...F @include(if: $b) personalCode @skip(if: $n) } }
fragment F on Person { library { card } }
"""


def read(plans: Plans, text: str, **variables: object) -> Plan:
    document = DOCUMENTS.read(text)
    operation = document.operation(None)
    return plans.read(document, operation, coerce(SCHEMA, operation, variables))


def test_a_plan_is_read_once_whoever_is_asked_about() -> None:
    plans = Plans(SCHEMA)
    assert read(plans, ASKED, c=CODE) is read(plans, ASKED, c=OTHER, b=False)


@pytest.mark.parametrize("given", [{}, {"b": True}, {"n": False}, {"b": True, "n": False}])
def test_each_set_of_booleans_has_a_plan_of_its_own(given: dict[str, bool]) -> None:
    plans = Plans(SCHEMA)
    for others in ({}, {"b": True}, {"n": False}, {"b": True, "n": False}):
        read(plans, ASKED, c=CODE, **others)
    document = DOCUMENTS.read(ASKED)
    operation = document.operation(None)
    values = coerce(SCHEMA, operation, {"c": CODE, **given})
    expected = read_plan(SCHEMA, document, operation, values).fields
    assert plans.read(document, operation, values).fields == expected


def test_without_variables_everything_counts_as_asked() -> None:
    plans = Plans(SCHEMA)
    read(plans, ASKED, c=CODE)
    document = DOCUMENTS.read(ASKED)
    plan = plans.read(document, document.operation(None), None)
    assert plan.fields == {"library.card", "personalCode"}


def test_operations_of_one_document_have_plans_of_their_own() -> None:
    text = "query A { registers { name } } query B { currentPermissions { __typename } }"
    plans, document = Plans(SCHEMA), DOCUMENTS.read(text)
    kinds = [plans.read(document, document.operation(name), None).kinds for name in ("A", "B")]
    assert kinds == [{"registers"}, {"currentPermissions"}]


def test_the_plan_used_longest_ago_goes_first() -> None:
    plans = Plans(SCHEMA, capacity=2)
    first = read(plans, ASKED, c=CODE)
    second = read(plans, ASKED, c=CODE, b=True)
    assert read(plans, ASKED, c=CODE) is first
    read(plans, ASKED, c=CODE, n=False)
    assert read(plans, ASKED, c=CODE) is first
    assert read(plans, ASKED, c=CODE, b=True) is not second


def test_characters_of_the_documents_of_plans_are_bounded_too() -> None:
    plans = Plans(SCHEMA, capacity_characters=1_000)
    for filling in range(300, 320):
        text = "{ registers { name } }" + "#" * filling
        document = DOCUMENTS.read(text)
        plans.read(document, document.operation(None), None)
        kept = [plan.document.characters for plan in plans._kept.values()]
        assert sum(kept) == plans._characters <= 1_000
    assert len(kept) == 2
