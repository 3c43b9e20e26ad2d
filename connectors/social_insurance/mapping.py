"""From SAIS's facts to what is published of a period; pure."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol, TypeVar

from msgspec import UnsetType

from connectors.social_insurance import facts as known
from connectors.social_insurance.codings import BASES, BENEFITS, PERIODS
from connectors.social_insurance.totals import insured_days
from connectors.transports.codes import canonical
from connectors.transports.unset import rows, told, touches
from hub.model.evidence import Provenance
from hub.model.personal_code import PersonalCode
from schemas import provenance as published_provenance
from schemas.reference import PersonReference
from schemas.registers.social_insurance.benefit_kind import BenefitKind
from schemas.registers.social_insurance.record import (
    A1Certificate,
    Benefit,
    Contribution,
    InsurancePeriod,
    InsurancePeriodKind,
    Payment,
    SecondPillar,
    SocialInsurance,
)


class _Monthly(Protocol):
    @property
    def for_month(self) -> date | UnsetType: ...


M = TypeVar("M", bound=_Monthly)


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """What is asked for: closed days, and the kinds of benefits (None means all)."""

    start: date
    end: date
    kinds: Collection[BenefitKind] | None

    @classmethod
    def of(cls, arguments: Mapping[str, Any]) -> "Period":
        """Read the published arguments; a side that is not given is not bounded."""
        kinds = arguments.get("kinds")
        return cls(
            start=arguments.get("from") or date.min,
            end=arguments.get("to") or date.max,
            kinds=None if kinds is None else {BenefitKind(kind) for kind in kinds},
        )

    def touches(self, first: date | UnsetType, last: date | UnsetType | None) -> bool:
        """Tell whether closed days share a day with the period."""
        return touches(first, last, self.start, self.end)

    def months(self, rows: Iterable[M]) -> list[M]:
        """Return the rows whose month has a day in the period, in order of months."""
        first = self.start.replace(day=1)
        dated = [(month, row) for row in rows if (month := told(row.for_month)) is not None]
        dated.sort(key=lambda pair: pair[0])
        return [row for month, row in dated if first <= month <= self.end]


def present(
    facts: known.SocialInsuranceFacts,
    arguments: Mapping[str, Any],
    provenance: Provenance,
    today: date,
) -> SocialInsurance | None:
    """Publish what falls into the period asked; None when nothing does."""
    period = Period.of(arguments)
    insured = rows(facts.insurance_periods)
    code = told(facts.generated_code)
    shown = SocialInsurance(
        generated_code=canonical(code) if code else None,
        benefits=_benefits(facts, period),
        insurance_periods=_periods(insured, period),
        total_insurance_days=insured_days(insured, min(period.end, today)) or None,
        contributions=[
            Contribution(
                for_month=told(row.for_month), object=told(row.object), amount=told(row.amount)
            )
            for row in period.months(rows(facts.contributions))
        ],
        second_pillar=_second_pillar(told(facts.second_pillar)),
        a1_certificates=_certificates(facts, period),
        provenance=published_provenance.Provenance.of(provenance),
    )
    return shown if _has_anything(shown) else None


def others(published: SocialInsurance) -> Sequence[tuple[str, PersonalCode]]:
    """Return the payees and children shown, by the name of their field; an account is its payee."""
    return [
        (relation, person.personal_code)
        for benefit in published.benefits
        for relation, person in (
            ("recipient", benefit.recipient),
            ("payeeAccount", benefit.recipient if benefit.payee_account else None),
            ("child", benefit.child),
        )
        if person
    ]


def _has_anything(shown: SocialInsurance) -> bool:
    return any(
        (
            shown.generated_code,
            shown.benefits,
            shown.insurance_periods,
            shown.total_insurance_days,
            shown.contributions,
            shown.second_pillar,
            shown.a1_certificates,
        )
    )


def _benefits(facts: known.SocialInsuranceFacts, period: Period) -> list[Benefit]:
    return [
        _benefit(row, kind, period)
        for row in sorted(rows(facts.benefits), key=_entitled)
        if period.touches(row.entitlement_from, row.entitlement_to)
        and (kind := BENEFITS.get(told(row.kind) or "", BenefitKind.OTHER))
        and (period.kinds is None or kind in period.kinds)
    ]


def _entitled(row: known.Benefit) -> date:
    return told(row.entitlement_from) or date.min


def _benefit(row: known.Benefit, kind: BenefitKind, period: Period) -> Benefit:
    basis = told(row.basis)
    return Benefit(
        kind=kind,
        virsis_id=None if kind is BenefitKind.OTHER else int(kind.value),
        decision_no=told(row.decision_no),
        granted_amount=told(row.granted_amount),
        basis=BASES[basis] if basis else None,
        entitlement_from=told(row.entitlement_from),
        entitlement_to=told(row.entitlement_to),
        known_since=told(row.decision_date),
        recipient=_person(
            told(row.recipient_code), told(row.recipient_first_name), told(row.recipient_last_name)
        ),
        payee_account=told(row.payee_account),
        child=_person(told(row.child_code), told(row.child_first_name), told(row.child_last_name)),
        payments=[_payment(paid) for paid in period.months(rows(row.payments))],
        source_updated_at=told(row.updated_at),
    )


def _person(code: str | None, first: str | None, last: str | None) -> PersonReference | None:
    return PersonReference.to(canonical(code), first, last) if code else None


def _payment(row: known.Payment) -> Payment:
    return Payment(
        for_month=told(row.for_month),
        paid_on=told(row.paid_on),
        gross=told(row.gross),
        tax_withheld=told(row.tax_withheld),
        net=told(row.net),
    )


def _periods(insured: Sequence[known.InsurancePeriod], period: Period) -> list[InsurancePeriod]:
    return [
        InsurancePeriod(
            kind=PERIODS.get(told(row.kind) or "", InsurancePeriodKind.OTHER),
            valid_from=told(row.valid_from),
            valid_to=told(row.valid_to),
            source_updated_at=told(row.updated_at),
        )
        for row in sorted(insured, key=lambda each: told(each.valid_from) or date.min)
        if period.touches(row.valid_from, row.valid_to)
    ]


def _second_pillar(row: known.SecondPillar | None) -> SecondPillar | None:
    if row is None:
        return None
    return SecondPillar(
        joined_on=told(row.joined_on),
        manager=told(row.manager),
        plan=told(row.plan),
        capital=told(row.capital),
        capital_on=told(row.capital_on),
        source_updated_at=told(row.updated_at),
    )


def _certificates(facts: known.SocialInsuranceFacts, period: Period) -> list[A1Certificate]:
    return [
        A1Certificate(
            number=told(row.number),
            country=told(row.country),
            issued_on=told(row.issued_on),
            valid_from=told(row.valid_from),
            valid_to=told(row.valid_to),
            source_updated_at=told(row.updated_at),
        )
        for row in rows(facts.a1_certificates)
        if period.touches(row.valid_from, row.valid_to)
    ]
