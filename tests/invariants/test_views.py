"""What was made of a record is told again only to whom, and for what, it was made.

Over HTTP and at hand; ``unit/pipeline/test_views`` tries many more questions against one another.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from hub.cli.furnish import sandbox_documents
from hub.model.evidence import Kept
from hub.policy.book import Book, book_of
from tests.journey.test_periods import END, month
from tests.journey.town import PERSONAS, Town, codes
from tests.journey.uses import CASE_AND_OFFICIAL

FREELY: dict[str, Any] = {"client": "sandbox-full", "agreement": None}
MOST_VIEWS = 8


def asking(selection: str) -> str:
    kinds = {"from": "Date", "to": "Date", "kinds": "[BenefitKind!]", "on": "Date"}
    used = [f"${name}: {kind}" for name, kind in kinds.items() if f"${name}" in selection]
    head = ", ".join(["$p: PersonalCode!", *used])
    return f"query({head}) {{ person(personalCode: $p) {{ {selection} }} }}"


def person(
    town: Town, key: str, selection: str, by: dict[str, Any] = FREELY, **asked: object
) -> Any:  # noqa: ANN401 — JSON
    response = town.ask(asking(selection), {"p": PERSONAS[key], **asked}, **by)
    assert response.status_code == 200, response.text
    return response.json()["data"]["person"]


def warm(town: Town, key: str, selection: str, by: dict[str, Any] = FREELY, **asked: object) -> Any:  # noqa: ANN401 — JSON
    """Ask until the answer is made of what is at hand, and once more."""
    register = selection.split("{", maxsplit=1)[0].split("(", maxsplit=1)[0].strip()
    selection += f" at: {register} {{ provenance {{ cached }} }}"
    deadline = time.monotonic() + 10
    while not person(town, key, selection, by, **asked)["at"]["provenance"]["cached"]:
        assert time.monotonic() < deadline
    told = person(town, key, selection, by, **asked)
    del told["at"]
    return told


def records(town: Town) -> list[Kept]:
    """Return what the hub has at hand."""
    fetch: Any = town.hub.rooms.fetch
    return [held.outcome for held in fetch._nearby.everything() if isinstance(held.outcome, Kept)]


def test_two_agreements_are_told_of_one_register_by_their_own_classes(town: Town) -> None:
    work = "employment { status endReason }"
    law = {"client": "vsaa", "agreement": "VSAA-2026-002"}
    for _ in range(3):
        everything = warm(town, "harijs", work)["employment"]
        assert everything == {"status": "NONE", "endReason": "DISABILITY_100"}
        assert person(town, "harijs", work, law)["employment"] == {
            "status": "NONE",
            "endReason": None,
        }
    paid = "socialInsurance { benefits { kind } }"
    riga = {"client": "riga-social-service", "agreement": "RSD-2026-001"}
    for _ in range(3):
        kinds = [
            {row["kind"] for row in warm(town, "ilze", paid, by)["socialInsurance"]["benefits"]}
            for by in (FREELY, riga)
        ]
        assert kinds[0] - kinds[1] == {"SICKNESS"}


def test_what_one_agreement_is_denied_another_is_told(town: Town) -> None:
    shown = "disability { workCapacityLossPct group }"
    nva = {"client": "nva", "agreement": None}
    for _ in range(3):
        assert warm(town, "gunta", shown)["disability"] == {
            "workCapacityLossPct": 70,
            "group": "II",
        }
        denied = person(town, "gunta", shown, nva)["disability"]
        assert denied == {"workCapacityLossPct": 70, "group": None}


@pytest.fixture
def new_book(served: Town, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Puts another edition in force, in which one agreement is changed; until the test ends."""
    policy: Any = served.hub.rooms.policy
    before: Book = policy._current()

    def put(number: str, **changes: Any) -> None:  # noqa: ANN401 — any attribute of an agreement
        agreements = [each.agreement for each in sandbox_documents()]
        changed = [
            replace(each, hash=f"{number} {changes!r}", **changes)
            if each.number == number
            else each
            for each in agreements
        ]
        book = book_of(before.rules, changed, before=before)
        monkeypatch.setattr(policy, "_current", lambda: book)

    yield put
    monkeypatch.setattr(policy, "_current", lambda: before)


def test_a_new_revision_is_told_only_what_it_grants(
    town: Town, new_book: Callable[..., None]
) -> None:
    work, selected = "employment { status branch }", {"status": "UNEMPLOYED"}
    everything = warm(town, "ilze", work)["employment"]
    assert everything["branch"] == "Rīgas filiāle"
    (agreement,) = town.hub.rooms.policy.agreements("sandbox-full")
    less = agreement.fields - {"employment.branch"}
    new_book(agreement.number, revision=2, fields=less)
    response = town.ask(asking(work), {"p": PERSONAS["ilze"]}, **FREELY)
    assert response.status_code == 403
    assert codes(response) == ["field_not_in_agreement"]
    assert "filiāle" not in response.text
    town.watch.calls.clear()
    assert person(town, "ilze", "employment { status }")["employment"] == selected
    classless = frozenset(each for each in agreement.fields if "#" not in each)
    reason = "employment { status endReason }"
    assert warm(town, "harijs", reason)["employment"]["endReason"] == "DISABILITY_100"
    new_book(agreement.number, revision=3, fields=classless)
    assert person(town, "harijs", reason)["employment"]["endReason"] is None
    new_book(agreement.number, revision=4)
    assert person(town, "harijs", reason)["employment"]["endReason"] == "DISABILITY_100"


def test_every_period_kind_and_day_is_told_for_itself(town: Town) -> None:
    paid = (
        "socialInsurance(from: $from, to: $to, kinds: $kinds) { benefits { kind payments"
        " { forMonth } } }"
    )

    def months(**asked: Any) -> tuple[set[str], set[str]]:  # noqa: ANN401 — variables
        told = person(town, "ilze", paid, **asked)["socialInsurance"]
        rows = told["benefits"] if told else []
        return {row["kind"] for row in rows}, {
            each["forMonth"] for row in rows for each in row["payments"]
        }

    last, earlier = month(-1), month(-2)
    period: dict[str, Any] = {"from": earlier.isoformat(), "to": END.isoformat()}
    for _ in range(3):
        every, both = months(**period)
        assert {last.isoformat(), earlier.isoformat()} <= both
        assert {"FAMILY", "UNEMPLOYMENT"} <= every
        ended: dict[str, Any] = {
            "from": earlier.isoformat(),
            "to": (last - timedelta(days=1)).isoformat(),
        }
        assert months(**ended)[1] == {earlier.isoformat()}
        assert months(**period, kinds=["FAMILY"])[0] == {"FAMILY"}
        assert months(**period, kinds=["UNEMPLOYMENT"])[0] == {"UNEMPLOYMENT"}
    state = "employment(on: $on) { status }"
    for _ in range(3):
        assert warm(town, "ilze", state)["employment"]["status"] == "UNEMPLOYED"
        assert person(town, "ilze", state, on="2000-01-01")["employment"]["status"] == "NONE"


def test_another_day_makes_it_anew(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """Status as of the day before it was granted, of the day itself, and back."""
    state = "employment { status }"
    granted = date.fromisoformat(
        person(town, "ilze", "employment { grantedOn }")["employment"]["grantedOn"]
    )
    clock = town.hub.rooms.clock
    for _ in range(3):
        assert warm(town, "ilze", state)["employment"]["status"] == "UNEMPLOYED"
        with monkeypatch.context() as moved:
            moved.setattr(clock, "today", lambda: granted - timedelta(days=1))
            assert person(town, "ilze", state)["employment"]["status"] == "NONE"
            moved.setattr(clock, "today", lambda: granted)
            assert person(town, "ilze", state)["employment"]["status"] == "UNEMPLOYED"


def test_names_order_and_leaves_are_each_documents_own(town: Town) -> None:
    for _ in range(4):
        warm(town, "ilze", "employment { status branch }")
        told = [
            [*person(town, "ilze", f"employment {{ {leaves} }}")["employment"].items()]
            for leaves in (
                "status branch",
                "branch status",
                "branch",
                "s: status",
                "status: branch",
            )
        ]
        assert told == [
            [("status", "UNEMPLOYED"), ("branch", "Rīgas filiāle")],
            [("branch", "Rīgas filiāle"), ("status", "UNEMPLOYED")],
            [("branch", "Rīgas filiāle")],
            [("s", "UNEMPLOYED")],
            [("status", "Rīgas filiāle")],
        ]


def test_two_persons_are_never_told_of_one_another(town: Town) -> None:
    shown = "employment { status endReason branch } socialInsurance { benefits { kind } }"
    people = ["ilze", "harijs", "rudolfs", "imants", "niks", "kristaps"]
    apart = {key: person(town, key, shown) for key in people}
    assert len({repr(each) for each in apart.values()}) == len(people)
    query = f"query($p: [PersonalCode!]!) {{ persons(personalCodes: $p) {{ {shown} }} }}"
    for order in (people, people[::-1], people[3:] + people[:3]):
        for _ in range(2):
            response = town.ask(query, {"p": [PERSONAS[key] for key in order]}, **FREELY)
            assert response.json()["data"]["persons"] == [apart[key] for key in order]


def test_a_record_keeps_few_views_however_many_questions(town: Town) -> None:
    town.forget()
    warm(town, "harijs", "employment { status }")
    most = 0
    for number in range(30):
        name = f"name{number}"
        told = person(town, "harijs", f"employment {{ {name}: status }}")
        assert told["employment"] == {name: "NONE"}
        most = max(most, max((len(each.views) for each in records(town)), default=0))
    assert 1 < most <= MOST_VIEWS


def test_views_go_with_their_record(town: Town) -> None:
    work = "employment { status }"
    warm(town, "harijs", work)
    assert any(record.views for record in records(town))
    town.forget()
    assert records(town) == []
    town.watch.calls.clear()
    assert person(town, "harijs", work)["employment"] == {"status": "NONE"}
    assert town.watch.published() == ["employment"]


def test_rows_of_a_case_are_that_agreements_alone(town: Town) -> None:
    """An agreement whose facts are not kept at all makes nothing that stays."""
    court = {
        "client": "orphan-court",
        "agreement": "RBT-2026-001",
        "headers": {**CASE_AND_OFFICIAL, "hub-case": "BT-2026/17"},
    }
    care = "childProtection { outOfHomeCare { form } }"
    town.forget()
    for _ in range(3):
        assert person(town, "kristaps", care, court)["childProtection"] == {
            "outOfHomeCare": {"form": "GUARDIAN"}
        }
    assert [register for register in town.watch.published() if register == "childProtection"]
    assert records(town) == []
