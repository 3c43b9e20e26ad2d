"""The officer's questions to the log: each an entry, with its reason, and within their bounds."""

from typing import Any

import httpx
import pytest

from tests.journey.ledger import (
    ACCESS_LOG,
    LOOK,
    WHY,
    by_officer,
    by_person,
    by_rigas_officer,
    data,
    id_of,
    proven,
    sealed_look,
    untold,
)
from tests.journey.town import PERSONAS, Town, codes


def _asked(response: httpx.Response) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = data(response, "accessLog")["entries"]
    return entries


def test_the_hubs_officer_finds_what_was_asked_of_a_person_and_what_was_found(town: Town) -> None:
    (code,) = untold(town, 1)
    looked, sealed = town.ask(LOOK, {"c": code}), sealed_look(town, code)
    proven(town, sealed)
    proven(town, looked)
    found = _asked(by_officer(town, ACCESS_LOG, f={"person": code}, r=WHY))
    newest, oldest = found
    assert [newest["operationId"], oldest["operationId"]] == [id_of(sealed), id_of(looked)]
    assert (newest["official"], newest["case"]) == ("A.Tiesa", "BT-2026/99")
    assert (newest["visibility"], newest["relation"]) == ("sealed", "asked")
    assert [each["register"] for each in newest["outcomes"]] == ["childProtection"]
    assert (oldest["fields"], oldest["categories"]) == (["disability.group"], ["HEALTH"])
    assert oldest["purpose"]["text"] == "assessing a household's means for social assistance"
    assert code not in str(found)


def test_an_institutions_officer_sees_that_institutions_entries_alone(town: Town) -> None:
    (code,) = untold(town, 1)
    looked, sealed = town.ask(LOOK, {"c": code}), sealed_look(town, code)
    proven(town, sealed)
    proven(town, looked)
    (own,) = _asked(by_rigas_officer(town, ACCESS_LOG, f={"person": code}, r=WHY))
    assert own["operationId"] == id_of(looked)
    assert (own["outcomes"], own["entry"]) == (None, None)
    for asked in ({}, {"outcome": "DISCLOSED"}):
        entries = _asked(by_rigas_officer(town, ACCESS_LOG, f=asked, r=WHY, first=500))
        assert {each["recipient"] for each in entries} == {"RD-LD"}
    others = {"operationId": id_of(sealed)}
    assert _asked(by_rigas_officer(town, ACCESS_LOG, f=others, r=WHY)) == []
    with town.refusing():
        refused = by_rigas_officer(town, ACCESS_LOG, f={"recipient": "RBT"}, r=WHY)
        assert codes(refused) == ["oversight_missing"]


def test_each_question_is_itself_an_entry_about_that_person(town: Town) -> None:
    (code,) = untold(town, 1)
    response = by_officer(town, ACCESS_LOG, f={"person": code}, r=WHY)
    proven(town, response)
    found = _asked(
        by_officer(town, ACCESS_LOG, f={"person": code, "outcome": "ACCOUNTABILITY"}, r=WHY)
    )
    assert [(each["question"], each["reason"]) for each in found] == [(["accessLog"], WHY)]
    assert found[0]["operationId"] == id_of(response)
    (entry,) = town.entries(response)
    assert entry is not None
    assert entry.subject == code


def test_refusals_are_found_by_their_code(town: Town) -> None:
    query = "query ($c: PersonalCode!) { person(personalCode: $c) { employment { branch } } }"
    refused = town.ask(query, {"c": PERSONAS["ilze"]})
    assert codes(refused) == ["field_not_in_agreement"]
    proven(town, by_officer(town, ACCESS_LOG, f={}, r=WHY, first=1))
    asked = {
        "code": "field_not_in_agreement",
        "outcome": "REFUSED",
        "client": "riga-social-service",
    }
    entries = _asked(by_officer(town, ACCESS_LOG, f=asked, r=WHY))
    assert {"field": "employment.branch", "rule": "RSD-2026-001/1"} in entries[0]["denied"]


@pytest.mark.parametrize("reason", ["because", "of {code}, who asked by telephone"])
def test_a_reason_is_long_enough_and_names_nobody(town: Town, reason: str) -> None:
    told = reason.format(code=PERSONAS["gunta"])
    with town.refusing():
        assert codes(by_officer(town, ACCESS_LOG, f={}, r=told)) == ["reason_invalid"]


def test_nobody_else_may_ask(town: Town) -> None:
    with town.refusing():
        assert codes(town.ask(ACCESS_LOG, {"r": WHY})) == ["oversight_missing"]
    with town.refusing():
        assert codes(by_person(town, PERSONAS["ilze"], ACCESS_LOG, r=WHY)) == ["oversight_missing"]


def test_agreements_tell_their_history_and_the_matrix_its_rules(town: Town) -> None:
    query = """
    query ($r: String!) {
      agreementHistory(number: "RSD-2026-001", reason: $r) {
        revision acting onLog loggedAt problems gained lost signatures { controller valid }
      }
      policyMatrix(reason: $r, client: "riga-social-service", first: 500) {
        rows { agreement field verdict rule category legalBasis { textLv } }
        pageInfo { hasNextPage endCursor }
      }
    }
    """
    response = by_officer(town, query, r=WHY)
    (first,) = data(response, "agreementHistory")
    assert (first["acting"], first["onLog"], first["problems"]) == (True, True, [])
    assert all(each["valid"] for each in first["signatures"])
    rows = data(response, "policyMatrix")["rows"]
    assert any(row["field"] == "disability.group" for row in rows)
    ((opened, _),) = town.log_of(response)
    assert (opened["question"], opened["reason"]) == (["agreementHistory", "policyMatrix"], WHY)


def test_an_instant_has_its_offset(town: Town) -> None:
    for text in ("2026-11-20T12:00:00", "yesterday"):
        response = by_officer(town, ACCESS_LOG, f={"from": text}, r=WHY)
        assert codes(response) == ["variable_invalid"]
        assert text not in response.text
    read = by_officer(town, ACCESS_LOG, f={"from": "2026-11-20T14:00:00+02:00"}, r=WHY, first=1)
    assert data(read, "accessLog")
