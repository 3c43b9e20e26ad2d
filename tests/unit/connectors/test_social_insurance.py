from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from connectors.social_insurance.codings import BENEFITS, PERIODS
from connectors.social_insurance.facts import (
    Benefit,
    Contribution,
    InsurancePeriod,
    Payment,
    SocialInsuranceFacts,
)
from connectors.social_insurance.mapping import others, present
from connectors.social_insurance.totals import insured_days
from hub.model.catalogue import Category
from hub.model.evidence import Provenance
from schemas.registers.social_insurance.benefit_kind import BenefitKind
from schemas.registers.social_insurance.record import (
    AmountBasis,
    InsurancePeriodKind,
    SocialInsurance,
)

TODAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
ORIGIN = Provenance(
    register="socialInsurance",
    controller="VSAA",
    source="SAIS",
    as_of=NOW,
    fetched_at=NOW,
    cached=False,
    stale=False,
)
CLASSES = {
    Category.HEALTH: "11518 11373 11380 11382 11384 11387 11595 11599 11359 11367 11368 11376 "
    "11388 11390",
    Category.CHILD_PROTECTION: "11363 11377 11364 12197 11361 11362",
    Category.ORIGIN: "11378",
}
PENSION = Benefit(
    kind="11987",
    granted_amount=Decimal("512.40"),
    basis="MENESIS",
    entitlement_from=date(2020, 5, 1),
    entitlement_to=None,
    payments=tuple(
        Payment(for_month=date(2026, month, 1), net=Decimal(month)) for month in (7, 8, 9, 10, 11)
    ),
)
SICKNESS = replace(PENSION, kind="11595", basis="GADIJUMS")
UNKNOWN = replace(PENSION, kind="99999")
ALL = {
    f"socialInsurance.{holder}#{category}"
    for holder in ("benefits", "insurancePeriods")
    for category in ("HEALTH", "CHILD_PROTECTION", "ORIGIN")
}


def shown(facts: SocialInsuranceFacts, **arguments: object) -> SocialInsurance:
    made = present(facts, {"from": date(2026, 8, 10), "to": TODAY} | arguments, ORIGIN, TODAY)
    assert made
    return made


def class_of(kind: BenefitKind) -> Category:
    definition: Any = BenefitKind.__strawberry_definition__  # type: ignore[attr-defined]
    (found,) = [value for value in definition.values if value.name == kind.name]
    category: Category = found.directives[0].category
    return category


def test_every_kind_has_the_class_the_domain_gives_it() -> None:
    expected = {number: kind for kind, numbers in CLASSES.items() for number in numbers.split()}
    assert set(expected) <= set(BENEFITS)
    for number, kind in BENEFITS.items():
        assert class_of(kind) is expected.get(number, Category.FINANCIAL), kind
    assert len(set(BENEFITS)) == len(BenefitKind) - 1


def test_payments_are_of_months_that_touch_the_period() -> None:
    (benefit,) = shown(SocialInsuranceFacts(benefits=(PENSION,))).benefits
    assert [paid.for_month for paid in benefit.payments] == [
        date(2026, month, 1) for month in (8, 9, 10, 11)
    ]
    assert benefit.virsis_id == 11987
    assert benefit.basis is AmountBasis.MONTH
    assert benefit.granted_amount == Decimal("512.40")


@pytest.mark.parametrize(
    ("begins", "ends", "seen"),
    [
        (date(2026, 11, 20), None, True),
        (date(2026, 11, 21), None, False),
        (date(2000, 1, 1), date(2026, 8, 10), True),
        (date(2000, 1, 1), date(2026, 8, 9), False),
    ],
)
def test_benefits_are_those_whose_entitlement_touches_the_period(
    begins: date, ends: date | None, seen: bool
) -> None:
    benefit = replace(PENSION, entitlement_from=begins, entitlement_to=ends)
    facts = SocialInsuranceFacts(benefits=(benefit,), generated_code="39000000001")
    assert bool(shown(facts).benefits) is seen


def test_nothing_in_the_period_is_no_record() -> None:
    facts = SocialInsuranceFacts(benefits=(PENSION,))
    assert present(facts, {"from": date(1999, 1, 1), "to": date(1999, 2, 1)}, ORIGIN, TODAY) is None
    assert present(SocialInsuranceFacts(), {}, ORIGIN, TODAY) is None
    assert SocialInsuranceFacts(benefits=()).is_empty()
    assert SocialInsuranceFacts(benefits=(), second_pillar=None).is_empty()


def test_only_asked_kinds_are_shown_and_no_kinds_match_nothing() -> None:
    facts = SocialInsuranceFacts(benefits=(PENSION, SICKNESS), generated_code="39000000001")
    only = shown(facts, kinds=[BenefitKind.SICKNESS]).benefits
    assert [each.kind for each in only] == [BenefitKind.SICKNESS]
    assert len(shown(facts, kinds=None).benefits) == 2
    assert shown(facts, kinds=[]).benefits == []


def test_kinds_that_reveal_more_vanish_with_their_totals() -> None:
    periods = (
        InsurancePeriod(kind="DN", valid_from=date(2026, 1, 1), valid_to=date(2026, 1, 10)),
        InsurancePeriod(kind="SLIM", valid_from=date(2026, 2, 1), valid_to=date(2026, 2, 10)),
        InsurancePeriod(kind="JAUNS", valid_from=date(2026, 3, 1), valid_to=date(2026, 3, 10)),
    )
    facts = SocialInsuranceFacts(benefits=(PENSION, SICKNESS, UNKNOWN), insurance_periods=periods)
    nothing = facts.withhold(set())
    assert nothing == SocialInsuranceFacts(benefits=(PENSION,), insurance_periods=periods[:1])
    assert shown(nothing).total_insurance_days == 10
    health = facts.withhold({"socialInsurance.insurancePeriods#HEALTH"})  # type: ignore[arg-type]
    assert health.benefits == (PENSION,)
    assert shown(health).total_insurance_days == 20
    everything = shown(facts.withhold(ALL))  # type: ignore[arg-type]
    assert everything.total_insurance_days == 30
    assert [each.kind for each in everything.benefits][-1] is BenefitKind.OTHER
    assert everything.benefits[-1].virsis_id is None


def test_only_withheld_rows_and_no_rows_look_alike() -> None:
    assert SocialInsuranceFacts(benefits=(SICKNESS,)).withhold(set()).is_empty()


def test_an_unknown_kind_of_period_is_told_as_other() -> None:
    period = InsurancePeriod(kind="JAUNS", valid_from=date(2026, 9, 1), valid_to=None)
    (told,) = shown(SocialInsuranceFacts(insurance_periods=(period,))).insurance_periods
    assert told.kind is InsurancePeriodKind.OTHER
    assert set(PERIODS.values()) == set(InsurancePeriodKind) - {InsurancePeriodKind.OTHER}


def test_the_total_is_the_whole_record_up_to_the_end_of_the_period() -> None:
    periods = (
        InsurancePeriod(kind="LIDZ96", valid_from=date(1990, 1, 1), valid_to=date(1990, 1, 31)),
        InsurancePeriod(kind="DN", valid_from=date(2026, 9, 1), valid_to=None),
    )
    facts = SocialInsuranceFacts(insurance_periods=periods)
    made = shown(facts, to=date(2026, 9, 10))
    assert made.total_insurance_days == 31 + 10
    assert [each.valid_from for each in made.insurance_periods] == [date(2026, 9, 1)]
    assert (
        shown(facts, to=date(2090, 1, 1)).total_insurance_days
        == 31 + (TODAY - date(2026, 8, 31)).days
    )


days = st.dates(date(2020, 1, 1), date(2020, 12, 31))


@given(st.lists(st.tuples(days, st.none() | days), max_size=6), days)
def test_overlapping_periods_count_each_day_once(
    spans: list[tuple[date, date | None]], until: date
) -> None:
    counted = {
        begins + timedelta(days=number)
        for begins, ends in spans
        for number in range(400)
        if begins + timedelta(days=number) <= min(ends or until, until)
    }
    periods = [InsurancePeriod(valid_from=begins, valid_to=ends) for begins, ends in spans]
    assert insured_days(periods, until) == len(counted)


def test_contributions_are_of_the_period_and_in_order() -> None:
    rows = tuple(
        Contribution(for_month=day, object=Decimal(1), amount=Decimal("0.34"))
        for day in (date(2026, 10, 1), date(2026, 8, 1), date(2026, 7, 1), date(2026, 12, 1))
    )
    made = shown(SocialInsuranceFacts(contributions=rows))
    assert [each.for_month for each in made.contributions] == [date(2026, 8, 1), date(2026, 10, 1)]


def test_payees_and_children_are_references_and_counted() -> None:
    benefit = replace(
        PENSION,
        recipient_code="33000000001",
        recipient_last_name="Ozola",
        child_code="33000000002",
        child_first_name="Jānis",
    )
    made = shown(SocialInsuranceFacts(benefits=(benefit, PENSION)))
    assert others(made) == [("recipient", "330000-00001"), ("child", "330000-00002")]
    assert made.benefits[0].child
    assert made.benefits[0].child.first_name == "Jānis"
    assert made.benefits[1].recipient is None


def test_an_account_is_its_payees() -> None:
    benefit = replace(PENSION, recipient_code="33000000001", payee_account="LV00HABA0000000000000")
    made = shown(SocialInsuranceFacts(benefits=(benefit, replace(benefit, recipient_code=None))))
    assert others(made) == [("recipient", "330000-00001"), ("payeeAccount", "330000-00001")]


def test_the_longest_period_there_can_be_is_counted() -> None:
    period = InsurancePeriod(kind="DN", valid_from=date.min, valid_to=None)
    assert insured_days([period], date.max) == (date.max - date.min).days + 1
