"""Bodies, documents and variables that are wrong: one stable code each, and no register asked."""

import pytest

from tests.journey.door import ILZE, MANY, MEDIA, STATUS, assert_refused, body, send
from tests.journey.town import Town

DEEP = 40
WRONG_DIGIT = f"{ILZE[:-1]}{(int(ILZE[-1]) + 1) % 10}"
ARABIC = {48 + digit: 0x660 + digit for digit in range(10)}
BODIES = [
    ("empty", b"", "malformed_json"),
    ("cut off", b'{"query": "{', "malformed_json"),
    ("trailing comma", b'{"query": "{x}",}', "malformed_json"),
    ("not a number", b'{"query": NaN}', "malformed_json"),
    ("two documents", b'{"query": "{x}"} {"query": "{x}"}', "malformed_json"),
    ("a byte order mark", b'\xef\xbb\xbf{"query": "{x}"}', "malformed_json"),
    ("a control character", b'{"query": "\x01"}', "malformed_json"),
    ("a lone surrogate", b'{"query": "\\ud800"}', "malformed_json"),
    ("UTF-16", '{"query": "{x}"}'.encode("utf-16"), "invalid_encoding"),
    ("a broken sequence", b'{"query": "\xc3\x28"}', "invalid_encoding"),
    ("an overlong sequence", b'{"query": "\xc0\xaf"}', "invalid_encoding"),
    ("an encoded surrogate", b'{"query": "\xed\xa0\x80"}', "invalid_encoding"),
    ("null", b"null", "body_not_object"),
    ("true", b"true", "body_not_object"),
    ("a number", b"31415926535", "body_not_object"),
    ("a text", b'"{ registers { name } }"', "body_not_object"),
    ("a list", b"[]", "batching_unsupported"),
    ("a batch", b'[{"query": "{x}"}, {"query": "{x}"}]', "batching_unsupported"),
    ("nothing", b"{}", "query_missing"),
    ("a misspelt query", b'{"qeury": "{ __typename }"}', "query_missing"),
    ("query null", b'{"query": null}', "query_missing"),
    ("query empty", b'{"query": ""}', "query_missing"),
    ("query a number", b'{"query": 7}', "parameter_invalid"),
    ("query a list", b'{"query": ["{x}"]}', "parameter_invalid"),
    ("query an object", b'{"query": {"a": 1}}', "parameter_invalid"),
    ("operationName a number", b'{"query": "{x}", "operationName": 7}', "parameter_invalid"),
    ("operationName a list", b'{"query": "{x}", "operationName": []}', "parameter_invalid"),
    ("variables a list", b'{"query": "{x}", "variables": [7]}', "parameter_invalid"),
    ("variables a text", b'{"query": "{x}", "variables": "{}"}', "parameter_invalid"),
    ("variables false", b'{"query": "{x}", "variables": false}', "parameter_invalid"),
    ("extensions a text", b'{"query": "{x}", "extensions": "e"}', "parameter_invalid"),
    ("extensions a number", b'{"query": "{x}", "extensions": 0}', "parameter_invalid"),
    ("deep lists", b"[" * 100_000, "nesting_too_deep"),
    ("deep objects", b'{"a":' * DEEP + b"1" + b"}" * DEEP, "nesting_too_deep"),
    (
        "deep variables",
        b'{"query": "{x}", "variables": {"a": ' + b"[" * DEEP + b"]" * DEEP + b"}}",
        "nesting_too_deep",
    ),
    (
        "brackets hidden behind an escaped quotation mark",
        b'{"query": "\\"", "variables": {"a": ' + b"[" * DEEP + b"]" * DEEP + b"}}",
        "nesting_too_deep",
    ),
    ("a large body", b'{"query": "{x}", "a": "' + b"a" * 300_000 + b'"}', "body_too_large"),
]
NESTED = "{ person(personalCode: $personalCode) " * 60
DOCUMENTS = [
    ("no GraphQL", "hello", "syntax_error"),
    ("an open bracket", "{", "syntax_error"),
    ("blank", "   ", "syntax_error"),
    ("a comment alone", "# nothing", "syntax_error"),
    ("an open string", '{ registers(name: "', "syntax_error"),
    ("a control character", "{ registers { name \x00 } }", "syntax_error"),
    ("an unknown field", "{ nobody }", "validation_failed"),
    ("an unknown field of a person", STATUS.replace("status", "salary"), "validation_failed"),
    ("an unpublished field of a person", STATUS.replace("status", "npais"), "validation_failed"),
    ("an unknown argument", STATUS.replace("employment", "employment(of: 1)"), "validation_failed"),
    ("an unknown type", "query($a: Secret!) { registers { name } }", "validation_failed"),
    ("an unknown fragment", "{ ...Nothing }", "validation_failed"),
    ("an unknown directive", "{ registers @cached { name } }", "validation_failed"),
    ("a leaf with selections", "{ registers { name { x } } }", "validation_failed"),
    ("an object without", "{ registers }", "validation_failed"),
    ("an unused variable", STATUS.replace("(", "($unused: Int, ", 1), "validation_failed"),
    (
        "an undeclared variable",
        "{ person(personalCode: $p) { absences { code } } }",
        "validation_failed",
    ),
    (
        "two of one name",
        "query A { registers { name } } query A { registers { name } }",
        "validation_failed",
    ),
    ("a mutation", "mutation { forget }", "validation_failed"),
    ("a subscription", "subscription { changes }", "validation_failed"),
    ("a type definition", "type Query { a: Int }", "validation_failed"),
    (
        "a fragment that spreads itself",
        "{ registers { ...A } } fragment A on RegisterInfo { name ...A }",
        "validation_failed",
    ),
    (
        "fragments that spread each other",
        "{registers{...A}} fragment A on RegisterInfo{...B} fragment B on RegisterInfo{...A}",
        "validation_failed",
    ),
    ("a fragment alone", "fragment A on RegisterInfo { name }", "validation_failed"),
    ("deep selections", NESTED, "limit_exceeded"),
    ("deep lists", "{ registers(a: " + "[" * 60 + "]" * 60 + ") { name } }", "limit_exceeded"),
    (
        "deep list types",
        "query($a: " + "[" * 60 + "Int" + "]" * 60 + ") { registers { name } }",
        "limit_exceeded",
    ),
    ("many tokens", "{ registers { " + "name " * 2_000 + "} }", "limit_exceeded"),
    (
        "many aliases",
        "{ registers { " + " ".join(f"a{n}: name" for n in range(20)) + " } }",
        "limit_exceeded",
    ),
    (
        "many root fields",
        "{ " + " ".join(f"r{n}: registers {{ name }}" for n in range(9)) + " }",
        "limit_exceeded",
    ),
    ("many directives", "{ registers { name " + "@skip(if: false) " * 20 + "} }", "limit_exceeded"),
    ("a large document", "{ registers { name } } #" + "x" * 17_000, "document_too_large"),
    (
        "a document large in bytes alone",
        "{ registers { name } } #" + "ķ" * 10_000,
        "document_too_large",
    ),
]
VARIABLES: list[tuple[str, object, str]] = [
    ("missing", {}, "variable_invalid"),
    ("null", {"personalCode": None}, "variable_invalid"),
    ("no variables", None, "variable_invalid"),
    ("a number", {"personalCode": int(ILZE.replace("-", ""))}, "personal_code_invalid"),
    ("a list", {"personalCode": [ILZE]}, "personal_code_invalid"),
    ("an object", {"personalCode": {"code": ILZE}}, "personal_code_invalid"),
    ("true", {"personalCode": True}, "personal_code_invalid"),
    ("empty", {"personalCode": ""}, "personal_code_invalid"),
    ("one digit more", {"personalCode": f"{ILZE}0"}, "personal_code_invalid"),
    ("one digit less", {"personalCode": ILZE[:-1]}, "personal_code_invalid"),
    ("a wrong check digit", {"personalCode": WRONG_DIGIT}, "personal_code_invalid"),
    ("a day that is none", {"personalCode": "310201-10000"}, "personal_code_invalid"),
    ("spaces about it", {"personalCode": f" {ILZE} "}, "personal_code_invalid"),
    ("a line after it", {"personalCode": f"{ILZE}\n"}, "personal_code_invalid"),
    ("another dash", {"personalCode": ILZE.replace("-", "\u2013")}, "personal_code_invalid"),
    ("other digits", {"personalCode": ILZE.translate(ARABIC)}, "personal_code_invalid"),
    ("a quotation mark", {"personalCode": "'; DROP TABLE persona; --"}, "personal_code_invalid"),
    ("very long", {"personalCode": "1" * 100_000}, "personal_code_invalid"),
]  # fmt: skip
LISTS: list[tuple[str, object, str]] = [
    ("empty", [], "subjects_empty"),
    ("oversized", [f"33{number:09}" for number in range(501)], "subjects_too_many"),
    ("with null", [ILZE, None], "variable_invalid"),
    ("with a list", [[ILZE]], "personal_code_invalid"),
    ("with something else", [ILZE, "nobody"], "personal_code_invalid"),
    ("null", None, "variable_invalid"),
    ("wrong throughout", ["nobody"] * 500, "personal_code_invalid"),
]


@pytest.mark.parametrize("accept", MEDIA)
@pytest.mark.parametrize(
    ("raw", "code"), [each[1:] for each in BODIES], ids=[each[0] for each in BODIES]
)
def test_a_wrong_body_has_its_code(town: Town, raw: bytes, code: str, accept: str | None) -> None:
    assert_refused(town, send(town, raw, accept=accept), code, accept=accept)


@pytest.mark.parametrize("accept", MEDIA)
@pytest.mark.parametrize(
    ("query", "code"), [each[1:] for each in DOCUMENTS], ids=[each[0] for each in DOCUMENTS]
)
def test_a_wrong_document_has_its_code(
    town: Town, query: str, code: str, accept: str | None
) -> None:
    assert_refused(town, send(town, body(query), accept=accept), code, accept=accept)


@pytest.mark.parametrize("accept", MEDIA)
@pytest.mark.parametrize(
    ("variables", "code"), [each[1:] for each in VARIABLES], ids=[each[0] for each in VARIABLES]
)
def test_a_wrong_variable_is_named_and_never_repeated(
    town: Town, variables: object, code: str, accept: str | None
) -> None:
    error = assert_refused(
        town, send(town, body(variables=variables), accept=accept), code, accept=accept
    )
    assert error["extensions"]["variable"] == "$personalCode"
    assert "nobody" not in error["message"]
    assert len(error["message"]) < 200


@pytest.mark.parametrize("accept", MEDIA)
@pytest.mark.parametrize(
    ("people", "code"), [each[1:] for each in LISTS], ids=[each[0] for each in LISTS]
)
def test_a_wrong_list_has_its_code(
    town: Town, people: object, code: str, accept: str | None
) -> None:
    sent = body(MANY, variables={"personalCodes": people})
    response = send(town, sent, accept=accept)
    assert_refused(town, response, code, accept=accept)
    assert "nobody" not in response.text
    assert len(response.json()["errors"]) <= 5


def test_the_place_in_a_list_is_told(town: Town) -> None:
    sent = body(MANY, variables={"personalCodes": [ILZE, ILZE, "nobody"]})
    error = assert_refused(town, send(town, sent), "personal_code_invalid")
    assert error["extensions"]["variable"] == "$personalCodes[2]"


@pytest.mark.parametrize("accept", MEDIA)
@pytest.mark.parametrize(
    ("name", "code"),
    [("Three", "operation_unknown"), (None, "operation_ambiguous"), ("", "operation_ambiguous")],
)
def test_which_operation_must_be_clear(
    town: Town, name: str | None, code: str, accept: str | None
) -> None:
    two = "query One { registers { name } } query Two { registers { name } }"
    response = send(town, body(two, operationName=name), accept=accept)
    assert_refused(town, response, code, accept=accept)


@pytest.mark.parametrize("value", ["1990-13-01", "yesterday", 19900101, True, "1990-1-1", ""])
def test_a_wrong_date_is_refused_without_being_repeated(town: Town, value: object) -> None:
    dated = STATUS.replace("!)", "!, $on: Date)").replace("employment", "employment(on: $on)")
    sent = body(dated, variables={"personalCode": ILZE, "on": value})
    error = assert_refused(town, send(town, sent), "date_invalid")
    assert error["extensions"]["variable"] == "$on"


@pytest.mark.parametrize("literal", ['"Jānis"', "1950", "JĀNIS", '"1990-13-01"', "{ a: 1 }", "[1]"])
def test_literals_are_not_repeated(town: Town, literal: str) -> None:
    for query in (
        STATUS.replace("employment", f"employment(on: {literal})"),
        STATUS.replace(
            "absences", f"socialInsurance(kinds: [{literal}]) {{ totalInsuranceDays }} absences"
        ),
    ):
        response = send(town, body(query))
        assert response.status_code == 400
        message = response.json()["errors"][0]["message"]
        assert literal.strip('"') not in message
        assert town.watch.calls == []


def test_brackets_in_text_are_text(town: Town) -> None:
    variables = {"personalCode": ILZE, "unused": '[{"' * 5_000}
    response = send(town, body(variables=variables))
    assert response.status_code == 200
    assert response.json()["data"]["person"]["employment"]


def test_what_the_standard_has_ignored_is_ignored(town: Town) -> None:
    sent = body(id=7, documentId="x", extensions={"any": [1]}, operationName=None)
    assert send(town, sent).status_code == 200
