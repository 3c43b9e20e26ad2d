"""The quick way of reading variables and graphql-core's own agree on everything."""

from collections.abc import Callable
from typing import Any

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLEnumValue,
    GraphQLFloat,
    GraphQLID,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInt,
    GraphQLSchema,
    OperationDefinitionNode,
    parse,
)
from graphql.execution.values import VariableValues, VariableValueSource
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.errors import Code, HubError, Several
from hub.plan.documents import Documents
from hub.plan.variables import Coercion, coerce
from tests.unit.plan.schema import SCHEMA as LIBRARY

CODE = "161175-19997"
NEW_CODE = "391234-56789"
_COLOUR = GraphQLEnumType("Colour", {"RED": GraphQLEnumValue(7)})
_PAIR = GraphQLInputObjectType("Pair", {"left": GraphQLInputField(GraphQLInt)})
SCHEMA = GraphQLSchema(
    query=LIBRARY.query_type,
    types=[*LIBRARY.type_map.values(), GraphQLInt, GraphQLID, GraphQLFloat, _COLOUR, _PAIR],
)
DEFAULTS = {
    "PersonalCode": [],
    "Date": ['"2026-01-31"'],
    "Boolean": ["true", "false"],
    "String": ['"x"', '""'],
    "Int": ["5", "-1"],
    "ID": ["7", '"seven"'],
    "Float": ["1.5", "2"],
    "Colour": ["RED"],
    "Pair": ["{left: 1}", "{}"],
}
SHAPES = ["{}", "{}!", "[{}]", "[{}!]", "[{}]!", "[{}!]!", "[[{}]]"]


@st.composite
def definitions(draw: st.DrawFn) -> OperationDefinitionNode:
    written = []
    for name in draw(st.lists(st.sampled_from("abc"), unique=True, max_size=3)):
        kind = draw(st.sampled_from(sorted(DEFAULTS)))
        shape = draw(st.sampled_from(SHAPES))
        usual = [None, "null"] if not shape.endswith("!") else [None]
        default = draw(st.sampled_from([*usual, *DEFAULTS[kind]]))
        given_default = f" = {default}" if default is not None else ""
        written.append(f"${name}: {shape.format(kind)}{given_default}")
    text = f"query A({', '.join(written)}) {{ x }}" if written else "query A { x }"
    operation = parse(text).definitions[0]
    assert isinstance(operation, OperationDefinitionNode)
    return operation


LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-(2**33), 2**33)
    | st.floats(allow_nan=True)
    | st.sampled_from(["RED", CODE, "16117519997", NEW_CODE, "161175-19998", "2026-02-28"])
    | st.sampled_from(["2026-02-30", "2026-W01-1", "20260101", "", "true", "7"])
    | st.text(max_size=5)
)
VALUES = st.recursive(
    LEAVES,
    lambda below: (
        st.lists(below, max_size=3)
        | st.dictionaries(st.sampled_from(["left", "right"]), below, max_size=2)
    ),
    max_leaves=4,
)


Reading = Callable[[dict[str, Any]], VariableValues]


def told(read: Reading, sent: dict[str, Any]) -> object:
    """What came out, types of values included: 1, 1.0 and true are three things."""
    try:
        values = read(sent)
    except HubError as error:
        errors = error.errors if isinstance(error, Several) else (error,)
        return [(each.message, each.extensions()) for each in errors]
    shown = [(name, _typed(value)) for name, value in values.coerced.items()]
    sources = [
        (name, _signed(source), _typed(source.value)) for name, source in values.sources.items()
    ]
    return shown, sources


def _signed(source: VariableValueSource) -> object:
    default = source.signature.default
    return source.signature.name, str(source.signature.type), default.literal if default else None


def _typed(value: object) -> object:
    if isinstance(value, list):
        return [_typed(each) for each in value]
    if isinstance(value, dict):
        return {name: _typed(each) for name, each in value.items()}
    return (type(value).__name__, value if value == value else "NaN")  # noqa: PLR0124 — NaN alone


@settings(max_examples=1500, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(definitions(), st.dictionaries(st.sampled_from("abcd"), VALUES, max_size=4))
def test_both_ways_read_the_same_or_refuse_alike(
    operation: OperationDefinitionNode, sent: dict[str, Any]
) -> None:
    quick = Coercion(SCHEMA, operation)

    def plain(given: dict[str, Any]) -> VariableValues:
        return coerce(SCHEMA, operation, given)

    assert told(quick.read, sent) == told(plain, sent)
    assert told(quick.read, sent) == told(plain, sent)  # nothing of the first reading is left


def operation_of(text: str) -> OperationDefinitionNode:
    operation = parse(text).definitions[0]
    assert isinstance(operation, OperationDefinitionNode)
    return operation


def test_what_is_as_it_should_be_never_reaches_graphql_core(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    operation = operation_of(
        "query($c: [PersonalCode!]!, $d: Date, $b: Boolean! = true, $s: [String]) { x }"
    )
    quick = Coercion(SCHEMA, operation)
    monkeypatch.setattr("hub.plan.variables.get_variable_values", None)
    values = quick.read({"c": [CODE, NEW_CODE], "d": "2026-01-31", "s": ["x", None]})
    assert values.coerced["c"] == [CODE, NEW_CODE]
    assert values.coerced["b"] is True


def test_a_wrong_code_among_many_is_placed_and_not_repeated() -> None:
    quick = Coercion(SCHEMA, operation_of("query($c: [PersonalCode!]!) { x }"))
    with pytest.raises(Several) as caught:
        quick.read({"c": [CODE, "161175-19998", CODE]})
    assert caught.value.code is Code.PERSONAL_CODE_INVALID
    assert caught.value.errors[0].details == {"variable": "$c[1]"}
    assert "19998" not in f"{caught.value.message} {caught.value.__cause__}"
    assert caught.value.__context__ is None


def test_lists_sent_are_not_the_lists_kept() -> None:
    quick = Coercion(SCHEMA, operation_of("query($s: [String!] = null) { x }"))
    sent = ["a"]
    values = quick.read({"s": sent})
    sent.append("b")
    assert values.coerced["s"] == ["a"]


def test_a_document_reads_the_variables_of_each_of_its_operations() -> None:
    document = Documents(LIBRARY).read(
        "query A($c: PersonalCode!) { person(personalCode: $c) { personalCode } }"
        "query B($c: [PersonalCode!]!) { persons(personalCodes: $c) { personalCode } }"
    )
    one = document.coerce(LIBRARY, document.operation("A"), {"c": CODE})
    many = document.coerce(LIBRARY, document.operation("B"), {"c": [CODE]})
    assert (one.coerced, many.coerced) == ({"c": CODE}, {"c": [CODE]})
