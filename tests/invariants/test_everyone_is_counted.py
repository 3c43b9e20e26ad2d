"""Invariant 11: everyone whose facts leave has an entry and counts as a subject."""

import re
from typing import Any

import pytest

from hub.app import publication
from tests.invariants.test_no_rule_no_field import LEAVES, selection
from tests.journey.town import PERSONAS, Town, codes

CODE = re.compile(r"\d{6}-\d{5}")
EVERYTHING = f"""query($personalCodes: [PersonalCode!]!) {{
    persons(personalCodes: $personalCodes) {{ {selection(LEAVES)} }} }}"""
FAMILY = """query($c: PersonalCode!, $with: Boolean!) { person(personalCode: $c) {
    socialInsurance { benefits { kind child @include(if: $with) { SHOWN } } } } }"""


def told_of(town: Town, response: Any) -> dict[str, str]:  # noqa: ANN401 — httpx.Response
    return {str(each.subject): each.relation for each in town.entries(response) if each}


def test_every_code_in_an_answer_has_its_entry(town: Town) -> None:
    related = [PERSONAS[key] for key in ("ilze", "kristaps", "laima", "toms")]
    asked = [*related, *town.everybody()[::3]]
    response = town.ask(EVERYTHING, {"personalCodes": asked}, client="sandbox-full", agreement=None)
    assert codes(response) == []
    own = set(re.findall(r'"generatedCode":"(\d{6}-\d{5})"', response.text))
    shown = set(CODE.findall(response.text)) - own
    entries = told_of(town, response)
    assert shown - set(asked), "the people must have relations"
    assert shown <= set(entries)
    relations = {relation for each in entries.values() for relation in each.split(",")}
    assert {"asked", "child", "recipient", "carer"} <= relations


def used(town: Town) -> int:
    query = "{ currentPermissions { permissionNumber useCount } }"
    told = town.ask(query, agreement=None).json()["data"]["currentPermissions"]
    return next(
        int(each["useCount"]) for each in told if each["permissionNumber"] == "RSD-2026-001"
    )


@pytest.mark.parametrize("shown", ["personalCode", "firstName", "__typename"])
def test_a_child_behind_a_benefit_has_an_entry_and_counts(town: Town, shown: str) -> None:
    query = FAMILY.replace("SHOWN", shown)
    variables = {"c": PERSONAS["ilze"], "with": True}
    response = town.ask(query, variables)
    assert codes(response) == []
    assert told_of(town, response) == {
        PERSONAS["ilze"]: "asked",
        PERSONAS["marta"]: "child",
        PERSONAS["emils"]: "child",
    }
    counted = used(town)
    town.ask(query, variables)
    town.ask(query, variables | {"c": PERSONAS["marta"]})
    assert used(town) == counted  # each was counted as a subject before


def test_the_payee_whose_account_is_shown_has_an_entry(town: Town) -> None:
    query = """query($c: PersonalCode!) { person(personalCode: $c) {
        socialInsurance { benefits { payeeAccount } } } }"""
    response = town.ask(query, {"c": PERSONAS["kristaps"]}, client="sandbox-full", agreement=None)
    rows = response.json()["data"]["person"]["socialInsurance"]["benefits"]
    assert any(row["payeeAccount"] for row in rows)
    assert told_of(town, response) == {
        PERSONAS["kristaps"]: "asked",
        PERSONAS["zenta"]: "payeeAccount",
    }


def test_who_is_not_shown_has_no_entry(town: Town) -> None:
    query = FAMILY.replace("SHOWN", "personalCode")
    response = town.ask(query, {"c": PERSONAS["ilze"], "with": False})
    assert told_of(town, response) == {PERSONAS["ilze"]: "asked"}


def test_one_person_in_two_roles_has_one_entry(town: Town) -> None:
    query = FAMILY.replace("person(personalCode: $c)", "persons(personalCodes: [$c, $d])").replace(
        "$c: PersonalCode!", "$c: PersonalCode!, $d: PersonalCode!"
    )
    response = town.ask(
        query.replace("SHOWN", "personalCode"),
        {"c": PERSONAS["ilze"], "d": PERSONAS["marta"], "with": True},
    )
    assert codes(response) == []
    assert told_of(town, response)[PERSONAS["marta"]] == "asked,child"
    assert len(town.entries(response)) == 3


def test_a_reference_leads_nowhere() -> None:
    reference: Any = publication.schema().type_map["PersonReference"]
    assert set(reference.fields) == {"personalCode", "firstName", "lastName"}
    person = publication.schema().type_map["Person"]
    holders = {
        name
        for name, kind in publication.schema().type_map.items()
        for field in getattr(kind, "fields", {}).values()
        if str(getattr(field, "type", "")).strip("[]!") == str(person)
    }
    assert holders == {"Query"}
