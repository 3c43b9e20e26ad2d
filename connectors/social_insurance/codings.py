"""SAIS's codes and the published values they mean; benefit kinds are VIRSIS numbers in both."""

from collections.abc import Mapping
from types import MappingProxyType

from schemas.registers.social_insurance.benefit_kind import BenefitKind
from schemas.registers.social_insurance.record import AmountBasis, InsurancePeriodKind

BENEFITS: Mapping[str, BenefitKind] = MappingProxyType(
    {kind.value: kind for kind in BenefitKind if kind is not BenefitKind.OTHER}
)
BASES: Mapping[str, AmountBasis] = MappingProxyType(
    {"MENESIS": AmountBasis.MONTH, "GADIJUMS": AmountBasis.CASE}
)
PERIODS: Mapping[str, InsurancePeriodKind] = MappingProxyType(
    {
        "DN": InsurancePeriodKind.EMPLOYMENT,
        "PN": InsurancePeriodKind.SELF_EMPLOYMENT,
        "BRIVPR": InsurancePeriodKind.VOLUNTARY,
        "BEZD": InsurancePeriodKind.UNEMPLOYMENT,
        "VECAKI": InsurancePeriodKind.PARENTAL,
        "PATERN": InsurancePeriodKind.PATERNITY,
        "LIDZ96": InsurancePeriodKind.BEFORE_1996,
        "STUD96": InsurancePeriodKind.STUDIES_BEFORE_1996,
        "DIENESTS": InsurancePeriodKind.MILITARY_SERVICE,
        "CITUR": InsurancePeriodKind.ABROAD,
        "SLIM": InsurancePeriodKind.SICKNESS,
        "MATERN": InsurancePeriodKind.MATERNITY,
        "INVAL": InsurancePeriodKind.DISABILITY,
        "INVBERNS": InsurancePeriodKind.DISABLED_CHILD_CARE,
        "AIZB": InsurancePeriodKind.GUARDIANSHIP,
        "REPR": InsurancePeriodKind.REPRESSION,
    }
)
