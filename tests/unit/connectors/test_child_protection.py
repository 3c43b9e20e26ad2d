from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from connectors.child_protection import MANIFEST
from connectors.child_protection.codings import (
    CASE_TYPES,
    FORMS,
    INSTITUTION_KINDS,
    OUTCOMES,
    ROLES,
    TOPICS,
)
from connectors.child_protection.facts import (
    Care,
    Carer,
    Case,
    Certificate,
    ChildProtectionFacts,
    Complaint,
    Inspection,
    Institution,
    Specialist,
    Supervision,
)
from connectors.child_protection.mapping import others, present
from connectors.child_protection.needs import NEEDS, PRESENCE
from connectors.child_protection.source import RECORD, SPECIALISTS
from connectors.child_protection.twin import TWIN
from connectors.transports.sql_statement import compile_statement
from hub.model.catalogue import Category
from hub.plan.catalogue import class_of
from hub.sandbox.people.generate import Population, lives
from schemas.composition import build
from schemas.registers.child_protection import ChildProtection
from schemas.registers.child_protection.codes import (
    CareForm,
    CareInstitutionKind,
    ComplaintOutcome,
    ComplaintTopic,
    OrphanCertificateStatus,
    OrphanCourtCaseType,
    SpecialistRole,
)
from tests.unit.connectors.origin import ORIGIN, TODAY

AUNT, UNCLE = "38000000160", "38000000250"
BEGINS, ENDS = date(2024, 5, 1), date(2025, 4, 30)
IN_CARE = Care(form="AIZBILDNIS", begins=BEGINS, ends=None, carer=Carer(code=AUNT))
PAST = Care(form="AUDZUGIM", begins=date(2020, 1, 1), ends=ENDS, carer=Carer(code=UNCLE))
VALID = Certificate(
    number="BA1", status="DERIGA", issued_on=date(2025, 1, 1), valid_to=date(2027, 12, 31)
)


def shown(facts: ChildProtectionFacts) -> ChildProtection:
    return present(facts, {}, ORIGIN, TODAY)


# ---- care -----------------------------------------------------------------------------------


def test_care_today_is_told_apart_from_its_history() -> None:
    record = shown(ChildProtectionFacts(care=(PAST, IN_CARE), care_history=(IN_CARE, PAST)))
    assert record.out_of_home_care is not None
    assert record.out_of_home_care.form is CareForm.GUARDIAN
    assert [spell.form for spell in record.out_of_home_care_history] == [
        CareForm.FOSTER_FAMILY,
        CareForm.GUARDIAN,
    ]


def test_care_that_ended_or_is_yet_to_begin_is_not_todays() -> None:
    future = replace(IN_CARE, begins=date(2027, 1, 1))
    assert shown(ChildProtectionFacts(care=(PAST, future))).out_of_home_care is None


def test_of_two_spells_today_the_one_begun_last_is_told() -> None:
    older = replace(PAST, ends=None)
    for order in ((older, IN_CARE), (IN_CARE, older)):
        care = shown(ChildProtectionFacts(care=order)).out_of_home_care
        assert care is not None
        assert care.begins == BEGINS


def test_a_carer_is_a_reference_and_counted_by_the_field_that_shows_them() -> None:
    record = shown(ChildProtectionFacts(care=(IN_CARE,)))
    assert record.out_of_home_care is not None
    assert record.out_of_home_care.provider is None, "a family is not named as a provider"
    assert others(record) == [("carer", "380000-00160")]


def test_who_is_only_in_the_history_is_counted_only_where_its_carers_were_fetched() -> None:
    nameless = replace(PAST, carer=None)
    record = shown(ChildProtectionFacts(care=(IN_CARE,), care_history=(IN_CARE, nameless)))
    assert {code for _, code in others(record)} == {"380000-00160"}


def test_carers_of_both_fields_are_fetched_apart() -> None:
    current = NEEDS["childProtection.outOfHomeCare.carer.personalCode"]  # type: ignore[index]
    past = NEEDS["childProtection.outOfHomeCareHistory.carer.personalCode"]  # type: ignore[index]
    assert "care.carer.code" in current
    assert not current & past


def institution(*inspections: date) -> Care:
    seen = tuple(Inspection(number=str(day), inspected_on=day) for day in inspections)
    home = Institution(name="Saulespuķe", kind="BAI", inspections=seen)
    return Care(form="IESTADE", begins=BEGINS, ends=ENDS, institution=home)


def test_an_institution_is_the_provider() -> None:
    care = shown(ChildProtectionFacts(care_history=(institution(),))).out_of_home_care_history[0]
    assert care.provider == "Saulespuķe"
    assert care.carer is None
    assert care.institution is not None
    assert care.institution.kind is CareInstitutionKind.CHILD_CARE_CENTRE


@given(st.lists(st.dates(date(2023, 1, 1), date(2027, 12, 31)), max_size=8))
def test_inspections_outside_the_stay_are_never_told(days: list[date]) -> None:
    care = shown(ChildProtectionFacts(care_history=(institution(*days),)))
    home = care.out_of_home_care_history[0].institution
    assert home is not None
    told = [each.inspected_on for each in home.inspections]
    assert told == sorted(day for day in days if BEGINS <= day <= ENDS)


@pytest.mark.parametrize(
    ("begins", "ends", "is_told"),
    [
        (date(2024, 3, 1), BEGINS, True),
        (date(2024, 3, 1), date(2024, 4, 30), False),
        (ENDS, None, True),
        (date(2025, 5, 1), None, False),
        (date(2023, 1, 1), None, True),
    ],
)
def test_supervision_is_told_where_it_overlaps_the_stay(
    begins: date, ends: date | None, *, is_told: bool
) -> None:
    home = Institution(supervisions=(Supervision(number="1", begins=begins, ends=ends),))
    stay = replace(institution(), institution=home)
    record = shown(ChildProtectionFacts(care_history=(stay,)))
    published = record.out_of_home_care_history[0].institution
    assert published is not None
    assert bool(published.supervisions) == is_told


# ---- certificate ----------------------------------------------------------------------------


def certificate(*listed: Certificate) -> tuple[str | None, OrphanCertificateStatus | None]:
    found = shown(ChildProtectionFacts(certificates=listed)).orphan_certificate
    assert found is not None
    return found.number, found.status


def test_the_certificate_in_force_goes_before_any_other() -> None:
    annulled = replace(VALID, number="BA2", status="ANUL", valid_to=date(2029, 1, 1))
    for order in ((VALID, annulled), (annulled, VALID)):
        assert certificate(*order) == ("BA1", OrphanCertificateStatus.VALID)


def test_else_the_one_that_ended_last_is_told() -> None:
    old = replace(VALID, number="BA0", valid_to=date(2020, 1, 1))
    older = replace(VALID, number="BA-", valid_to=date(2019, 1, 1))
    assert certificate(older, old) == ("BA0", OrphanCertificateStatus.EXPIRED)


@pytest.mark.parametrize(
    ("code", "valid_to", "status"),
    [
        ("DERIGA", TODAY, OrphanCertificateStatus.VALID),
        ("DERIGA", date(2026, 11, 19), OrphanCertificateStatus.EXPIRED),
        ("BEIG", date(2027, 1, 1), OrphanCertificateStatus.EXPIRED),
        ("ANUL", date(2027, 1, 1), OrphanCertificateStatus.ANNULLED),
        ("ANUL", date(2020, 1, 1), OrphanCertificateStatus.ANNULLED),
    ],
)
def test_the_state_is_todays_whatever_the_source_wrote(
    code: str, valid_to: date, status: OrphanCertificateStatus
) -> None:
    assert certificate(replace(VALID, status=code, valid_to=valid_to))[1] is status


def test_a_certificate_not_yet_issued_is_not_told() -> None:
    facts = ChildProtectionFacts(certificates=(replace(VALID, issued_on=date(2027, 1, 1)),))
    assert shown(facts).orphan_certificate is None


# ---- specialists ----------------------------------------------------------------------------


def test_one_no_is_a_no_whatever_other_work_says() -> None:
    teacher = Specialist(role="PEDAGOGS", begins=date(2020, 1, 1), permitted=False)
    coach = Specialist(
        role="TRENERIS", begins=date(2024, 1, 1), permitted=True, training_valid_to=TODAY
    )
    permit = shown(ChildProtectionFacts(specialists=(coach, teacher))).specialist_permit
    assert permit is not None
    assert permit.permitted is False
    assert permit.role is SpecialistRole.COACH
    assert permit.training_valid_to == TODAY


def test_why_somebody_is_not_permitted_is_never_read() -> None:
    text = compile_statement(RECORD, RECORD.columns, windowed=False).text
    assert {"liegums_no", "liegums_pamats"} <= set(SPECIALISTS.columns.keys())
    assert "liegums" not in text


# ---- the rest -------------------------------------------------------------------------------


def test_cases_and_complaints_are_told_earliest_first() -> None:
    facts = ChildProtectionFacts(
        cases=(Case(number="2", opened_on=TODAY), Case(number="1", opened_on=BEGINS)),
        complaints=(Complaint(topic="JAUNA", outcome="NEPAM", received_on=TODAY),),
    )
    record = shown(facts)
    assert [case.number for case in record.orphan_court_cases] == ["1", "2"]
    assert record.complaints[0].topic is ComplaintTopic.OTHER
    assert record.complaints[0].outcome is ComplaintOutcome.UNFOUNDED


def test_that_a_child_is_known_is_not_told_by_provenance() -> None:
    assert all(column.startswith("specialists.") for column in PRESENCE)


def test_every_published_code_has_a_source_code() -> None:
    for codes, published in (
        (FORMS, CareForm),
        (INSTITUTION_KINDS, CareInstitutionKind),
        (CASE_TYPES, OrphanCourtCaseType),
        (TOPICS, ComplaintTopic),
        (OUTCOMES, ComplaintOutcome),
        (ROLES, SpecialistRole),
    ):
        known: set[Any] = set(codes.values())
        assert known == {value for value in published if value.name != "OTHER"}


def test_nothing_of_npais_and_nothing_of_offences_is_published() -> None:
    assert "npais" not in build().as_str().lower().replace("npais is another", "")
    assert all(category is not Category.CRIMINAL for category in _categories())


def _categories() -> Iterator[Category]:
    kinds = build()._schema.type_map
    for name in ("ChildProtection", "OutOfHomeCare", "SpecialistPermit", "OrphanCertificate"):
        fields: Any = kinds[name]
        for field in fields.fields.values():
            known = class_of(field.extensions["strawberry-definition"])
            if known:
                yield known[0]


def test_the_manifest_is_as_agreed() -> None:
    assert MANIFEST.controller == "BAC"
    assert MANIFEST.freshness.ttl_s == 600
    assert MANIFEST.freshness.stale_if_error_s == 0


def test_the_twin_speaks_the_sources_codes() -> None:
    codes = {
        "aprupe": ("forma", FORMS),
        "lieta": ("veids", CASE_TYPES),
        "sudziba": ("tema", TOPICS),
    }
    for life in lives(Population(seed=3, people=3000, today=TODAY)):
        for table, row in TWIN.rows(life, TODAY):
            told = dict(zip(table.columns.keys(), row, strict=True))
            column, known = codes.get(table.name, (None, {}))
            assert column is None or told[column] in known
