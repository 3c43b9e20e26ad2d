"""Who may act for whom, as the population register has it."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from hub.model.personal_code import PersonalCode

MAJORITY_YEARS: Final = 18
"""Source: Civil Law (Civillikums) 219; marriage before that age changes nothing here."""


class RepresentationKind(StrEnum):
    """In what quality somebody acts for a person."""

    PARENT = "PARENT"
    GUARDIAN = "GUARDIAN"
    FOSTER_PARENT = "FOSTER_PARENT"
    TRUSTEE = "TRUSTEE"

    @property
    def of_children(self) -> bool:
        """Whether it lapses when the person comes of age; a trustee acts for adults."""
        return self is not RepresentationKind.TRUSTEE


class RepresentationScope(StrEnum):
    """What a representative may decide."""

    FULL = "FULL"
    PERSONAL = "PERSONAL"
    PROPERTY = "PROPERTY"


@dataclass(frozen=True, slots=True, kw_only=True)
class Representation:
    """That somebody may act for the person (pārstāvība), closed days.

    Attributes:
        holder: Code of the representative as the person's own record writes it.
        ends: Last day; None while it lasts.
        protected: The person is protected from this representative (violence): wherever the
            relation would be used or shown, it is as if there were none.
    """

    holder: PersonalCode
    kind: RepresentationKind
    scope: RepresentationScope
    begins: date
    ends: date | None = None
    protected: bool = False

    def valid_on(self, day: date) -> bool:
        """Tell whether the register's own dates cover ``day``."""
        return self.begins <= day and (self.ends is None or day <= self.ends)


class Standing(StrEnum):
    """Why somebody may or may not act for a person; told to nobody but our own tests and log."""

    SELF = "self"
    REPRESENTS = "represents"
    NO_RELATION = "no_relation"
    NOT_VALID = "not_valid"
    OUT_OF_SCOPE = "out_of_scope"
    OF_AGE = "of_age"
    AGE_UNKNOWN = "age_unknown"
    PROTECTED = "protected"
    DEAD = "dead"

    @property
    def acts(self) -> bool:
        """Whether their word counts."""
        return self in {Standing.SELF, Standing.REPRESENTS}
