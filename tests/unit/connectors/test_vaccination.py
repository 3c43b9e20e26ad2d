from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from connectors.transports.sql_statement import compile_statement
from connectors.vaccination import MANIFEST
from connectors.vaccination.codings import DISEASES, INDICATIONS, ROUTES, SITES, vaccine
from connectors.vaccination.facts import Dose, ImmunityCheck, TuberculinTest, VaccinationFacts
from connectors.vaccination.mapping import present
from connectors.vaccination.source import RECORD
from connectors.vaccination.twin import TWIN
from hub.sandbox.people.generate import Population, lives
from hub.sandbox.people.health import VaccinationStatus
from schemas.registers.vaccination import Vaccination
from schemas.registers.vaccination.codes import (
    CalendarStatus,
    ImmunizationStatus,
    TargetDisease,
    VaccinationIndication,
    VaccinationRoute,
    VaccinationSite,
    VaccineAtc,
)
from tests.unit.connectors.origin import NOW, ORIGIN, TODAY

BORN = date(2025, 11, 1)
GIVEN = Dose(status="VEIKTA", occurrence_date=date(2026, 3, 1), vaccine_atc="J07CA09")
WRONG = replace(GIVEN, status="KLUDA")
REFUSED = replace(GIVEN, status="NEVEIKTA")


def shown(
    facts: VaccinationFacts, first: date | None = None, last: date | None = None
) -> Vaccination:
    return present(facts.withhold(()), {"from": first, "to": last}, ORIGIN, TODAY)


# ---- entered in error -----------------------------------------------------------------------


def test_facts_entered_in_error_are_never_published() -> None:
    facts = VaccinationFacts(doses=(GIVEN, WRONG, REFUSED))
    assert [row.status for row in shown(facts).immunizations] == [
        ImmunizationStatus.COMPLETED,
        ImmunizationStatus.NOT_DONE,
    ]


def test_a_record_of_errors_alone_is_no_record() -> None:
    assert VaccinationFacts(doses=(WRONG,)).withhold(()).is_empty()
    assert VaccinationFacts(doses=(WRONG,)).withhold(()) == VaccinationFacts(doses=())


def test_a_fact_of_unknown_state_is_not_shown_by_mistake() -> None:
    stateless = Dose(occurrence_date=GIVEN.occurrence_date)
    assert VaccinationFacts(doses=(stateless,)).withhold(()).is_empty()


@given(st.lists(st.sampled_from([GIVEN, WRONG, REFUSED]), max_size=6))
def test_what_is_seen_depends_on_true_facts_alone(doses: list[Dose]) -> None:
    true = tuple(row for row in doses if row is not WRONG)
    facts = VaccinationFacts(born=BORN, doses=tuple(doses))
    assert facts.withhold(()) == VaccinationFacts(born=BORN, doses=true)


def test_errors_do_not_leave_the_source() -> None:
    columns = frozenset({"doses.status", "doses.occurrence_date"})
    statement = compile_statement(RECORD, columns, windowed=False)
    assert "KLUDA" in statement.constants.values()


# ---- the calendar ---------------------------------------------------------------------------


def test_errors_and_refusals_do_not_count_against_the_calendar() -> None:
    everything = tuple(
        Dose(status="VEIKTA", occurrence_date=BORN + timedelta(days=days), vaccine_atc=atc)
        for atc, days in (
            ("J07AN01", 1),
            ("J07BH01", 65),
            ("J07BH02", 130),
            ("J07CA09", 65),
            ("J07CA09", 130),
            ("J07CA09", 190),
            ("J07AL02", 65),
            ("J07AL02", 130),
        )
    )
    assert status(everything) is CalendarStatus.COMPLETE
    for state in ("KLUDA", "NEVEIKTA"):
        without = (replace(everything[0], status=state), *everything[1:])
        assert status(without) is CalendarStatus.OVERDUE


def status(doses: tuple[Dose, ...], last: date | None = None) -> CalendarStatus | None:
    return shown(VaccinationFacts(born=BORN, doses=doses), last=last).calendar_status


def test_the_calendar_is_judged_over_the_whole_history_whatever_the_period() -> None:
    early = Dose(status="VEIKTA", occurrence_date=BORN, vaccine_atc="J07AN01")
    facts = VaccinationFacts(born=BORN, doses=(early,))
    at = date(2026, 2, 15)  # three months old: tuberculosis is late, nothing else is
    narrow = shown(facts, date(2026, 2, 1), at)
    assert narrow.immunizations == []
    assert narrow.calendar_status is CalendarStatus.COMPLETE
    assert status((), at) is CalendarStatus.OVERDUE


def test_the_future_is_not_judged() -> None:
    facts = VaccinationFacts(born=TODAY, doses=())
    assert shown(facts, last=date(2040, 1, 1)).calendar_status is CalendarStatus.COMPLETE


def test_without_a_day_of_birth_the_state_is_unknown() -> None:
    facts = VaccinationFacts(born=None, doses=(GIVEN,))
    assert shown(facts).calendar_status is CalendarStatus.UNKNOWN


def test_what_was_not_asked_is_not_judged() -> None:
    assert shown(VaccinationFacts(doses=(GIVEN,))).calendar_status is None
    assert shown(VaccinationFacts(born=BORN)).calendar_status is None


# ---- the period -----------------------------------------------------------------------------


@given(
    st.lists(st.dates(date(2020, 1, 1), TODAY), max_size=8),
    st.dates(date(2020, 1, 1), TODAY),
    st.dates(date(2020, 1, 1), TODAY),
)
def test_the_period_is_closed_and_told_in_order(days: list[date], first: date, last: date) -> None:
    facts = VaccinationFacts(
        doses=tuple(replace(GIVEN, occurrence_date=day) for day in days),
        tuberculin_tests=tuple(TuberculinTest(done_on=day) for day in days),
        immunity_checks=tuple(ImmunityCheck(done_on=day, disease="B05") for day in days),
    )
    told, inside = shown(facts, first, last), sorted(day for day in days if first <= day <= last)
    assert [row.occurrence_date for row in told.immunizations] == inside
    assert [row.done_on for row in told.tuberculin_tests] == inside
    assert [row.done_on for row in told.immunity_checks] == inside


# ---- codes ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("atc", "published"),
    [
        ("J07CA09", VaccineAtc.J07CA09),
        ("J07BH01", VaccineAtc.J07BH),
        ("J07BM03", VaccineAtc.J07BM),
        ("J07BX03", VaccineAtc.J07BN),
        ("J07BN01", VaccineAtc.J07BN),
        ("J07XX99", VaccineAtc.OTHER),
    ],
)
def test_a_vaccine_is_told_by_its_code_or_its_group(atc: str, published: VaccineAtc) -> None:
    assert vaccine(atc) is published


def test_codes_are_told_in_both_languages() -> None:
    row = replace(
        GIVEN, target_disease=("A36", "Z99"), route="IM", site="KR_AUGSD", indication="JAUNA"
    )
    told = shown(VaccinationFacts(doses=(row,))).immunizations[0]
    assert told.target_disease == [TargetDisease.DIPHTHERIA, TargetDisease.OTHER]
    assert told.route is VaccinationRoute.INTRAMUSCULAR
    assert told.site is VaccinationSite.LEFT_ARM
    assert told.indication is VaccinationIndication.OTHER


def test_the_manifest_is_as_agreed() -> None:
    assert (MANIFEST.controller, MANIFEST.source) == ("LDVC", "E-veselība")
    assert MANIFEST.freshness.ttl_s == 6 * 3600


# ---- the twin -------------------------------------------------------------------------------


def test_the_twin_speaks_the_sources_codes_and_knows_no_future() -> None:
    codes = {"ievades_veids": ROUTES, "ievades_vieta": SITES, "indikacija": INDICATIONS}
    for life in lives(Population(seed=3, people=400, today=TODAY)):
        for table, row in TWIN.rows(life, TODAY):
            told = dict(zip(table.columns.keys(), row, strict=True))
            if table.name == "vakcinacija":
                for column, known in codes.items():
                    assert told[column] is None or told[column] in known
                assert isinstance(told["registrets"], datetime)
                assert told["registrets"] <= NOW
    assert TWIN.constants
    for table, row in TWIN.constants(TODAY):
        if table.name == "preparats":
            assert set(row[3]) <= set(DISEASES)
            assert vaccine(row[1]) is not VaccineAtc.OTHER


def test_a_fact_entered_in_error_was_first_taken_for_true() -> None:
    mistaken = 0
    for life in lives(Population(seed=3, people=1500, today=TODAY)):
        wrong = sum(dose.status is VaccinationStatus.ENTERED_IN_ERROR for dose in life.doses)
        entries = [
            dict(zip(table.columns.keys(), row, strict=True))
            for table, row in TWIN.rows(life, TODAY)
            if table.name == "vakcinacija"
        ]
        assert sum(each["ieraksta_lidz"] is not None for each in entries) == wrong
        assert sum(each["statuss"] == "KLUDA" for each in entries) == wrong
        mistaken += wrong
    assert mistaken
