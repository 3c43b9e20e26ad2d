"""Reports by GraphQL: of one person, of processing, of past recipients, of a breach."""

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from hub.sandbox.issuer.fetch import fetch_person_token
from tests.journey.town import PERSONAS, Town, codes

LOOK = "query ($c: PersonalCode!) { person(personalCode: $c) { disability { status group } } }"
RISK = """
query ($c: PersonalCode!) { person(personalCode: $c) {
  childProtection { orphanCourtCases { number type } }
} }
"""
SUBJECT = """
query ($c: PersonalCode, $why: String) { subjectReport(personalCode: $c, reason: $why) {
  at more
  usages { told usage { at recipient { code nameLv } purpose { textLv } registers { register } } }
  purposes { purpose { text textLv } recipients recipientsLv categories { code textLv } uses
    legalBasis { text } }
  sources { register controller controllerLv system }
  consents { agreement state recipientLv purpose { textLv } }
  stops { kind state }
  retention { years law text textLv }
} }
"""
PROCESSING = """
query ($why: String!) { processingRecords(reason: $why) { records {
  agreement revision controllers controllersLv processors recipient { code } purpose { text }
  legalBasis { textLv } categories { code } registers { register } subjects subjectsLv limits
  limitsLv validFrom validTo
} measures measuresLv retention { years } } }
"""
RECIPIENTS = """
query ($c: PersonalCode!, $r: String!, $f: [String!], $since: DateTime!, $why: String!) {
  pastRecipients(personalCode: $c, register: $r, fields: $f, since: $since, reason: $why) {
    more register { controller } recipients {
      recipient { code } agreement fields first last times told
    }
  }
}
"""
BREACH = """
query ($client: String, $agreement: String, $year: Int, $from: DateTime, $to: DateTime,
       $known: DateTime, $why: String!) {
  breachReport(client: $client, agreement: $agreement, keyYear: $year, from: $from, to: $to,
               knownAt: $known, reason: $why) {
    persons unreadable entries knownAt notifyBy
    exposures { agreement client fields categories { code } registers persons entries }
  }
}
"""
WHY = "the person asked for it in writing"
HUB: Mapping[str, Any] = {"client": "dpo", "agreement": "DVI-2026-001"}
CITY: Mapping[str, Any] = {"client": "dpo-riga", "agreement": "DVI-2026-003"}


def own(town: Town, person: str, query: str, variables: Mapping[str, Any]) -> Any:  # noqa: ANN401 — an answer
    token = fetch_person_token(town.data_dir, person)
    headers = {"authorization": f"Bearer {token}"}
    return town.ask(query, variables, client=None, agreement="DVI-2026-002", headers=headers)


def until(ask: Callable[[], Any], known: Callable[[Any], bool]) -> Any:  # noqa: ANN401 — an answer
    """Ask until the sequencer has placed what is waited for."""
    for _ in range(40):
        answer = ask()
        assert "errors" not in answer.json(), answer.text
        data = next(iter(answer.json()["data"].values()))
        if known(data):
            return data
        time.sleep(0.2)
    raise AssertionError(answer.text)


def looked(town: Town, person: str) -> bool:
    """Look at somebody's disability; tell whether anything is known of it."""
    data = town.ask(LOOK, {"c": person}).json()["data"]
    return bool(data["person"] and (data["person"]["disability"] or {}).get("group"))


def test_a_person_reads_everything_but_what_is_sealed(served: Town) -> None:
    person = PERSONAS["toms"]  # tied to a case of the orphan court
    asked = {"hub-case": "BT-2026/23", "hub-official": "RBT-17"}
    sealed = served.ask(
        RISK, {"c": person}, client="orphan-court", agreement="RBT-2026-002", headers=asked
    )
    assert sealed.json()["data"], sealed.text
    looked(served, person)
    officer: Callable[[], Any] = lambda: served.ask(SUBJECT, {"c": person, "why": WHY}, **HUB)  # noqa: E731
    whole = until(officer, lambda r: {False, True} <= {e["told"] for e in r["usages"]})
    hidden = [each["usage"] for each in whole["usages"] if not each["told"]]
    assert {each["recipient"]["code"] for each in hidden} == {"RBT"}
    answer = own(served, person, SUBJECT, {})
    report = answer.json()["data"]["subjectReport"]
    assert {each["told"] for each in report["usages"]} == {True}
    assert len(report["usages"]) == len(whole["usages"]) - len(hidden)
    assert "RBT-2026" not in answer.text
    assert "RBT-17" not in answer.text
    assert "BT-2026/23" not in answer.text
    city = [e["usage"] for e in report["usages"] if e["usage"]["recipient"]["code"] == "RD-LD"]
    assert "mājsaimniecības" in city[0]["purpose"]["textLv"]
    assert city[0]["registers"] == [{"register": "disability"}]
    (purpose,) = [e for e in report["purposes"] if "means" in e["purpose"]["text"]]
    assert purpose["recipients"] == ["Riga City Council, Welfare Department"]
    assert {"HEALTH"} <= {each["code"] for each in purpose["categories"]}
    (source,) = [each for each in report["sources"] if each["register"] == "disability"]
    assert source["controllerLv"]
    assert report["retention"]["years"] == 5
    ((told, _),) = served.log_of(answer)
    assert (told["decision"], told["question"]) == ("accountability", ["subjectReport"])


def test_what_the_person_consented_to_stands_in_the_report(served: Town) -> None:
    report = own(served, PERSONAS["ilze"], SUBJECT, {}).json()["data"]["subjectReport"]
    (consent,) = [e for e in report["consents"] if e["agreement"] == "NVO-2026-001"]
    assert consent["state"] in {"given", "renewed", "withdrawn"}
    assert consent["recipientLv"].startswith("Biedrība")


def test_an_officer_says_why_and_is_entered(served: Town) -> None:
    with served.refusing():
        answer = served.ask(SUBJECT, {"c": PERSONAS["toms"]}, **HUB)
    assert codes(answer) == ["reason_invalid"]
    answer = served.ask(SUBJECT, {"c": PERSONAS["toms"], "why": WHY}, **HUB)
    ((told, _),) = served.log_of(answer)
    assert told["reason"] == WHY
    (entry,) = served.entries(answer)
    assert entry
    assert entry.subject == PERSONAS["toms"]


@pytest.mark.parametrize("query", [SUBJECT, RECIPIENTS, BREACH])
def test_one_institutions_officer_sees_none_of_the_hubs_reports(served: Town, query: str) -> None:
    known = {"c": PERSONAS["toms"], "r": "disability", "since": "2026-01-01T00:00:00Z"}
    asked = {name: known[name] for name in known if f"${name}:" in query} | {"why": WHY}
    with served.refusing():
        answer = served.ask(query, asked, **CITY)
    assert codes(answer) == ["oversight_missing"]


def test_records_of_processing_are_the_agreements_in_force(served: Town) -> None:
    whole = served.ask(PROCESSING, {"why": WHY}, **HUB).json()["data"]["processingRecords"]
    known = {each["agreement"]: each for each in whole["records"]}
    assert {"RSD-2026-001", "MSD-2026-001", "DVI-2026-001"} <= set(known)
    assert "RSD-2035-001" not in known  # not in force yet
    record = known["RSD-2026-001"]
    assert record["processors"] == ['SIA "ZZ Dats"']
    assert set(record["controllersLv"]) >= {"Valsts sociālās apdrošināšanas aģentūra"}
    assert {each["register"] for each in record["registers"]} == {
        "disability",
        "employment",
        "socialInsurance",
    }
    assert "0001000" in record["subjects"]
    assert "3 full months" in record["limits"]
    assert "150000 personām gadā" in record["limitsLv"]
    assert whole["measures"]
    assert len(whole["measures"]) == len(whole["measuresLv"])
    mine = served.ask(PROCESSING, {"why": WHY}, **CITY).json()["data"]["processingRecords"]
    assert {each["recipient"]["code"] for each in mine["records"]} == {"RD-LD"}


def test_a_corrected_fact_lists_its_past_recipients(served: Town) -> None:
    begun = datetime.now(UTC) - timedelta(seconds=1)
    person = next(each for each in PERSONAS.values() if looked(served, each))
    asked = {"c": person, "r": "disability", "since": begun.isoformat(), "why": WHY}

    def recipients(**more: object) -> Any:  # noqa: ANN401 — an answer
        return served.ask(RECIPIENTS, {**asked, **more}, **HUB)

    found = until(recipients, lambda report: bool(report["recipients"]))["recipients"]
    (given,) = [each for each in found if each["agreement"] == "RSD-2026-001"]
    assert given["fields"] == ["disability.group", "disability.status"]
    assert given["recipient"]["code"] == "RD-LD"

    def fields(*names: str) -> list[list[str]]:
        report = recipients(f=list(names)).json()["data"]["pastRecipients"]
        return [each["fields"] for each in report["recipients"]]

    assert fields("disability.group") == [["disability.group"]]
    assert codes(recipients(f=["disability.gro"])) == ["parameter_invalid"]
    assert codes(recipients(r="disabillity")) == ["parameter_invalid"]
    assert fields("disability") == [["disability.group", "disability.status"]]
    for more in ({"r": "vaccination"}, {"since": (begun + timedelta(days=1)).isoformat()}):
        assert recipients(**more).json()["data"]["pastRecipients"]["recipients"] == []


def test_a_breach_tells_whom_and_what_in_numbers(served: Town) -> None:
    begun = datetime.now(UTC)
    for person in served.strangers(3):
        looked(served, person)
    known = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)
    span = {"from": begun.isoformat(), "why": WHY, "known": known.isoformat()}

    def breach(**of: object) -> Any:  # noqa: ANN401 — an answer
        return served.ask(BREACH, {**span, **of}, **HUB)

    report = until(lambda: breach(client="riga-social-service"), lambda told: told["persons"] >= 3)
    assert (report["entries"], report["unreadable"]) == (3, 0)
    assert report["notifyBy"] == "2026-11-23T08:30:00+00:00"
    (exposure,) = report["exposures"]
    assert exposure["fields"] == ["disability.group", "disability.status"]
    assert "HEALTH" in {each["code"] for each in exposure["categories"]}
    assert exposure["persons"] == 3
    for of, persons in (
        ({"agreement": "RSD-2026-001"}, 3),
        ({"agreement": "RSD-2026-002"}, 0),
        ({"client": "nva"}, 0),
        ({"year": 2019}, 0),
        ({"client": "riga-social-service", "to": begun.isoformat(), "from": None}, None),
    ):
        told = breach(**of).json()["data"]["breachReport"]
        assert persons is None or told["persons"] == persons
    for mistyped in ({}, {"client": "riga-social-servise"}, {"agreement": "RSD-2062-001"}):
        asked = {"why": WHY, **mistyped}
        assert codes(served.ask(BREACH, asked, **HUB)) == ["parameter_invalid"]
    late = (begun - timedelta(days=1)).isoformat()
    assert codes(breach(to=late)) == ["window_invalid"]
