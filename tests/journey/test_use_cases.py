"""Use cases 1 to 15 (DOMAIN.md section 4): what each agreement grants, and not one step more."""

from collections.abc import Callable
from datetime import datetime, time

import httpx
import pytest

from hub.app.clock import RIGA
from hub.cli.furnish import sandbox_documents
from hub.model.agreement import Agreement
from tests.journey.town import PERSONAS, Town, codes
from tests.journey.uses import CASE_AND_OFFICIAL, USES, Use

ASIDE = {
    "DVI-2026-001": "grants no operation on persons: use case 15 reads the access log",
    "DVI-2026-002": "the same for a person, in the portal",
    "DVI-2026-003": "the same for one institution's officer",
    "RSD-2026-007": "ended",
    "RSD-2035-001": "not yet valid",
    "SBX-2026-001": "grants everything, so that nothing lies beyond it",
}

SetTime = Callable[[datetime], None]
by_number = pytest.mark.parametrize("use", USES, ids=[use.agreement for use in USES])


def ask(town: Town, use: Use, selection: str) -> httpx.Response:
    return town.ask(
        f"query($personalCode: PersonalCode!) {{ person(personalCode: $personalCode) "
        f"{{ personalCode absences {{ register code }} {selection} }} }}",
        {"personalCode": PERSONAS[use.person]},
        client=use.client,
        agreement=use.agreement,
        headers=use.headers,
    )


@pytest.fixture(autouse=True)
def at_its_hour(request: pytest.FixtureRequest, set_time: SetTime) -> None:
    use = getattr(request.node, "callspec", None) and request.node.callspec.params.get("use")
    if use and use.hour is not None:
        today = datetime.now(RIGA).date()
        set_time(datetime.combine(today, time(use.hour), RIGA))


def test_every_agreement_has_its_use() -> None:
    written = {each.agreement.number for each in sandbox_documents()}
    assert written == {use.agreement for use in USES} | set(ASIDE)


@by_number
def test_a_use_is_answered_with_what_is_granted(town: Town, use: Use) -> None:
    response = ask(town, use, use.asks)
    assert response.status_code == 200, response.text
    assert codes(response) == []
    person = response.json()["data"]["person"]
    assert {name: person[name] for name in use.shows} == use.shows
    opened = {entry.subject: entry for entry in town.entries(response) if entry}
    assert PERSONAS[use.person] in opened


@by_number
def test_one_step_beyond_names_the_excess_and_its_rule(town: Town, use: Use) -> None:
    if use.agreement == "NVA-2026-001":  # refuses nothing, yet gives no more
        response = ask(town, use, use.beyond)
        assert response.status_code == 200
        _, name = use.excess.split(".")
        assert response.json()["data"]["person"]["disability"][name] is None
    else:
        with town.refusing():
            response = ask(town, use, use.beyond)
        assert response.status_code == 403
        assert "data" not in response.json()
        assert "receipt" not in response.json().get("extensions", {})
    (told,) = (error["extensions"] for error in response.json()["errors"])
    assert told["field"] == use.excess
    assert told["code"] in {"field_not_in_agreement", "field_forbidden"}
    assert told["rule"]


def test_a_recalled_lot_is_followed_to_its_institutions(town: Town) -> None:
    (use,) = (each for each in USES if each.agreement == "SPKC-2026-001")
    given = ask(town, use, use.asks).json()["data"]["person"]["vaccination"]["immunizations"]
    assert len(given) > 5
    assert all(dose["lotNumber"] and dose["institution"]["code"] for dose in given)


CALENDAR = """query($personalCode: PersonalCode!) { person(personalCode: $personalCode) {
    vaccination { calendarStatus } } }"""
HELD = [each.agreement for each in sandbox_documents() if each.agreement.number != "SBX-2026-001"]


@pytest.mark.parametrize("agreement", HELD, ids=[each.number for each in HELD])
def test_nobody_learns_the_calendar_status_of_a_pupil(
    town: Town, set_time: SetTime, agreement: Agreement
) -> None:
    """Use case 8: no clear ground was found, so no agreement grants it: default deny."""
    first, hour = agreement.valid_from, agreement.hours[0] if agreement.hours else 12
    set_time(datetime.combine(first, time(hour), RIGA))
    response = town.ask(
        CALENDAR,
        {"personalCode": PERSONAS["emils"]},
        client=agreement.client,
        agreement=agreement.number,
        headers=CASE_AND_OFFICIAL,
    )
    assert "OVERDUE" not in response.text
    assert "vaccination" not in town.watch.published()
    assert set(codes(response)) <= {
        "field_not_in_agreement",
        "field_forbidden",
        "operation_not_in_agreement",
    }
    assert codes(response)


def test_schools_are_refused_by_a_guard_rail_not_by_chance(town: Town) -> None:
    for number in ("IZG-2026-001", "IZG-2026-002"):
        with town.refusing():
            response = town.ask(
                CALENDAR,
                {"personalCode": PERSONAS["emils"]},
                client="school-board",
                agreement=number,
                headers=CASE_AND_OFFICIAL,
            )
        assert response.status_code == 403
        assert codes(response) == ["field_forbidden"]


def test_the_officer_reads_the_log_and_no_register(town: Town) -> None:
    with town.refusing():
        response = town.ask(
            "query($c: PersonalCode!) { person(personalCode: $c) { employment { status } } }",
            {"c": PERSONAS["ilze"]},
            client="dpo",
            agreement=None,
        )
    assert response.status_code == 403
    assert codes(response) == ["operation_not_in_agreement"]


def test_signals_about_children_are_not_published_at_all(town: Town) -> None:
    response = town.ask(
        "query($c: PersonalCode!) { person(personalCode: $c) { npais { signals { type } } } }",
        {"c": PERSONAS["toms"]},
        client="orphan-court",
        agreement="RBT-2026-002",
    )
    assert response.status_code == 400
    assert codes(response) == ["validation_failed"]
    assert (
        "npais"
        not in town.http.post(
            f"{town.url}/graphql",
            json={"query": "{ __schema { types { name fields { name } } } }"},
            headers={"authorization": f"Bearer {town.token('orphan-court')}"},
        ).text.lower()
    )
