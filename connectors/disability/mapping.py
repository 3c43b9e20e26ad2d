"""From IIS's facts to the published state at a date; pure."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from msgspec import UNSET

from connectors.disability import facts as known
from connectors.disability.codings import (
    CAUSES,
    EXPERTISES,
    GROUP_RANKS,
    GROUPS,
    OPINIONS,
    STATUS_RANKS,
    STATUSES,
)
from connectors.transports.codes import canonical
from connectors.transports.unset import rows, told, touches
from hub.model.evidence import Provenance
from hub.model.personal_code import PersonalCode
from schemas import provenance as published_provenance
from schemas.reference import PersonReference
from schemas.registers.disability import (
    Disability,
    DisabilityApplication,
    DisabilityCause,
    DisabilityCertificate,
    DisabilityDecision,
    DisabilityOpinion,
    DisabilityStatus,
    ExpertiseType,
    OpinionKind,
    ProcessStatus,
)


def present(
    facts: known.DisabilityFacts,
    arguments: Mapping[str, Any],
    provenance: Provenance,
    today: date,
) -> Disability:
    """Publish the state on the day ``on``, by default ``today``."""
    on: date = arguments.get("on") or today
    decisions = _in_force(facts, on)
    speaks = decisions[0] if decisions else known.Decision()
    spoken = _decision(speaks)
    return Disability(
        first_name=told(facts.first_name),
        last_name=told(facts.last_name),
        death_date=told(facts.death_date),
        representatives=_representatives(facts, on),
        applications=_applications(facts, on),
        status=spoken.status or (DisabilityStatus.NONE if rows(facts.decisions) else None),
        group=spoken.group,
        work_capacity_loss_pct=spoken.work_capacity_loss_pct,
        cause=spoken.cause,
        functional_impairments=spoken.functional_impairments,
        valid_from=spoken.valid_from,
        valid_to=spoken.valid_to,
        known_since=spoken.known_since,
        decisions=[_decision(decision) for decision in decisions],
        opinions=_opinions(facts, on),
        certificate=_certificate(facts, on),
        source_updated_at=told(facts.updated_at),
        provenance=published_provenance.Provenance.of(provenance),
    )


def others(published: Disability) -> Sequence[tuple[str, PersonalCode]]:
    """Return the representatives shown, by the name of their field."""
    return [("representatives", person.personal_code) for person in published.representatives]


def _in_force(facts: known.DisabilityFacts, on: date) -> Sequence[known.Decision]:
    """Return the decisions with effect on ``on``, the one that speaks first.

    Source: decision 0402.
    """
    valid = [
        decision
        for decision in rows(facts.decisions)
        if touches(decision.valid_from, decision.valid_to, on, on) and _stands(decision, on)
    ]
    return sorted(valid, key=_weight, reverse=True)


def _stands(row: known.Decision | known.Certificate, on: date) -> bool:
    annulled = told(row.annulled_on)
    return annulled is None or on < annulled


def _weight(decision: known.Decision) -> tuple[int, int, int, date, str]:
    return (
        STATUS_RANKS.get(told(decision.status), 0),
        GROUP_RANKS.get(told(decision.group), 0),
        told(decision.loss_pct) or 0,
        told(decision.decision_date) or date.min,
        told(decision.decision_no) or "",
    )


def _decision(decision: known.Decision) -> DisabilityDecision:
    status, group, cause = told(decision.status), told(decision.group), told(decision.cause)
    return DisabilityDecision(
        decision_no=told(decision.decision_no),
        decision_date=told(decision.decision_date),
        application_date=told(decision.application_date),
        expertise_type=_expertise(told(decision.expertise)),
        status=STATUSES[status] if status else None,
        group=GROUPS[group] if group else None,
        work_capacity_loss_pct=told(decision.loss_pct),
        cause=CAUSES.get(cause, DisabilityCause.OTHER) if cause is not None else None,
        functional_impairments=list(rows(decision.impairments)),
        valid_from=told(decision.valid_from),
        valid_to=told(decision.valid_to),
        known_since=told(decision.decision_date),
        source_updated_at=told(decision.updated_at),
    )


def _expertise(code: str | None) -> ExpertiseType | None:
    return None if code is None else EXPERTISES.get(code, ExpertiseType.OTHER)


def _opinions(facts: known.DisabilityFacts, on: date) -> list[DisabilityOpinion]:
    return [
        DisabilityOpinion(
            kind=(None if opinion.kind is UNSET else OPINIONS.get(opinion.kind, OpinionKind.OTHER)),
            decision_no=told(decision.decision_no),
            valid_from=told(opinion.valid_from),
            valid_to=told(opinion.valid_to),
            source_updated_at=told(opinion.updated_at),
        )
        for decision in rows(facts.decisions)
        if _stands(decision, on)
        for opinion in rows(decision.opinions)
        if touches(opinion.valid_from, opinion.valid_to, on, on)
    ]


def _certificate(facts: known.DisabilityFacts, on: date) -> DisabilityCertificate | None:
    valid = [
        certificate
        for certificate in rows(facts.certificates)
        if touches(certificate.issued_on, certificate.valid_to, on, on) and _stands(certificate, on)
    ]
    if not valid:
        return None
    latest = max(valid, key=lambda each: told(each.issued_on) or date.min)
    return DisabilityCertificate(
        number=told(latest.number),
        valid_from=told(latest.issued_on),
        valid_to=told(latest.valid_to),
        source_updated_at=told(latest.updated_at),
    )


def _applications(facts: known.DisabilityFacts, on: date) -> list[DisabilityApplication]:
    received = [
        application
        for application in rows(facts.applications)
        if touches(application.application_date, None, on, on)
    ]
    received.sort(key=lambda each: told(each.application_date) or date.min, reverse=True)
    return [
        DisabilityApplication(
            application_date=told(application.application_date),
            expertise_type=_expertise(told(application.expertise)),
            process_status=_progress(application, on),
            source_updated_at=told(application.updated_at),
        )
        for application in received
    ]


def _progress(application: known.Application, on: date) -> ProcessStatus:
    """Return how far an application had come on ``on``, not how far it has come since."""
    closed, examined = told(application.closed_on), told(application.examined_from)
    if closed is not None and closed <= on:
        decided = application.result == "LEMUMS"
        return ProcessStatus.DECIDED if decided else ProcessStatus.WITHDRAWN
    if examined is not None and examined <= on:
        return ProcessStatus.IN_EXAMINATION
    return ProcessStatus.RECEIVED


def _representatives(facts: known.DisabilityFacts, on: date) -> list[PersonReference]:
    return [
        PersonReference.to(canonical(person.code), told(person.first_name), told(person.last_name))
        for person in rows(facts.representatives)
        if person.code is not UNSET and touches(person.valid_from, person.valid_to, on, on)
    ]
