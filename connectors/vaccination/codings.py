"""E-veselība's codes and the published values they mean."""

from collections.abc import Mapping
from types import MappingProxyType

from schemas.registers.vaccination.codes import (
    ImmunizationStatus,
    TargetDisease,
    VaccinationIndication,
    VaccinationRoute,
    VaccinationSite,
    VaccinationStage,
    VaccineAtc,
)

ENTERED_IN_ERROR = "KLUDA"
STATUSES: Mapping[str, ImmunizationStatus] = MappingProxyType(
    {"VEIKTA": ImmunizationStatus.COMPLETED, "NEVEIKTA": ImmunizationStatus.NOT_DONE}
)
STAGES: Mapping[str, VaccinationStage] = MappingProxyType(
    {"V": VaccinationStage.PRIMARY, "R": VaccinationStage.BOOSTER}
)
ROUTES: Mapping[str, VaccinationRoute] = MappingProxyType(
    {
        "IM": VaccinationRoute.INTRAMUSCULAR,
        "SC": VaccinationRoute.SUBCUTANEOUS,
        "ID": VaccinationRoute.INTRADERMAL,
        "PO": VaccinationRoute.ORAL,
        "IN": VaccinationRoute.NASAL,
    }
)
SITES: Mapping[str, VaccinationSite] = MappingProxyType(
    {
        "KR_AUGSD": VaccinationSite.LEFT_ARM,
        "LAB_AUGSD": VaccinationSite.RIGHT_ARM,
        "KR_AUGST": VaccinationSite.LEFT_THIGH,
        "LAB_AUGST": VaccinationSite.RIGHT_THIGH,
    }
)
INDICATIONS: Mapping[str, VaccinationIndication] = MappingProxyType(
    {
        "KALENDARS": VaccinationIndication.CALENDAR,
        "RISKA_GR": VaccinationIndication.RISK_GROUP,
        "PECKONT": VaccinationIndication.POST_EXPOSURE,
        "DARBS": VaccinationIndication.OCCUPATION,
        "CELOJUMS": VaccinationIndication.TRAVEL,
        "VELESANAS": VaccinationIndication.OWN_WISH,
    }
)
DISEASES: Mapping[str, TargetDisease] = MappingProxyType(
    {
        "A08.0": TargetDisease.ROTAVIRUS,
        "A15-A19": TargetDisease.TUBERCULOSIS,
        "A35": TargetDisease.TETANUS,
        "A36": TargetDisease.DIPHTHERIA,
        "A37": TargetDisease.PERTUSSIS,
        "A40.3": TargetDisease.PNEUMOCOCCUS,
        "A49.2": TargetDisease.HIB,
        "A80": TargetDisease.POLIOMYELITIS,
        "A84": TargetDisease.TICK_BORNE_ENCEPHALITIS,
        "B01": TargetDisease.VARICELLA,
        "B05": TargetDisease.MEASLES,
        "B06": TargetDisease.RUBELLA,
        "B16": TargetDisease.HEPATITIS_B,
        "B26": TargetDisease.MUMPS,
        "B97.7": TargetDisease.HPV,
        "J10": TargetDisease.INFLUENZA,
        "U07.1": TargetDisease.COVID_19,
    }
)
"""By ICD-10 (SSK-10) code."""

_FORMER: Mapping[str, str] = MappingProxyType({"J07BX03": "J07BN"})
"""ATC codes that were replaced; COVID-19 vaccines moved in 2023."""


def vaccine(atc: str) -> VaccineAtc:
    """Return the published vaccine of an ATC code: its own, or the group it belongs to."""
    code = _FORMER.get(atc, atc)
    for known in VaccineAtc:
        if code.startswith(known.name):
            return known
    return VaccineAtc.OTHER
