"""What detectors of possible misuse found: questions for an officer, never accusations."""

import json
from collections.abc import Mapping
from datetime import datetime
from enum import Enum
from typing import Annotated, Any

import strawberry
from strawberry.types import Info

from hub.model.misuse import Closed, KeptFinding
from hub.model.page import Page
from schemas.accountability.finding_words import in_english, in_latvian
from schemas.accountability.paging import ADM, After, First, PageInfo, Reason
from schemas.desks import desk, told
from schemas.field import argument, described, leaf, part, value


@strawberry.enum(description=described("What a detector looks for", "aizdomu veids"))
class FindingKind(Enum):
    """As ``policies/misuse.yaml`` names them."""

    OWN_CODE = value("own_code", "One's own code", "savs kods")
    OWN_HOUSEHOLD = value("own_household", "One's own household", "sava mājsaimniecība")
    COLLEAGUE = value("colleague", "A colleague's household", "kolēģa mājsaimniecība")
    NAMESAKE = value("namesake", "A namesake's household", "uzvārdabrāļa mājsaimniecība")
    VIP = value("vip", "A person of the list", "sarakstā iekļauta persona")
    OUT_OF_HOURS = value("out_of_hours", "Out of hours", "ārpus darba laika")
    WITHOUT_CASE = value("without_case", "Without an open case", "bez atvērtas lietas")
    VOLUME = value("volume", "Sudden volume", "pēkšņs apjoms")
    ENUMERATION = value("enumeration", "Codes tried out", "kodu minēšana")
    QUOTA_EDGE = value("quota_edge", "Just below the quota every day", "tieši zem kvotas")
    STATUS_SWEEP = value("status_sweep", "Statuses tried out", "statusu pārlase")


@strawberry.type(description=described("A number that a finding rests on", "lielums"))
class Measure:
    """As named in the table of thresholds, or as counted."""

    name: str = leaf(ADM, "Name", "nosaukums")
    number: int = leaf(ADM, "Number", "skaitlis")


@strawberry.type(description=described("Possible misuse, to be asked about", "aizdomas"))
class Finding:
    """It cites entries, and names no person who was looked up."""

    id: str = leaf(ADM, "Id; the same matter has the same", "identifikators")
    kind: FindingKind = leaf(ADM, "What the detector looks for", "veids")
    version: int = leaf(ADM, "Version of the detector", "detektora versija")
    text: str = leaf(ADM, "In plain English", "vienkāršiem vārdiem angliski")
    text_lv: str = leaf(ADM, "In plain Latvian", "vienkāršiem vārdiem latviski")
    found_at: datetime = leaf(ADM, "When it was found", "atrasts")
    since: datetime = leaf(ADM, "First entry of the evidence, as first found", "no")
    until: datetime = leaf(ADM, "Last entry of the evidence, as first found", "līdz")
    recipient: str | None = leaf(ADM, "Code of the institution", "saņēmējs")
    official: str | None = leaf(ADM, "Official, as the institution names them", "amatpersona")
    client: str | None = leaf(ADM, "Client", "klients")
    agreement: str | None = leaf(ADM, "Number of the agreement", "vienošanās")
    case: str | None = leaf(ADM, "Case number", "lietas numurs")
    measured: list[Measure] = part("What was counted, as first found", "izmērītais")
    thresholds: list[Measure] = part("From which numbers the detector spoke", "sliekšņi")
    entries: int = leaf(ADM, "Entries of the evidence by now", "pierakstu skaits")
    operations: list[str] = leaf(
        ADM, "Operations of the evidence for `accessLog`, the latest first, a hundred", "darbības"
    )
    open: bool = leaf(ADM, "Whether it waits for an officer", "atvērts")
    changed_at: datetime = leaf(ADM, "When it was opened or closed last", "mainīts")
    closed_reason: str | None = leaf(ADM, "Why it was closed", "slēgšanas iemesls")

    @classmethod
    def of(cls, kept: KeptFinding) -> "Finding":
        """Publish a finding."""
        return cls(
            id=kept.id,
            kind=FindingKind(kept.kind.value),
            version=kept.version,
            text=in_english(kept),
            text_lv=in_latvian(kept),
            found_at=kept.at,
            since=kept.since,
            until=kept.until,
            recipient=kept.recipient,
            official=kept.official,
            client=kept.client,
            agreement=kept.agreement,
            case=kept.case,
            measured=_measures(kept.measured),
            thresholds=_measures(json.loads(kept.thresholds)),
            entries=kept.entries,
            operations=list(kept.operations),
            open=kept.open,
            changed_at=kept.changed_at,
            closed_reason=kept.reason,
        )


@strawberry.type(description=described("Findings, the newest first", "aizdomas"))
class FindingPage:
    """One page."""

    findings: list[Finding] = part("Newest first", "aizdomas")
    page_info: PageInfo = part("Where the page ends", "lappuses dati")

    @classmethod
    def of(cls, page: Page) -> "FindingPage":
        """Publish a page."""
        return cls(findings=[Finding.of(each) for each in page.rows], page_info=PageInfo.of(page))


@strawberry.type(description=described("A finding that was closed", "slēgtas aizdomas"))
class ClosedFinding:
    """It opens again by itself when new entries speak for it."""

    id: str = leaf(ADM, "Id", "identifikators")
    closed_at: datetime = leaf(ADM, "When", "laiks")

    @classmethod
    def of(cls, closed: Closed) -> "ClosedFinding":
        """Publish it."""
        return cls(id=closed.id, closed_at=closed.at)


def findings(
    info: Info,
    reason: Reason,
    include_closed: Annotated[bool, argument("Closed ones too", "arī slēgtās")] = False,  # noqa: FBT002 — as published
    first: First = None,
    after: After = None,
) -> FindingPage:
    """Resolve."""
    del reason, include_closed, first, after
    return FindingPage.of(told(info))


def close_finding(
    info: Info,
    id: Annotated[str, argument("Which", "identifikators")],  # noqa: A002 — as published
    reason: Reason,
) -> ClosedFinding:
    """Resolve."""
    del id, reason
    return ClosedFinding.of(told(info))


def _measures(numbers: Mapping[str, Any]) -> list[Measure]:
    return [
        Measure(name=name, number=number)
        for name, number in numbers.items()
        if isinstance(number, int)
    ]


QUERIES = [
    desk(
        "findings",
        findings,
        "Possible misuse, the newest first; the question is itself an entry",
        "aizdomas par ļaunprātīgu izmantošanu",
    )
]
MUTATIONS = [
    desk("closeFinding", close_finding, "Closes a finding, with a reason", "aizdomu slēgšana")
]
