"""BAC's codes and the published values they mean."""

from collections.abc import Mapping
from types import MappingProxyType

from schemas.registers.child_protection.codes import (
    CareForm,
    CareInstitutionKind,
    ComplaintOutcome,
    ComplaintTopic,
    OrphanCourtCaseType,
    SpecialistRole,
)

FORMS: Mapping[str, CareForm] = MappingProxyType(
    {
        "AIZBILDNIS": CareForm.GUARDIAN,
        "AUDZUGIM": CareForm.FOSTER_FAMILY,
        "IESTADE": CareForm.INSTITUTION,
    }
)
INSTITUTION_KINDS: Mapping[str, CareInstitutionKind] = MappingProxyType(
    {
        "BAI": CareInstitutionKind.CHILD_CARE_CENTRE,
        "KRIZE": CareInstitutionKind.CRISIS_CENTRE,
        "GVPP": CareInstitutionKind.FAMILY_HOUSE,
    }
)
CASE_TYPES: Mapping[str, OrphanCourtCaseType] = MappingProxyType(
    {
        "AIZGAD_P": OrphanCourtCaseType.REMOVAL_OF_CUSTODY,
        "AIZBILDN": OrphanCourtCaseType.GUARDIANSHIP,
        "AUDZU_IE": OrphanCourtCaseType.PLACEMENT_FOSTER,
        "IEST_IE": OrphanCourtCaseType.PLACEMENT_INSTITUTION,
        "MANTA": OrphanCourtCaseType.PROPERTY,
        "ADOPT": OrphanCourtCaseType.ADOPTION_SUITABILITY,
        "AUDZU_ST": OrphanCourtCaseType.FOSTER_STATUS,
        "AIZGADN": OrphanCourtCaseType.TRUSTEESHIP,
    }
)
TOPICS: Mapping[str, ComplaintTopic] = MappingProxyType(
    {
        "APRUPE": ComplaintTopic.CARE,
        "IZGLIT": ComplaintTopic.EDUCATION,
        "SASKARSM": ComplaintTopic.CONTACT,
        "VARDARB": ComplaintTopic.VIOLENCE,
        "NOVARTA": ComplaintTopic.NEGLECT,
        "VESELIBA": ComplaintTopic.HEALTH_CARE,
        "MANTA": ComplaintTopic.PROPERTY,
    }
)
OUTCOMES: Mapping[str, ComplaintOutcome] = MappingProxyType(
    {
        "NEPAM": ComplaintOutcome.UNFOUNDED,
        "IETEIK": ComplaintOutcome.ADVICE_GIVEN,
        "BARINT": ComplaintOutcome.TO_ORPHAN_COURT,
        "PARKAP": ComplaintOutcome.VIOLATION_FOUND,
    }
)
ROLES: Mapping[str, SpecialistRole] = MappingProxyType(
    {
        "PEDAGOGS": SpecialistRole.TEACHER,
        "SOCDARB": SpecialistRole.SOCIAL_WORKER,
        "PSIHOL": SpecialistRole.PSYCHOLOGIST,
        "TRENERIS": SpecialistRole.COACH,
        "ARSTS": SpecialistRole.DOCTOR,
        "BARINT": SpecialistRole.ORPHAN_COURT_MEMBER,
        "APRUPET": SpecialistRole.CARER,
    }
)
ANNULLED, EXPIRED = "ANUL", "BEIG"
"""States of a certificate; any other is in force until its term runs out."""
