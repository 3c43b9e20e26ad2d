"""The sandbox's clients, their agreements, and the personas, as rows for table, JSON and page."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

from hub.model.agreement import Agreement
from hub.sandbox.issuer.keys import PORTAL, client_ids
from hub.sandbox.people.personas import personas

PERSON: Final = "person-"
ASKING: Final = ("ilze", "andris", "gunta", "zenta", "imants")
"""Personas who have something to ask: a family, a benefit, a ward."""


def clients(data_dir: Path, agreements: Callable[[str], Sequence[Agreement]]) -> list[Any]:
    """Return every demo client with its agreements, in force or not.

    The citizen portal acts for one person at a time: each of some personas stands for it once.
    """
    rows = []
    for client in client_ids(data_dir):
        known = agreements(client)
        if client == PORTAL:
            rows += _persons(known)
            continue
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


def persona_of(client: str) -> str | None:
    """Return the code of the persona that a row of the portal is, None for other clients."""
    key = client.removeprefix(PERSON)
    codes = {each.key: each.code for each in personas()}
    return codes[key] if client.startswith(PERSON) and key in ASKING else None


def _persons(known: Sequence[Agreement]) -> list[Any]:
    return [
        {
            "id": f"{PERSON}{each.key}",
            "title": f"{each.name}, in the state portal",
            "recipient": {
                "en": f"{each.name}, in the state portal",
                "lv": f"{each.name}, valsts portālā",
            },
            "agreements": [_agreement(one) for one in known],
        }
        for each in personas()
        if each.key in ASKING
    ]


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
