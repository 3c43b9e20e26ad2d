"""Periods: what an agreement may look back on, what is told by default, what kinds narrow."""

from datetime import date, timedelta
from typing import Any

import httpx
import pytest

from hub.app.clock import SystemClock
from tests.journey.town import PERSONAS, Town, codes
from tests.journey.uses import CASE_AND_OFFICIAL

PAID = """query($c: PersonalCode!, $from: Date, $to: Date, $kinds: [BenefitKind!]) {
    person(personalCode: $c) { socialInsurance(from: $from, to: $to, kinds: $kinds) {
      benefits { kind payments { forMonth net } } } absences { register code } } }"""
TODAY = SystemClock().today()


def month(offset: int) -> date:
    """Return the first day of the month ``offset`` months from the present one."""
    months = TODAY.year * 12 + TODAY.month - 1 + offset
    return date(months // 12, months % 12 + 1, 1)


END = month(1) - timedelta(days=1)


def paid(town: Town, agreement: str | None = "RSD-2026-001", **asked: Any) -> httpx.Response:  # noqa: ANN401 — GraphQL variables
    return town.ask(
        PAID,
        {"c": PERSONAS["ilze"]} | asked,
        agreement=agreement,
        headers=CASE_AND_OFFICIAL if agreement == "RSD-2026-004" else {},
    )


def months(response: httpx.Response) -> set[str]:
    assert response.status_code == 200, response.text
    told = response.json()["data"]["person"]["socialInsurance"]
    return {each["forMonth"] for row in told["benefits"] for each in row["payments"]}


def told_kinds(response: httpx.Response) -> list[str]:
    assert response.status_code == 200, response.text
    told = response.json()["data"]["person"]["socialInsurance"]
    return [each["kind"] for each in told["benefits"]] if told else []


@pytest.mark.parametrize(("agreement", "back"), [("RSD-2026-001", 3), ("RSD-2026-004", 12)])
def test_by_default_all_that_the_agreement_may_see_is_told(
    town: Town, agreement: str, back: int
) -> None:
    told = months(paid(town, agreement))
    assert min(told) == month(-back).isoformat()
    assert max(told) <= month(0).isoformat()


def test_the_widest_period_allowed_may_be_asked_in_so_many_words(town: Town) -> None:
    asked = {"from": month(-3).isoformat(), "to": END.isoformat()}
    assert months(paid(town, **asked)) == months(paid(town))


def test_a_narrower_period_is_told_alone(town: Town) -> None:
    last = month(-1)
    asked = {"from": last.isoformat(), "to": (month(0) - timedelta(days=1)).isoformat()}
    assert months(paid(town, **asked)) == {last.isoformat()}


@pytest.mark.parametrize(
    ("agreement", "asked"),
    [
        ("RSD-2026-001", {"from": (month(-3) - timedelta(days=1)).isoformat()}),
        ("RSD-2026-001", {"to": (END + timedelta(days=1)).isoformat()}),
        ("RSD-2026-001", {"to": (month(-3) - timedelta(days=1)).isoformat()}),
        ("RSD-2026-001", {"from": "0001-01-01", "to": "9999-12-31"}),
        ("RSD-2026-004", {"from": (month(-12) - timedelta(days=1)).isoformat()}),
        ("RSD-2026-005", {"from": month(-2).isoformat()}),
    ],
)
def test_a_wider_period_is_refused_with_the_bounds(
    town: Town, agreement: str, asked: dict[str, str]
) -> None:
    back = {"RSD-2026-001": 3, "RSD-2026-004": 12, "RSD-2026-005": 1}[agreement]
    with town.refusing():
        response = paid(town, agreement, **asked)
    assert response.status_code == 403
    (error,) = response.json()["errors"]
    assert error["extensions"] == {
        "code": "window_not_in_agreement",
        "earliest": month(-back).isoformat(),
        "latest": END.isoformat(),
    }


def test_a_day_outside_the_period_is_refused_too(town: Town) -> None:
    query = """query($c: PersonalCode!, $on: Date) { person(personalCode: $c) {
        employment(on: $on) { status } } }"""
    inside = {"c": PERSONAS["ilze"], "on": month(-3).isoformat()}
    assert town.ask(query, inside).status_code == 200
    with town.refusing():
        response = town.ask(query, inside | {"on": (month(-3) - timedelta(days=1)).isoformat()})
    assert codes(response) == ["window_not_in_agreement"]


def test_a_period_that_ends_before_it_begins_is_a_mistake(town: Town) -> None:
    response = paid(town, **{"from": END.isoformat(), "to": month(-1).isoformat()})
    assert response.status_code == 400
    assert codes(response) == ["window_invalid"]
    assert town.watch.calls == []


def test_a_bad_date_is_a_mistake(town: Town) -> None:
    for sent in ("2026-02-30", "yesterday", "01.02.2026", 20260101, "2026-01-01T00:00:00Z"):
        response = paid(town, **dict[str, Any]({"from": sent}))
        assert response.status_code == 400, sent
        assert codes(response) in (["variable_invalid"], ["date_invalid"])
    assert town.watch.calls == []


def test_kinds_narrow_and_an_empty_list_matches_none(town: Town) -> None:
    assert set(told_kinds(paid(town, kinds=["FAMILY"]))) == {"FAMILY"}
    assert set(told_kinds(paid(town, kinds=["FAMILY", "UNEMPLOYMENT"]))) == {
        "FAMILY",
        "UNEMPLOYMENT",
    }
    assert told_kinds(paid(town, kinds=[])) == []
    assert set(told_kinds(paid(town, kinds=None))) == set(told_kinds(paid(town)))


def test_asking_for_a_withheld_kind_by_name_tells_nothing(town: Town) -> None:
    everything = town.ask(
        PAID, {"c": PERSONAS["ilze"], "kinds": ["SICKNESS"]}, client="sandbox-full", agreement=None
    )
    assert told_kinds(everything) == ["SICKNESS"]
    response = paid(town, "RSD-2026-004", kinds=["SICKNESS"])
    assert codes(response) == []
    person = response.json()["data"]["person"]
    assert person["socialInsurance"] is None
    assert person["absences"] == [{"register": "socialInsurance", "code": "NO_RECORD"}]
    assert "SICKNESS" not in told_kinds(paid(town, "RSD-2026-004"))


def test_two_periods_in_one_question_are_each_told_as_asked(town: Town) -> None:
    query = """query($c: PersonalCode!, $a: Date, $b: Date) { person(personalCode: $c) {
        last: socialInsurance(from: $a, to: $a) { benefits { payments { forMonth } } }
        before: socialInsurance(from: $b, to: $b) { benefits { payments { forMonth } } } } }"""
    asked = {"c": PERSONAS["ilze"], "a": month(-1).isoformat(), "b": month(-2).isoformat()}
    told = town.ask(query, asked).json()["data"]["person"]
    for name, day in (("last", asked["a"]), ("before", asked["b"])):
        rows = told[name]["benefits"]
        assert {each["forMonth"] for row in rows for each in row["payments"]} == {day}
    assert town.watch.published() in ([], ["socialInsurance"])
