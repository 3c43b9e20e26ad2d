"""Invariant 12: outside the scope and not existing look alike: answer, quota, calls, log."""

from collections.abc import Mapping
from typing import Any

import pytest

from tests.journey.test_quota import nobody
from tests.journey.town import PERSONAS, Town, codes

SCOPED: Mapping[str, dict[str, Any]] = {
    "RSD-2026-001": {"client": "riga-social-service"},
    "MSD-2026-001": {"client": "madona-social-service"},
    "RSD-2026-006": {"client": "riga-social-service", "headers": {"hub-official": "L.Vanaga"}},
    "RBT-2026-001": {
        "client": "orphan-court",
        "headers": {"hub-case": "BT-2026/17", "hub-official": "A.Tiesa"},
    },
}
COUNTED = {"RSD-2026-001", "MSD-2026-001"}
ASKED = {
    "RSD-2026-001": "employment { status } disability { status }",
    "MSD-2026-001": "employment { status } disability { group }",
    "RSD-2026-006": "employment { status } disability { status }",
    "RBT-2026-001": "childProtection { outOfHomeCare { form } } disability { status }",
}


def ask(town: Town, agreement: str, code: str) -> tuple[Any, ...]:
    """Ask about one person; return all that could tell: answer, calls, quota, open log."""
    before = used(town, agreement)
    town.watch.clear()
    query = f"""query($c: PersonalCode!) {{ person(personalCode: $c) {{
        personalCode absences {{ register code retryAfterSeconds knownAsOf }}
        {ASKED[agreement]} }} }}"""
    response = town.ask(query, {"c": code}, agreement=agreement, **SCOPED[agreement])
    assert response.status_code == 200, response.text
    assert codes(response) == []
    body = response.json()["data"]["person"]
    assert body.pop("personalCode") == code
    opened, row = town.log_of(response)[0]
    known = {key: opened[key] for key in opened if key not in {"at", "nonce", "operation_id"}}
    size = (len(row.open), len(row.sealed or b""))
    ((_, *call),) = town.watch.calls
    return (
        body,
        sorted(response.json()["extensions"]["receipt"]),
        call,
        used(town, agreement) - before,
        known,
        size,
    )


def used(town: Town, agreement: str) -> int:
    query = "{ currentPermissions { permissionNumber useCount } }"
    told = town.ask(query, client=SCOPED[agreement]["client"], agreement=None).json()
    counts = {
        each["permissionNumber"]: each["useCount"] for each in told["data"]["currentPermissions"]
    }
    return counts[agreement] or 0


@pytest.mark.parametrize("agreement", SCOPED)
def test_whoever_is_outside_is_like_whoever_does_not_exist(town: Town, agreement: str) -> None:
    outside = town.outside()  # lives in neither Rīga nor Madona, and is in nobody's care
    unknown, closed = nobody(1)[0], PERSONAS["una"]
    first = ask(town, agreement, outside)
    assert first == ask(town, agreement, unknown)
    assert first[0]["absences"] == [
        {
            "register": None,
            "code": "SUBJECT_NOT_FOUND",
            "retryAfterSeconds": None,
            "knownAsOf": None,
        }
    ]
    assert first[3] == (agreement in COUNTED)
    town.forget()
    assert first[0] == ask(town, agreement, closed)[0]


@pytest.mark.parametrize("agreement", SCOPED)
def test_in_a_batch_both_are_looked_up_alike(town: Town, agreement: str) -> None:
    query = f"""query($c: [PersonalCode!]!) {{ persons(personalCodes: $c) {{
        absences {{ register code }} {ASKED[agreement]} }} }}"""
    people = [town.outside(), *nobody(1), town.outside(), *nobody(1)]
    response = town.ask(query, {"c": people}, agreement=agreement, **SCOPED[agreement])
    persons = response.json()["data"]["persons"]
    assert all(each == persons[0] for each in persons)
    assert [(name, number) for name, number, _ in town.watch.calls] == [("population", 4)]
    told = [(each.relation, each.outcomes) for each in town.entries(response) if each]
    assert told == [("asked", {"person": "not_found"})] * 4


def test_with_the_register_down_both_are_alike_too(town: Town) -> None:
    town.watch.down = {"employment", "disability"}
    outside = ask(town, "RSD-2026-001", town.outside())
    assert outside == ask(town, "RSD-2026-001", nobody(1)[0])
