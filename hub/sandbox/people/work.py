"""Work, unemployment, schooling, and what social insurance pays."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from hub.sandbox.people.kin import Kin


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A spell of work.

    Attributes:
        employer_no: Made-up registration number, 11 digits.
        occupation: Occupation code (Profesiju klasifikators), ``5223 01``.
        wage: Gross euro a month.
        ends: Last day worked, None while it lasts.
    """

    employer: str
    employer_no: str
    occupation: str
    occupation_name: str
    wage: Decimal
    begins: date
    ends: date | None


class JobSeeking(StrEnum):
    """Status at NVA."""

    UNEMPLOYED = "UNEMPLOYED"
    JOB_SEEKER = "JOB_SEEKER"
    AT_RISK = "AT_RISK"


class EndReason(StrEnum):
    """Why a status ended; two of them tell something of health, one of offences."""

    FOUND_WORK = "FOUND_WORK"
    SELF_EMPLOYED = "SELF_EMPLOYED"
    OLD_AGE_PENSION = "OLD_AGE_PENSION"
    STUDIES = "STUDIES"
    OWN_REQUEST = "OWN_REQUEST"
    OBLIGATIONS_NOT_MET = "OBLIGATIONS_NOT_MET"
    CHILD_CARE = "CHILD_CARE"
    LEFT_COUNTRY = "LEFT_COUNTRY"
    DISABILITY_100 = "DISABILITY_100"
    ILLNESS = "ILLNESS"
    IMPRISONMENT = "IMPRISONMENT"
    DEATH = "DEATH"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """Active employment measure.

    Attributes:
        virsis_id: Service number (``data/virsis-services.csv``): 9302, 10342 and 10960 reveal
            health, 9306 origin.
    """

    virsis_id: int
    begins: date
    ends: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unemployment:
    """A spell of status at NVA.

    Attributes:
        branch: ATVK code of the territory whose branch (filiāle) keeps the file.
        ended_on: Last day of status, None while it lasts.
        end_reason: None while it lasts, and where none was stated.
    """

    status: JobSeeking
    granted_on: date
    ended_on: date | None
    end_reason: EndReason | None
    branch: str
    measures: tuple[Measure, ...] = ()


class Level(StrEnum):
    """Level of schooling (izglītības līmenis)."""

    BASIC = "BASIC"
    SECONDARY = "SECONDARY"
    VOCATIONAL = "VOCATIONAL"
    BACHELOR = "BACHELOR"
    MASTER = "MASTER"
    DOCTOR = "DOCTOR"


@dataclass(frozen=True, slots=True, kw_only=True)
class Schooling:
    """A finished course of schooling."""

    level: Level
    institution: str
    field: str
    finished_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """A language (ISO 639-1) and its level (CEFR; ``N`` native)."""

    code: str
    level: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cv:
    """What a job seeker published of themselves."""

    published_on: date
    headline: str
    wanted_occupation: str
    driving_licence: str | None
    is_active: bool


class Basis(StrEnum):
    """What an entitlement's amount is for: each month, or the case."""

    MONTH = "MONTH"
    CASE = "CASE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entitlement:
    """A pension, benefit or reimbursement granted; twins derive the payments.

    Attributes:
        virsis_id: Kind by VIRSIS service number: 11987 old-age pension.
        begins, ends: Entitlement, closed days; ``ends`` None without term. Death ends it.
        decided_on: Day of the decision, may lie after ``begins``.
        amount: Gross euro by ``basis``.
        taxed: Whether income tax is withheld from it.
        about: The child (or the dead person) because of whom it is paid.
        payee: Who receives the money in the person's stead.
    """

    virsis_id: int
    begins: date
    ends: date | None
    decided_on: date
    amount: Decimal
    basis: Basis = Basis.MONTH
    taxed: bool = False
    about: Kin | None = None
    payee: Kin | None = None
