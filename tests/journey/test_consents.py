"""What binds the next request: consent, restriction, objection, a client switched off."""

import json
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from click.testing import CliRunner

from hub.cli import client, consent
from hub.sandbox.people.members import MEMBERS
from tests.journey.town import PERSONAS, Town, codes

WORK = """query($personalCodes: [PersonalCode!]!) { persons(personalCodes: $personalCodes) {
    personalCode employment { status provenance { cached } } absences { register code } } }"""
NGO = "NVO-2026-001"


VERBS = {"consent": consent.command, "client": client.command}


def hub(town: Town, verb: str, *words: str) -> str:
    told = CliRunner().invoke(VERBS[verb], [*words, "--data-dir", str(town.data_dir)])
    assert told.exit_code == 0, told.output
    return told.output


def ask(town: Town, *people: str, client: str = "employment-ngo", agreement: str = NGO) -> Any:  # noqa: ANN401 — JSON
    response = town.ask(WORK, {"personalCodes": list(people)}, client=client, agreement=agreement)
    assert response.status_code == 200, response.text
    assert codes(response) == []
    told = response.json()["data"]["persons"]
    return told if len(people) > 1 else told[0]


def missing(code: str) -> list[dict[str, str]]:
    return [{"register": "employment", "code": code}]


@pytest.fixture
def vija(town: Town) -> Iterator[str]:
    """Somebody whose consents, restrictions and objections are all gone after the test."""
    code = PERSONAS["vija"]
    yield code
    hub(town, "consent", "withdraw", code, NGO)
    for kind in ("restriction", "objection"):
        hub(town, "consent", "stop", code, kind, "--lift")


def test_without_consent_the_register_is_not_asked_about_that_person(town: Town) -> None:
    town.forget()
    ilze, rudolfs = ask(town, PERSONAS["ilze"], PERSONAS["rudolfs"])
    assert ilze["employment"]["status"] == "UNEMPLOYED"
    assert ilze["absences"] == []
    assert rudolfs["employment"] is None
    assert rudolfs["absences"] == missing("NO_CONSENT")
    assert [(name, people) for name, people, _ in town.watch.calls] == [
        ("population", 2),
        ("employment", 1),
    ]


def test_consent_binds_the_next_request_whatever_is_cached(town: Town, vija: str) -> None:
    harijs = PERSONAS["harijs"]
    assert ask(town, harijs)["absences"] == missing("NO_CONSENT")
    hub(town, "consent", "give", harijs, NGO)
    assert ask(town, harijs)["employment"]["status"] == "NONE"
    deadline = time.monotonic() + 5
    while not ask(town, harijs)["employment"]["provenance"]["cached"]:
        assert time.monotonic() < deadline
    hub(town, "consent", "withdraw", harijs, NGO)
    town.watch.clear()
    told = ask(town, harijs)
    assert told["employment"] is None
    assert told["absences"] == missing("NO_CONSENT")
    assert town.watch.published() == []
    assert vija not in str(told)


def test_an_entry_names_the_consent_it_rests_on(town: Town) -> None:
    people = {"personalCodes": [PERSONAS["ilze"], PERSONAS["rudolfs"]]}
    response = town.ask(WORK, people, client="employment-ngo", agreement=NGO)
    opened = {entry.subject: entry for entry in town.entries(response) if entry}
    record = opened[PERSONAS["ilze"]].consent  # type: ignore[index]
    assert record
    assert record in hub(town, "consent", "show", PERSONAS["ilze"])
    assert opened[PERSONAS["rudolfs"]].consent is None  # type: ignore[index]
    assert opened[PERSONAS["rudolfs"]].outcomes == {"employment": "no_consent"}  # type: ignore[index]


@pytest.mark.parametrize("kind", ["restriction", "objection"])
def test_a_restriction_binds_the_next_request_under_every_stoppable_basis(
    town: Town, vija: str, kind: str
) -> None:
    def at_riga() -> Any:  # noqa: ANN401 — JSON
        return ask(town, vija, client="riga-social-service", agreement="RSD-2026-001")

    assert at_riga()["absences"] == missing("NO_RECORD")
    hub(town, "consent", "stop", vija, kind)
    town.watch.clear()
    told = at_riga()
    assert told["employment"] is None
    assert told["absences"] == missing("RESTRICTED")
    assert town.watch.published() == []
    # what a law commands (GDPR 6(1)(c)) is not stopped
    by_law = ask(town, vija, client="vsaa", agreement="VSAA-2026-002")
    assert by_law["absences"] == missing("NO_RECORD")
    hub(town, "consent", "stop", vija, kind, "--lift")
    assert at_riga()["absences"] == missing("NO_RECORD")


def test_consent_is_of_a_person_not_of_a_code(town: Town) -> None:
    rudolfs, former = PERSONAS["rudolfs"], _former()
    hub(town, "consent", "give", rudolfs, NGO)
    try:
        assert ask(town, former)["employment"]["status"] == "NONE"
    finally:
        hub(town, "consent", "withdraw", rudolfs, NGO)
    assert ask(town, former)["absences"] == missing("NO_CONSENT")


def test_an_operator_notes_ends_and_exports_what_was_said(town: Town) -> None:
    gunta = PERSONAS["gunta"]
    for answer in ("requested", "deferred", "refused"):
        assert answer in hub(town, "consent", "note", gunta, NGO, answer)
        assert ask(town, gunta)["absences"] == missing("NO_CONSENT")
    given = hub(town, "consent", "give", gunta, NGO, "--until", "2035-01-01")
    record, revision = given.split()[-1].split("/")
    assert revision == "4"
    assert ask(town, gunta)["absences"] != missing("NO_CONSENT")
    (told,) = json.loads(hub(town, "consent", "show", gunta, "--json"))
    assert (told["dct:identifier"], told["dpv:hasConsentStatus"]) == (record, "dpv:ConsentGiven")
    assert gunta not in json.dumps(told)
    assert f"{record}/5" in hub(town, "consent", "close", gunta, record, "revoked")
    assert ask(town, gunta)["absences"] == missing("NO_CONSENT")
    again = hub(town, "consent", "give", gunta, NGO)
    assert record not in again
    hub(town, "consent", "withdraw", gunta, NGO)


def _former() -> str:
    digits = MEMBERS["rudolfs"].old_code
    return f"{digits[:6]}-{digits[6:]}"


def test_a_disabled_client_is_turned_away_within_the_second(town: Town) -> None:
    def asked() -> httpx.Response:
        return town.ask("{ registers { name } }", client="spkc", agreement=None)

    assert asked().status_code == 200
    hub(town, "client", "disable", "spkc")
    try:
        time.sleep(1.5)
        before = town.logged("refused")
        response = asked()
        assert response.status_code == 401
        assert codes(response) == ["client_disabled"]
        assert "www-authenticate" in response.headers
        assert town.logged("refused") == before + 1
        assert town.ask("{ registers { name } }", agreement=None).status_code == 200
    finally:
        hub(town, "client", "enable", "spkc")
        time.sleep(1.5)
    assert asked().status_code == 200
