import gc
import time

import pytest
from graphql import OverlappingFieldsCanBeMergedRule, Token, parse, validate
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.errors import BadRequest, Code, HubError, Several
from hub.plan.documents import Documents
from hub.plan.limits import Limits, check_document
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


# ---- what is kept, and what may be skipped --------------------------------------------------


def test_characters_kept_are_bounded_too() -> None:
    documents = Documents(SCHEMA, capacity_characters=1_000)
    texts = ["{ registers { name } }" + "#" * filling for filling in range(300, 320)]
    for text in texts:
        documents.read(text)
        assert sum(map(len, documents._kept)) == documents._characters <= 1_000
    assert list(documents._kept) == texts[-2:]


def test_a_document_that_is_kept_no_longer_goes_without_the_collector() -> None:
    documents = Documents(SCHEMA, capacity=1)
    documents.read("{ registers { goes: name } }")
    gc.collect()  # validation leaves circles of its own, which die young
    gc.disable()
    try:
        assert "goes" in _names()
        documents.read("{ registers { stays: name } }")
        assert "stays" in _names()
        assert "goes" not in _names()
    finally:
        gc.enable()


def _names() -> set[str | None]:
    return {each.value for each in gc.get_objects() if isinstance(each, Token)}


def test_the_document_read_last_is_kept_longest() -> None:
    documents = Documents(SCHEMA, capacity=2)
    first = documents.read("{ registers { name } }")
    documents.read("{ registers { title } }")
    assert documents.read("{ registers { name } }") is first
    documents.read("{ registers { source } }")
    assert documents.read("{ registers { name } }") is first


def test_a_refused_text_is_never_kept() -> None:
    documents = Documents(SCHEMA)
    for text in ("{ nothing }", "{", f"# {CODE}", "{" * 60, "#" * 20_000):
        with pytest.raises(HubError):
            documents.read(text)
    assert not documents._kept
    assert documents._characters == 0


CONDITIONAL = (
    "query($a: Boolean!, $b: Boolean!, $c: Boolean!) { registers { name }"
    " ...f x: registers @include(if: $b) @skip(if: true) { ... @include(if: $c) { title } } }"
    " fragment f on Query { y: registers @skip(if: $a) { name } }"
)
PLAIN = (
    'query($a: PersonalCode!) { person(personalCode: $a) { library(on: "2026-01-31") { card } } }'
)


@pytest.mark.parametrize(
    ("text", "conditions"),
    [
        ("query($a: Boolean!) { registers @skip(if: $a) { name } }", ("a",)),
        (CONDITIONAL, ("a", "b", "c")),
        (PLAIN, ()),
        ("{ registers { name @skip(if: false) } }", ()),
    ],
)
def test_the_variables_that_decide_what_is_asked(text: str, conditions: tuple[str, ...]) -> None:
    assert Documents(SCHEMA).read(text).conditions == conditions


@pytest.mark.parametrize(
    "text",
    [
        '{ person(personalCode: """\n  161175 19997\n""") { personalCode } }',
        '{ person(personalCode: "1611751\\u0039997") { personalCode } }',
        '{ registers { name @skip(if: "\\u0031\\u0036117519997") } }',
        'query($c: String = "\\u00316117519997") { registers { name } }',
        "{ person(personalCode: -1611751999) { personalCode } }",
    ],
)
def test_a_literal_is_found_wherever_a_value_may_stand(text: str) -> None:
    assert refusal(text).code is Code.PERSONAL_CODE_LITERAL


NAMES = st.sampled_from(["name", "title", "source", "code", "personalCode", "absences", "wrong"])
FIELD = st.builds(lambda alias, name: f"{alias}{name}", st.sampled_from(["", "a: ", "b: "]), NAMES)
SELECTION = st.recursive(
    FIELD,
    lambda below: st.builds(
        lambda head, inner: f"{head} {{ {' '.join(inner)} }}",
        st.sampled_from(["registers", "absences", "a: registers", "... on Query", "...", "x"]),
        st.lists(below, min_size=1, max_size=4),
    ),
    max_leaves=12,
)


@settings(max_examples=400, deadline=None)
@given(
    st.lists(SELECTION | st.just("...f"), min_size=1, max_size=4), st.lists(SELECTION, max_size=3)
)
def test_no_rule_that_is_left_out_would_have_said_a_word(
    selections: list[str], fragment: list[str]
) -> None:
    text = f"{{ {' '.join(selections)} }}"
    if fragment:
        text += f" fragment f on Query {{ {' '.join(fragment)} }}"
    node = parse(text)
    try:
        repeats = check_document(node, Limits())
    except HubError:
        return
    if repeats == 1:
        assert validate(SCHEMA, node, [OverlappingFieldsCanBeMergedRule]) == []
