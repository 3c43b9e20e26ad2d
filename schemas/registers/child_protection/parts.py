"""Parts of the child protection record: care, certificate, court cases, complaints, permit."""

from datetime import date, datetime

import strawberry

from hub.model.catalogue import Category
from schemas.field import described, leaf, part
from schemas.reference import PersonReference
from schemas.registers.child_protection.codes import (
    CareForm,
    CareInstitutionKind,
    ComplaintOutcome,
    ComplaintTopic,
    OrphanCertificateStatus,
    OrphanCourtCaseType,
    SpecialistRole,
)

ADM = Category.ADMINISTRATIVE
CHP = Category.CHILD_PROTECTION


@strawberry.type(description=described("Inspection of an institution", "iestādes pārbaude"))
class CareInspection:
    """Published where it fell into the child's stay."""

    number: str | None = leaf(CHP, "Number", "numurs")
    subject: str | None = leaf(CHP, "What was inspected", "pārbaudes objekts", name="object")
    inspected_on: date | None = leaf(CHP, "Day of inspection", "datums", name="date")
    findings: str | None = leaf(CHP, "Findings", "konstatētais")
    source_updated_at: datetime | None = leaf(
        CHP, "When the register last changed the row, UTC", "atjaunots reģistrā"
    )


@strawberry.type(
    description=described("Functional supervision of an institution", "funkcionālā pārraudzība")
)
class CareSupervision:
    """Published where it overlapped the child's stay."""

    number: str | None = leaf(CHP, "Number", "numurs")
    begins: date | None = leaf(CHP, "First day", "no", name="from")
    ends: date | None = leaf(CHP, "Last day, null while it lasts", "līdz", name="to")
    conclusion: str | None = leaf(CHP, "Conclusion", "slēdziens")
    source_updated_at: datetime | None = leaf(
        CHP, "When the register last changed the row, UTC", "atjaunots reģistrā"
    )


@strawberry.type(description=described("Child care institution", "bērnu aprūpes iestāde"))
class CareInstitution:
    """From the register of institutions."""

    registration_number: str | None = leaf(CHP, "Registration number", "reģistrācijas numurs")
    name: str | None = leaf(CHP, "Name", "nosaukums")
    kind: CareInstitutionKind | None = leaf(CHP, "Kind", "veids")
    address: str | None = leaf(CHP, "Address", "adrese")
    capacity: int | None = leaf(CHP, "Places for children", "vietu skaits")
    inspections: list[CareInspection] = part(
        "Inspections made during the child's stay", "pārbaudes"
    )
    supervisions: list[CareSupervision] = part(
        "Functional supervision during the child's stay", "funkcionālā pārraudzība"
    )
    source_updated_at: datetime | None = leaf(
        CHP, "When the register last changed the row, UTC", "atjaunots reģistrā"
    )


@strawberry.type(description=described("Out-of-home care of a child", "ārpusģimenes aprūpe"))
class OutOfHomeCare:
    """One spell; who cares is either a person or an institution."""

    form: CareForm | None = leaf(CHP, "Form of care", "aprūpes forma")
    provider: str | None = leaf(
        CHP, "Name of the institution; a guardian or foster parent stands in `carer`", "sniedzējs"
    )
    begins: date | None = leaf(CHP, "First day", "no", name="from")
    ends: date | None = leaf(CHP, "Last day, null while it lasts", "līdz", name="to")
    carer: PersonReference | None = part(
        "Guardian or foster parent; null in an institution", "aizbildnis vai audžuvecāks"
    )
    institution: CareInstitution | None = part("The institution", "iestāde")
    source_updated_at: datetime | None = leaf(
        CHP, "When the register last changed the row, UTC", "atjaunots reģistrā"
    )


@strawberry.type(description=described("Orphan certificate", "bāreņa apliecība"))
class OrphanCertificate:
    """From seven years of age, for at most three years, to 24 while studying (MK 857/2005)."""

    number: str | None = leaf(CHP, "Number", "numurs")
    status: OrphanCertificateStatus | None = leaf(CHP, "State today", "statuss")
    issued_by: str | None = leaf(CHP, "Orphan court that decided", "izdevējs")
    issued_on: date | None = leaf(CHP, "Day of issue", "izdota")
    valid_to: date | None = leaf(CHP, "Last day of its term", "derīga līdz")
    source_updated_at: datetime | None = leaf(
        CHP, "When the register last changed the row, UTC", "atjaunots reģistrā"
    )


@strawberry.type(description=described("Orphan court", "bāriņtiesa"))
class OrphanCourt:
    """From the register of orphan courts."""

    code: str | None = leaf(CHP, "Code", "kods")
    name: str | None = leaf(CHP, "Name", "nosaukums")
    territory: str | None = leaf(CHP, "Territory by ATVK", "darbības teritorija")


@strawberry.type(description=described("Case at an orphan court", "bāriņtiesas lieta"))
class OrphanCourtCase:
    """A case about the person asked."""

    number: str | None = leaf(CHP, "Number", "numurs")
    kind: OrphanCourtCaseType | None = leaf(CHP, "What it decides on", "veids", name="type")
    opened_on: date | None = leaf(CHP, "Day opened", "ierosināta")
    decision: str | None = leaf(CHP, "Decision, null while pending", "lēmums")
    decided_on: date | None = leaf(CHP, "Day of decision", "lēmuma datums", name="date")
    court: OrphanCourt | None = part("The court", "bāriņtiesa")
    source_updated_at: datetime | None = leaf(
        CHP, "When the register last changed the row, UTC", "atjaunots reģistrā"
    )


@strawberry.type(
    description=described("Complaint or report concerning the child", "sūdzība vai ziņojums")
)
class ChildComplaint:
    """Who complained is not published."""

    number: str | None = leaf(CHP, "Number", "numurs")
    received_on: date | None = leaf(CHP, "Day received", "saņemta", name="received")
    topic: ComplaintTopic | None = leaf(CHP, "Subject", "tēma")
    outcome: ComplaintOutcome | None = leaf(
        CHP, "Outcome, null while under examination", "iznākums"
    )
    source_updated_at: datetime | None = leaf(
        CHP, "When the register last changed the row, UTC", "atjaunots reģistrā"
    )


@strawberry.type(
    description=described("Permission to work with children", "speciālista tiesības strādāt")
)
class SpecialistPermit:
    """Whether, never why not: no data on offences are published at all."""

    role: SpecialistRole | None = leaf(ADM, "Kind of work", "amats")
    training_valid_to: date | None = leaf(
        ADM, "Last day for which training in children's rights counts", "apmācība derīga līdz"
    )
    permitted: bool | None = leaf(
        ADM,
        "Whether the person may work with children today; the reason is not published",
        "drīkst strādāt ar bērniem",
    )
    source_updated_at: datetime | None = leaf(
        ADM, "When the register last changed the row, UTC", "atjaunots reģistrā"
    )
