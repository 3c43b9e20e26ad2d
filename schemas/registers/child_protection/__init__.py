"""Child protection: care outside the family, orphan certificate, court cases, specialists."""

from typing import Any

import strawberry
from strawberry.types import Info

from schemas.field import described, part
from schemas.person import Registered, answer
from schemas.provenance import Provenance
from schemas.registers.child_protection.parts import (
    ChildComplaint,
    OrphanCertificate,
    OrphanCourtCase,
    OutOfHomeCare,
    SpecialistPermit,
)


@strawberry.type(
    description=described("Record of the Child Protection Centre (BAC)", "bērnu aizsardzības dati")
)
class ChildProtection:
    """The state today; NPAIS is another controller's system and is not published."""

    out_of_home_care: OutOfHomeCare | None = part(
        "Care outside the family today", "ārpusģimenes aprūpe"
    )
    out_of_home_care_history: list[OutOfHomeCare] = part(
        "All spells of care outside the family, earliest first", "ārpusģimenes aprūpes vēsture"
    )
    orphan_certificate: OrphanCertificate | None = part(
        "Certificate in force, else the one that ended last (decision 0512)", "bāreņa apliecība"
    )
    orphan_court_cases: list[OrphanCourtCase] = part(
        "Cases at orphan courts, earliest first", "bāriņtiesas lietas"
    )
    complaints: list[ChildComplaint] = part(
        "Complaints and reports concerning the child, earliest first", "sūdzības un ziņojumi"
    )
    specialist_permit: SpecialistPermit | None = part(
        "The person's own permission to work with children", "speciālista tiesības"
    )
    provenance: Provenance = part("Where the record comes from", "datu izcelsme")


def child_protection(self: Any, info: Info) -> ChildProtection | None:  # noqa: ANN401 — Person is composed later
    """Answer from facts already fetched."""
    published: ChildProtection | None = answer(self, info, "childProtection")
    return published


REGISTER = Registered(
    register="childProtection",
    resolver=child_protection,
    en="Protection of a child, and permission to work with children",
    lv="bērnu aizsardzības dati",
)
