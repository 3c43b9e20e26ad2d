"""Invariant 6: what one agreement is told follows from its own past, whatever others asked."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from tests.journey.town import Town, codes

WORK = """query($personalCodes: [PersonalCode!]!) { persons(personalCodes: $personalCodes) {
    personalCode absences { register code retryAfterSeconds knownAsOf }
    employment { status provenance { asOf fetchedAt cached stale } } } }"""
OURS: dict[str, Any] = {"client": "vsaa", "agreement": "VSAA-2026-002"}
THEIRS: dict[str, Any] = {"client": "sandbox-full", "agreement": None}


def ask(town: Town, people: list[str], by: dict[str, Any]) -> httpx.Response:
    response = town.ask(WORK, {"personalCodes": people}, **by)
    assert response.status_code == 200, response.text
    return response


def known(town: Town, number: int) -> list[str]:
    """Return strangers of whom the employment register has a record, found by an earlier hub."""
    found: list[str] = []
    while len(found) < number:
        people = town.strangers(20)
        told = ask(town, people, THEIRS).json()["data"]["persons"]
        found += [each["personalCode"] for each in told if each["employment"]]
    return found[:number]


def test_the_second_agency_is_told_as_if_it_were_the_first(town: Town) -> None:
    people = known(town, 2)  # they have just been asked about, by others
    began = datetime.now(UTC)
    for person in ask(town, people, OURS).json()["data"]["persons"]:
        told = person["employment"]["provenance"]
        assert (told["cached"], told["stale"]) == (False, False)
        assert datetime.fromisoformat(told["fetchedAt"]) >= began - timedelta(milliseconds=1)
        as_of = datetime.fromisoformat(told["asOf"])
        assert (as_of.second, as_of.microsecond) == (0, 0)
        assert as_of <= datetime.fromisoformat(told["fetchedAt"])
    again = ask(town, people, OURS).json()["data"]["persons"]
    assert [each["employment"]["provenance"]["cached"] for each in again] == [True, True]


def test_while_a_register_is_down_only_ones_own_past_helps(town: Town) -> None:
    (theirs, ours) = known(town, 2)
    ask(town, [ours], OURS)
    ask(town, [ours], OURS)
    town.watch.down.add("employment")
    response = ask(town, [theirs], OURS)
    (person,) = response.json()["data"]["persons"]
    assert person["employment"] is None
    (absence,) = person["absences"]
    assert (absence["code"], absence["knownAsOf"]) == ("REGISTER_UNAVAILABLE", None)
    assert codes(response) == ["register_unavailable"]
    (person,) = ask(town, [ours], OURS).json()["data"]["persons"]
    assert person["employment"]["provenance"]["cached"] is True


def test_what_is_cached_for_others_is_asked_anew_for_us(town: Town) -> None:
    people = known(town, 3)
    town.watch.clear()
    ask(town, people, OURS)
    assert ("employment", 3) in [(name, number) for name, number, _ in town.watch.calls]
    assert ("population", 3) in [(name, number) for name, number, _ in town.watch.calls]


def test_quota_counts_ones_own_persons_only(town: Town) -> None:
    def used() -> int:
        query = "{ currentPermissions { permissionNumber useCount } }"
        told = town.ask(query, client="madona-social-service", agreement=None).json()
        return int(told["data"]["currentPermissions"][0]["useCount"])

    before = used()
    people = known(town, 3)
    ask(town, people, OURS)
    assert used() == before
    query = WORK.replace("grantedOn", "")
    town.ask(query, {"personalCodes": people}, client="madona-social-service", agreement=None)
    assert used() == before + 3


def test_a_receipt_tells_neither_writer_nor_sequence(town: Town) -> None:
    (person,) = known(town, 1)
    receipts = [ask(town, [person], OURS).json()["extensions"]["receipt"] for _ in range(20)]
    assert all(set(each) == {"id", "commitment", "promise"} for each in receipts)
    assert all(re.fullmatch("[0-9a-f]{32}", each["id"]) for each in receipts)
    assert len({each["commitment"] for each in receipts}) == 20
    numbers = [int(each["id"], 16) for each in receipts]
    assert numbers != sorted(numbers)
