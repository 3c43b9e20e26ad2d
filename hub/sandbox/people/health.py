"""What happens to a person's health: disability decisions (VDEĀVK) and vaccination facts."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum


class DisabilityStatus(StrEnum):
    """What a decision establishes; ``NONE`` is a decision that there is no disability."""

    NONE = "NONE"
    PREDICTABLE = "PREDICTABLE"
    ADULT = "ADULT"
    CHILD = "CHILD"


class Group(StrEnum):
    """Disability group (invaliditātes grupa): I 80-100 %, II 60-79 %, III 25-59 % lost."""

    I = "I"  # noqa: E741 — the law's own numeral
    II = "II"
    III = "III"


class Cause(StrEnum):
    """Cause of disability (invaliditātes cēlonis)."""

    ILLNESS = "ILLNESS"
    FROM_CHILDHOOD = "FROM_CHILDHOOD"
    WORK_ACCIDENT = "WORK_ACCIDENT"
    OCCUPATIONAL_DISEASE = "OCCUPATIONAL_DISEASE"
    MILITARY_SERVICE = "MILITARY_SERVICE"
    CHERNOBYL = "CHERNOBYL"


class Expertise(StrEnum):
    """Kind of examination (ekspertīzes veids)."""

    FIRST = "FIRST"
    REPEATED = "REPEATED"
    EXTRAORDINARY = "EXTRAORDINARY"


class OpinionKind(StrEnum):
    """Kind of opinion (atzinums) that comes with a decision."""

    SPECIAL_CARE = "SPECIAL_CARE"
    CAR_ADAPTATION = "CAR_ADAPTATION"
    TRANSPORT_BENEFIT = "TRANSPORT_BENEFIT"
    ASSISTANT = "ASSISTANT"


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """An opinion on a need; days are closed, ``valid_to`` None means without end."""

    kind: OpinionKind
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DisabilityDecision:
    """One decision. Several may be valid on one day.

    Attributes:
        applied_on: Day of application; None when nobody applied (extraordinary).
        decided_on: Day from which anybody can know of the decision; may lie after ``valid_from``.
        group: None for children, predictable disability and ``NONE``.
        loss_pct: Loss of ability to work in percent; None for children and ``NONE``.
        impairments: ICD-10 (SSK-10) groups: ``G35``, ``M15-M19``.
        valid_from: First day of effect.
        valid_to: Last day of effect as decided, None without term.
        annulled_on: Day a later decision or death ended it early, None otherwise.
    """

    applied_on: date | None
    decided_on: date
    expertise: Expertise
    status: DisabilityStatus
    group: Group | None
    loss_pct: int | None
    cause: Cause | None
    impairments: tuple[str, ...]
    valid_from: date
    valid_to: date | None
    annulled_on: date | None = None
    opinions: tuple[Opinion, ...] = ()


class VaccinationStatus(StrEnum):
    """FHIR R4's ``Immunization.status``."""

    COMPLETED = "COMPLETED"
    ENTERED_IN_ERROR = "ENTERED_IN_ERROR"
    NOT_DONE = "NOT_DONE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dose:
    """One vaccination fact.

    Attributes:
        atc: ATC code of the vaccine: ``J07CA09``.
        number: 1 for the first dose of that vaccine.
        recorded_on: Day the fact was entered (within five working days, mostly).
    """

    atc: str
    number: int
    occurred_on: date
    recorded_on: date
    status: VaccinationStatus = VaccinationStatus.COMPLETED


@dataclass(frozen=True, slots=True, kw_only=True)
class TuberculinTest:
    """Tuberculin skin test; the size of the reaction in millimetres."""

    done_on: date
    read_on: date
    size_mm: int


class Coverage(StrEnum):
    """What was intended for a person against ``CALENDAR``: lets tests compare."""

    COMPLETE = "COMPLETE"
    OVERDUE = "OVERDUE"
    NOT_APPLICABLE = "NOT_APPLICABLE"


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarDose:
    """One dose of the childhood calendar, due at ``due_month`` of age (see ``GRACE_MONTHS``)."""

    atc: str
    number: int
    due_month: int


GRACE_MONTHS = 3
"""A calendar dose not given this long after it fell due is overdue."""

CALENDAR: tuple[CalendarDose, ...] = tuple(
    CalendarDose(atc=atc, number=number, due_month=month)
    for atc, months in (
        ("J07AN01", (0,)),  # BCG
        ("J07BH", (2, 4)),  # rotavirus
        ("J07CA09", (2, 4, 6, 12)),  # hexavalent
        ("J07AL02", (2, 4, 12)),  # pneumococcal
        ("J07BD52", (12, 84)),  # measles, mumps, rubella
        ("J07BK01", (12, 84)),  # varicella
        ("J07CA02", (84,)),  # diphtheria, tetanus, pertussis, polio
        ("J07BM", (144, 150)),  # human papilloma virus
        ("J07AM51", (168,)),  # tetanus and diphtheria, adult
    )
    for number, month in enumerate(months, start=1)
)
"""Vaccination calendar (vakcinācijas kalendārs), MK 330/2000, simplified; ages in whole months."""

BOOSTER_MONTHS = 120
"""Adults repeat ``J07AM51`` this often; counted from the last dose."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImmunityCheck:
    """Laboratory check of immunity against one disease (ICD-10)."""

    done_on: date
    disease: str
    titre: Decimal
    immune: bool
