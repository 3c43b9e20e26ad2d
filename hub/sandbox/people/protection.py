"""Draws what child protection knows: care outside the family, courts, certificates, complaints."""

from datetime import date
from typing import Final

from hub.sandbox.people import money
from hub.sandbox.people.care import (
    Care,
    CareForm,
    CaseKind,
    CertificateStatus,
    Complaint,
    CourtCase,
    Guardian,
    GuardianKind,
    OrphanCertificate,
    Scope,
)
from hub.sandbox.people.days import add_years, after, eve
from hub.sandbox.people.draft import MAJORITY, Draft
from hub.sandbox.people.territories import RIGA

CERTIFICATE_FROM: Final = 7
CERTIFICATE_YEARS: Final = 3
CERTIFICATE_TO: Final = 24

INSTITUTIONS: Final = (
    ('Bērnu ciemats "Zvaigznītes"', "90900000001"),
    ('Bērnu nams "Saulespuķe"', "90900000002"),
    ('Ģimenes atbalsta centrs "Krasts"', "90900000003"),
)
"""Made-up institutions and registration numbers."""

_TOPICS: Final = (
    "konflikts izglītības iestādē",
    "saskarsmes tiesības",
    "aprūpe ģimenē",
    "veselības aprūpes pieejamība",
)
_OUTCOMES: Final = ("nav pamatots", "sniegti ieteikumi", "nodots bāriņtiesai", None)
_CASES: Final = {
    CareForm.GUARDIAN: CaseKind.GUARDIANSHIP,
    CareForm.FOSTER_FAMILY: CaseKind.PLACEMENT_FOSTER,
    CareForm.INSTITUTION: CaseKind.PLACEMENT_INSTITUTION,
}
_KINDS: Final = {
    CareForm.GUARDIAN: GuardianKind.GUARDIAN,
    CareForm.FOSTER_FAMILY: GuardianKind.FOSTER_PARENT,
}


def place(child: Draft, form: CareForm, carer: Draft | None, begins: date) -> None:
    """Put a child into care from ``begins`` until eighteen, with all that follows from it."""
    begins = min(begins, child.last_day)
    ends = eve(child.of_age_on) if child.of_age_on <= child.last_day else None
    institution, number = child.rng.choice(INSTITUTIONS)
    child.care.append(
        Care(
            form=form,
            provider=institution if carer is None else f"{carer.first} {carer.last}",
            provider_no=number if carer is None else None,
            carer=None if carer is None else carer.kin(),
            begins=begins,
            ends=ends,
        )
    )
    _decide(child, CaseKind.REMOVAL_OF_CUSTODY, begins)
    _decide(child, _CASES[form], begins)
    if carer is not None:
        _represent(child, form, carer, begins, eve(child.of_age_on))
    certify(child, begins)


def certify(child: Draft, cared_from: date) -> None:
    """Issue orphan certificates, each for three years at most, to 24 while studying."""
    begins = max(add_years(child.born, CERTIFICATE_FROM), after(cared_from, 30))
    while begins <= child.last_day:
        studying = begins >= child.of_age_on
        limit = add_years(child.born, CERTIFICATE_TO if studying else MAJORITY)
        ends = min(eve(add_years(begins, CERTIFICATE_YEARS)), eve(limit))
        if ends < begins or (studying and child.chance(0.3)):
            return
        child.certificates.append(_certificate(child, begins, ends, studying=studying))
        begins = after(ends, 1)


def complain(child: Draft, share: float) -> None:
    """Draw a complaint about the child's rights."""
    if child.age < 1 or not child.chance(share):
        return
    received = after(child.last_day, -child.days(1, 360))
    outcome = child.rng.choice(_OUTCOMES)
    topic = child.rng.choice(_TOPICS)
    child.complaints.append(Complaint(received_on=received, topic=topic, outcome=outcome))


def suit(parent: Draft, kind: CaseKind, decided: date) -> None:
    """Record that an orphan court found somebody fit to foster or adopt."""
    _decide(parent, kind, decided)


def _certificate(child: Draft, begins: date, ends: date, *, studying: bool) -> OrphanCertificate:
    is_valid = ends >= child.today and child.ended_on is None
    return OrphanCertificate(
        issuer=child.territory or RIGA,
        issued_on=begins,
        valid_to=ends,
        status=CertificateStatus.VALID if is_valid else CertificateStatus.EXPIRED,
        studying=studying,
    )


def _decide(person: Draft, kind: CaseKind, decided: date) -> None:
    opened = max(after(decided, -person.days(5, 60)), person.born)
    person.court_cases.append(
        CourtCase(
            kind=kind,
            court=person.territory or RIGA,
            opened_on=opened,
            decided_on=decided,
            decision="lēmums pieņemts",
        )
    )


def _represent(child: Draft, form: CareForm, carer: Draft, begins: date, ends: date) -> None:
    child.guardians.append(
        Guardian(who=carer.kin(), kind=_KINDS[form], scope=Scope.FULL, begins=begins, ends=ends)
    )
    if form is CareForm.GUARDIAN:
        money.grant(carer, money.GUARDIAN, begins, ends, 54, about=child.kin())
        money.grant(child, money.WARD, begins, ends, 258, payee=carer.kin())
    else:
        money.grant(carer, money.FOSTER, begins, ends, 171, about=child.kin())
