"""Vaccination: facts, tests of immunity, and the state against the childhood calendar."""

from datetime import date
from typing import Annotated, Any

import strawberry
from strawberry import UNSET
from strawberry.types import Info

from hub.model.catalogue import Category
from schemas.field import argument, described, leaf, part
from schemas.person import Registered, answer
from schemas.provenance import Provenance
from schemas.registers.vaccination.codes import CalendarStatus
from schemas.registers.vaccination.parts import ImmunityCheck, Immunization, TuberculinTest


@strawberry.type(description=described("Vaccination record of E-veselība", "vakcinācijas dati"))
class Vaccination:
    """Facts of the period asked; orders and write-offs concern no person and are not here."""

    immunizations: list[Immunization] = part(
        "Vaccination facts of the period, by day of vaccination", "vakcinācijas fakti"
    )
    calendar_status: CalendarStatus | None = leaf(
        Category.HEALTH,
        "State against the childhood calendar at the period's end, over the whole history",
        "vakcinācijas kalendāra izpilde",
    )
    tuberculin_tests: list[TuberculinTest] = part(
        "Tuberculin tests done in the period", "tuberkulīna testi"
    )
    immunity_checks: list[ImmunityCheck] = part(
        "Checks of immunity done in the period", "imunitātes pārbaudes"
    )
    provenance: Provenance = part("Where the record comes from", "datu izcelsme")


def vaccination(
    self: Any,  # noqa: ANN401 — Person is composed later
    info: Info,
    from_: Annotated[date | None, argument("First day of the period", "no", name="from")] = UNSET,
    to: Annotated[date | None, argument("Last day of the period", "līdz")] = UNSET,
) -> Vaccination | None:
    """Answer from facts already fetched."""
    period = {"from": from_, "to": to}
    published: Vaccination | None = answer(self, info, "vaccination", **period)
    return published


REGISTER = Registered(
    register="vaccination",
    resolver=vaccination,
    en="Vaccination facts and the state against the calendar",
    lv="vakcinācijas dati",
)
