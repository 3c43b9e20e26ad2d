"""What the population register knows of a person, as policy needs it, with its history."""

from collections.abc import Collection
from datetime import date
from typing import Self

from msgspec import UNSET, Struct, UnsetType

from connectors.transports.codes import Digits
from hub.model.catalogue import FieldId


class CodeGiven(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A personal code and the first day it named the person."""

    code: Digits | UnsetType = UNSET
    begins: date | UnsetType = UNSET


class Named(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A last name (uzvārds), closed days."""

    last: str | UnsetType = UNSET
    begins: date | UnsetType = UNSET
    ends: date | UnsetType | None = UNSET


class Relative(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A parent, child or spouse (radinieks), by the code that the register has of them."""

    code: Digits | UnsetType = UNSET


class Declared(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A declared residence (deklarētā dzīvesvieta), closed days.

    Attributes:
        territory: ATVK code on the first day.
        territory_ended: Last day of that territory, None while it exists.
        successor: Territory that it belongs to since.
        address: As declared; asked for kinship alone.
    """

    territory: str | UnsetType = UNSET
    territory_ended: date | UnsetType | None = UNSET
    successor: str | UnsetType | None = UNSET
    address: str | UnsetType = UNSET
    begins: date | UnsetType = UNSET
    ends: date | UnsetType | None = UNSET


class Representative(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Somebody who may act for the person (pārstāvis), closed days.

    Attributes:
        kind: Quality, as the register writes it: ``VECA``, ``AIZB``, ``AUDZ``, ``AIZG``.
        scope: What they may decide: ``PILN``, ``PERS``, ``MANT``.
        protected: The person is protected from them.
    """

    code: Digits | UnsetType = UNSET
    kind: str | UnsetType = UNSET
    scope: str | UnsetType = UNSET
    protected: bool | UnsetType = UNSET
    begins: date | UnsetType = UNSET
    ends: date | UnsetType | None = UNSET


class PopulationFacts(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One person; the whole code history, whichever code was asked."""

    codes: tuple[CodeGiven, ...] | UnsetType = UNSET
    born: date | UnsetType | None = UNSET
    died: date | UnsetType | None = UNSET
    names: tuple[Named, ...] | UnsetType = UNSET
    residences: tuple[Declared, ...] | UnsetType = UNSET
    relatives: tuple[Relative, ...] | UnsetType = UNSET
    representatives: tuple[Representative, ...] | UnsetType = UNSET

    def withhold(self, granted: Collection[FieldId]) -> Self:  # noqa: ARG002 - the port's form
        """Return the facts as they are: none of them is published."""
        return self

    def is_empty(self) -> bool:
        """Tell whether nothing is known, which a register that found a person never says."""
        return not self.codes
