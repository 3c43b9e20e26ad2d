"""Care and protection of children, and those who work with them."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from hub.sandbox.people.kin import Kin


class GuardianKind(StrEnum):
    """In what quality somebody may act for a person."""

    PARENT = "PARENT"
    GUARDIAN = "GUARDIAN"  # aizbildnis
    FOSTER_PARENT = "FOSTER_PARENT"  # audžuvecāks
    TRUSTEE = "TRUSTEE"  # aizgādnis


class Scope(StrEnum):
    """What a representative may decide."""

    FULL = "FULL"
    PERSONAL = "PERSONAL"
    PROPERTY = "PROPERTY"


@dataclass(frozen=True, slots=True, kw_only=True)
class Guardian:
    """Somebody who may act for the person, closed days; ``ends`` None while it lasts.

    Attributes:
        protected: The person is protected from them (violence).
    """

    who: Kin
    kind: GuardianKind
    scope: Scope
    begins: date
    ends: date | None
    protected: bool = False


class CareForm(StrEnum):
    """Form of out-of-home care (ārpusģimenes aprūpe)."""

    GUARDIAN = "GUARDIAN"
    FOSTER_FAMILY = "FOSTER_FAMILY"
    INSTITUTION = "INSTITUTION"


@dataclass(frozen=True, slots=True, kw_only=True)
class Care:
    """A spell of out-of-home care, on the child's record.

    Attributes:
        provider: Name of the guardian, foster family or institution.
        provider_no: Registration number of an institution, None for a family.
        carer: The guardian or foster parent, None for an institution.
    """

    form: CareForm
    provider: str
    provider_no: str | None
    carer: Kin | None
    begins: date
    ends: date | None


class CaseKind(StrEnum):
    """What an orphan court (bāriņtiesa) decided on."""

    REMOVAL_OF_CUSTODY = "REMOVAL_OF_CUSTODY"
    GUARDIANSHIP = "GUARDIANSHIP"
    PLACEMENT_FOSTER = "PLACEMENT_FOSTER"
    PLACEMENT_INSTITUTION = "PLACEMENT_INSTITUTION"
    PROPERTY = "PROPERTY"
    ADOPTION_SUITABILITY = "ADOPTION_SUITABILITY"
    FOSTER_STATUS = "FOSTER_STATUS"
    TRUSTEESHIP = "TRUSTEESHIP"


@dataclass(frozen=True, slots=True, kw_only=True)
class CourtCase:
    """A case of the person at an orphan court; ``court`` is the court's ATVK territory."""

    kind: CaseKind
    court: str
    opened_on: date
    decided_on: date | None
    decision: str | None


class CertificateStatus(StrEnum):
    """State of an orphan certificate as the register writes it."""

    VALID = "VALID"
    EXPIRED = "EXPIRED"
    ANNULLED = "ANNULLED"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrphanCertificate:
    """Orphan certificate (bāreņa apliecība): from seven, at most three years, to 24 studying."""

    issuer: str
    issued_on: date
    valid_to: date
    status: CertificateStatus
    studying: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """A complaint or report about the child's rights that reached the inspectorate."""

    received_on: date
    topic: str
    outcome: str | None


class Role(StrEnum):
    """Work with children (speciālists)."""

    TEACHER = "TEACHER"
    SOCIAL_WORKER = "SOCIAL_WORKER"
    PSYCHOLOGIST = "PSYCHOLOGIST"
    COACH = "COACH"
    DOCTOR = "DOCTOR"
    ORPHAN_COURT_MEMBER = "ORPHAN_COURT_MEMBER"
    CARER = "CARER"


@dataclass(frozen=True, slots=True, kw_only=True)
class Specialist:
    """Entry in the register of specialists.

    Attributes:
        trained_on: Day of the last training in children's rights, None if never.
        training_valid_to: Five years later.
        permitted: Whether the person may work with children now.
        banned_from: First day of a ban, None while permitted; the reason is not told to anybody.
    """

    role: Role
    institution: str
    institution_no: str
    begins: date
    ends: date | None
    trained_on: date | None
    training_valid_to: date | None
    permitted: bool
    banned_from: date | None = None
