"""How persons are named and how a question may be written, over the whole way."""

from collections.abc import Sequence
from typing import Any

import httpx

from hub.sandbox.people.members import MEMBERS
from tests.journey.town import PERSONAS, Town, codes


def coded(digits: str) -> str:
    return f"{digits[:6]}-{digits[6:]}"


FORMER = coded(MEMBERS["rudolfs"].old_code)
GENERATED = coded(MEMBERS["olena"].generated_code)
EMPLOYED = """query($personalCodes: [PersonalCode!]!) { persons(personalCodes: $personalCodes) {
    personalCode employment { status endReason } absences { register code } } }"""


def freely(town: Town, query: str, variables: dict[str, Any]) -> httpx.Response:
    response = town.ask(query, variables, client="sandbox-full", agreement=None)
    assert response.status_code == 200, response.text
    return response


def persons(response: httpx.Response) -> list[Any]:
    told: list[Any] = response.json()["data"]["persons"]
    return told


def test_persons_answers_in_the_order_first_asked_each_once_in_canonical_form(town: Town) -> None:
    imants, ilze, niks = PERSONAS["imants"], PERSONAS["ilze"], PERSONAS["niks"]
    asked = [imants.replace("-", ""), ilze, imants, ilze.replace("-", ""), niks]
    response = freely(town, EMPLOYED, {"personalCodes": asked})
    assert [each["personalCode"] for each in persons(response)] == [imants, ilze, niks]
    assert [people for _, people, _ in town.watch.calls] in ([], [3], [3, 3])


def test_two_codes_of_one_person_are_one_person_under_the_code_first_asked(town: Town) -> None:
    present = PERSONAS["rudolfs"]
    for asked in ([FORMER, present], [present, FORMER]):
        response = freely(town, EMPLOYED, {"personalCodes": asked})
        (told,) = persons(response)
        assert told["personalCode"] == asked[0]
        assert told["employment"]["endReason"] == "FOUND_WORK"
        opened = [entry.subject for entry in town.entries(response) if entry]
        assert opened == [present]


def test_a_generated_code_finds_who_bears_a_personal_code_now(town: Town) -> None:
    query = """query($personalCodes: [PersonalCode!]!) { persons(personalCodes: $personalCodes) {
        personalCode socialInsurance { benefits { kind } } } }"""
    (told,) = persons(freely(town, query, {"personalCodes": [GENERATED]}))
    assert told["personalCode"] == GENERATED
    assert told["socialInsurance"]["benefits"] == [{"kind": "REFUGEE"}]


def test_the_former_code_of_an_adopted_child_is_nobody(town: Town) -> None:
    nobody = "380099-99991"
    former, unknown, adopted = persons(
        freely(
            town,
            EMPLOYED.replace("employment { status endReason }", "vaccination { calendarStatus }"),
            {"personalCodes": [PERSONAS["una"], nobody, PERSONAS["alise"]]},
        )
    )
    assert {**former, "personalCode": ""} == {**unknown, "personalCode": ""}
    assert former["absences"] == [{"register": None, "code": "SUBJECT_NOT_FOUND"}]
    assert adopted["vaccination"]["calendarStatus"] == "COMPLETE"


def test_person_is_an_object_for_every_well_formed_code(town: Town) -> None:
    query = """query($c: PersonalCode!) { person(personalCode: $c) {
        personalCode employment { status } absences { register code } } }"""
    told = freely(town, query, {"c": "38009999992"}).json()["data"]["person"]
    assert told == {
        "personalCode": "380099-99992",
        "employment": None,
        "absences": [{"register": None, "code": "SUBJECT_NOT_FOUND"}],
    }


ON = """query($personalCodes: [PersonalCode!]!, $on: Date) {
    persons(personalCodes: $personalCodes) {
      disability(on: $on) { status group validFrom knownSince }
      employment(on: $on) { status grantedOn endedOn }
    } }"""


def state(town: Town, person: str, on: str | None) -> Any:  # noqa: ANN401 — JSON
    (told,) = persons(freely(town, ON, {"personalCodes": [PERSONAS[person]], "on": on}))
    return told


def test_a_state_is_told_for_the_day_asked(town: Town) -> None:
    begun = state(town, "vija", None)["disability"]
    assert (begun["status"], begun["group"]) == ("ADULT", "II")
    between = state(town, "vija", begun["validFrom"])["disability"]
    assert between["status"] == "ADULT"
    assert between["knownSince"] > begun["validFrom"]  # told, though nobody knew it that day
    before = state(town, "vija", "2001-01-01")["disability"]
    assert before == {"status": "NONE", "group": None, "validFrom": None, "knownSince": None}


def test_a_status_that_ended_is_told_on_its_days(town: Town) -> None:
    now = state(town, "harijs", None)["employment"]
    assert now["status"] == "NONE"
    last = state(town, "harijs", now["endedOn"])["employment"]
    assert (last["status"], last["endedOn"]) == ("UNEMPLOYED", None)
    assert state(town, "harijs", "1999-01-01")["employment"]["status"] == "NONE"


def test_aliases_fragments_and_conditions_ask_what_they_spell_out(town: Town) -> None:
    query = """
        query Ask($personalCodes: [PersonalCode!]!, $on: Date!, $more: Boolean!, $less: Boolean!) {
          people: persons(personalCodes: $personalCodes) {
            code: personalCode
            ...Work
            before: employment(on: $on) { state: status }
            ... on Person @include(if: $more) { disability { status } }
            vaccination @skip(if: $less) { calendarStatus }
          }
        }
        fragment Work on Person { employment { ...State branch } }
        fragment State on Employment { now: status again: status }
    """
    more = {"on": "2000-01-01", "more": False, "less": True}
    response = freely(town, query, {"personalCodes": town.strangers(1), **more})
    told = response.json()["data"]["people"]
    assert set(town.watch.published()) == {"employment"}
    assert [set(each) for each in told] == [{"code", "employment", "before"}]
    response = freely(town, query, {"personalCodes": [PERSONAS["ilze"]], **more})
    (ilze,) = response.json()["data"]["people"]
    assert ilze["employment"] == {
        "now": "UNEMPLOYED",
        "again": "UNEMPLOYED",
        "branch": "Rīgas filiāle",
    }
    assert ilze["before"] == {"state": "NONE"}


def test_two_places_of_one_register_make_one_call(town: Town) -> None:
    query = """query($a: [PersonalCode!]!, $b: [PersonalCode!]!) {
        first: persons(personalCodes: $a) { employment { status } }
        second: persons(personalCodes: $b) { employment(on: "2020-01-01") { branch } } }"""
    a, b = town.strangers(2), town.strangers(2)
    freely(town, query, {"a": a, "b": b})
    assert town.watch.published() == ["employment"]


def test_nobody_is_asked_about_in_a_register_where_the_question_does_not_name_them(
    town: Town,
) -> None:
    """Two roots of one operation: each person's registers are those of their own root."""
    query = """query($a: PersonalCode!, $b: PersonalCode!) {
        a: person(personalCode: $a) { employment { status } absences { register code } }
        b: person(personalCode: $b) { disability { status } absences { register code } } }"""
    niks, imants = PERSONAS["niks"], PERSONAS["imants"]
    response = freely(town, query, {"a": niks, "b": imants})
    told = response.json()["data"]
    assert told["a"]["absences"] == [{"register": "employment", "code": "NO_RECORD"}]
    assert told["b"]["absences"] == [{"register": "disability", "code": "NO_RECORD"}]
    outcomes = {each.subject: set(each.outcomes) for each in town.entries(response) if each}
    assert outcomes == {niks: {"employment"}, imants: {"disability"}}
    a, b = town.strangers(2)
    town.watch.clear()
    freely(town, query, {"a": a, "b": b})
    assert sorted((name, people) for name, people, _ in town.watch.calls) == [
        ("disability", 1),
        ("employment", 1),
        ("population", 2),
    ]


def at_nva(town: Town, selection: str, people: Sequence[str]) -> httpx.Response:
    response = town.ask(
        "query($personalCodes: [PersonalCode!]!) { persons(personalCodes: $personalCodes) "
        f"{{ personalCode {selection} }} }}",
        {"personalCodes": [PERSONAS[each] for each in people]},
        client="nva",
        agreement=None,
    )
    assert response.status_code == 200, response.text
    return response


def test_excess_is_null_at_its_own_place_in_every_alias_and_fragment(town: Town) -> None:
    response = at_nva(
        town,
        "disability { pct: workCapacityLossPct why: cause ... { group } } "
        "again: disability { cause }",
        ["harijs"],
    )
    (harijs,) = persons(response)
    assert harijs["disability"] == {"pct": 100, "why": None, "group": None}
    assert harijs["again"] is None or harijs["again"] == {"cause": None}
    told = [error["extensions"]["field"] for error in response.json()["errors"]]
    assert told == ["disability.cause", "disability.group"]


def test_excess_that_may_not_be_null_takes_the_nearest_place_that_may(town: Town) -> None:
    response = at_nva(
        town,
        "socialInsurance { benefits { kind recipient { personalCode } } }",
        ["kristaps", "imants", "niks"],
    )
    kristaps, imants, niks = (each["socialInsurance"] for each in persons(response))
    assert kristaps == {"benefits": [{"kind": "SURVIVOR_PENSION", "recipient": None}]}
    assert imants == {"benefits": [{"kind": "OLD_AGE_PENSION", "recipient": None}]}
    assert niks is None
    assert codes(response) == ["field_not_in_agreement"]
    told = {entry.subject for entry in town.entries(response) if entry}
    assert PERSONAS["zenta"] not in told  # who was not shown was not disclosed


def test_a_register_of_which_nothing_is_granted_is_not_asked(town: Town) -> None:
    response = at_nva(
        town, "disability { workCapacityLossPct } vaccination { calendarStatus }", ["gunta"]
    )
    (gunta,) = persons(response)
    assert gunta["vaccination"] is None
    assert gunta["disability"] == {"workCapacityLossPct": 70}
    assert "vaccination" not in town.watch.published()
