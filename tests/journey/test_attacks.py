"""What a small agency with a valid token and the whole source must not get, by HTTP."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest

from hub.app.clock import SystemClock
from hub.fetch import Fetcher
from hub.fetch.desk import Desk
from hub.sandbox.people.members import MEMBERS
from tests.journey.conftest import Still
from tests.journey.test_consents import hub
from tests.journey.town import PERSONAS, Town

INCOME = """query($personalCodes: [PersonalCode!]!) { persons(personalCodes: $personalCodes) {
    socialInsurance { benefits { kind } } absences { register code knownAsOf } } }"""
TIES = """query($personalCodes: [PersonalCode!]!) { persons(personalCodes: $personalCodes) {
    socialInsurance { benefits { child { personalCode } } } } }"""
ORIGIN = re.compile(r'hub_fetch_records_total\{origin="(\w+)",register="(\w+)"\} ([\d.]+)')
OUTAGE_S = (0, 1_200, 15_000, 90_000)
"""While facts are fresh, told as stale, too stale, and kept no more."""


@pytest.fixture
def pass_s(served: Town, monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Lets time pass for what is kept of registers, and for nothing else."""
    fetch = served.hub.rooms.fetch
    assert isinstance(fetch, Fetcher)
    stations = fetch._stations

    def put(seconds: int) -> None:
        later = Still(SystemClock().now() + timedelta(seconds=seconds))
        for station in stations.values():
            monkeypatch.setattr(station.shelf, "_clock", later)
        aged = {
            name: replace(
                station,
                clock=later,
                # with breakers of its own, which no other test finds open
                desk=Desk(
                    station.desk.connector, fetch._settings, station.meters, station.desk._key
                ),
            )
            for name, station in stations.items()
        }
        monkeypatch.setattr(fetch, "_stations", aged)

    return put


@pytest.fixture
def restrict(town: Town) -> Iterator[Callable[[str], None]]:
    """Restricts the use of a person's data, until the test ends."""
    restricted: list[str] = []

    def put(code: str) -> None:
        restricted.append(code)
        hub(town, "consent", "stop", code, "restriction")

    yield put
    for code in restricted:
        hub(town, "consent", "stop", code, "restriction", "--lift")


def told(response: httpx.Response) -> object:
    assert response.status_code == 200
    (person,) = response.json()["data"]["persons"]
    return person


@pytest.mark.parametrize("seconds", OUTAGE_S)
@pytest.mark.parametrize("failing", ["socialInsurance", "population"])
def test_an_outage_does_not_tell_withheld_from_none(
    town: Town, pass_s: Callable[[int], None], failing: str, seconds: int
) -> None:
    """Sandis has only benefits that are withheld, Niks has none; each is asked alone."""
    people = [{"personalCodes": [PERSONAS[each]]} for each in ("sandis", "niks")]
    before = [told(town.ask(INCOME, each)) for each in people]
    town.watch.down.add(failing)
    pass_s(seconds)
    after = [told(town.ask(INCOME, each)) for each in people]
    assert before[0] == before[1]
    assert after[0] == after[1]


@pytest.mark.parametrize("seconds", OUTAGE_S)
def test_an_outage_does_not_tell_outside_from_nobody(
    town: Town, pass_s: Callable[[int], None], seconds: int
) -> None:
    """Gunta lives elsewhere, Una's code was closed on adoption."""
    people = [{"personalCodes": [PERSONAS[each]]} for each in ("gunta", "una")]
    for each in people:
        town.ask(INCOME, each)
    town.watch.down.add("population")
    pass_s(seconds)
    outside, nobody = (told(town.ask(INCOME, each)) for each in people)
    assert outside == nobody


def test_the_register_is_asked_again_as_soon_for_nobody_as_for_somebody(
    town: Town, pass_s: Callable[[int], None]
) -> None:
    asked = []
    for who in ("gunta", "una"):
        town.ask(INCOME, {"personalCodes": [PERSONAS[who]]})
    pass_s(600)
    for who in ("gunta", "una"):
        town.watch.calls.clear()
        town.ask(INCOME, {"personalCodes": [PERSONAS[who]]})
        asked.append([name for name, *_ in town.watch.calls])
    assert asked[0] == asked[1] == []


def test_metrics_do_not_tell_withheld_from_none_nor_outside_from_nobody(town: Town) -> None:
    def moved(who: str) -> set[tuple[str, ...]]:
        before = set(ORIGIN.findall(town.http.get(f"{town.url}/metrics").text))
        town.ask(INCOME, {"personalCodes": [PERSONAS[who]]})
        after = set(ORIGIN.findall(town.http.get(f"{town.url}/metrics").text))
        return {found[:2] for found in after - before}

    for who in ("sandis", "niks", "gunta", "una"):
        town.ask(INCOME, {"personalCodes": [PERSONAS[who]]})
    assert moved("sandis") == moved("niks") != set()
    assert moved("gunta") == moved("una") != set()


def test_a_restriction_takes_a_person_out_of_others_records_too(
    town: Town, restrict: Callable[[str], None]
) -> None:
    restrict(PERSONAS["marta"])
    response = town.ask(TIES, {"personalCodes": [PERSONAS["ilze"]]})
    assert response.status_code == 200
    assert PERSONAS["marta"] not in response.text
    assert PERSONAS["emils"] in response.text
    assert PERSONAS["marta"] not in [each.subject for each in town.entries(response) if each]


def test_a_restriction_under_a_former_code_binds_the_present_one(
    town: Town, restrict: Callable[[str], None]
) -> None:
    restrict(MEMBERS["rudolfs"].old_code)
    response = town.ask(INCOME, {"personalCodes": [PERSONAS["rudolfs"]]})
    (person,) = response.json()["data"]["persons"]
    assert [each["code"] for each in person["absences"]] == ["RESTRICTED"]


def test_many_aliases_of_many_persons_are_refused_before_anybody_is_asked(town: Town) -> None:
    aliases = " ".join(f"a{i}: disability {{ status }}" for i in range(15))
    query = f"query($c: [PersonalCode!]!) {{ persons(personalCodes: $c) {{ {aliases} }} }}"
    people = [f"38{number // 99_999:04}-{number % 99_999:05}" for number in range(5_000)]
    response = town.ask(query, {"c": people}, client="school-board", agreement="IZG-2026-001")
    assert response.status_code == 400
    assert response.json()["errors"][0]["extensions"]["limit"] == "cost"
    assert town.watch.calls == []


def test_who_is_asked_and_shown_beside_another_is_logged_as_both(town: Town) -> None:
    response = town.ask(TIES, {"personalCodes": [PERSONAS["ilze"], PERSONAS["marta"]]})
    assert PERSONAS["marta"] in response.text
    relations = {str(each.subject): each.relation for each in town.entries(response) if each}
    assert relations[PERSONAS["marta"]] == "asked,child"
    assert relations[PERSONAS["emils"]] == "child"
