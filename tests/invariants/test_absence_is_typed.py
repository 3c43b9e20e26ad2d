"""Invariant 5: absence is typed and is data; a failed register takes down its own part only."""

from typing import Any

import pytest

from hub.errors import Code, RegisterError
from tests.journey.town import PERSONAS, Town, codes

REGISTERS = ("disability", "socialInsurance", "childProtection", "employment", "vaccination")
EVERYTHING = """query($personalCodes: [PersonalCode!]!) { persons(personalCodes: $personalCodes) {
    personalCode absences { register code retryAfterSeconds knownAsOf }
    disability { status } socialInsurance { benefits { kind } } childProtection {
    orphanCertificate { status } outOfHomeCare { form } } employment { status }
    vaccination { calendarStatus } } }"""
PEOPLE = [PERSONAS[key] for key in ("gunta", "kristaps", "ilze", "marta", "niks", "una")]

FAILURES = {
    "register_unavailable": RegisterError(Code.REGISTER_UNAVAILABLE, register="x"),
    "register_malformed": RegisterError(Code.REGISTER_MALFORMED, register="x"),
    "a bug": ZeroDivisionError("division by zero"),
}


def ask(town: Town) -> tuple[list[Any], list[Any]]:
    town.forget()
    response = town.ask(
        EVERYTHING, {"personalCodes": PEOPLE}, client="sandbox-full", agreement=None
    )
    assert response.status_code == 200, response.text
    body = response.json()
    return body["data"]["persons"], body.get("errors", [])


def absences(person: Any) -> dict[str | None, str]:  # noqa: ANN401 — JSON
    return {each["register"]: each["code"] for each in person["absences"]}


def test_every_null_part_has_its_reason_and_no_other(town: Town) -> None:
    persons, errors = ask(town)
    assert errors == []
    for person in persons[:-1]:
        null = {register for register in REGISTERS if person[register] is None}
        assert absences(person) == dict.fromkeys(null, "NO_RECORD")
    assert absences(persons[-1]) == {None: "SUBJECT_NOT_FOUND"}


@pytest.mark.parametrize("failure", FAILURES)
@pytest.mark.parametrize("register", REGISTERS)
def test_a_failed_register_is_one_error_and_one_absence_a_person(
    town: Town, register: str, failure: str
) -> None:
    sound, _ = ask(town)
    town.watch.broken = {register: FAILURES[failure]}
    persons, errors = ask(town)
    (error,) = errors
    assert error["extensions"]["register"] == register
    wanted = "register_malformed" if failure == "register_malformed" else "register_unavailable"
    assert error["extensions"]["code"] == wanted
    for before, now in zip(sound[:-1], persons[:-1], strict=True):
        assert now[register] is None
        assert absences(now) == absences(before) | {register: "REGISTER_UNAVAILABLE"}
        for other in set(REGISTERS) - {register}:
            assert now[other] == before[other]
    assert persons[-1] == sound[-1]


def test_all_registers_down_is_an_answer_with_an_error_each(town: Town) -> None:
    town.watch.broken = dict.fromkeys(REGISTERS, FAILURES["register_unavailable"])
    persons, errors = ask(town)
    assert [each["extensions"]["register"] for each in errors] == sorted(REGISTERS)
    assert absences(persons[0]) == dict.fromkeys(REGISTERS, "REGISTER_UNAVAILABLE")


def test_without_the_population_register_nobody_can_be_looked_up(town: Town) -> None:
    town.watch.down = {"population"}
    town.forget()
    response = town.ask(
        EVERYTHING, {"personalCodes": PEOPLE}, client="sandbox-full", agreement=None
    )
    assert codes(response) == ["register_unavailable"]
    for person in response.json()["data"]["persons"]:
        assert absences(person) == {None: "REGISTER_UNAVAILABLE"}
    assert town.watch.published() == []
