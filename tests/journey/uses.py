"""Every agreement asked as its use case would, and one step beyond (DOMAIN.md section 4)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

CASE_AND_OFFICIAL: Final = {"hub-case": "SP-2026/117", "hub-official": "L.Vanaga"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """One agreement's daily question.

    Attributes:
        person: Key of the persona asked about.
        asks: Selection below ``Person``; ``shows`` is part of what it gives.
        beyond: Selection one step beyond; ``excess`` is the field named in the refusal.
        hour: Local hour at which it is asked; None means now.
    """

    agreement: str
    client: str
    person: str
    asks: str
    shows: Mapping[str, Any]
    beyond: str
    excess: str
    headers: Mapping[str, str] = field(default_factory=dict)
    hour: int | None = None


USES: Final = (
    Use(
        agreement="RSD-2026-001",  # use case 1
        client="riga-social-service",
        person="ilze",
        asks="employment { status } socialInsurance { benefits { kind grantedAmount } }",
        shows={"employment": {"status": "UNEMPLOYED"}},
        beyond="employment { status branch }",
        excess="employment.branch",
    ),
    Use(
        agreement="MSD-2026-001",
        client="madona-social-service",
        person="gunta",
        asks="disability { group } socialInsurance { benefits { kind payments { net } } }",
        shows={"disability": {"group": "II"}, "socialInsurance": None},
        beyond="disability { group status }",
        excess="disability.status",
    ),
    Use(
        agreement="RSD-2026-004",
        client="riga-social-service",
        person="ilze",
        asks="employment { status endedOn } socialInsurance { benefits { kind entitlementTo } }",
        shows={"employment": {"status": "UNEMPLOYED", "endedOn": None}},
        beyond="socialInsurance { benefits { grantedAmount } }",
        excess="socialInsurance.benefits.grantedAmount",
        headers=CASE_AND_OFFICIAL,
    ),
    Use(
        agreement="RSD-2026-005",
        client="riga-social-service",
        person="ilze",
        asks="employment { status }",
        shows={"employment": {"status": "UNEMPLOYED"}},
        beyond="employment { status } disability { status }",
        excess="disability.status",
    ),
    Use(
        agreement="RSD-2026-006",
        client="riga-social-service",
        person="ilze",
        asks="employment { branch measures { kind } }",
        shows={
            "employment": {
                "branch": "Rīgas filiāle",
                "measures": [{"kind": "NON_FORMAL_EDUCATION"}, {"kind": "VOCATIONAL_EDUCATION"}],
            }
        },
        beyond="employment { branch endReason }",
        excess="employment.endReason",
        headers={"hub-official": "L.Vanaga"},
    ),
    Use(
        agreement="RSD-2026-002",  # use case 2
        client="riga-social-service",
        person="vija",
        asks="disability { status } employment { status }",
        shows={"disability": {"status": "ADULT"}, "employment": None},
        beyond="disability { status group }",
        excess="disability.group",
    ),
    Use(
        agreement="RSD-2026-008",  # use case 2, by night
        client="riga-social-service",
        person="vija",
        asks="disability { status } employment { status }",
        shows={"disability": {"status": "ADULT"}, "employment": None},
        beyond="disability { status group }",
        excess="disability.group",
        hour=3,
    ),
    Use(
        agreement="RSD-2026-003",  # use case 3
        client="riga-social-service",
        person="harijs",
        asks="disability { group opinions { kind } }",
        shows={"disability": {"group": "I", "opinions": [{"kind": "SPECIAL_CARE"}]}},
        beyond="disability { group workCapacityLossPct }",
        excess="disability.workCapacityLossPct",
        headers=CASE_AND_OFFICIAL,
    ),
    Use(
        agreement="VSAA-2026-001",  # use case 4
        client="vsaa",
        person="peteris",
        asks="disability { group cause decisions { group cause } }",
        shows={
            "disability": {
                "group": "II",
                "cause": "ILLNESS",
                "decisions": [
                    {"group": "II", "cause": "ILLNESS"},
                    {"group": "III", "cause": "WORK_ACCIDENT"},
                ],
            }
        },
        beyond="disability { group functionalImpairments }",
        excess="disability.functionalImpairments",
    ),
    Use(
        agreement="VSAA-2026-002",  # use case 5
        client="vsaa",
        person="rudolfs",
        asks="employment { status endReason }",
        shows={"employment": {"status": "NONE", "endReason": "FOUND_WORK"}},
        beyond="employment { status grantedOn }",
        excess="employment.grantedOn",
    ),
    Use(
        agreement="NVA-2026-001",  # use case 6; excess is null by this agreement
        client="nva",
        person="harijs",
        asks="disability { workCapacityLossPct }",
        shows={"disability": {"workCapacityLossPct": 100}},
        beyond="disability { workCapacityLossPct group }",
        excess="disability.group",
    ),
    Use(
        agreement="IZG-2026-001",  # use case 7
        client="school-board",
        person="vija",
        asks="disability { status } childProtection { orphanCertificate { status } }",
        shows={"disability": {"status": "ADULT"}, "childProtection": None},
        beyond="childProtection { orphanCertificate { status number } }",
        excess="childProtection.orphanCertificate.number",
    ),
    Use(
        agreement="ATD-2026-001",  # use case 9
        client="transport-operator",
        person="gunta",
        asks="disability { status group }",
        shows={"disability": {"status": "ADULT", "group": "II"}},
        beyond="disability { status cause }",
        excess="disability.cause",
    ),
    Use(
        agreement="SPKC-2026-001",  # use case 11
        client="spkc",
        person="marta",
        asks="vaccination { immunizations { lotNumber institution { code } } }",
        shows={},
        beyond="vaccination { calendarStatus }",
        excess="vaccination.calendarStatus",
        headers={"hub-case": "AVD-2026/3"},
    ),
    Use(
        agreement="RBT-2026-001",  # use case 13
        client="orphan-court",
        person="kristaps",
        asks="childProtection { outOfHomeCare { form } } socialInsurance { benefits { kind } }",
        shows={
            "childProtection": {"outOfHomeCare": {"form": "GUARDIAN"}},
            "socialInsurance": {"benefits": [{"kind": "SURVIVOR_PENSION"}, {"kind": "WARD"}]},
        },
        beyond="childProtection { complaints { number } }",
        excess="childProtection.complaints.number",
        headers={"hub-case": "BT-2026/17", "hub-official": "A.Tiesa"},
    ),
    Use(
        agreement="RBT-2026-002",
        client="orphan-court",
        person="toms",
        asks="childProtection { outOfHomeCare { form } }",
        shows={"childProtection": {"outOfHomeCare": {"form": "FOSTER_FAMILY"}}},
        beyond="childProtection { outOfHomeCare { form carer { firstName } } }",
        excess="childProtection.outOfHomeCare.carer.firstName",
        headers={"hub-case": "BT-2026/99", "hub-official": "A.Tiesa"},
    ),
    Use(
        agreement="IZG-2026-002",  # use case 14
        client="school-board",
        person="normunds",
        asks="childProtection { specialistPermit { permitted } }",
        shows={"childProtection": {"specialistPermit": {"permitted": False}}},
        beyond="childProtection { specialistPermit { permitted role } }",
        excess="childProtection.specialistPermit.role",
        headers={"hub-official": "D.Skola"},
    ),
    Use(
        agreement="NVO-2026-001",  # consent as the basis
        client="employment-ngo",
        person="ilze",
        asks="employment { status } socialInsurance { benefits { kind } }",
        shows={"employment": {"status": "UNEMPLOYED"}},
        beyond="employment { status branch }",
        excess="employment.branch",
    ),
)
"""In the order of the use cases; use case 8 is refused everywhere and has its own test."""
