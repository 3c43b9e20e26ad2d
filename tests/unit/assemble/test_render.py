from typing import Any

from msgspec.structs import replace

from hub.assemble.render import render, withhold
from hub.errors import Code, HubError
from hub.model.catalogue import FieldId
from hub.model.decision import Verdict
from hub.plan.documents import Documents
from hub.plan.operation import read_plan
from hub.plan.variables import coerce
from tests.unit.assemble.library import LoanFacts
from tests.unit.assemble.test_answers import ANNA, NOVEL, answers, found
from tests.unit.fetch.register import permit
from tests.unit.plan.schema import SCHEMA

DOCUMENTS = Documents(SCHEMA)
PERMIT = permit()
QUERY = """query($c: PersonalCode!) { person(personalCode: $c) {
    one: library { card loans { fee kind } } two: library { ...F } } }
    fragment F on Library { x: card loans { price: fee } }"""


def shown(
    *denied: str,
    granted: bool = True,
    fee: Any = 2,  # noqa: ANN401 — also what does not fit
) -> tuple[dict[str, Any] | None, list[HubError]]:
    known = answers({ANNA: found(LoanFacts(kind="NOVEL", fee=fee), card="k")})
    document = DOCUMENTS.read(QUERY)
    operation = document.operation(None)
    variables = coerce(SCHEMA, operation, {"c": str(ANNA)})
    plan = read_plan(SCHEMA, document, operation, variables)
    withheld = tuple(
        Verdict(field=FieldId(each), code="field_not_in_agreement", rule="r", en="e", lv="l")
        for each in denied
    )
    permit = replace(
        PERMIT,
        granted=plan.fields - {verdict.field for verdict in withheld} if granted else frozenset(),
        withheld=withheld,
    )
    return render(SCHEMA, plan, permit, variables, known)


def test_graphql_walks_over_what_is_there() -> None:
    data, errors = shown()
    assert data == {
        "person": {
            "one": {"card": "k", "loans": [{"fee": 2, "kind": "NOVEL"}]},
            "two": {"x": "k", "loans": [{"price": 2}]},
        }
    }
    assert errors == []


def test_a_denied_leaf_keeps_its_place_and_nothing_of_its_value() -> None:
    data, _ = shown("library.card")
    assert data is not None
    assert data["person"]["one"] == {"card": None, "loans": [{"fee": 2, "kind": "NOVEL"}]}
    assert data["person"]["two"]["x"] is None
    assert list(data["person"]["two"]) == ["x", "loans"]


def test_a_leaf_that_nobody_granted_is_not_resolved() -> None:
    data, errors = shown(granted=False)
    assert data == {"person": {"one": None, "two": None}}
    assert errors


def test_null_reaches_into_lists() -> None:
    data = {"a": [{"b": [{"c": 1}, {"c": 2}]}, {"b": []}, None]}
    withhold(data, [("a", "b", "c")])
    assert data == {"a": [{"b": [{"c": None}, {"c": None}]}, {"b": []}, None]}


def test_a_value_that_does_not_fit_is_the_registers_fault_and_not_repeated() -> None:
    data, errors = shown(fee=None)
    assert data == {"person": {"one": None, "two": None}}
    assert [(error.code, error.message) for error in errors] == [
        (Code.REGISTER_MALFORMED, Code.REGISTER_MALFORMED.en)
    ] * len(errors)
    assert NOVEL.kind not in str(errors)
