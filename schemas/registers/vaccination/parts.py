"""Parts of the vaccination record: facts, tests and checks."""

from datetime import date, datetime
from decimal import Decimal

import strawberry

from hub.model.catalogue import Category
from schemas.field import described, leaf, part
from schemas.registers.vaccination.codes import (
    ImmunizationStatus,
    TargetDisease,
    VaccinationIndication,
    VaccinationRoute,
    VaccinationSite,
    VaccinationStage,
    VaccineAtc,
)

ADM = Category.ADMINISTRATIVE
HLT = Category.HEALTH


@strawberry.type(description=described("Vaccination institution", "vakcinācijas iestāde"))
class VaccinationInstitution:
    """Medical institution and its branch."""

    code: str | None = leaf(ADM, "Code of the medical institution", "iestādes kods")
    branch_code: str | None = leaf(ADM, "Code of its branch", "filiāles kods")
    name: str | None = leaf(ADM, "Name", "nosaukums")
    address: str | None = leaf(ADM, "Address", "adrese")


@strawberry.type(description=described("Vaccination fact", "vakcinācijas fakts"))
class Immunization:
    """Facts entered in error are never published and never count."""

    status: ImmunizationStatus | None = leaf(HLT, "Whether the vaccine was given", "statuss")
    occurrence_date: date | None = leaf(HLT, "Day of vaccination", "vakcinācijas datums")
    recorded_at: datetime | None = leaf(
        HLT, "Instant the fact was recorded, UTC; within five working days", "reģistrēts"
    )
    vaccine_atc: VaccineAtc | None = leaf(HLT, "Vaccine by ATC code", "vakcīnas ATC kods")
    product: str | None = leaf(HLT, "Product", "preparāts")
    lot_number: str | None = leaf(HLT, "Lot", "sērija")
    expiry_date: date | None = leaf(HLT, "Day the lot expires", "derīguma termiņš")
    stage: VaccinationStage | None = leaf(HLT, "Stage", "posms")
    dose_number: int | None = leaf(HLT, "Number of the dose, from 1", "kārtas numurs")
    dose_ml: Decimal | None = leaf(HLT, "Amount given, in millilitres", "daudzums (ml)")
    route: VaccinationRoute | None = leaf(HLT, "How it was given", "ievadīšanas veids")
    site: VaccinationSite | None = leaf(HLT, "Where on the body", "ievadīšanas vieta")
    indication: VaccinationIndication | None = leaf(HLT, "Why it was given", "indikācija")
    target_disease: list[TargetDisease] | None = leaf(
        HLT, "Diseases the vaccine protects from", "infekcijas slimības"
    )
    institution: VaccinationInstitution | None = part("Where it was given", "iestāde")
    source_updated_at: datetime | None = leaf(
        HLT, "When the register last changed the row, UTC", "atjaunots reģistrā"
    )


@strawberry.type(description=described("Tuberculin test", "tuberkulīna tests"))
class TuberculinTest:
    """Mantoux skin test."""

    done_on: date | None = leaf(HLT, "Day of the test", "veikts")
    read_on: date | None = leaf(HLT, "Day of reading", "nolasīts")
    size_mm: int | None = leaf(HLT, "Size of the reaction in millimetres", "papulas izmērs (mm)")
    source_updated_at: datetime | None = leaf(
        HLT, "When the register last changed the row, UTC", "atjaunots reģistrā"
    )


@strawberry.type(description=described("Check of immunity", "imunitātes pārbaude"))
class ImmunityCheck:
    """Laboratory check of immunity against one disease."""

    done_on: date | None = leaf(HLT, "Day of the check", "veikta")
    disease: TargetDisease | None = leaf(HLT, "Disease", "slimība")
    titre: Decimal | None = leaf(HLT, "Titre of antibodies, IU/l", "antivielu titrs")
    immune: bool | None = leaf(HLT, "Whether the person is immune", "ir imunitāte")
    source_updated_at: datetime | None = leaf(
        HLT, "When the register last changed the row, UTC", "atjaunots reģistrā"
    )
