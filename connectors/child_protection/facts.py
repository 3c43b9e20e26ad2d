"""What BAC knows of a person, with its whole history; codes are the source's own."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Annotated, Self, TypeAlias

from msgspec import UNSET, Meta, Struct, UnsetType

from connectors.child_protection.codings import (
    ANNULLED,
    CASE_TYPES,
    EXPIRED,
    FORMS,
    INSTITUTION_KINDS,
    OUTCOMES,
    ROLES,
    TOPICS,
)
from connectors.transports.codes import Digits
from connectors.transports.unset import rows
from hub.model.catalogue import FieldId

FormCode: TypeAlias = Annotated[str, Meta(examples=[*FORMS])]
InstitutionCode: TypeAlias = Annotated[str, Meta(examples=[*INSTITUTION_KINDS])]
CaseCode: TypeAlias = Annotated[str, Meta(examples=[*CASE_TYPES])]
TopicCode: TypeAlias = Annotated[str, Meta(examples=[*TOPICS])]
OutcomeCode: TypeAlias = Annotated[str, Meta(examples=[*OUTCOMES])]
RoleCode: TypeAlias = Annotated[str, Meta(examples=[*ROLES])]
Seats: TypeAlias = Annotated[int, Meta(ge=0, le=32_767)]
CertificateCode: TypeAlias = Annotated[str, Meta(examples=["DERIGA", EXPIRED, ANNULLED])]


class Inspection(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Inspection (pārbaude) of an institution."""

    number: str | UnsetType = UNSET
    subject: str | UnsetType | None = UNSET
    inspected_on: date | UnsetType = UNSET
    findings: str | UnsetType | None = UNSET
    source_updated_at: datetime | UnsetType = UNSET


class Supervision(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Functional supervision (funkcionālā pārraudzība) of an institution; closed days."""

    number: str | UnsetType = UNSET
    begins: date | UnsetType = UNSET
    ends: date | UnsetType | None = UNSET
    conclusion: str | UnsetType | None = UNSET
    source_updated_at: datetime | UnsetType = UNSET


class Institution(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Institution (iestāde) that cares for children."""

    registration_number: str | UnsetType = UNSET
    name: str | UnsetType = UNSET
    kind: InstitutionCode | UnsetType = UNSET
    address: str | UnsetType | None = UNSET
    capacity: Seats | UnsetType | None = UNSET
    source_updated_at: datetime | UnsetType = UNSET
    inspections: tuple[Inspection, ...] | UnsetType = UNSET
    supervisions: tuple[Supervision, ...] | UnsetType = UNSET


class Carer(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Guardian (aizbildnis) or foster parent (audžuvecāks)."""

    code: Digits | UnsetType = UNSET
    first_name: str | UnsetType | None = UNSET
    last_name: str | UnsetType | None = UNSET


class Care(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A spell of care outside the family (ārpusģimenes aprūpe); closed days."""

    form: FormCode | UnsetType = UNSET
    begins: date | UnsetType = UNSET
    ends: date | UnsetType | None = UNSET
    source_updated_at: datetime | UnsetType = UNSET
    carer: Carer | UnsetType | None = UNSET
    institution: Institution | UnsetType | None = UNSET


class Certificate(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Orphan certificate (bāreņa apliecība); ``valid_to`` is its last day."""

    number: str | UnsetType = UNSET
    status: CertificateCode | UnsetType = UNSET
    issued_by: str | UnsetType | None = UNSET
    issued_on: date | UnsetType = UNSET
    valid_to: date | UnsetType = UNSET
    source_updated_at: datetime | UnsetType = UNSET


class Court(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Orphan court (bāriņtiesa)."""

    code: str | UnsetType = UNSET
    name: str | UnsetType = UNSET
    territory: str | UnsetType = UNSET


class Case(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Case (lieta) about the person at an orphan court."""

    number: str | UnsetType = UNSET
    kind: CaseCode | UnsetType = UNSET
    opened_on: date | UnsetType = UNSET
    decision: str | UnsetType | None = UNSET
    decided_on: date | UnsetType | None = UNSET
    source_updated_at: datetime | UnsetType = UNSET
    court: Court | UnsetType | None = UNSET


class Complaint(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Complaint or report (sūdzība, ziņojums) concerning the child."""

    number: str | UnsetType = UNSET
    received_on: date | UnsetType = UNSET
    topic: TopicCode | UnsetType = UNSET
    outcome: OutcomeCode | UnsetType | None = UNSET
    source_updated_at: datetime | UnsetType = UNSET


class Specialist(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Entry in the register of specialists; why somebody is not permitted is never read."""

    role: RoleCode | UnsetType = UNSET
    begins: date | UnsetType = UNSET
    training_valid_to: date | UnsetType | None = UNSET
    permitted: bool | UnsetType = UNSET
    source_updated_at: datetime | UnsetType = UNSET


class ChildProtectionFacts(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One person's record at BAC; an attribute that was not fetched is unset.

    Attributes:
        care, care_history: The same rows twice, each with the columns that its own published
            field needs: whoever asks only for past carers is not told of, nor logged with, others.
    """

    care: tuple[Care, ...] | UnsetType = UNSET
    care_history: tuple[Care, ...] | UnsetType = UNSET
    certificates: tuple[Certificate, ...] | UnsetType = UNSET
    cases: tuple[Case, ...] | UnsetType = UNSET
    complaints: tuple[Complaint, ...] | UnsetType = UNSET
    specialists: tuple[Specialist, ...] | UnsetType = UNSET

    def withhold(self, granted: Collection[FieldId]) -> Self:
        """Return the facts: every leaf here has one class, whatever its value."""
        del granted
        return self

    def is_empty(self) -> bool:
        """Tell whether nothing that was fetched is known."""
        return not any(rows(getattr(self, name)) for name in self.__struct_fields__)
