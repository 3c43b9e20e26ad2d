"""Child protection, employment and vaccination as the personas know them, from a real database."""

import asyncio
from collections.abc import Callable, Collection
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urlsplit

import pytest

from connectors import found
from connectors.child_protection.needs import NEEDS as CHILD_NEEDS
from connectors.employment.needs import NEEDS as EMPLOYMENT_NEEDS
from connectors.vaccination.needs import NEEDS as VACCINATION_NEEDS
from hub.model.catalogue import FieldId
from hub.model.evidence import Ask, Provenance
from hub.model.personal_code import PersonalCode
from hub.ports import RegisterConfig
from hub.sandbox.people.generate import Population, lives
from hub.sandbox.people.life import Life
from hub.sandbox.people.load import Loaded, load
from hub.sandbox.people.members import MEMBERS
from hub.sandbox.people.personas import cast
from schemas.registers.child_protection.codes import CareForm, OrphanCertificateStatus
from schemas.registers.employment.codes import EmploymentEndReason, EmploymentStatus
from schemas.registers.vaccination.codes import CalendarStatus, VaccineAtc

TODAY = date(2026, 11, 20)
MANY = Population(seed=5, people=300, today=TODAY)
NEEDS = {
    "childProtection": CHILD_NEEDS,
    "employment": EMPLOYMENT_NEEDS,
    "vaccination": VACCINATION_NEEDS,
}
Read = Callable[..., dict[str, Any]]


class Noon:
    def now(self) -> datetime:
        return datetime(2026, 11, 20, 12, tzinfo=UTC)

    def today(self) -> date:
        return TODAY


@pytest.fixture(scope="module")
def loaded(make_database: Callable[[], str]) -> Loaded:
    url = make_database()
    return asyncio.run(load(url, MANY, database=urlsplit(url).path.strip("/")))


@pytest.fixture(scope="module")
def everybody() -> list[Life]:
    return [*lives(MANY), *cast(TODAY)]


@pytest.fixture(scope="module")
def read(loaded: Loaded) -> Read:
    """Ask a register once, as an agreement that grants ``leaves`` and ``classes``."""

    async def fetch(
        register: str, codes: Collection[str], leaves: Collection[str], classes: Collection[str]
    ) -> dict[str, Any]:
        config = RegisterConfig(url=loaded.registers[register])
        connector = found()[register].connect(config, Noon())
        wanted = [FieldId(f"{register}.{leaf}") for leaf in leaves] or list(NEEDS[register])
        try:
            reply = await connector.fetch(
                Ask(register=register, columns=connector.columns(wanted)),
                [PersonalCode.parse(code) for code in codes],
                "reference",
            )
        finally:
            await connector.aclose()
        origin = Provenance(
            register=register,
            controller="any",
            source="any",
            as_of=reply.as_of,
            fetched_at=reply.as_of,
            cached=False,
            stale=False,
        )
        seen = {
            code.digits: facts.withhold([FieldId(f"{register}.{each}") for each in classes])
            for code, facts in reply.facts.items()
        }
        return {
            code: connector.present(facts, {}, origin, TODAY)
            for code, facts in seen.items()
            if not facts.is_empty()
        }

    def ask(
        register: str,
        codes: Collection[str],
        *,
        leaves: Collection[str] = (),
        classes: Collection[str] = (),
    ) -> dict[str, Any]:
        return asyncio.run(fetch(register, codes, leaves, classes))

    return ask


def test_an_orphan_with_guardian_and_certificate(read: Read) -> None:
    code = MEMBERS["kristaps"].code
    record = read("childProtection", [code])[code]
    assert record.out_of_home_care.form is CareForm.GUARDIAN
    assert record.out_of_home_care.carer.personal_code.digits == MEMBERS["zenta"].code
    assert record.orphan_certificate.status is OrphanCertificateStatus.VALID
    assert record.orphan_certificate.issued_by.endswith("bāriņtiesa")
    assert all(case.court.name.endswith("bāriņtiesa") for case in record.orphan_court_cases)


def test_specialists_are_permitted_or_not_and_no_more_is_told(read: Read) -> None:
    teacher, coach = MEMBERS["baiba"].code, MEMBERS["normunds"].code
    told = read("childProtection", [teacher, coach], leaves=["specialistPermit.permitted"])
    assert told[teacher].specialist_permit.permitted is True
    assert told[coach].specialist_permit.permitted is False
    assert told[coach].specialist_permit.role is None, "what was not asked is not fetched"


def test_a_status_check_fetches_nothing_else(read: Read) -> None:
    ilze = MEMBERS["ilze"].code
    told = read("employment", [ilze], leaves=["status"])[ilze]
    assert told.status is EmploymentStatus.UNEMPLOYED
    assert (told.known_since, told.branch, told.measures, told.cv) == (None, None, [], None)


def test_a_reason_that_reveals_health_is_null_without_the_class(read: Read) -> None:
    harijs = MEMBERS["harijs"].code
    assert read("employment", [harijs])[harijs].end_reason is None
    told = read("employment", [harijs], classes=["endReason#HEALTH"])[harijs]
    assert told.end_reason is EmploymentEndReason.DISABILITY_100
    assert told.status is EmploymentStatus.NONE


def test_the_last_status_is_found_under_any_code_it_was_granted_under(
    read: Read, everybody: list[Life]
) -> None:
    jobless = [life for life in everybody if life.unemployment and len(life.codes) == 1]
    told = read("employment", [life.code for life in jobless], leaves=["status", "grantedOn"])
    for life in jobless:
        last = life.unemployment[-1]
        expected = last.status.name if last.ended_on is None else "NONE"
        assert told[life.code].status.name == expected
        assert told[life.code].granted_on == last.granted_on
    clients = {life.code for life in jobless}
    others = [life.code for life in everybody if life.code not in clients and not life.unemployment]
    assert read("employment", others) == {}


def test_the_calendar_tells_the_children_apart(read: Read) -> None:
    marta, emils, toms = (MEMBERS[name].code for name in ("marta", "emils", "toms"))
    told = read("vaccination", [marta, emils, toms])
    assert told[marta].calendar_status is CalendarStatus.COMPLETE
    assert told[emils].calendar_status is CalendarStatus.OVERDUE
    assert told[toms].calendar_status is CalendarStatus.OVERDUE
    given = [row.vaccine_atc for row in told[toms].immunizations]
    assert VaccineAtc.J07BD52 not in given, "entered in error"


def test_a_full_vaccination_fact(read: Read) -> None:
    marta = MEMBERS["marta"].code
    fact = read("vaccination", [marta])[marta].immunizations[0]
    assert fact.recorded_at.tzinfo is UTC
    assert fact.institution.name
    assert fact.target_disease
    assert str(fact.dose_ml).count(".") == 1
    assert fact.lot_number


def test_everybodys_record_can_be_read_and_told(read: Read, everybody: list[Life]) -> None:
    codes = [span.code for life in everybody for span in life.codes]
    for register in NEEDS:
        told = read(register, codes)
        assert told
        assert all(record.provenance.register == register for record in told.values())


def test_whom_only_the_population_register_knows_has_no_record(read: Read) -> None:
    for register in NEEDS:
        assert read(register, [MEMBERS["niks"].code]) == {}
