"""The commonest questions, answered, refused and partial, by HTTP."""

import httpx
import pytest

from hub.cli.examples import Example, questions, variables
from tests.journey.town import PERSONAS, Town, codes

MEANS = """query($personalCodes: [PersonalCode!]!) { persons(personalCodes: $personalCodes) {
    personalCode employment { status } disability { status group }
    socialInsurance { benefits { kind payments { forMonth net } } }
    absences { register code } } }"""


def example(key: str) -> Example:
    return next(each for each in questions() if each.key == key)


def ask(town: Town, key: str) -> httpx.Response:
    asked = example(key)
    return town.ask(asked.query, variables(asked), client=asked.client, agreement=asked.agreement)


def test_a_question_is_answered_with_source_age_and_receipt(town: Town) -> None:
    town.forget()
    response = ask(town, "answered")
    assert response.status_code == 200
    person = response.json()["data"]["person"]
    assert person["personalCode"] == PERSONAS["ilze"]
    assert person["employment"]["status"] == "UNEMPLOYED"
    assert person["employment"]["provenance"]["source"]
    assert set(response.json()["extensions"]["receipt"]) == {"id", "commitment", "promise"}
    assert sorted(town.watch.published()) == ["disability", "employment", "socialInsurance"]


def test_excess_is_refused_whole_and_nothing_moves(town: Town) -> None:
    before = town.logged("refused")
    response = ask(town, "refused")
    assert response.status_code == 403
    assert "data" not in response.json()
    told = [error["extensions"] for error in response.json()["errors"]]
    assert [each["field"] for each in told] == ["disability.cause", "employment.branch"]
    assert {each["code"] for each in told} <= {"field_not_in_agreement", "field_forbidden"}
    assert all(each["rule"] and each["reason"]["en"] and each["reason"]["lv"] for each in told)
    assert town.watch.calls == []
    assert town.logged("refused") == before + 1


def test_where_agreed_excess_is_null_with_the_same_errors(town: Town) -> None:
    town.forget()
    response = ask(town, "partial")
    assert response.status_code == 200
    gunta, niks = response.json()["data"]["persons"]
    assert gunta["disability"]["workCapacityLossPct"] >= 60
    assert gunta["disability"]["cause"] is None
    assert niks["disability"] is None
    assert niks["absences"] == [{"register": "disability", "code": "NO_RECORD"}]
    assert codes(response) == ["field_forbidden"]
    ((_, _, columns),) = [call for call in town.watch.calls if call[0] == "disability"]
    assert not any("cause" in column for column in columns)


def test_a_batch_asks_each_register_once_and_commits_once(town: Town) -> None:
    people = [PERSONAS[key] for key in ("ilze", "andris", "imants", "ilze")]
    response = town.ask(MEANS, {"personalCodes": people})
    assert [each["personalCode"] for each in response.json()["data"]["persons"]] == people[:3]
    calls = [name for name, _, _ in town.watch.calls]
    assert len(calls) == len(set(calls))
    assert len(town.entries(response)) >= 3


def test_outside_the_territory_looks_like_nobody(town: Town) -> None:
    nobody = PERSONAS["una"]
    response = town.ask(MEANS, {"personalCodes": [PERSONAS["gunta"], nobody]})
    outside, unknown = response.json()["data"]["persons"]
    outside.pop("personalCode")
    unknown.pop("personalCode")
    assert outside == unknown
    assert outside["absences"] == [{"register": None, "code": "SUBJECT_NOT_FOUND"}]
    assert town.watch.published() == []


def test_only_withheld_rows_look_like_no_record(town: Town) -> None:
    response = town.ask(MEANS, {"personalCodes": [PERSONAS["sandis"], PERSONAS["niks"]]})
    sandis, niks = response.json()["data"]["persons"]
    sandis.pop("personalCode")
    niks.pop("personalCode")
    assert sandis == niks


@pytest.mark.parametrize("register", ["employment", "disability", "socialInsurance"])
def test_a_register_that_fails_takes_down_its_own_part(town: Town, register: str) -> None:
    town.watch.down.add(register)
    people = town.strangers(3)
    response = town.ask(MEANS, {"personalCodes": people}, client="sandbox-full", agreement=None)
    assert len(town.watch.published()) == 3
    assert response.status_code == 200
    for person in response.json()["data"]["persons"]:
        assert person[register] is None
        assert {"register": register, "code": "REGISTER_UNAVAILABLE"} in person["absences"]
    assert codes(response) == ["register_unavailable"]
    assert response.json()["errors"][0]["extensions"]["register"] == register


def test_entries_tell_of_every_person_and_of_no_value(town: Town) -> None:
    response = town.ask(MEANS, {"personalCodes": [PERSONAS["ilze"], PERSONAS["gunta"]]})
    opened = {entry.subject: entry for entry in town.entries(response) if entry}
    assert opened[PERSONAS["ilze"]].outcomes["employment"] == "found"  # type: ignore[index]
    assert PERSONAS["gunta"] in opened
