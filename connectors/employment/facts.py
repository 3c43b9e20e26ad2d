"""What BURVIS knows of one person; codes are the source's own."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Annotated, Self, TypeAlias

from msgspec import UNSET, Meta, Struct, UnsetType
from msgspec.structs import replace

from connectors.employment.codings import (
    END_REASONS,
    LANGUAGE_LEVELS,
    LEVELS,
    MEASURES,
    STATUSES,
)
from connectors.transports.by_value import ByValue
from connectors.transports.unset import rows
from hub.model.catalogue import FieldId
from schemas.registers.employment.codes import EmploymentEndReason, MeasureKind

StatusCode: TypeAlias = Annotated[str, Meta(examples=[*STATUSES])]
ReasonCode: TypeAlias = Annotated[str, Meta(examples=[*END_REASONS])]
MeasureCode: TypeAlias = Annotated[str, Meta(examples=[*MEASURES])]
LevelCode: TypeAlias = Annotated[str, Meta(examples=[*LEVELS])]
LanguageLevelCode: TypeAlias = Annotated[str, Meta(examples=[*LANGUAGE_LEVELS])]

_REASONS = ByValue("employment.endReason", EmploymentEndReason)
_KINDS = ByValue("employment.measures", MeasureKind, unknown=MeasureKind.OTHER)


class Spell(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A status, closed days.

    Attributes:
        granted_decided_on, ended_decided_on: Days of the decisions, which may lie later than
            the days they take effect on.
    """

    status: StatusCode | UnsetType = UNSET
    granted_on: date | UnsetType = UNSET
    granted_decided_on: date | UnsetType = UNSET
    ended_on: date | UnsetType | None = UNSET
    ended_decided_on: date | UnsetType | None = UNSET
    end_reason: ReasonCode | UnsetType | None = UNSET
    branch: str | UnsetType | None = UNSET
    source_updated_at: datetime | UnsetType = UNSET


class Measure(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An active measure; ``kind`` is the service's number in VIRSIS."""

    kind: MeasureCode | UnsetType = UNSET
    begins: date | UnsetType = UNSET
    ends: date | UnsetType | None = UNSET
    source_updated_at: datetime | UnsetType = UNSET


class Schooling(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Education completed."""

    level: LevelCode | UnsetType = UNSET
    institution: str | UnsetType | None = UNSET
    field: str | UnsetType | None = UNSET
    completed_on: date | UnsetType = UNSET
    source_updated_at: datetime | UnsetType = UNSET


class Language(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A language by ISO 639-1."""

    language: str | UnsetType = UNSET
    level: LanguageLevelCode | UnsetType = UNSET
    source_updated_at: datetime | UnsetType = UNSET


class Job(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A job as the person told of it."""

    employer: str | UnsetType | None = UNSET
    employer_reg_no: str | UnsetType | None = UNSET
    occupation_code: str | UnsetType | None = UNSET
    occupation: str | UnsetType | None = UNSET
    begins: date | UnsetType = UNSET
    ends: date | UnsetType | None = UNSET
    source_updated_at: datetime | UnsetType = UNSET


class Cv(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The CV in the portal."""

    published_on: date | UnsetType = UNSET
    headline: str | UnsetType | None = UNSET
    wanted_occupation: str | UnsetType | None = UNSET
    driving_licence: str | UnsetType | None = UNSET
    active: bool | UnsetType = UNSET
    source_updated_at: datetime | UnsetType = UNSET


class EmploymentFacts(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The person's file; attributes are unset where their columns were not fetched."""

    spells: tuple[Spell, ...] | UnsetType = UNSET
    measures: tuple[Measure, ...] | UnsetType = UNSET
    education: tuple[Schooling, ...] | UnsetType = UNSET
    languages: tuple[Language, ...] | UnsetType = UNSET
    jobs: tuple[Job, ...] | UnsetType = UNSET
    cvs: tuple[Cv, ...] | UnsetType = UNSET

    def withhold(self, granted: Collection[FieldId]) -> Self:
        """Return the facts without measures and end reasons of a class that ``granted`` lacks.

        A code that nobody has classified counts as most sensitive: such a measure is shown only
        where every class is granted, such a reason never (decision 0520).
        """
        shown = self
        if not isinstance(self.spells, UnsetType):
            spells = tuple(_without_reason(spell, granted) for spell in self.spells)
            shown = replace(shown, spells=spells)
        if not isinstance(self.measures, UnsetType):
            measures = _KINDS.visible(self.measures, granted)
            shown = replace(shown, measures=measures)
        return shown

    def is_empty(self) -> bool:
        """Tell whether nothing is left of what was asked."""
        return not any(rows(getattr(self, name)) for name in self.__struct_fields__)


def _without_reason(spell: Spell, granted: Collection[FieldId]) -> Spell:
    if not isinstance(spell.end_reason, str):
        return spell
    reason = END_REASONS.get(spell.end_reason)
    if reason and _REASONS.shows(reason.value, granted):
        return spell
    return replace(spell, end_reason=None)
