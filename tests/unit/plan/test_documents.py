import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.errors import BadRequest, Code, HubError, Several
from hub.plan.documents import Documents
from tests.unit.plan.schema import SCHEMA

CODE = "161175-19997"


def refusal(text: str) -> HubError:
    with pytest.raises(HubError) as caught:
        Documents(SCHEMA).read(text)
    return caught.value


@pytest.mark.parametrize(
    "text",
    [
        f'{{ person(personalCode: "{CODE}") {{ personalCode }} }}',
        "{ person(personalCode: 16117519997) { personalCode } }",
        '{ person(personalCode: "\\u00316117519997") { personalCode } }',
        f"# {CODE}\n{{ registers {{ name }} }}",
        "{ p16117519997: registers { name } }",
        f'query($c: PersonalCode! = "{CODE}") {{ person(personalCode: $c) {{ personalCode }} }}',
        '{ person(personalCode: "\\u{31}61175 19997") { personalCode } }',
    ],
)
def test_a_code_in_the_document_is_refused_and_not_kept(text: str) -> None:
    documents = Documents(SCHEMA)
    with pytest.raises(BadRequest) as caught:
        documents.read(text)
    assert caught.value.code is Code.PERSONAL_CODE_LITERAL
    assert CODE not in str(caught.value)
    assert not documents._kept


def test_a_document_is_parsed_once_and_the_cache_is_bounded() -> None:
    documents = Documents(SCHEMA, capacity=2)
    first = documents.read("{ registers { name } }")
    assert documents.read("{ registers { name } }") is first
    documents.read("{ registers { title } }")
    documents.read("{ registers { source } }")
    assert documents.read("{ registers { name } }") is not first


@pytest.mark.parametrize("written", ["\\u0031\\u0036117519997", "\\u0031\\u00361175-19997"])
def test_a_syntax_error_does_not_repeat_what_was_found(written: str) -> None:
    error = refusal(f'{{ person(personalCode "{written}") {{ personalCode }} }}')
    assert error.code is Code.SYNTAX_ERROR
    assert "19997" not in error.message


def person(*body: str) -> str:
    return f"query($c: PersonalCode!) {{ person(personalCode: $c) {{ {' '.join(body)} }} }}"


@pytest.mark.parametrize(
    "text",
    [
        person(*["absences { code }"] * 240),
        person("absences {", *["code"] * 480, "}"),
        person(*["absences { code code code code }"] * 3),
        person(*["... { absences { code } }"] * 140),
        person(*[f"...f{i}" for i in range(50)])
        + "".join(f" fragment f{i} on Person {{ absences {{ code }} }}" for i in range(50)),
    ],
)
def test_one_name_many_times_at_one_place_is_refused_before_validation(text: str) -> None:
    began = time.perf_counter()
    assert refusal(text).details["limit"] == "repeats"
    assert time.perf_counter() - began < 0.2  # compared pair by pair it takes most of a second


def test_a_name_repeated_at_many_places_is_no_repetition() -> None:
    many = " ".join(f"a{i}: absences {{ code register }}" for i in range(12))
    assert Documents(SCHEMA).read(person(many))


def test_a_fragment_that_nothing_spreads_is_not_validated() -> None:
    unused = f" fragment f on Person {{ {'absences { code } ' * 230} }}"
    began = time.perf_counter()
    assert refusal(person("personalCode") + unused).code is Code.VALIDATION_FAILED
    assert time.perf_counter() - began < 0.2


def chain(length: int) -> str:
    links = "".join(
        f"fragment f{i} on Person {{ ...f{i + 1} ...f{i + 1} }} " for i in range(length)
    )
    end = f"fragment f{length} on Person {{ personalCode }}"
    return f"query($c: PersonalCode!) {{ person(personalCode: $c) {{ ...f0 }} }} {links} {end}"


def test_a_fragment_chain_costs_the_same_whatever_it_spreads_to() -> None:
    began = time.perf_counter()
    assert refusal(chain(40)).code is Code.LIMIT_EXCEEDED
    assert time.perf_counter() - began < 1  # spread out it would take centuries


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("{" * 60, "nesting"),
        ("{ registers { name " + "x " * 1100 + "} }", "tokens"),
        (
            "query($c:PersonalCode!){"
            + " ".join(f"a{i}: person(personalCode:$c){{personalCode}}" for i in range(6))
            + "}",
            "root_fields",
        ),
        ("{ registers { " + " ".join(f"a{i}: name" for i in range(16)) + " } }", "aliases"),
        ("{ registers { " + "name " * 501 + " } }", "fields"),
        ("{ registers { name " + "@skip(if: false) " * 11 + " } }", "directives"),
        ("{ registers { " + "freshness { " * 9 + "ttlSeconds" + " }" * 11, "depth"),
    ],
)
def test_each_limit_names_itself(text: str, limit: str) -> None:
    error = refusal(text)
    assert (error.code, error.details["limit"]) == (Code.LIMIT_EXCEEDED, limit)


def test_a_large_document_is_refused_before_it_is_parsed() -> None:
    assert refusal("#" * 16_385).code is Code.DOCUMENT_TOO_LARGE
    assert refusal("ā" * 9_000).code is Code.DOCUMENT_TOO_LARGE


def test_a_fragment_cycle_is_refused() -> None:
    text = "{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }"
    assert refusal(text).code is Code.VALIDATION_FAILED


def test_validation_errors_are_few_and_suggest_nothing() -> None:
    error = refusal("{ persn registers { nam titl sourc a b c d } }")
    assert isinstance(error, Several)
    assert len(error.errors) <= 5
    assert all("Did you mean" not in each.message for each in error.errors)


@pytest.mark.parametrize(
    "text", ["{", "", "}{", "mutation { x }", "subscription { x }", "fragment"]
)
def test_what_is_no_served_query_is_refused(text: str) -> None:
    assert refusal(text).code in {Code.SYNTAX_ERROR, Code.VALIDATION_FAILED, Code.OPERATION_UNKNOWN}


def test_operations_are_named_when_there_are_several() -> None:
    document = Documents(SCHEMA).read(
        "query A { registers { name } } query B { registers { name } }"
    )
    assert document.operation("A") is document.operations["A"]
    for name, code in (("C", Code.OPERATION_UNKNOWN), (None, Code.OPERATION_AMBIGUOUS)):
        with pytest.raises(BadRequest) as caught:
            document.operation(name)
        assert caught.value.code is code


@given(st.text(alphabet="{}()[]!:$@\"'#.,… \nabcnamepersonregisters0123456789\\u", max_size=200))
def test_no_text_does_more_than_be_read_or_refused(text: str) -> None:
    try:
        Documents(SCHEMA).read(text)
    except HubError as error:
        assert error.code.status < 500  # noqa: PT017 — being read is right too
