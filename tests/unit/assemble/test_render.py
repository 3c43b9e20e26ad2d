from typing import Any

from hub.assemble.render import masked, render, withhold
from hub.errors import Code, HubError
from hub.model.catalogue import FieldId
from hub.plan.documents import Documents
from hub.plan.variables import coerce
from tests.unit.assemble.library import LoanFacts
from tests.unit.assemble.test_answers import ANNA, NOVEL, answers, found
from tests.unit.plan.schema import SCHEMA

DOCUMENTS = Documents(SCHEMA)
QUERY = """query($c: PersonalCode!) { person(personalCode: $c) {
    one: library { card loans { fee kind } } two: library { ...F } } }
    fragment F on Library { x: card loans { price: fee } }"""


def shown(
    *denied: str,
    fee: Any = 2,  # noqa: ANN401 — also what does not fit
) -> tuple[dict[str, Any] | None, list[HubError]]:
    known = answers({ANNA: found(LoanFacts(kind="NOVEL", fee=fee), card="k")})
    document = DOCUMENTS.read(QUERY)
    node = document.node
    if denied:
        node = masked(node, document.operation(None), {FieldId(each) for each in denied})
    variables = coerce(SCHEMA, document.operation(None), {"c": str(ANNA)})
    return render(SCHEMA, node, None, variables, known)


def test_graphql_walks_over_what_is_there() -> None:
    data, errors = shown()
    assert data == {
        "person": {
            "one": {"card": "k", "loans": [{"fee": 2, "kind": "NOVEL"}]},
            "two": {"x": "k", "loans": [{"price": 2}]},
        }
    }
    assert errors == []


def test_a_masked_leaf_keeps_its_place_and_nothing_of_its_value() -> None:
    data, _ = shown("library.card")
    assert data is not None
    withhold(data, [("person", "one", "card"), ("person", "two", "x")])
    assert data["person"]["one"] == {"card": None, "loans": [{"fee": 2, "kind": "NOVEL"}]}
    assert data["person"]["two"]["x"] is None
    assert list(data["person"]["two"]) == ["x", "loans"]


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
