"""A varied and hostile run: codes where they belong, and wherever they do not."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import httpx

from hub.errors import Code, RegisterError
from tests.journey.town import GRAPHQL, PERSONAS, Town
from tests.journey.uses import CASE_AND_OFFICIAL, USES

NOBODY = "380099-55555"
CODE = PERSONAS["ilze"]
DIGITS = CODE.replace("-", "")
ESCAPED = "".join(f"\\u{ord(each):04x}" for each in CODE)
PERSONS = """query Ask($personalCodes: [PersonalCode!]!) {
    persons(personalCodes: $personalCodes) { personalCode absences { register code }
      disability { status representatives { personalCode } } employment { status }
      socialInsurance { generatedCode benefits { kind child { personalCode } } } } }"""

DOCUMENTS = (
    f'{{ person(personalCode: "{CODE}") {{ personalCode }} }}',
    f"{{ person(personalCode: {DIGITS}) {{ personalCode }} }}",
    f'{{ person(personalCode: "{ESCAPED}") {{ personalCode }} }}',
    f'{{ person(personalCode: """{CODE}""") {{ personalCode }} }}',
    f'{{ person(personalCode: ) "{ESCAPED}" }}',
    f'query($a: Int = "{ESCAPED}") {{ registers {{ name }} }}',
    f'{{ registers @skip(if: "{ESCAPED}") {{ name }} }}',
    f"{{ _{DIGITS}: registers {{ name }} }}",
    f"{{ registers {{ name }} }} # {CODE}",
    f"query Q{DIGITS} {{ registers {{ name }} }}",
    f"query(${'a' + DIGITS}: Int) {{ registers {{ name }} }}",
    f"{{ registers {{ name }} }} fragment F{DIGITS} on Person {{ personalCode }}",
    f"{{ x{CODE} }}",
    f"{{ registers {{ {CODE} }} }}",
)
VALUES: Sequence[Any] = (
    f"{CODE}0",
    f"0{DIGITS}",
    f" {CODE}",
    f"{DIGITS[:6]}\u2013{DIGITS[6:]}",
    f"LV{DIGITS}",
    f"{DIGITS[:-1]}{(int(DIGITS[-1]) + 1) % 10}",
    int(DIGITS),
    float(DIGITS),
    [CODE],
    [[CODE]],
    {CODE: CODE},
    {"personalCode": CODE},
    [CODE, None],
    [CODE, f"{CODE}x"],
    None,
)
HEADERS = (
    "hub-case",
    "hub-official",
    "x-dagr-permission",
    "hub-agreement",
    "authorization",
    "accept",
    "user-agent",
    "cookie",
    "referer",
    "x-request-id",
    "traceparent",
)
BODIES = (
    f'{{"query": "{CODE}',
    f'["{CODE}"]',
    f'"{CODE}"',
    DIGITS,
    f'{{"{CODE}": 1}}',
    f'{{"query": ["{CODE}"]}}',
    f'{{"query": "{{ registers {{ name }} }}", "operationName": "{CODE}"}}',
    f'{{"query": "{{ registers {{ name }} }}", "operationName": {{"{CODE}": 1}}}}',
    f'{{"query": "{{ registers {{ name }} }}", "variables": "{CODE}"}}',
    f'{{"query": "{{ registers {{ name }} }}", "extensions": "{CODE}"}}',
)


def sent_badly(town: Town) -> Iterator[httpx.Response]:
    """Send codes wherever they do not belong."""
    for document in DOCUMENTS:
        yield town.ask(document)
    for value in VALUES:
        yield town.ask(PERSONS, {"personalCodes": value})
        yield town.ask(PERSONS, {"personalCodes": [CODE], CODE: value, "x": value})
    for header in HEADERS:
        for agreement in ("RSD-2026-001", None):
            yield town.ask(
                "query($c: PersonalCode!) { person(personalCode: $c) { employment { status } } }",
                {"c": CODE},
                agreement=agreement,
                headers={header: CODE},
            )
    url = f"{town.url}/graphql"
    token = {"authorization": f"Bearer {town.token('riga-social-service')}", "accept": GRAPHQL}
    typed = {**token, "content-type": "application/json"}
    for body in BODIES:
        yield town.http.post(url, content=body.encode(), headers=typed)
    yield town.http.post(url, content=CODE.encode(), headers=token | {"content-type": CODE})
    asked = {"query": PERSONS, "variables": json.dumps({"personalCodes": [CODE]})}
    for method in ("GET", "PUT", "DELETE", "OPTIONS", "HEAD", "PATCH", "TRACE"):
        yield town.http.request(method, url, params=asked, headers=token)
        yield town.http.request(method, f"{town.url}/{CODE}", params={CODE: DIGITS}, headers=token)


def sent_well(town: Town) -> Iterator[httpx.Response]:
    """Ask as partners do, with registers well, down, broken and mistaken."""
    people = {"personalCodes": [*PERSONAS.values(), NOBODY]}
    failures: Mapping[str, Exception] = {
        "employment": RegisterError(Code.REGISTER_MALFORMED, register="employment"),
        "disability": ValueError(f"no row for {CODE} and {DIGITS}"),
        "socialInsurance": KeyError(CODE),
        "population": RuntimeError(f"({DIGITS!r},) is not a person"),
    }
    yield town.ask(PERSONS, people, client="sandbox-full", agreement=None)
    for register, failure in failures.items():
        town.forget()
        town.watch.broken = {register: failure}
        yield town.ask(PERSONS, people, client="sandbox-full", agreement=None)
    town.watch.clear()
    for use in USES:
        query = f"query($c: PersonalCode!) {{ person(personalCode: $c) {{ {use.asks} }} }}"
        yield town.ask(
            query,
            {"c": PERSONAS[use.person]},
            client=use.client,
            agreement=use.agreement,
            headers={**CASE_AND_OFFICIAL, **use.headers},
        )
