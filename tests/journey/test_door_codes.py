"""A personal code anywhere but in a declared variable: refused, unlogged, never repeated."""

import json

import pytest

from tests.journey.door import ILZE, MEDIA, STATUS, assert_refused, assert_tells_nothing, body, send
from tests.journey.town import PERSONAS, Town

DIGITS = ILZE.replace("-", "")
ESCAPED = "".join(f"\\u{ord(character):04x}" for character in ILZE)
PLAIN = "{ registers { name } }"
CURLY = "".join(f"\\u{{{ord(character):x}}}" for character in ILZE)


def about(literal: str) -> str:
    return f"{{ person(personalCode: {literal}) {{ absences {{ code }} }} }}"


LITERALS = {
    "an argument": about(f'"{ILZE}"'),
    "without the dash": about(f'"{DIGITS}"'),
    "a number": about(DIGITS),
    "a list": f'{{ persons(personalCodes: ["{ILZE}"]) {{ absences {{ code }} }} }}',
    "escaped": about(f'"{ESCAPED}"'),
    "escaped otherwise": about(f'"{CURLY}"'),
    "a block text": about(f'"""{ILZE}"""'),
    "not well-formed": about('"000000-00000"'),
    "anything at all": about('"nobody"'),
    "a default": f'query($p: PersonalCode = "{ILZE}") {about("$p")}',
    "a default that is overridden": STATUS.replace("Code!", f'Code! = "{ILZE}"'),
    "a comment": f"{PLAIN} # {ILZE}",
    "a comment without the dash": f"{PLAIN} # about {DIGITS}",
    "a comment with a space": f"{PLAIN} # {ILZE.replace('-', ' ')}",
    "an alias": f"{{ a{ILZE.replace('-', '_')}: registers {{ name }} }}",
    "an alias without the dash": f"{{ a{DIGITS}: registers {{ name }} }}",
    "an operation's name": f"query Of{DIGITS} {PLAIN}",
    "a variable's name": f"query($v{DIGITS}: Int) {PLAIN}",
    "a fragment's name": f"{{ registers {{ ...F{DIGITS} }} }}",
    "a field's name": f"{{ registers {{ f{DIGITS} }} }}",
    "a directive": f'{{ registers {{ name @skip(if: "{ILZE}") }} }}',
    "a syntax error": f'{{ person(personalCode: "{ILZE}',
}


@pytest.mark.parametrize("accept", MEDIA)
@pytest.mark.parametrize("query", LITERALS.values(), ids=list(LITERALS))
def test_a_literal_code_is_refused_before_the_document_is_kept(
    town: Town, query: str, accept: str | None
) -> None:
    kept = len(town.hub.rooms.documents._kept)
    response = send(town, body(query, variables={"personalCode": ILZE}), accept=accept)
    assert_refused(town, response, "personal_code_literal", accept=accept)
    assert len(town.hub.rooms.documents._kept) == kept


def test_an_operation_name_that_is_a_code_is_not_repeated(town: Town) -> None:
    response = send(town, body(STATUS, operationName=f"Of{DIGITS}"))
    assert_refused(town, response, "operation_unknown")


@pytest.mark.parametrize(
    "variables",
    [
        {"personalCode": "x", "other": ILZE},
        {ILZE: ILZE, "personalCode": "x"},
        {"personalCode": f"{ILZE} {ILZE}"},
        {"personalCode": {ILZE: ILZE}},
    ],
)
def test_codes_among_wrong_variables_are_not_repeated(town: Town, variables: object) -> None:
    assert_refused(town, send(town, body(variables=variables)), "personal_code_invalid")


def test_a_code_in_a_variable_that_nobody_declared_is_ignored(town: Town) -> None:
    other = PERSONAS["andris"]
    response = send(town, body(PLAIN, variables={"other": other, other: 1}))
    assert response.status_code == 200
    assert_tells_nothing(response, other)
    assert town.watch.calls == []


@pytest.mark.parametrize("name", ["X-DAGR-Permission", "Hub-Agreement", "Hub-Case", "Hub-Official"])
@pytest.mark.parametrize("value", [ILZE, DIGITS, f"case/{ILZE}", f"x{ILZE.replace('-', '_')}"])
def test_a_code_in_a_header_is_refused(town: Town, name: str, value: str) -> None:
    agreement = None if name in ("X-DAGR-Permission", "Hub-Agreement") else "RSD-2026-001"
    response = send(town, body(), agreement=agreement, headers={name: value})
    error = assert_refused(town, response, "header_invalid")
    assert error["extensions"]["header"].lower() in (name.lower(), "x-dagr-permission")


def test_a_code_as_a_token_is_not_repeated(town: Town) -> None:
    assert_refused(town, send(town, body(), token=ILZE), "token_invalid")


@pytest.mark.parametrize("accept", MEDIA)
@pytest.mark.parametrize(
    "query",
    [f"personalCode={ILZE}", DIGITS, f"a={ILZE.replace('-', '%2D')}", f"a={ILZE[:6]}+{ILZE[7:]}"],
)
def test_a_code_in_the_address_of_a_post_is_refused(
    town: Town, query: str, accept: str | None
) -> None:
    response = send(town, body(), path=f"/graphql?{query}", accept=accept)
    assert_refused(town, response, "personal_code_literal", accept=accept)


@pytest.mark.parametrize("path", [f"/{ILZE}", f"/graphql/{ILZE}", f"/sandbox/assets/{ILZE}.js"])
def test_a_code_in_a_path_is_not_repeated(town: Town, path: str) -> None:
    for method in ("GET", "POST", "DELETE"):
        response = town.http.request(method, f"{town.url}{path}")
        assert response.status_code in (404, 405)
        assert_tells_nothing(response)
    assert town.watch.calls == []


def test_no_code_reaches_the_log_lines(town: Town, capfd: pytest.CaptureFixture[str]) -> None:
    for query in LITERALS.values():
        send(town, body(query))
    send(town, json.dumps({"query": ILZE}).encode()[:-1])
    send(town, body(), path=f"/graphql?personalCode={ILZE}")
    send(town, body(), headers={"hub-case": ILZE})
    send(town, body(), token=ILZE)
    town.http.get(f"{town.url}/{ILZE}")
    written = "".join(capfd.readouterr())
    assert ILZE not in written
    assert DIGITS not in written
