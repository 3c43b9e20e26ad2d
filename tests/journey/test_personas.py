"""What each persona shows, as README, GraphiQL and ``hub token --list`` promise."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pytest

from hub.sandbox.people.personas import personas
from tests.journey.town import PERSONAS, Town, codes

DOSSIER = """query($personalCodes: [PersonalCode!]!) { persons(personalCodes: $personalCodes) {
    personalCode
    absences { register code }
    disability {
      status group workCapacityLossPct knownSince validFrom opinions { kind }
      decisions { group cause validFrom validTo knownSince }
    }
    socialInsurance {
      generatedCode totalInsuranceDays a1Certificates { country }
      benefits { kind recipient { personalCode } child { personalCode } payments { net } }
    }
    childProtection {
      outOfHomeCare { form carer { personalCode } }
      orphanCertificate { status } specialistPermit { role permitted trainingValidTo }
    }
    employment { status endReason measures { kind } }
    vaccination { calendarStatus immunizations { status vaccineAtc occurrenceDate } }
  } }"""

Dossier = Mapping[str, Any]


@pytest.fixture(scope="module")
def dossiers(served: Town) -> Mapping[str, Dossier]:
    """Everything published about every persona."""
    response = served.ask(
        DOSSIER,
        {"personalCodes": list(PERSONAS.values())},
        client="sandbox-full",
        agreement=None,
    )
    assert codes(response) == []
    told = {each["personalCode"]: each for each in response.json()["data"]["persons"]}
    return {key: told[code] for key, code in PERSONAS.items()}


def missing(dossier: Dossier) -> set[str | None]:
    return {each["register"] for each in dossier["absences"] if each["code"] == "NO_RECORD"}


def kinds(dossier: Dossier) -> list[str]:
    return [each["kind"] for each in dossier["socialInsurance"]["benefits"]]


def test_every_persona_is_looked_at_here() -> None:
    tested = {name for name in globals() if name.startswith("test_")}
    seen = {key for key in PERSONAS for name in tested if key in name.split("_")}
    assert seen == {each.key for each in personas()}


def test_ilze_is_paid_and_one_benefit_reveals_health(dossiers: Mapping[str, Dossier]) -> None:
    assert {"FAMILY", "UNEMPLOYMENT", "SICKNESS"} <= set(kinds(dossiers["ilze"]))
    assert all(each["payments"] for each in dossiers["ilze"]["socialInsurance"]["benefits"])
    assert dossiers["ilze"]["employment"]["status"] == "UNEMPLOYED"


def test_andris_works_and_is_unknown_to_the_disability_register(
    dossiers: Mapping[str, Dossier],
) -> None:
    insured = dossiers["andris"]["socialInsurance"]
    assert insured["totalInsuranceDays"] > 365
    assert insured["a1Certificates"] == [{"country": "SE"}]
    assert "disability" in missing(dossiers["andris"])


def test_marta_is_vaccinated_and_emils_overdue(dossiers: Mapping[str, Dossier]) -> None:
    assert dossiers["marta"]["vaccination"]["calendarStatus"] == "COMPLETE"
    assert dossiers["emils"]["vaccination"]["calendarStatus"] == "OVERDUE"


def test_gunta_has_opinions_and_moved_without_moving(
    town: Town, dossiers: Mapping[str, Dossier]
) -> None:
    opinions = dossiers["gunta"]["disability"]["opinions"]
    assert [each["kind"] for each in opinions] == ["ASSISTANT", "TRANSPORT_BENEFIT"]
    response = town.ask(  # she declared her residence in Varakļāni, which is Madona's now
        "query($c: PersonalCode!) { person(personalCode: $c) { disability { group } } }",
        {"c": PERSONAS["gunta"]},
        client="madona-social-service",
        agreement=None,
    )
    assert response.json()["data"]["person"]["disability"] == {"group": "II"}


def test_of_peteris_two_decisions_the_graver_speaks(dossiers: Mapping[str, Dossier]) -> None:
    told = dossiers["peteris"]["disability"]
    assert [each["group"] for each in told["decisions"]] == ["II", "III"]
    assert (told["group"], told["workCapacityLossPct"]) == ("II", 65)


def test_vija_was_disabled_before_it_was_known(dossiers: Mapping[str, Dossier]) -> None:
    told = dossiers["vija"]["disability"]
    waited = date.fromisoformat(told["knownSince"]) - date.fromisoformat(told["validFrom"])
    assert waited > timedelta(days=100)


def test_harijs_lost_his_status_for_a_reason_of_health(dossiers: Mapping[str, Dossier]) -> None:
    assert dossiers["harijs"]["disability"]["workCapacityLossPct"] == 100
    assert dossiers["harijs"]["employment"]["status"] == "NONE"
    assert dossiers["harijs"]["employment"]["endReason"] == "DISABILITY_100"


def test_that_reason_of_harijs_is_withheld_from_who_lacks_the_class(town: Town) -> None:
    response = town.ask(
        "query($c: PersonalCode!) { person(personalCode: $c) { employment { status endReason } } }",
        {"c": PERSONAS["harijs"]},
        client="vsaa",
        agreement="VSAA-2026-002",
    )
    assert codes(response) == []
    told = response.json()["data"]["person"]["employment"]
    assert told == {"status": "NONE", "endReason": None}


def test_kristaps_is_in_the_care_of_zenta(dossiers: Mapping[str, Dossier]) -> None:
    told = dossiers["kristaps"]
    assert told["childProtection"]["outOfHomeCare"] == {
        "form": "GUARDIAN",
        "carer": {"personalCode": PERSONAS["zenta"]},
    }
    assert told["childProtection"]["orphanCertificate"] == {"status": "VALID"}
    pension = told["socialInsurance"]["benefits"][0]
    assert pension["kind"] == "SURVIVOR_PENSION"
    assert pension["recipient"] == {"personalCode": PERSONAS["zenta"]}


def test_zenta_is_paid_for_her_ward(dossiers: Mapping[str, Dossier]) -> None:
    (benefit,) = dossiers["zenta"]["socialInsurance"]["benefits"]
    assert benefit["kind"] == "GUARDIAN"
    assert benefit["child"] == {"personalCode": PERSONAS["kristaps"]}


def test_the_dead_are_found_daina_among_them(dossiers: Mapping[str, Dossier]) -> None:
    assert None not in {each["register"] for each in dossiers["daina"]["absences"]}
    assert dossiers["daina"]["socialInsurance"]["totalInsuranceDays"] > 365


def test_laima_is_paid_for_her_foster_child_toms(dossiers: Mapping[str, Dossier]) -> None:
    (benefit,) = dossiers["laima"]["socialInsurance"]["benefits"]
    assert (benefit["kind"], benefit["child"]) == ("FOSTER", {"personalCode": PERSONAS["toms"]})


def test_what_was_entered_in_error_does_not_count_for_toms(
    dossiers: Mapping[str, Dossier],
) -> None:
    told = dossiers["toms"]["vaccination"]
    assert len(told["immunizations"]) > 5
    assert "J07BD52" not in {each["vaccineAtc"] for each in told["immunizations"]}
    assert told["calendarStatus"] == "OVERDUE"


@pytest.mark.parametrize(("key", "permitted"), [("baiba", True), ("normunds", False)])
def test_baiba_may_and_normunds_may_not_work_with_children(
    dossiers: Mapping[str, Dossier], key: str, *, permitted: bool
) -> None:
    told = dossiers[key]["childProtection"]["specialistPermit"]
    assert told["permitted"] is permitted
    assert date.fromisoformat(told["trainingValidTo"]) > date.today()  # noqa: DTZ011 — years away


def test_olena_is_known_by_two_codes_and_her_origin_by_one_benefit(
    dossiers: Mapping[str, Dossier],
) -> None:
    assert dossiers["olena"]["socialInsurance"]["generatedCode"].startswith("399")
    assert kinds(dossiers["olena"]) == ["REFUGEE"]


def test_nothing_leads_from_alise_to_una(dossiers: Mapping[str, Dossier]) -> None:
    assert dossiers["alise"]["vaccination"]["calendarStatus"] == "COMPLETE"
    assert PERSONAS["una"] not in str(dossiers["alise"])
    assert dossiers["una"]["absences"] == [{"register": None, "code": "SUBJECT_NOT_FOUND"}]
    assert all(
        dossiers["una"][register] is None
        for register in ("disability", "socialInsurance", "childProtection", "vaccination")
    )


def test_imants_draws_a_pension(dossiers: Mapping[str, Dossier]) -> None:
    assert kinds(dossiers["imants"]) == ["OLD_AGE_PENSION"]


def test_niks_has_no_record_anywhere(dossiers: Mapping[str, Dossier]) -> None:
    assert missing(dossiers["niks"]) == {
        "disability",
        "socialInsurance",
        "childProtection",
        "employment",
        "vaccination",
    }


def test_the_code_of_madara_tells_nothing_of_birth(dossiers: Mapping[str, Dossier]) -> None:
    assert PERSONAS["madara"].startswith("38")
    assert dossiers["madara"]["vaccination"]["calendarStatus"] in {"COMPLETE", "OVERDUE"}


def test_sandis_is_known_by_one_sickness_benefit(dossiers: Mapping[str, Dossier]) -> None:
    assert kinds(dossiers["sandis"]) == ["SICKNESS"]
    assert missing(dossiers["sandis"]) == {
        "disability",
        "childProtection",
        "employment",
        "vaccination",
    }


def test_rudolfs_is_one_person_under_two_codes(dossiers: Mapping[str, Dossier]) -> None:
    told = dossiers["rudolfs"]
    assert told["employment"]["endReason"] == "FOUND_WORK"  # under his former code
    assert told["socialInsurance"]["totalInsuranceDays"] > 365
