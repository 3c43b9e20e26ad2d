"""A sealed entry is in the log and unknown to the person (DESIGN.md section 5, decision 0351).

Of two persons whose data were looked at alike, one was looked at under seal as well. Everything
that either can ask is the same, up to instants and what is drawn by chance.
"""

from typing import Any

import httpx
import pytest

from tests.journey.ledger import (
    ACCESS_LOG,
    FIND_USAGE,
    LOOK,
    RECEIPT,
    USAGE,
    WHY,
    by_officer,
    by_person,
    data,
    id_of,
    proven,
    sealed_look,
    untold,
)
from tests.journey.town import Town

OWN_LOOK = """
query ($c: PersonalCode!) {
  person(personalCode: $c) {
    childProtection { outOfHomeCare { form } provenance { cached stale } }
    absences { register code knownAsOf }
  }
}
"""
BOUND = frozenset({"date", "content-length"})


@pytest.fixture
def pair(town: Town) -> tuple[str, str]:
    """Somebody, and somebody who was looked at under seal as well."""
    plain, sealed = untold(town, 2)
    for _ in range(2):
        sealed_look(town, sealed)
        for code in (plain, sealed):
            town.ask(LOOK, {"c": code})
    sealed_look(town, sealed)
    proven(town, town.ask(LOOK, {"c": plain}))
    proven(town, town.ask(LOOK, {"c": sealed}))
    return plain, sealed


def _alike(value: Any, key: str = "") -> Any:  # noqa: ANN401 — JSON
    """Return an answer up to instants and what is drawn by chance; cursors keep their length."""
    if isinstance(value, dict):
        return {name: _alike(each, name) for name, each in value.items() if name != "extensions"}
    if isinstance(value, list):
        return [_alike(each) for each in value]
    if key in {"at", "logtime"}:
        return "instant"
    return len(value) if key == "endCursor" and value else value


def _headers(response: httpx.Response) -> dict[str, str]:
    return {name: text for name, text in response.headers.items() if name not in BOUND}


def test_the_entry_is_in_the_log(town: Town, pair: tuple[str, str]) -> None:
    plain, sealed = pair
    counts = [
        len(data(by_officer(town, ACCESS_LOG, f={"person": code}, r=WHY), "accessLog")["entries"])
        for code in (plain, sealed)
    ]
    assert counts == [3, 6]


def test_neither_counts_nor_pages_nor_cursors_nor_periods_tell_of_it(
    town: Town, pair: tuple[str, str]
) -> None:
    plain, sealed = pair
    for size in (1, 2, 3, 4, 1000):
        after: list[str | None] = [None, None]
        while True:
            answers = [
                by_person(town, code, USAGE, first=size, after=place)
                for code, place in zip(pair, after, strict=True)
            ]
            first, second = answers
            assert _alike(first.json()) == _alike(second.json())
            assert _headers(first) == _headers(second)
            pages = [data(each, "usage")["pageInfo"] for each in answers]
            if not pages[0]["hasNextPage"]:
                break
            after = [page["endCursor"] for page in pages]
    for asked in ({}, {"limit": 2}, {"offset": 1}, {"offset": 2, "limit": 1}, {"offset": 3}):
        tracked = [by_person(town, code, FIND_USAGE, **asked).json() for code in (plain, sealed)]
        assert _alike(tracked[0]) == _alike(tracked[1])
        assert len(tracked[0]["data"]["findUsage"]) == len(
            range(3)[asked.get("offset", 0) :][: asked.get("limit", 3)]
        )


def test_an_officer_who_asks_on_the_persons_behalf_is_not_told_either(
    town: Town, pair: tuple[str, str]
) -> None:
    told = [by_officer(town, USAGE, c=code, reason=WHY).json() for code in pair]
    assert _alike(told[0]) == _alike(told[1])


def test_its_receipt_is_as_unknown_as_any_other(town: Town, pair: tuple[str, str]) -> None:
    _, person = pair
    entered = id_of(sealed_look(town, person))
    answers = [by_person(town, person, RECEIPT, id=id_).json() for id_ in (entered, "0" * 32)]
    assert _alike(answers[0]) == _alike(answers[1]) == {"data": {"receipt": None}}


def test_what_is_kept_of_registers_answers_does_not_tell_of_it(
    town: Town, pair: tuple[str, str]
) -> None:
    looked = [
        town.ask(
            OWN_LOOK,
            {"c": code},
            client="orphan-court",
            agreement="RBT-2026-001",
            headers={"hub-case": "BT-2026/17", "hub-official": "A.Tiesa"},
        )
        for code in pair
    ]
    one, other = (data(each, "person") for each in looked)
    assert one == other
