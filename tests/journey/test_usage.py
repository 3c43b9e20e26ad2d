"""Who looked at my data: told to the person, whoever represents them, and an officer for them."""

import pytest

from tests.journey.ledger import (
    FIND_USAGE,
    LOOK,
    LOOKS,
    USAGE,
    WHY,
    by_officer,
    by_person,
    by_rigas_officer,
    data,
    proven,
    untold,
)
from tests.journey.town import PERSONAS, Town, codes

CHILD = """
query ($c: PersonalCode!) {
  person(personalCode: $c) { socialInsurance { benefits { kind child { personalCode } } } }
}
"""


def test_a_person_is_told_who_looked_and_why(town: Town) -> None:
    (code,) = untold(town, 1)
    proven(town, town.ask(LOOK, {"c": code}))
    response = by_person(town, code, USAGE)
    (use,) = data(response, "usage")["usages"]
    assert use["recipient"]["nameLv"] == "Rīgas domes Labklājības departaments"
    assert use["purpose"]["text"] == "assessing a household's means for social assistance"
    assert use["purpose"]["textLv"].startswith("mājsaimniecības materiālās situācijas")
    assert use["legalBasis"]["text"][0] == "task in the public interest"
    assert use["registers"][0]["register"] == "disability"
    assert (use["categories"], use["byConsent"]) == (["HEALTH"], False)
    (entry,) = town.entries(response)  # the question is itself an entry, about that person
    assert entry is not None
    assert entry.subject == code
    ((opened, _),) = town.log_of(response)
    assert (opened["decision"], opened["question"]) == ("accountability", ["usage"])
    assert opened["person_acting"] is True


def test_batches_are_told_to_each_and_nothing_of_the_others(town: Town) -> None:
    people = untold(town, 3)
    proven(town, town.ask(LOOKS, {"c": people}))
    for code in people:
        response = by_person(town, code, USAGE)
        assert len(data(response, "usage")["usages"]) == 1
        assert not any(other in response.text for other in people)


def test_neither_official_nor_case_is_told(town: Town) -> None:
    (code,) = untold(town, 1)
    query = (
        "query ($c: PersonalCode!) { person(personalCode: $c) { employment { status endedOn } } }"
    )
    asked = town.ask(
        query,
        {"c": code},
        agreement="RSD-2026-004",
        headers={"hub-case": "SP-2026/77441", "hub-official": "L.Neviena"},
    )
    proven(town, asked)
    for response in (
        by_person(town, code, USAGE),
        by_person(town, code, FIND_USAGE),
        by_officer(town, USAGE, c=code, reason=WHY),
    ):
        assert "recipient" in response.text or "receiverCode" in response.text
        assert "77441" not in response.text
        assert "Neviena" not in response.text


def test_who_is_named_in_anothers_record_is_told_so_and_no_more(town: Town) -> None:
    marta = PERSONAS["marta"]
    proven(town, town.ask(CHILD, {"c": PERSONAS["ilze"]}))
    use = data(by_person(town, marta, USAGE), "usage")["usages"][0]
    assert (use["mentioned"], use["registers"], use["categories"]) == (True, [], ["IDENTITY"])


def test_a_mother_is_told_of_her_child_and_nobody_else_is(town: Town) -> None:
    marta, ilze = PERSONAS["marta"], PERSONAS["ilze"]
    proven(town, town.ask(LOOK, {"c": marta}))
    response = by_person(town, ilze, USAGE, c=marta)
    assert data(response, "usage")["usages"]
    (entry,) = town.entries(response)
    assert entry is not None
    assert entry.subject == marta
    for stranger in (PERSONAS["gunta"], PERSONAS["zenta"]):
        assert codes(by_person(town, stranger, USAGE, c=marta)) == ["representation_missing"]
    assert codes(by_person(town, marta, USAGE, c=ilze)) == ["representation_missing"]


def test_the_data_trackers_names_answer(town: Town) -> None:
    (code,) = untold(town, 1)
    for _ in range(2):
        proven(town, town.ask(LOOK, {"c": code}))
    whole = data(by_person(town, code, FIND_USAGE), "findUsage")
    assert [each["receiverCode"] for each in whole] == ["RD-LD"] * 2
    assert whole[0]["logtime"] > whole[1]["logtime"]
    assert whole[0]["receiverName"] == "Rīgas domes Labklājības departaments"
    assert whole[0]["receiverSystem"] == "riga-social-service"
    assert whole[0]["action"].startswith("mājsaimniecības")
    assert data(by_person(town, code, FIND_USAGE, offset=1), "findUsage") == whole[1:]
    assert data(by_person(town, code, FIND_USAGE, limit=1), "findUsage") == whole[:1]
    assert codes(by_person(town, code, FIND_USAGE, limit=1001)) == ["page_invalid"]
    assert data(by_person(town, code, FIND_USAGE), "usagePeriod")["from"].endswith(
        "-01-01T00:00:00+00:00"
    )


def test_an_officer_asks_on_a_persons_behalf_and_the_person_is_told(town: Town) -> None:
    (code,) = untold(town, 1)
    proven(town, town.ask(LOOK, {"c": code}))
    for asked in (by_officer, by_rigas_officer):
        response = asked(town, USAGE, c=code, reason=WHY)
        first = data(response, "usage")["usages"][-1]
        assert first["recipient"]["code"] == "RD-LD"
        ((opened, _),) = town.log_of(response)
        assert opened["reason"] == WHY
        assert code not in repr(opened)
        proven(town, response)
    told = [
        use["recipient"]["code"] for use in data(by_person(town, code, USAGE), "usage")["usages"]
    ]
    assert told == ["RD-LD", "VDAA", "RD-LD"]


@pytest.mark.parametrize("reason", [None, "of {code} by telephone"])
def test_an_officer_says_why_and_names_nobody(town: Town, reason: str | None) -> None:
    code = PERSONAS["gunta"]
    given = reason and reason.format(code=code)
    with town.refusing():
        assert codes(by_officer(town, USAGE, c=code, reason=given)) == ["reason_invalid"]


def test_whoever_looks_cannot_ask_who_looked(town: Town) -> None:
    with town.refusing():
        assert codes(town.ask(USAGE, {"c": PERSONAS["ilze"]})) == ["oversight_missing"]
    with town.refusing():
        portal = town.ask(USAGE, {}, client="citizen-portal", agreement="DVI-2026-002")
        assert codes(portal) == ["oversight_missing"]


def test_a_cursor_of_one_person_serves_no_other(town: Town) -> None:
    one, other = untold(town, 2)
    for code in (one, other):
        for _ in range(2):
            proven(town, town.ask(LOOK, {"c": code}))
    told = data(by_person(town, one, USAGE, first=1), "usage")
    page = told["pageInfo"]
    assert page["hasNextPage"]
    rest = data(by_person(town, one, USAGE, first=1, after=page["endCursor"]), "usage")
    (newest,), (next_one,) = told["usages"], rest["usages"]  # others may have named them before
    assert next_one["at"] < newest["at"]
    stolen = by_person(town, other, USAGE, first=1, after=page["endCursor"])
    assert codes(stolen) == ["cursor_invalid"]
