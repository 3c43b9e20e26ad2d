"""Compiled plans and graphql-core, over HTTP: nobody can tell which of them answered."""

import asyncio
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from bench.workloads import DOSSIER, STATUS
from hub.app.clock import RIGA, SystemClock
from hub.cli.estate import settings_of
from hub.errors import Code, RegisterError
from hub.sandbox.people.members import MEMBERS
from tests.journey.conftest import Still
from tests.journey.test_consents import NGO, hub
from tests.journey.test_personas import DOSSIER as PERSONA
from tests.journey.town import PERSONAS, Town, codes
from tests.journey.uses import USES, Use

NOBODY = "380099-55555"
FORMER = f"{MEMBERS['rudolfs'].old_code[:6]}-{MEMBERS['rudolfs'].old_code[6:]}"
CHANGING = {"at", "nonce", "operation_id"}
VOLATILE = {"asOf", "cached", "fetchedAt", "knownAsOf", "retryAfterSeconds"}
FREELY: Mapping[str, Any] = {"client": "sandbox-full", "agreement": None}
COUNTED = re.compile(r'hub_operations_total\{document="(\w+)",engine="(\w+)"\} (\S+)')


@pytest.fixture(scope="module")
def unplanned(furnished: Path) -> Iterator[Town]:
    """A replica whose every operation graphql-core executes."""
    town = Town(furnished, replace(settings_of(furnished), port=0, planner=False))
    with town.served():
        yield town


@pytest.fixture
def plain(unplanned: Town) -> Town:
    unplanned.watch.clear()
    return unplanned


def counted(town: Town) -> dict[str, float]:
    """Return operations answered by each engine."""
    found: dict[str, float] = {"planned": 0, "fallback": 0}
    for _, engine, number in COUNTED.findall(town.http.get(f"{town.url}/metrics").text):
        found[engine] += float(number)
    return found


def moved(town: Town, ask: Callable[[], object]) -> dict[str, float]:
    """Return by how much ``ask`` moved the counters."""
    before = counted(town)
    ask()
    return {engine: after - before[engine] for engine, after in counted(town).items()}


def steady(value: Any) -> Any:  # noqa: ANN401 — JSON
    """Return a value without what every fetch tells anew."""
    if isinstance(value, dict):
        return {
            name: below is None if name in VOLATILE else steady(below)
            for name, below in value.items()
        }
    return [steady(each) for each in value] if isinstance(value, list) else value


def shown(response: httpx.Response, *, exact: bool) -> Any:  # noqa: ANN401 — JSON
    """Return all that a caller is told, but what is made by chance; order of names included."""
    body = response.json()
    receipt = body.get("extensions", {}).pop("receipt", {})
    shape = {name: len(value) for name, value in receipt.items()}
    told = body if exact else steady(body)
    return response.status_code, response.headers["content-type"], shape, repr(told)


def logged(town: Town, response: httpx.Response) -> Any:  # noqa: ANN401 — JSON
    """Return the entries behind an answer, open parts and sealed ones."""
    if "extensions" not in response.json():
        return None
    opened = [
        {name: value for name, value in told.items() if name not in CHANGING}
        for told, _ in town.log_of(response)
    ]
    return opened, town.entries(response)


@dataclass(frozen=True, kw_only=True)
class Case:
    """One question, asked of both."""

    query: str
    variables: Mapping[str, Any] = field(default_factory=dict)
    by: Mapping[str, Any] = field(default_factory=lambda: FREELY)

    def ask(self, town: Town) -> httpx.Response:
        return town.ask(self.query, self.variables, **self.by)


def agree(case: Case, planned: Town, plain: Town) -> httpx.Response:
    """Hold both to the same: first anew, then from Redis, then from what each has at hand."""
    first = []
    for town, other in ((planned, plain), (plain, planned)):
        other.forget()
        town.forget()
        town.watch.calls.clear()
        first.append(case.ask(town))
    assert shown(first[0], exact=False) == shown(first[1], exact=False)
    assert logged(planned, first[0]) == logged(plain, first[1])
    assert asked(planned) == asked(plain)
    settle(plain)
    planned.watch.calls.clear()
    plain.watch.calls.clear()
    for _ in range(3):
        again = [case.ask(planned), case.ask(plain)]
        assert shown(again[0], exact=True) == shown(again[1], exact=True)
    assert logged(planned, again[0]) == logged(plain, again[1])
    assert asked(planned) == asked(plain)
    return again[0]


def asked(town: Town) -> list[tuple[str, int, list[str]]]:
    return sorted((name, people, sorted(columns)) for name, people, columns in town.watch.calls)


def settle(town: Town) -> None:
    """Wait until what was fetched is in Redis."""
    fetch: Any = town.hub.rooms.fetch
    asyncio.run_coroutine_threadsafe(fetch.settle(), town._loop).result(5)


def of_persons(selection: str, *people: str, by: Mapping[str, Any] = FREELY) -> Case:
    query = f"""query($people: [PersonalCode!]!) {{
        persons(personalCodes: $people) {{ {selection} }} }}"""
    return Case(
        query=query, variables={"people": [PERSONAS.get(each, each) for each in people]}, by=by
    )


NVA: Mapping[str, Any] = {"client": "nva", "agreement": None}
CONSENT: Mapping[str, Any] = {"client": "employment-ngo", "agreement": NGO}
RIGA_SERVICE: Mapping[str, Any] = {"client": "riga-social-service", "agreement": "RSD-2026-001"}
EVERYTHING = Case(query=PERSONA, variables={"personalCodes": [*PERSONAS.values(), NOBODY]})
YEAR_AGO = (SystemClock().today() - timedelta(days=365)).isoformat()
ROOTS = """query($a: PersonalCode!, $b: [PersonalCode!]!, $on: Date) {
    one: person(personalCode: $a) { code: personalCode employment { status }
      then: employment(on: $on) { state: status } }
    many: persons(personalCodes: $b) { ...Told ...Told absences { register code } }
    same: person(personalCode: $a) { disability(on: $on) { group } ...Told }
    __typename
  }
  fragment Told on Person { __typename vaccination { status: calendarStatus __typename } }"""
CONDITIONS = """query($p: PersonalCode!, $skip: Boolean!, $with: Boolean = true) {
    person(personalCode: $p) @skip(if: $skip) { employment @include(if: $with) { status branch }
      ... on Person @include(if: $skip) { disability { group } } absences { register code } }
    other: person(personalCode: $p) { ... @skip(if: $with) { vaccination { calendarStatus } }
      employment { endReason @skip(if: $skip) status } } }"""
MERGED = """query($a: PersonalCode!, $b: PersonalCode!) {
    person(personalCode: $a) { employment { status } }
    person(personalCode: $a) { disability { group } employment { branch } }
    ...Root ...Root
    last: person(personalCode: $b) { socialInsurance { benefits { kind } } absences { code } }
  }
  fragment Root on Query {
    other: person(personalCode: $b) { vaccination { calendarStatus } absences { register code } }
  }"""
TWO = {"a": PERSONAS["harijs"], "b": PERSONAS["marta"]}
PERSON = {"p": PERSONAS["harijs"]}

CASES: Mapping[str, Case] = {
    "everything of everybody": EVERYTHING,
    "status check": Case(query=STATUS.query, variables={"personalCode": PERSONAS["ilze"]}),
    "dossier": Case(
        query=DOSSIER.query, variables={"personalCode": PERSONAS["ilze"], "from": YEAR_AGO}
    ),
    "dossier of nobody": Case(query=DOSSIER.query, variables={"personalCode": NOBODY}),
    "excess that may be null": of_persons(
        "disability { pct: workCapacityLossPct cause } again: disability { cause }"
        " vaccination { calendarStatus } absences { register code }",
        *("harijs", "gunta", "niks", "una"),
        by=NVA,
    ),
    "excess that may not be null": of_persons(
        "socialInsurance { benefits { kind recipient { personalCode lastName } } }",
        *("kristaps", "imants", "niks"),
        by=NVA,
    ),
    "nothing but excess": of_persons("vaccination { __typename calendarStatus }", "marta", by=NVA),
    "excess refused": of_persons("employment { branch }", "ilze", by=RIGA_SERVICE),
    "consent or none": of_persons(
        "personalCode employment { status } absences { register code }",
        *("ilze", "rudolfs", "niks", NOBODY),
        by=CONSENT,
    ),
    "out of scope, unknown, closed": of_persons(
        "personalCode employment { status } absences { register code }",
        *("laima", "ilze", NOBODY, "una"),
        by=RIGA_SERVICE,
    ),
    "rows of a class withheld": of_persons(
        "socialInsurance { benefits { kind payments { net } child { personalCode } } }"
        " absences { register code }",
        *("ilze", "sandis", "niks", "zenta"),
        by=RIGA_SERVICE,
    ),
    "several roots": Case(
        query=ROOTS,
        variables={
            "a": PERSONAS["harijs"],
            "b": [PERSONAS["marta"], PERSONAS["harijs"], NOBODY],
            "on": "2020-01-01",
        },
    ),
    "roots merged": Case(query=MERGED, variables=TWO),
    "left in": Case(query=CONDITIONS, variables={**PERSON, "skip": False}),
    "left out": Case(query=CONDITIONS, variables={**PERSON, "skip": True, "with": False}),
    "a condition of null": Case(
        query=CONDITIONS, variables={**PERSON, "skip": False, "with": None}
    ),
    "an argument of null": Case(
        query="""query($p: [PersonalCode!] = []) {
            persons(personalCodes: $p) { employment { status } } }""",
        variables={"p": None},
    ),
    "one person by two codes": of_persons(
        "personalCode employment { status endReason } absences { register }", FORMER, "rudolfs"
    ),
    "one person by two codes in two roots": Case(
        query=MERGED, variables={"a": FORMER, "b": PERSONAS["rudolfs"]}
    ),
    "one person twice in two spellings": of_persons(
        "personalCode employment { status }",
        *("ilze", PERSONAS["ilze"].replace("-", ""), "ilze", "imants"),
    ),
    "persons embedded": of_persons(
        "socialInsurance { benefits { kind child { personalCode firstName } } }"
        " childProtection { outOfHomeCare { carer { personalCode } } }",
        *("ilze", "marta", "kristaps", "zenta"),
    ),
    "a list nobody is on": of_persons("employment { status }"),
    "kinds and periods": Case(
        query="""query($p: PersonalCode!, $from: Date, $kinds: [BenefitKind!]) {
            person(personalCode: $p) {
              few: socialInsurance(from: $from, kinds: $kinds) { benefits { kind } }
              all: socialInsurance(from: $from) { benefits { kind payments { forMonth } } }
              most: socialInsurance { benefits { kind } totalInsuranceDays } } }""",
        variables={"p": PERSONAS["ilze"], "from": YEAR_AGO, "kinds": ["FAMILY", "SICKNESS"]},
    ),
    "registers": Case(query="{ registers { name titleLv freshness { ttlSeconds } } }"),
    "permissions": Case(
        query="{ currentPermissions { permissionNumber useCount validFrom } }", by=RIGA_SERVICE
    ),
    "the schema itself": Case(
        query='{ __schema { queryType { name } } __type(name: "Person") { kind } }'
    ),
    "a person and the schema": Case(
        query="""query($p: PersonalCode!) { __schema { queryType { name } } registers { name }
            currentPermissions { permissionNumber }
            person(personalCode: $p) { employment { status } absences { register code } } }""",
        variables=PERSON,
    ),
    "a type's name alone": Case(
        query="query($p: PersonalCode!) { t: __typename person(personalCode: $p) { __typename } }",
        variables=PERSON,
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_both_engines_answer_log_and_ask_alike(town: Town, plain: Town, name: str) -> None:
    agree(CASES[name], town, plain)


@pytest.mark.parametrize("use", USES, ids=[use.agreement for use in USES])
def test_every_use_is_answered_and_refused_alike(
    town: Town, plain: Town, monkeypatch: pytest.MonkeyPatch, use: Use
) -> None:
    if use.hour is not None:
        hour = datetime.combine(datetime.now(RIGA).date(), time(use.hour), RIGA)
        for each in (town, plain):
            monkeypatch.setattr(each.hub.rooms.policy, "_clock", Still(hour))
    by = {"client": use.client, "agreement": use.agreement, "headers": use.headers}
    for asks in (use.asks, use.beyond):
        selection = f"personalCode absences {{ register code knownAsOf }} {asks}"
        agree(of_persons(selection, use.person, "niks", by=by), town, plain)


@pytest.mark.parametrize(
    ("name", "variable"), [("a condition of null", "$with"), ("an argument of null", "$p")]
)
def test_null_where_none_may_be_is_refused_by_name(
    town: Town, plain: Town, name: str, variable: str
) -> None:
    for each in (town, plain):
        with each.refusing():
            response = CASES[name].ask(each)
        assert response.status_code == 400
        (error,) = response.json()["errors"]
        told = {"code": "variable_invalid", "variable": variable}
        assert error["extensions"] == told


def test_the_answers_are_not_empty(town: Town, plain: Town) -> None:
    """Two that fail alike would agree in everything."""
    for name in ("everything of everybody", "dossier", "several roots", "roots merged", "left in"):
        response = CASES[name].ask(town)
        assert codes(response) == [], name
        assert response.json()["data"], name
    last = CASES["roots merged"].ask(town).json()["data"]
    assert last["other"]["vaccination"] == {"calendarStatus": "COMPLETE"}
    assert last["last"]["absences"] == [{"code": "NO_RECORD"}]
    assert last["person"]["employment"]["status"] == "NONE"


FAILURES = {
    "register_unavailable": RegisterError(Code.REGISTER_UNAVAILABLE, register="employment"),
    "register_malformed": RegisterError(Code.REGISTER_MALFORMED, register="employment"),
    "a bug": ZeroDivisionError("division by zero"),
}


@pytest.mark.parametrize("failure", FAILURES)
@pytest.mark.parametrize("register", ["employment", "population"])
def test_a_failed_register_is_told_alike(
    town: Town, plain: Town, register: str, failure: str
) -> None:
    answers = []
    for each, other in ((town, plain), (plain, town)):
        other.forget()
        each.forget()
        each.watch.broken = {register: FAILURES[failure]}
        answers.append(EVERYTHING.ask(each))
    assert codes(answers[0]) == [
        "register_malformed" if "mal" in failure else "register_unavailable"
    ] or (register == "population")
    assert shown(answers[0], exact=False) == shown(answers[1], exact=False)
    assert logged(town, answers[0]) == logged(plain, answers[1])


def spoil(published: Any, attribute: str, value: object) -> Any:  # noqa: ANN401 — a published type
    if published is not None:
        setattr(published, attribute, value)
    return published


SPOILED: Mapping[str, Callable[[Any], Any]] = {
    "null where none may be": lambda told: spoil(told, "status", None),
    "not one of the kinds": lambda told: spoil(told, "status", "IDLE"),
    "not a day": lambda told: spoil(told, "granted_on", "2026-13-77"),
    "not a list": lambda told: spoil(told, "measures", 7),
    "null in a list": lambda told: spoil(told, "measures", [None]),
    "text that is a number": lambda told: spoil(told, "branch", 7),
    "an exception": lambda told: spoil(told, "branch", ValueError("no branch")),
}
WORK = """personalCode absences { register code } disability { group }
    employment { status grantedOn branch measures { kind } } other: employment { branch }"""


@pytest.mark.parametrize("kind", [*SPOILED, "no mapping at all"])
def test_a_record_that_does_not_fit_its_type_is_told_alike(
    town: Town, plain: Town, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    for each in (town, plain):
        connector: Any = each.hub.rooms.connectors["employment"]
        monkeypatch.setattr(
            connector, "present", presenting(connector.present, kind), raising=False
        )
    response = agree(of_persons(WORK, "ilze", "gunta", "niks", "harijs"), town, plain)
    assert response.json()["data"]["persons"][1]["disability"] == {"group": "II"}
    for each in (town, plain):
        each.forget()


def presenting(present: Callable[..., Any], kind: str) -> Callable[..., Any]:
    def spoiled(*arguments: Any) -> Any:  # noqa: ANN401 — as the connector's
        return SPOILED[kind](present(*arguments))

    return spoiled


@pytest.mark.parametrize("kind", ["restriction", "objection"])
def test_whoever_said_no_is_told_of_alike(town: Town, plain: Town, kind: str) -> None:
    hub(town, "consent", "stop", PERSONAS["marta"], kind)
    try:
        response = agree(CASES["persons embedded"], town, plain)
    finally:
        hub(town, "consent", "stop", PERSONAS["marta"], kind, "--lift")
    ilze, marta, *_ = response.json()["data"]["persons"]
    assert marta == {"socialInsurance": None, "childProtection": None}
    children = [each["child"] for each in ilze["socialInsurance"]["benefits"] if each["child"]]
    assert {each["personalCode"] for each in children} == {PERSONAS["emils"]}


def test_metrics_tell_which_engine_answered(town: Town, plain: Town) -> None:
    person, nobody = CASES["status check"], CASES["registers"]
    mixed = CASES["a person and the schema"]
    assert moved(town, lambda: person.ask(town)) == {"planned": 1, "fallback": 0}
    assert moved(plain, lambda: person.ask(plain)) == {"planned": 0, "fallback": 1}
    assert moved(town, lambda: nobody.ask(town)) == {"planned": 0, "fallback": 1}
    assert moved(town, lambda: mixed.ask(town)) == {"planned": 0, "fallback": 1}
    refused = CASES["excess refused"]
    assert moved(town, lambda: refused.ask(town)) == {"planned": 0, "fallback": 0}
