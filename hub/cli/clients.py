"""The sandbox's clients, their agreements, and the personas, as rows for table, JSON and page."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from hub.model.agreement import Agreement
from hub.sandbox.issuer.keys import PORTAL, client_ids
from hub.sandbox.people.personas import personas


def clients(data_dir: Path, agreements: Callable[[str], Sequence[Agreement]]) -> list[Any]:
    """Return every demo client with its agreements, in force or not."""
    rows = []
    for client in client_ids(data_dir):
        if client == PORTAL:
            continue
        known = agreements(client)
        en, lv = (known[0].recipient_en, known[0].recipient_lv) if known else (client, client)
        rows.append(
            {
                "id": client,
                "title": en,
                "recipient": {"en": en, "lv": lv},
                "agreements": [_agreement(each) for each in known],
            }
        )
    return rows


def person_rows() -> list[Any]:
    """Return the personas."""
    return [
        {
            "key": each.key,
            "name": each.name,
            "personalCode": each.code,
            "about": {"en": each.about_en, "lv": each.about_lv},
            "shows": each.shows,
        }
        for each in personas()
    ]


def _agreement(agreement: Agreement) -> Any:  # noqa: ANN401 — JSON
    return {
        "number": agreement.number,
        "revision": agreement.revision,
        "purpose": agreement.purpose,
        "purposeTitle": {"en": agreement.purpose_en, "lv": agreement.purpose_lv},
        "operations": sorted(agreement.operations),
        "fields": sorted(agreement.fields),
        "validFrom": agreement.valid_from.isoformat(),
        "validTo": agreement.valid_to.isoformat() if agreement.valid_to else None,
        "maxSubjects": agreement.max_subjects,
        "caseRequired": agreement.case_required,
        "officialRequired": agreement.official_required,
    }
