"""What E-veselība knows of a person's vaccinations, with the whole history."""

from collections.abc import Collection
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal, Self, TypeAlias

from msgspec import UNSET, Meta, Struct, UnsetType
from msgspec.structs import replace

from connectors.transports.unset import rows
from connectors.vaccination.codings import (
    DISEASES,
    ENTERED_IN_ERROR,
    INDICATIONS,
    ROUTES,
    SITES,
)
from hub.model.catalogue import FieldId

Atc: TypeAlias = Annotated[str, Meta(examples=["J07CA09", "J07BH01", "J07BX03", "J07BN01"])]
Route: TypeAlias = Annotated[str, Meta(examples=[*ROUTES])]
Site: TypeAlias = Annotated[str, Meta(examples=[*SITES])]
Indication: TypeAlias = Annotated[str, Meta(examples=[*INDICATIONS])]
Disease: TypeAlias = Annotated[str, Meta(examples=[*DISEASES])]
Number: TypeAlias = Annotated[int, Meta(ge=1, le=99)]
Millimetres: TypeAlias = Annotated[int, Meta(ge=0, le=999)]


class Institution(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Vaccination institution (vakcinācijas iestāde)."""

    code: str | UnsetType = UNSET
    branch_code: str | UnsetType | None = UNSET
    name: str | UnsetType = UNSET
    address: str | UnsetType | None = UNSET


class Dose(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Vaccination fact (vakcinācijas fakts)."""

    status: Literal["VEIKTA", "NEVEIKTA", "KLUDA"] | UnsetType = UNSET
    occurrence_date: date | UnsetType = UNSET
    recorded_at: datetime | UnsetType = UNSET
    vaccine_atc: Atc | UnsetType = UNSET
    product: str | UnsetType | None = UNSET
    lot_number: str | UnsetType | None = UNSET
    expiry_date: date | UnsetType | None = UNSET
    stage: Literal["V", "R"] | UnsetType | None = UNSET
    dose_number: Number | UnsetType | None = UNSET
    dose_ml: Decimal | UnsetType | None = UNSET
    route: Route | UnsetType | None = UNSET
    site: Site | UnsetType | None = UNSET
    indication: Indication | UnsetType | None = UNSET
    target_disease: tuple[Disease, ...] | UnsetType | None = UNSET
    source_updated_at: datetime | UnsetType = UNSET
    institution: Institution | UnsetType | None = UNSET


class TuberculinTest(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Tuberculin test (tuberkulīna tests)."""

    done_on: date | UnsetType = UNSET
    read_on: date | UnsetType | None = UNSET
    size_mm: Millimetres | UnsetType | None = UNSET
    source_updated_at: datetime | UnsetType = UNSET


class ImmunityCheck(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Check of immunity (imunitātes pārbaude)."""

    done_on: date | UnsetType = UNSET
    disease: Disease | UnsetType = UNSET
    titre: Decimal | UnsetType | None = UNSET
    immune: bool | UnsetType | None = UNSET
    source_updated_at: datetime | UnsetType = UNSET


class VaccinationFacts(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One person's record; an attribute that was not fetched is unset."""

    born: date | UnsetType | None = UNSET
    doses: tuple[Dose, ...] | UnsetType = UNSET
    tuberculin_tests: tuple[TuberculinTest, ...] | UnsetType = UNSET
    immunity_checks: tuple[ImmunityCheck, ...] | UnsetType = UNSET

    def withhold(self, granted: Collection[FieldId]) -> Self:
        """Return the facts without what was entered in error, which no agreement can grant.

        A fact whose state was not fetched might be one of those, so it goes too.
        """
        del granted
        if isinstance(self.doses, UnsetType):
            return self
        hidden = {ENTERED_IN_ERROR, UNSET}
        return replace(self, doses=tuple(row for row in self.doses if row.status not in hidden))

    def is_empty(self) -> bool:
        """Tell whether nothing that was fetched is known."""
        listed = (self.doses, self.tuberculin_tests, self.immunity_checks)
        return not isinstance(self.born, date) and not any(rows(value) for value in listed)
