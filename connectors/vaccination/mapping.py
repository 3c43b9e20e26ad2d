"""From E-veselība's facts to the published record of a period; pure."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, TypeVar

from msgspec import UNSET, UnsetType

from connectors.transports.unset import rows, told
from connectors.vaccination import facts as known
from connectors.vaccination.calendar import calendar_status
from connectors.vaccination.codings import (
    DISEASES,
    INDICATIONS,
    ROUTES,
    SITES,
    STAGES,
    STATUSES,
    vaccine,
)
from hub.model.evidence import Provenance
from schemas import provenance as published_provenance
from schemas.registers.vaccination import Vaccination
from schemas.registers.vaccination.codes import (
    CalendarStatus,
    ImmunizationStatus,
    TargetDisease,
    VaccinationIndication,
    VaccinationRoute,
    VaccinationSite,
    VaccineAtc,
)
from schemas.registers.vaccination.parts import (
    ImmunityCheck,
    Immunization,
    TuberculinTest,
    VaccinationInstitution,
)

R = TypeVar("R")
V = TypeVar("V")


def present(
    facts: known.VaccinationFacts,
    arguments: Mapping[str, Any],
    provenance: Provenance,
    today: date,
) -> Vaccination:
    """Publish what happened from ``arguments["from"]`` to ``arguments["to"]``, both included."""
    first: date = arguments.get("from") or date.min
    last: date = arguments.get("to") or date.max
    period = (first, last)
    doses = _within(period, rows(facts.doses), lambda row: row.occurrence_date)
    tests = _within(period, rows(facts.tuberculin_tests), lambda row: row.done_on)
    checks = _within(period, rows(facts.immunity_checks), lambda row: row.done_on)
    return Vaccination(
        immunizations=[_immunization(row) for row in doses],
        calendar_status=_calendar_status(facts, min(last, today)),
        tuberculin_tests=[_test(row) for row in tests],
        immunity_checks=[_check(row) for row in checks],
        provenance=published_provenance.Provenance.of(provenance),
    )


def _within(
    period: tuple[date, date], listed: Sequence[R], day: Callable[[R], date | UnsetType]
) -> list[R]:
    """Return the rows of the period, earliest first; those of one day as the source lists them."""
    dated = [(when, row) for row in listed if (when := told(day(row))) is not None]
    inside = [(when, row) for when, row in dated if period[0] <= when <= period[1]]
    return [row for _, row in sorted(inside, key=lambda pair: pair[0])]


def _calendar_status(facts: known.VaccinationFacts, at: date) -> CalendarStatus | None:
    """Return the state on ``at`` over the whole history (decision 0532); null of a blank record."""
    if facts.born is UNSET or facts.doses is UNSET or not (facts.born or facts.doses):
        return None
    return calendar_status(facts.born, _completed(facts.doses), at)


def _completed(doses: Sequence[known.Dose]) -> Iterator[tuple[VaccineAtc, date]]:
    for row in doses:
        atc, day = told(row.vaccine_atc), told(row.occurrence_date)
        if row.status == _COMPLETED and atc is not None and day is not None:
            yield vaccine(atc), day


_COMPLETED = next(
    code for code, status in STATUSES.items() if status is ImmunizationStatus.COMPLETED
)


def _immunization(row: known.Dose) -> Immunization:
    atc, diseases = told(row.vaccine_atc), told(row.target_disease)
    stage, institution = told(row.stage), told(row.institution)
    return Immunization(
        status=STATUSES.get(told(row.status) or ""),
        occurrence_date=told(row.occurrence_date),
        recorded_at=told(row.recorded_at),
        vaccine_atc=None if atc is None else vaccine(atc),
        product=told(row.product),
        lot_number=told(row.lot_number),
        expiry_date=told(row.expiry_date),
        stage=None if stage is None else STAGES[stage],
        dose_number=told(row.dose_number),
        dose_ml=told(row.dose_ml),
        route=_coded(ROUTES, told(row.route), VaccinationRoute.OTHER),
        site=_coded(SITES, told(row.site), VaccinationSite.OTHER),
        indication=_coded(INDICATIONS, told(row.indication), VaccinationIndication.OTHER),
        target_disease=None if diseases is None else [_disease(code) for code in diseases],
        institution=None if institution is None else _institution(institution),
        source_updated_at=told(row.source_updated_at),
    )


def _coded(codes: Mapping[str, V], code: str | None, other: V) -> V | None:
    return None if code is None else codes.get(code, other)


def _disease(code: str) -> TargetDisease:
    return DISEASES.get(code, TargetDisease.OTHER)


def _institution(row: known.Institution) -> VaccinationInstitution:
    return VaccinationInstitution(
        code=told(row.code),
        branch_code=told(row.branch_code),
        name=told(row.name),
        address=told(row.address),
    )


def _test(row: known.TuberculinTest) -> TuberculinTest:
    return TuberculinTest(
        done_on=told(row.done_on),
        read_on=told(row.read_on),
        size_mm=told(row.size_mm),
        source_updated_at=told(row.source_updated_at),
    )


def _check(row: known.ImmunityCheck) -> ImmunityCheck:
    return ImmunityCheck(
        done_on=told(row.done_on),
        disease=_coded(DISEASES, told(row.disease), TargetDisease.OTHER),
        titre=told(row.titre),
        immune=told(row.immune),
        source_updated_at=told(row.source_updated_at),
    )
