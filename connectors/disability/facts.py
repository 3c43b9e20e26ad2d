"""What the disability register knows of a person, with its whole history."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Annotated, Literal, Self, TypeAlias

from msgspec import UNSET, Meta, Struct, UnsetType

from connectors.transports.codes import Digits
from hub.model.catalogue import FieldId

Cause: TypeAlias = Annotated[
    str, Meta(examples=["SLIMIBA", "BERNIBA", "NELAIME", "AROD", "DIENESTS", "CERNOBILA"])
]
Expertise: TypeAlias = Annotated[str, Meta(examples=["PIRM", "ATK", "ARPUS"])]
OpinionCode: TypeAlias = Annotated[str, Meta(examples=["KOPSANA", "AUTO", "TRANSPORTS", "ASIST"])]
Percent: TypeAlias = Annotated[int, Meta(ge=0, le=100)]


class Opinion(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Opinion (atzinums) of a decision; closed days."""

    kind: OpinionCode | UnsetType = UNSET
    valid_from: date | UnsetType = UNSET
    valid_to: date | UnsetType | None = UNSET
    updated_at: datetime | UnsetType = UNSET


class Decision(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Decision (lēmums); ``annulled_on`` is the first day it no longer has effect."""

    decision_no: str | UnsetType = UNSET
    decision_date: date | UnsetType = UNSET
    application_date: date | UnsetType | None = UNSET
    expertise: Expertise | UnsetType = UNSET
    status: Literal["NAV", "PROGN", "PIEAUG", "BERNS"] | UnsetType = UNSET
    group: Literal["I", "II", "III"] | UnsetType | None = UNSET
    loss_pct: Percent | UnsetType | None = UNSET
    cause: Cause | UnsetType | None = UNSET
    impairments: tuple[str, ...] | UnsetType | None = UNSET
    valid_from: date | UnsetType = UNSET
    valid_to: date | UnsetType | None = UNSET
    annulled_on: date | UnsetType | None = UNSET
    updated_at: datetime | UnsetType = UNSET
    opinions: tuple[Opinion, ...] | UnsetType = UNSET


class Application(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Application (iesniegums) and the days of its progress."""

    application_date: date | UnsetType = UNSET
    expertise: Expertise | UnsetType = UNSET
    examined_from: date | UnsetType | None = UNSET
    closed_on: date | UnsetType | None = UNSET
    result: Literal["LEMUMS", "ATSAUKTS"] | UnsetType | None = UNSET
    updated_at: datetime | UnsetType = UNSET


class Certificate(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Certificate (apliecība); ``annulled_on`` is the first day it no longer holds."""

    number: str | UnsetType = UNSET
    issued_on: date | UnsetType = UNSET
    valid_to: date | UnsetType | None = UNSET
    annulled_on: date | UnsetType | None = UNSET
    updated_at: datetime | UnsetType = UNSET


class Representative(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Legal representative (likumiskais pārstāvis); closed days."""

    code: Digits | UnsetType = UNSET
    first_name: str | UnsetType | None = UNSET
    last_name: str | UnsetType | None = UNSET
    valid_from: date | UnsetType = UNSET
    valid_to: date | UnsetType | None = UNSET


class DisabilityFacts(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One person's record in IIS; an attribute that was not fetched is unset."""

    first_name: str | UnsetType | None = UNSET
    last_name: str | UnsetType | None = UNSET
    death_date: date | UnsetType | None = UNSET
    updated_at: datetime | UnsetType = UNSET
    decisions: tuple[Decision, ...] | UnsetType = UNSET
    applications: tuple[Application, ...] | UnsetType = UNSET
    certificates: tuple[Certificate, ...] | UnsetType = UNSET
    representatives: tuple[Representative, ...] | UnsetType = UNSET

    def withhold(self, granted: Collection[FieldId]) -> Self:
        """Return the facts: every leaf here has one class, whatever its value."""
        del granted
        return self

    def is_empty(self) -> bool:
        """Tell whether nothing that was fetched is known."""
        return not any(
            getattr(self, name) not in (UNSET, None, ()) for name in self.__struct_fields__
        )
