"""Invariant 9: rows that reveal by their kind vanish, and their vanishing reveals nothing.

Over everybody: what an agreement without the class is told is what is left of everything when the
rows of that class are struck out by hand; and somebody with such rows alone looks like nobody.
"""

from collections.abc import Mapping
from typing import Any

import pytest

from hub.app import publication
from tests.journey.test_periods import END, month
from tests.journey.town import PERSONAS, Town, codes
from tests.journey.uses import CASE_AND_OFFICIAL

QUERY = """query($personalCodes: [PersonalCode!]!, $from: Date, $to: Date) {
    persons(personalCodes: $personalCodes) { personalCode absences { register code }
      socialInsurance(from: $from, to: $to) { benefits { kind grantedAmount entitlementFrom
        child { personalCode } payments { forMonth net } } } } }"""
PERIOD = {"from": month(-3).isoformat(), "to": END.isoformat()}
FULL: dict[str, Any] = {"client": "sandbox-full", "agreement": None}
RIGA: dict[str, Any] = {"client": "riga-social-service", "agreement": "RSD-2026-001"}


def classified() -> Mapping[str, str]:
    """Return each benefit kind's category, from the published schema."""
    kinds: Any = publication.schema().type_map["BenefitKind"]
    definition = kinds.extensions["strawberry-definition"]
    return {
        value.name: directive.category.value
        for value in definition.values
        for directive in value.directives
    }


CLASSES = classified()
REVEALING = {kind for kind, category in CLASSES.items() if category != "FINANCIAL"}


def told(town: Town, people: list[str], by: dict[str, Any]) -> dict[str, Any]:
    response = town.ask(QUERY, {"personalCodes": people, **PERIOD}, **by)
    assert response.status_code == 200, response.text
    assert codes(response) == []
    return {each["personalCode"]: each for each in response.json()["data"]["persons"]}


@pytest.fixture(scope="module")
def everybody(served: Town) -> list[str]:
    """Everybody who lives in Rīga."""
    homes = served.homes()
    return [code for code in served.everybody() if homes.get(code) == "0001000"] + [
        PERSONAS[key] for key in ("ilze", "vija", "harijs", "imants", "niks", "sandis")
    ]


def test_the_people_have_rows_of_every_class(served: Town, everybody: list[str]) -> None:
    full = told(served, everybody, FULL)
    kinds = {
        row["kind"]
        for each in full.values()
        for row in (each["socialInsurance"] or NONE)["benefits"]
    }
    assert kinds & REVEALING
    assert kinds - REVEALING


NONE: Mapping[str, Any] = {"benefits": []}


def test_what_is_told_is_what_is_left(town: Town, everybody: list[str]) -> None:
    full, ours = told(town, everybody, FULL), told(town, everybody, RIGA)
    for code in everybody:
        everything = (full[code]["socialInsurance"] or NONE)["benefits"]
        left = [row for row in everything if row["kind"] not in REVEALING]
        assert (ours[code]["socialInsurance"] or NONE)["benefits"] == left
        assert (ours[code]["socialInsurance"] is None) == (not left)
        assert ours[code]["absences"] == (
            [] if left else [{"register": "socialInsurance", "code": "NO_RECORD"}]
        )


def test_whoever_has_only_such_rows_looks_like_whoever_has_none(town: Town) -> None:
    query = QUERY.replace("code }", "code retryAfterSeconds knownAsOf }")

    def log_and_calls(person: str) -> tuple[Any, Any]:
        town.forget()
        town.watch.clear()
        response = town.ask(query, {"personalCodes": [PERSONAS[person]], **PERIOD}, **RIGA)
        ((opened, _),) = town.log_of(response)
        body = response.json()["data"]["persons"][0] | {"personalCode": ""}
        for absence in body["absences"]:
            absence["knownAsOf"] = absence["knownAsOf"] is not None  # an instant, or nothing
        changing = {"nonce", "at", "operation", "operation_id", "salt"}
        return (body, {key: opened[key] for key in opened if key not in changing}), [
            *town.watch.calls
        ]

    assert log_and_calls("sandis") == log_and_calls("niks")


def test_a_class_granted_shows_its_rows_and_no_other(town: Town) -> None:
    query = """query($c: PersonalCode!) { person(personalCode: $c) {
        socialInsurance { benefits { kind } } } }"""
    response = town.ask(
        query,
        {"c": PERSONAS["kristaps"]},
        client="orphan-court",
        agreement="RBT-2026-001",
        headers={"hub-case": "BT-2026/17", "hub-official": "A.Tiesa"},
    )
    rows = response.json()["data"]["person"]["socialInsurance"]["benefits"]
    assert {CLASSES[row["kind"]] for row in rows} == {"FINANCIAL", "CHILD_PROTECTION"}


@pytest.mark.parametrize(
    ("person", "withheld"), [("zenta", "GUARDIAN"), ("laima", "FOSTER"), ("olena", "REFUGEE")]
)
def test_guardians_foster_parents_and_refugees_are_not_revealed(
    town: Town, person: str, withheld: str
) -> None:
    query = QUERY.replace("grantedAmount entitlementFrom", "").replace("child { personalCode }", "")
    response = town.ask(
        query.replace("payments { forMonth net }", ""),
        {"personalCodes": [PERSONAS[person]]},
        client="nva",
        agreement=None,
        headers=CASE_AND_OFFICIAL,
    )
    assert codes(response) == []
    assert withheld not in response.text
    assert response.json()["data"]["persons"][0]["socialInsurance"] is None
