"""Care outside the family, as published: who cares, and what was seen during the child's stay."""

from collections.abc import Sequence
from datetime import date

from msgspec import UNSET

from connectors.child_protection import facts as known
from connectors.child_protection.codings import FORMS, INSTITUTION_KINDS
from connectors.transports.codes import canonical
from connectors.transports.unset import rows, told, touches
from schemas.reference import PersonReference
from schemas.registers.child_protection.codes import CareForm, CareInstitutionKind
from schemas.registers.child_protection.parts import (
    CareInspection,
    CareInstitution,
    CareSupervision,
    OutOfHomeCare,
)


def care(row: known.Care, today: date) -> OutOfHomeCare:
    """Publish one spell; a guardian or foster parent is told by reference alone.

    Source: decision 0510.
    """
    institution = told(row.institution)
    return OutOfHomeCare(
        form=None if row.form is UNSET else FORMS.get(row.form, CareForm.OTHER),
        provider=told(institution.name) if institution else None,
        begins=told(row.begins),
        ends=told(row.ends),
        carer=_carer(told(row.carer)),
        institution=_institution(institution, row, today) if institution else None,
        source_updated_at=told(row.source_updated_at),
    )


def _carer(row: known.Carer | None) -> PersonReference | None:
    if row is None or row.code is UNSET:
        return None
    return PersonReference.to(canonical(row.code), told(row.first_name), told(row.last_name))


def _institution(row: known.Institution, stay: known.Care, today: date) -> CareInstitution:
    return CareInstitution(
        registration_number=told(row.registration_number),
        name=told(row.name),
        kind=None
        if row.kind is UNSET
        else INSTITUTION_KINDS.get(row.kind, CareInstitutionKind.OTHER),
        address=told(row.address),
        capacity=told(row.capacity),
        inspections=_inspections(rows(row.inspections), stay, today),
        supervisions=_supervisions(rows(row.supervisions), stay, today),
        source_updated_at=told(row.source_updated_at),
    )


def _inspections(
    listed: Sequence[known.Inspection], stay: known.Care, today: date
) -> list[CareInspection]:
    seen = [
        (day, row)
        for row in listed
        if (day := told(row.inspected_on)) is not None and _during(stay, day, day, today)
    ]
    return [
        CareInspection(
            number=told(row.number),
            subject=told(row.subject),
            inspected_on=day,
            findings=told(row.findings),
            source_updated_at=told(row.source_updated_at),
        )
        for day, row in sorted(seen, key=lambda pair: pair[0])
    ]


def _supervisions(
    listed: Sequence[known.Supervision], stay: known.Care, today: date
) -> list[CareSupervision]:
    spans = [(told(row.begins), told(row.ends), row) for row in listed]
    seen = [
        (begins, ends, row)
        for begins, ends, row in spans
        if begins is not None and _during(stay, begins, ends or date.max, today)
    ]
    return [
        CareSupervision(
            number=told(row.number),
            begins=begins,
            ends=ends,
            conclusion=told(row.conclusion),
            source_updated_at=told(row.source_updated_at),
        )
        for begins, ends, row in sorted(seen, key=lambda span: span[0])
    ]


def _during(stay: known.Care, first: date, last: date, today: date) -> bool:
    return first <= today and touches(stay.begins, stay.ends, first, last)
