"""A register that hangs costs its own part, within its own deadline."""

import threading
import time
from collections.abc import Sequence
from contextlib import ExitStack
from typing import Any

import pytest

from hub.cli.estate import estate_of
from tests.anomaly.registers import locked
from tests.journey.town import Town

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]

FOLDERS = {
    "disability": "disability",
    "socialInsurance": "social_insurance",
    "childProtection": "child_protection",
    "employment": "employment",
    "vaccination": "vaccination",
}
QUERY = """query($codes: [PersonalCode!]!) { persons(personalCodes: $codes) { personalCode
    employment { status } disability { status } vaccination { calendarStatus }
    socialInsurance { totalInsuranceDays } childProtection { outOfHomeCare { form } }
    absences { register code } } }"""
BEYOND_S = 1.0
"""What everything else may take, on a busy machine."""


@pytest.fixture(autouse=True)
def cold(town: Town) -> None:
    town.forget()


def ask(town: Town, people: Sequence[str]) -> dict[str, Any]:
    response = town.ask(QUERY, {"codes": people}, client="sandbox-full", agreement=None)
    assert response.status_code == 200, response.text
    answered: dict[str, Any] = response.json()
    return answered


def missing(answered: dict[str, Any]) -> set[str]:
    """Return the registers that were told to be out of reach; the same for every person."""
    sets = [
        {each["register"] for each in person["absences"] if each["code"] == "REGISTER_UNAVAILABLE"}
        for person in answered["data"]["persons"]
    ]
    assert all(found == sets[0] for found in sets)
    return sets[0]


def deadline_s(town: Town, register: str) -> float:
    found: float = town.hub.rooms.connectors[register].manifest.deadline_s
    return found


@pytest.mark.parametrize("register", FOLDERS)
def test_hanging_register_costs_its_own_part(town: Town, register: str) -> None:
    people = town.everybody()[:3]
    expected = ask(town, people)
    assert missing(expected) == set()
    town.forget()
    with locked(estate_of(town.data_dir).server_url, FOLDERS[register]):
        began = time.monotonic()
        answered = ask(town, people)
        took_s = time.monotonic() - began
    assert took_s < deadline_s(town, register) + BEYOND_S
    assert missing(answered) == {register}
    for person, known in zip(answered["data"]["persons"], expected["data"]["persons"], strict=True):
        assert person[register] is None
        for other in FOLDERS.keys() - {register}:
            assert person[other] == known[other]
    assert [each["extensions"]["code"] for each in answered["errors"]] == ["register_unavailable"]
    assert answered["extensions"]["receipt"]["id"]
    assert missing(ask(town, people)) == set(), "it is asked again once it answers"


def test_two_that_hang_cost_no_more_than_one(town: Town) -> None:
    people = town.everybody()[:3]
    hanging = ("employment", "disability", "socialInsurance")
    with ExitStack() as stack:
        for register in hanging:
            stack.enter_context(locked(estate_of(town.data_dir).server_url, FOLDERS[register]))
        began = time.monotonic()
        answered = ask(town, people)
        took_s = time.monotonic() - began
    assert missing(answered) == set(hanging)
    assert took_s < max(deadline_s(town, register) for register in hanging) + BEYOND_S


def test_others_are_served_meanwhile(town: Town) -> None:
    people = town.everybody()
    query = "query($code: PersonalCode!) { person(personalCode: $code) { employment { status } } }"
    slow: list[dict[str, Any]] = []
    with locked(estate_of(town.data_dir).server_url, "disability"):
        waiting = threading.Thread(target=lambda: slow.append(ask(town, people[:3])))
        waiting.start()
        time.sleep(0.2)
        began = time.monotonic()
        for code in people[3:13]:
            response = town.ask(query, {"code": code}, client="sandbox-full", agreement=None)
            assert response.status_code == 200
            assert "errors" not in response.json()
        took_s = time.monotonic() - began
        assert slow == []
        waiting.join(10)
    assert took_s < 2
    assert missing(slow[0]) == {"disability"}


def test_hanging_population_register_tells_of_nobody(town: Town) -> None:
    people = town.everybody()[:3]
    with locked(estate_of(town.data_dir).server_url, "population"):
        began = time.monotonic()
        answered = ask(town, people)
        took_s = time.monotonic() - began
    assert took_s < 2 + BEYOND_S
    for person in answered["data"]["persons"]:
        assert person["absences"] == [{"register": None, "code": "REGISTER_UNAVAILABLE"}]
    assert town.watch.published() == []
