"""Disability (VDEĀVK, Invaliditātes informatīvā sistēma): what is published."""

from datetime import date, datetime
from enum import Enum
from typing import Annotated, Any

import strawberry
from strawberry import UNSET
from strawberry.types import Info

from hub.model.catalogue import Category
from schemas.field import argument, described, leaf, part, value
from schemas.person import Registered, answer
from schemas.provenance import Provenance
from schemas.reference import PersonReference

ADM, HLT, IDN = Category.ADMINISTRATIVE, Category.HEALTH, Category.IDENTITY


@strawberry.enum(description=described("What a decision establishes", "invaliditātes statuss"))
class DisabilityStatus(Enum):
    """Disability status."""

    NONE = value("NONE", "No disability in force at the date", "nav invaliditātes")
    PREDICTABLE = value("PREDICTABLE", "Predictable disability", "prognozējama invaliditāte")
    ADULT = value("ADULT", "Adult with a disability group", "persona ar invaliditāti")
    CHILD = value("CHILD", "Child with disability; no group", "bērns ar invaliditāti")


@strawberry.enum(description=described("Disability group", "invaliditātes grupa"))
class DisabilityGroup(Enum):
    """Disability group."""

    I = value("I", "Very severe: 80 to 100 % of capacity lost", "I grupa")  # noqa: E741 — the law's own numeral
    II = value("II", "Severe: 60 to 79 % of capacity lost", "II grupa")
    III = value("III", "Moderate: 25 to 59 % of capacity lost", "III grupa")


@strawberry.enum(description=described("Cause of disability", "invaliditātes cēlonis"))
class DisabilityCause(Enum):
    """Cause of disability."""

    ILLNESS = value("ILLNESS", "General illness", "slimība")
    FROM_CHILDHOOD = value("FROM_CHILDHOOD", "Disability since childhood", "no bērnības")
    WORK_ACCIDENT = value("WORK_ACCIDENT", "Accident at work", "nelaimes gadījums darbā")
    OCCUPATIONAL_DISEASE = value("OCCUPATIONAL_DISEASE", "Occupational disease", "arodslimība")
    MILITARY_SERVICE = value("MILITARY_SERVICE", "Military service", "militārais dienests")
    CHERNOBYL = value("CHERNOBYL", "Chernobyl clean-up", "Černobiļas avārijas seku likvidācija")
    OTHER = value("OTHER", "A cause this schema does not know yet", "cits cēlonis")


@strawberry.enum(description=described("Kind of examination", "ekspertīzes veids"))
class ExpertiseType(Enum):
    """Kind of examination."""

    FIRST = value("FIRST", "First examination", "pirmreizēja ekspertīze")
    REPEATED = value("REPEATED", "Repeated examination", "atkārtota ekspertīze")
    EXTRAORDINARY = value("EXTRAORDINARY", "Examination out of turn", "ārpuskārtas ekspertīze")
    OTHER = value("OTHER", "A kind this schema does not know yet", "cits veids")


@strawberry.enum(description=described("How far an application has come", "ekspertīzes statuss"))
class ProcessStatus(Enum):
    """Progress of an application, at the date asked."""

    RECEIVED = value("RECEIVED", "Received, not yet examined", "saņemts")
    IN_EXAMINATION = value("IN_EXAMINATION", "Being examined", "notiek ekspertīze")
    DECIDED = value("DECIDED", "Ended with a decision", "pieņemts lēmums")
    WITHDRAWN = value("WITHDRAWN", "Ended without a decision", "izbeigts bez lēmuma")


@strawberry.enum(description=described("Kind of opinion", "atzinuma veids"))
class OpinionKind(Enum):
    """Need that an opinion establishes."""

    SPECIAL_CARE = value("SPECIAL_CARE", "Special care", "īpašas kopšanas nepieciešamība")
    CAR_ADAPTATION = value("CAR_ADAPTATION", "Adaptation of a car", "vieglā automobiļa pielāgošana")
    TRANSPORT_BENEFIT = value(
        "TRANSPORT_BENEFIT", "Benefit for transport costs", "pabalsts transporta izdevumiem"
    )
    ASSISTANT = value("ASSISTANT", "Assistant service", "asistenta pakalpojums")
    OTHER = value("OTHER", "A kind this schema does not know yet", "cits atzinums")


@strawberry.type(description=described("A decision in force at the date", "lēmums"))
class DisabilityDecision:
    """One of possibly several decisions in force at once."""

    decision_no: str | None = leaf(ADM, "Number of the decision", "lēmuma numurs")
    decision_date: date | None = leaf(ADM, "Day of the decision", "lēmuma datums")
    application_date: date | None = leaf(
        ADM, "Day of the application; null when nobody applied", "iesnieguma datums"
    )
    expertise_type: ExpertiseType | None = leaf(
        ADM, "Kind of examination it rests on", "ekspertīzes veids"
    )
    status: DisabilityStatus | None = leaf(HLT, "What it establishes", "statuss")
    group: DisabilityGroup | None = leaf(HLT, "Disability group; children have none", "grupa")
    work_capacity_loss_pct: int | None = leaf(
        HLT, "Loss of capacity to work, in percent", "darbspēju zaudējums procentos"
    )
    cause: DisabilityCause | None = leaf(HLT, "Cause of disability", "invaliditātes cēlonis")
    functional_impairments: list[str] | None = leaf(
        HLT, "Groups of ICD-10 codes", "funkcionālie traucējumi (SSK-10)"
    )
    valid_from: date | None = leaf(HLT, "First day of effect", "spēkā no")
    valid_to: date | None = leaf(HLT, "Last day of effect; null without term", "spēkā līdz")
    known_since: date | None = leaf(
        ADM, "Day from which the decision could be known; may follow its effect", "zināms kopš"
    )
    source_updated_at: datetime | None = leaf(
        ADM, "When the register last changed the decision, UTC", "atjaunots reģistrā"
    )


@strawberry.type(description=described("An opinion on a need, in force at the date", "atzinums"))
class DisabilityOpinion:
    """Opinion that comes with a decision."""

    kind: OpinionKind | None = leaf(HLT, "Need it establishes", "atzinuma veids")
    decision_no: str | None = leaf(ADM, "Number of its decision", "lēmuma numurs")
    valid_from: date | None = leaf(HLT, "First day of effect", "spēkā no")
    valid_to: date | None = leaf(HLT, "Last day of effect; null without term", "spēkā līdz")
    source_updated_at: datetime | None = leaf(
        ADM, "When the register last changed the opinion, UTC", "atjaunots reģistrā"
    )


@strawberry.type(description=described("An application for examination", "iesniegums"))
class DisabilityApplication:
    """Application received by the date asked, and its progress then."""

    application_date: date | None = leaf(ADM, "Day it was received", "iesnieguma datums")
    expertise_type: ExpertiseType | None = leaf(
        ADM, "Kind of examination asked for", "ekspertīzes veids"
    )
    process_status: ProcessStatus | None = leaf(ADM, "How far it has come", "statuss")
    source_updated_at: datetime | None = leaf(
        ADM, "When the register last changed the application, UTC", "atjaunots reģistrā"
    )


@strawberry.type(description=described("Disability certificate", "invaliditātes apliecība"))
class DisabilityCertificate:
    """Certificate in force at the date asked; it bears no photograph since 2021."""

    number: str | None = leaf(ADM, "Number of the certificate", "apliecības numurs")
    valid_from: date | None = leaf(ADM, "Day of issue", "izsniegta")
    valid_to: date | None = leaf(ADM, "Last day of validity; null without term", "derīga līdz")
    source_updated_at: datetime | None = leaf(
        ADM, "When the register last changed the certificate, UTC", "atjaunots reģistrā"
    )


@strawberry.type(
    description=described(
        "Disability at a date; of several decisions in force the most severe speaks",
        "invaliditāte",
    )
)
class Disability:
    """State at a date (Invaliditātes likums; MK 759/2022)."""

    first_name: str | None = leaf(IDN, "First name as the register has it", "vārds")
    last_name: str | None = leaf(IDN, "Last name as the register has it", "uzvārds")
    death_date: date | None = leaf(IDN, "Day of death as the register has it", "miršanas datums")
    representatives: list[PersonReference] = part(
        "Legal representatives at the date", "likumiskie pārstāvji"
    )
    applications: list[DisabilityApplication] = part(
        "Applications received by the date, latest first", "iesniegumi"
    )
    status: DisabilityStatus | None = leaf(
        HLT,
        "Status; NONE when no decision is in force at the date; null when none was ever made",
        "invaliditātes statuss",
    )
    group: DisabilityGroup | None = leaf(HLT, "Disability group", "invaliditātes grupa")
    work_capacity_loss_pct: int | None = leaf(
        HLT, "Loss of capacity to work, in percent", "darbspēju zaudējums procentos"
    )
    cause: DisabilityCause | None = leaf(HLT, "Cause of disability", "invaliditātes cēlonis")
    functional_impairments: list[str] | None = leaf(
        HLT, "Groups of ICD-10 codes", "funkcionālie traucējumi (SSK-10)"
    )
    valid_from: date | None = leaf(HLT, "First day of effect", "spēkā no")
    valid_to: date | None = leaf(HLT, "Last day of effect; null without term", "spēkā līdz")
    known_since: date | None = leaf(
        ADM, "Day from which the decision could be known; may follow its effect", "zināms kopš"
    )
    decisions: list[DisabilityDecision] = part(
        "Every decision in force at the date; the first is the one that speaks", "lēmumi"
    )
    opinions: list[DisabilityOpinion] = part("Opinions in force at the date", "atzinumi")
    certificate: DisabilityCertificate | None = part(
        "Certificate in force at the date", "invaliditātes apliecība"
    )
    source_updated_at: datetime | None = leaf(
        ADM, "When the register last changed the person's entry, UTC", "atjaunots reģistrā"
    )
    provenance: Provenance = part("Where the record comes from", "datu izcelsme")


def _disability(
    self: Any,  # noqa: ANN401 — Person is composed
    info: Info,
    on: Annotated[
        date | None, argument("Day the state is asked for; today by default", "datums")
    ] = UNSET,
) -> Disability | None:
    found: Disability | None = answer(self, info, "disability", on=on)
    return found


REGISTER = Registered(
    register="disability",
    resolver=_disability,
    en="Disability; null when the register has nothing to show",
    lv="invaliditāte",
)
