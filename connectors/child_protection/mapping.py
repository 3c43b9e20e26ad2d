"""From BAC's facts to the published state today; pure."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, TypeVar

from msgspec import UNSET, UnsetType

from connectors.child_protection import facts as known
from connectors.child_protection.care import care
from connectors.child_protection.codings import (
    ANNULLED,
    CASE_TYPES,
    EXPIRED,
    OUTCOMES,
    ROLES,
    TOPICS,
)
from connectors.transports.unset import rows, told, touches
from hub.model.evidence import Provenance
from hub.model.personal_code import PersonalCode
from schemas import provenance as published_provenance
from schemas.registers.child_protection import ChildProtection
from schemas.registers.child_protection.codes import (
    ComplaintOutcome,
    ComplaintTopic,
    OrphanCertificateStatus,
    OrphanCourtCaseType,
    SpecialistRole,
)
from schemas.registers.child_protection.parts import (
    ChildComplaint,
    OrphanCertificate,
    OrphanCourt,
    OrphanCourtCase,
    SpecialistPermit,
)

R = TypeVar("R")


def present(
    facts: known.ChildProtectionFacts,
    arguments: Mapping[str, Any],
    provenance: Provenance,
    today: date,
) -> ChildProtection:
    """Publish the state on ``today``."""
    del arguments
    lasting = [row for row in rows(facts.care) if touches(row.begins, row.ends, today, today)]
    return ChildProtection(
        out_of_home_care=care(_dated(lasting, lambda row: row.begins)[-1], today)
        if lasting
        else None,
        out_of_home_care_history=[
            care(row, today) for row in _dated(rows(facts.care_history), lambda row: row.begins)
        ],
        orphan_certificate=_certificate(rows(facts.certificates), today),
        orphan_court_cases=[
            _case(row) for row in _dated(rows(facts.cases), lambda row: row.opened_on)
        ],
        complaints=[
            _complaint(row) for row in _dated(rows(facts.complaints), lambda row: row.received_on)
        ],
        specialist_permit=_permit(rows(facts.specialists)),
        provenance=published_provenance.Provenance.of(provenance),
    )


def others(published: ChildProtection) -> Sequence[tuple[str, PersonalCode]]:
    """Return the guardians and foster parents shown, by the name of their field."""
    shown = [published.out_of_home_care, *published.out_of_home_care_history]
    return [("carer", each.carer.personal_code) for each in shown if each and each.carer]


def _dated(listed: Sequence[R], day: Callable[[R], date | UnsetType]) -> list[R]:
    """Return the rows earliest first; those of one day as the source lists them."""
    return sorted(listed, key=lambda row: told(day(row)) or date.min)


def _certificate(listed: Sequence[known.Certificate], today: date) -> OrphanCertificate | None:
    """Return the certificate in force, else the one that ended last (decision 0512)."""
    issued = [row for row in listed if touches(row.issued_on, None, today, today)]
    if not issued:
        return None
    row = max(issued, key=lambda each: _weight(each, today))
    return OrphanCertificate(
        number=told(row.number),
        status=_state(row, today),
        issued_by=told(row.issued_by),
        issued_on=told(row.issued_on),
        valid_to=told(row.valid_to),
        source_updated_at=told(row.source_updated_at),
    )


def _weight(row: known.Certificate, today: date) -> tuple[bool, date, date]:
    stands = _state(row, today) is OrphanCertificateStatus.VALID
    return stands, told(row.valid_to) or date.min, told(row.issued_on) or date.min


def _state(row: known.Certificate, today: date) -> OrphanCertificateStatus:
    """Return today's state, which the source's own may lag behind."""
    if row.status == ANNULLED:
        return OrphanCertificateStatus.ANNULLED
    ended = (told(row.valid_to) or date.min) < today
    return (
        OrphanCertificateStatus.EXPIRED
        if ended or row.status == EXPIRED
        else OrphanCertificateStatus.VALID
    )


def _case(row: known.Case) -> OrphanCourtCase:
    court = told(row.court)
    return OrphanCourtCase(
        number=told(row.number),
        kind=None if row.kind is UNSET else CASE_TYPES.get(row.kind, OrphanCourtCaseType.OTHER),
        opened_on=told(row.opened_on),
        decision=told(row.decision),
        decided_on=told(row.decided_on),
        court=OrphanCourt(
            code=told(court.code), name=told(court.name), territory=told(court.territory)
        )
        if court
        else None,
        source_updated_at=told(row.source_updated_at),
    )


def _complaint(row: known.Complaint) -> ChildComplaint:
    outcome = told(row.outcome)
    return ChildComplaint(
        number=told(row.number),
        received_on=told(row.received_on),
        topic=None if row.topic is UNSET else TOPICS.get(row.topic, ComplaintTopic.OTHER),
        outcome=None if outcome is None else OUTCOMES.get(outcome, ComplaintOutcome.OTHER),
        source_updated_at=told(row.source_updated_at),
    )


def _permit(listed: Sequence[known.Specialist]) -> SpecialistPermit | None:
    """Return the permit: the latest work, the longest training, and no if any entry says no.

    Source: decision 0511.
    """
    entries = _dated(listed, lambda row: row.begins)
    if not entries:
        return None
    latest = entries[-1]
    answers = [row.permitted for row in entries if row.permitted is not UNSET]
    trained = [day for row in entries if (day := told(row.training_valid_to)) is not None]
    return SpecialistPermit(
        role=None if latest.role is UNSET else ROLES.get(latest.role, SpecialistRole.OTHER),
        training_valid_to=max(trained, default=None),
        permitted=all(answers) if answers else None,
        source_updated_at=told(latest.source_updated_at),
    )
