"""What somebody with a valid token and the whole source must not do to questions about the log."""

import pytest

from tests.journey.ledger import ACCESS_LOG, WHY, by_officer, by_person, data, proven
from tests.journey.town import PERSONAS, Town, codes

NUL = "\N{NULL}"
BEYOND = [
    {"from": "0001-01-01T00:00:00+14:00"},
    {"to": "9999-12-31T23:59:59-14:00"},
    {"from": "0001-01-01T00:00:00Z"},
    {"to": "9999-12-31T23:59:59Z"},
]
"""Instants that have no place in UTC, or no hour beside them."""
TWO_REASONS = """query ($c: PersonalCode!, $r: String!) {
  one: accessLog(reason: "the yearly audit of the log", first: 1) { entries { at } }
  two: accessLog(reason: $r, first: 1, filter: {person: $c}) { entries { at } } }"""


@pytest.mark.parametrize("condition", ["official", "case", "client", "operationId"])
def test_text_that_no_database_keeps_is_the_callers_mistake(town: Town, condition: str) -> None:
    with town.refusing():
        response = by_officer(town, ACCESS_LOG, f={condition: f"a{NUL}b"}, r=WHY)
        assert codes(response) == ["variable_invalid"]


def test_a_receipts_id_may_be_any_text(town: Town) -> None:
    with town.refusing():
        response = by_officer(town, "query ($i: String!) { receipt(id: $i) { id } }", i=NUL)
        assert codes(response) == ["variable_invalid"]


@pytest.mark.parametrize("interval", BEYOND)
def test_instants_at_the_ends_of_time_are_the_callers_mistake(
    town: Town, interval: dict[str, str]
) -> None:
    query = """query ($from: DateTime, $to: DateTime) {
        usage(from: $from, to: $to) { usages { at } } }"""
    with town.refusing():
        assert codes(by_officer(town, ACCESS_LOG, f=interval, r=WHY)) == ["window_invalid"]
    with town.refusing():
        asked = by_person(town, PERSONAS["ilze"], query, **interval)
        assert codes(asked) == ["window_invalid"]


def test_a_reason_that_no_database_keeps_holds_up_nobodys_entry(town: Town) -> None:
    with town.refusing():
        assert codes(by_officer(town, ACCESS_LOG, f={}, r=f"{WHY}{NUL}")) == ["variable_invalid"]


@pytest.mark.parametrize("limit", [0, -1, 1_001])
def test_no_page_is_larger_than_was_asked(town: Town, limit: int) -> None:
    query = "query ($l: Int) { findUsage(limit: $l) { logtime } }"
    with town.refusing():
        assert codes(by_person(town, PERSONAS["ilze"], query, l=limit)) == ["page_invalid"]


@pytest.mark.parametrize("year", [2**31 - 1, -(2**31), 40_000])
def test_a_key_of_a_year_that_never_comes_exposed_nobody(town: Town, year: int) -> None:
    query = """query ($y: Int!, $r: String!) {
        breachReport(keyYear: $y, reason: $r) { __typename } }"""
    assert data(by_officer(town, query, y=year, r=WHY), "breachReport")


@pytest.mark.parametrize("year", ["9" * 5_000, "02026", "٢٠٢٦", "-1", "0", "tile"])
def test_a_year_is_four_digits(town: Town, year: str) -> None:
    response = town.http.get(f"{town.url}/log/{year}/checkpoint")
    assert (response.status_code, codes(response)) == (404, ["path_unknown"])


def test_every_reason_given_in_one_document_is_entered(town: Town) -> None:
    curious = "because I am curious about them"
    response = by_officer(town, TWO_REASONS, c=PERSONAS["ilze"], r=curious)
    assert data(response, "two")
    ((told, _),) = town.log_of(response)
    assert told["reason"] == f"the yearly audit of the log | {curious}"
    proven(town, response)
