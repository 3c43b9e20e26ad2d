"""BURVIS's own codes and what they are published as."""

from collections.abc import Mapping
from types import MappingProxyType

from schemas.registers.employment.codes import (
    EducationLevel,
    EmploymentEndReason,
    EmploymentStatus,
    LanguageLevel,
    MeasureKind,
)

STATUSES: Mapping[str, EmploymentStatus] = MappingProxyType(
    {
        "BEZD": EmploymentStatus.UNEMPLOYED,
        "DMEK": EmploymentStatus.JOB_SEEKER,
        "RISK": EmploymentStatus.AT_RISK,
    }
)

END_REASONS: Mapping[str, EmploymentEndReason] = MappingProxyType(
    {
        "DARBS": EmploymentEndReason.FOUND_WORK,
        "PASNOD": EmploymentEndReason.SELF_EMPLOYED,
        "VECPENS": EmploymentEndReason.OLD_AGE_PENSION,
        "MACIBAS": EmploymentEndReason.STUDIES,
        "ATTEIKS": EmploymentEndReason.OWN_REQUEST,
        "PIENAK": EmploymentEndReason.OBLIGATIONS_NOT_MET,
        "BKOPS": EmploymentEndReason.CHILD_CARE,
        "IZCEL": EmploymentEndReason.LEFT_COUNTRY,
        "NAVE": EmploymentEndReason.DEATH,
        "DZ100": EmploymentEndReason.DISABILITY_100,
        "SLIM": EmploymentEndReason.ILLNESS,
        "GRUTN": EmploymentEndReason.MATERNITY,
        "APGAD": EmploymentEndReason.FULL_STATE_CARE,
        "AUDZU": EmploymentEndReason.FOSTER_CARER,
        "BEGLIS": EmploymentEndReason.PROTECTION_ENDED,
        "IESLODZ": EmploymentEndReason.IMPRISONMENT,
    }
)

MEASURES: Mapping[str, MeasureKind] = MappingProxyType(
    {kind.value: kind for kind in MeasureKind if kind is not MeasureKind.OTHER}
)
"""By number of the service in VIRSIS."""

LEVELS: Mapping[str, EducationLevel] = MappingProxyType(
    {
        "PAMAT": EducationLevel.BASIC,
        "VISP": EducationLevel.SECONDARY,
        "PROF": EducationLevel.VOCATIONAL,
        "BAK": EducationLevel.BACHELOR,
        "MAG": EducationLevel.MASTER,
        "DOKT": EducationLevel.DOCTOR,
    }
)

LANGUAGE_LEVELS: Mapping[str, LanguageLevel] = MappingProxyType(
    {"DZ": LanguageLevel.NATIVE}
    | {level.value: level for level in LanguageLevel if level is not LanguageLevel.NATIVE}
)
