"""What VSAA knows of a person: the whole history, payments and contributions of a period."""

from collections.abc import Collection
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal, Self, TypeAlias

from msgspec import UNSET, Meta, Struct, UnsetType
from msgspec.structs import replace

from connectors.social_insurance.codings import BENEFITS, PERIODS
from connectors.transports.by_value import ByValue
from connectors.transports.codes import Digits
from hub.model.catalogue import FieldId
from schemas.registers.social_insurance.benefit_kind import BenefitKind
from schemas.registers.social_insurance.record import InsurancePeriodKind

BenefitCode: TypeAlias = Annotated[str, Meta(examples=[*BENEFITS])]
PeriodCode: TypeAlias = Annotated[str, Meta(examples=[*PERIODS])]

_BENEFITS = ByValue("socialInsurance.benefits", BenefitKind, unknown=BenefitKind.OTHER)
_PERIODS = ByValue(
    "socialInsurance.insurancePeriods", InsurancePeriodKind, unknown=InsurancePeriodKind.OTHER
)


class Payment(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A month's payment (maksājums); ``for_month`` is the month's first day."""

    for_month: date | UnsetType = UNSET
    paid_on: date | UnsetType | None = UNSET
    gross: Decimal | UnsetType = UNSET
    tax_withheld: Decimal | UnsetType = UNSET
    net: Decimal | UnsetType = UNSET


class Benefit(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A granted pension, benefit or reimbursement (pakalpojums); closed days."""

    kind: BenefitCode | UnsetType = UNSET
    decision_no: str | UnsetType | None = UNSET
    decision_date: date | UnsetType = UNSET
    granted_amount: Decimal | UnsetType = UNSET
    basis: Literal["MENESIS", "GADIJUMS"] | UnsetType = UNSET
    entitlement_from: date | UnsetType = UNSET
    entitlement_to: date | UnsetType | None = UNSET
    recipient_code: Digits | UnsetType | None = UNSET
    recipient_first_name: str | UnsetType | None = UNSET
    recipient_last_name: str | UnsetType | None = UNSET
    payee_account: str | UnsetType | None = UNSET
    child_code: Digits | UnsetType | None = UNSET
    child_first_name: str | UnsetType | None = UNSET
    child_last_name: str | UnsetType | None = UNSET
    updated_at: datetime | UnsetType = UNSET
    payments: tuple[Payment, ...] | UnsetType = UNSET


class InsurancePeriod(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An insurance period (stāža periods); closed days."""

    kind: PeriodCode | UnsetType = UNSET
    valid_from: date | UnsetType = UNSET
    valid_to: date | UnsetType | None = UNSET
    updated_at: datetime | UnsetType = UNSET


class Contribution(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A month's contributions (iemaksas); ``for_month`` is the month's first day."""

    for_month: date | UnsetType = UNSET
    object: Decimal | UnsetType = UNSET
    amount: Decimal | UnsetType = UNSET


class SecondPillar(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Account in the state funded pension scheme."""

    joined_on: date | UnsetType = UNSET
    manager: str | UnsetType | None = UNSET
    plan: str | UnsetType | None = UNSET
    capital: Decimal | UnsetType | None = UNSET
    capital_on: date | UnsetType | None = UNSET
    updated_at: datetime | UnsetType = UNSET


class A1Certificate(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A1 certificate; closed days."""

    number: str | UnsetType = UNSET
    country: str | UnsetType = UNSET
    issued_on: date | UnsetType = UNSET
    valid_from: date | UnsetType = UNSET
    valid_to: date | UnsetType | None = UNSET
    updated_at: datetime | UnsetType = UNSET


class SocialInsuranceFacts(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One person's record in SAIS; an attribute that was not fetched is unset."""

    generated_code: Digits | UnsetType | None = UNSET
    benefits: tuple[Benefit, ...] | UnsetType = UNSET
    insurance_periods: tuple[InsurancePeriod, ...] | UnsetType = UNSET
    contributions: tuple[Contribution, ...] | UnsetType = UNSET
    second_pillar: SecondPillar | UnsetType | None = UNSET
    a1_certificates: tuple[A1Certificate, ...] | UnsetType = UNSET

    def withhold(self, granted: Collection[FieldId]) -> Self:
        """Return the facts without benefits and periods of a class that ``granted`` lacks."""
        benefits, periods = self.benefits, self.insurance_periods
        if not isinstance(benefits, UnsetType):
            benefits = _BENEFITS.visible(benefits, granted)
        if not isinstance(periods, UnsetType):
            periods = tuple(row for row in periods if _shows_period(row, granted))
        return replace(self, benefits=benefits, insurance_periods=periods)

    def is_empty(self) -> bool:
        """Tell whether nothing that was fetched is known."""
        return not any(
            getattr(self, name) not in (UNSET, None, ()) for name in self.__struct_fields__
        )


def _shows_period(row: InsurancePeriod, granted: Collection[FieldId]) -> bool:
    known = None if isinstance(row.kind, UnsetType) else PERIODS.get(row.kind)
    return _PERIODS.shows(known.value if known else None, granted)
