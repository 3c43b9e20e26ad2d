"""Quota: distinct persons of a period, all or none, whatever becomes of Redis."""

from datetime import UTC, datetime, time, timedelta
from itertools import count

import httpx
import pytest

from hub.app.clock import RIGA
from tests.journey.town import PERSONAS, Town, codes

QUERY = """query($personalCodes: [PersonalCode!]!) { persons(personalCodes: $personalCodes) {
    employment { status } absences { code } } }"""
NUMBER, LIMIT = "RSD-2026-005", 50
_nobody = count(1)


def nobody(number: int) -> list[str]:
    """Return codes that were never issued; whoever asks about them is counted all the same."""
    return [f"380{next(_nobody):03}-77777" for _ in range(number)]


def ask(town: Town, people: list[str]) -> httpx.Response:
    return town.ask(QUERY, {"personalCodes": people}, agreement=NUMBER)


def used(town: Town) -> int:
    query = "{ currentPermissions { permissionNumber useCount useCountQuota } }"
    told = town.ask(query, agreement=None).json()["data"]["currentPermissions"]
    (found,) = (each for each in told if each["permissionNumber"] == NUMBER)
    assert found["useCountQuota"] == LIMIT
    counted: int = found["useCount"]
    return counted


@pytest.fixture
def spent(town: Town) -> list[str]:
    """Persons who, counted together, have used up the day's quota; Ilze is among them."""
    before = datetime.now(RIGA)
    if (datetime.combine(before + timedelta(days=1), time(), RIGA) - before).seconds < 60:
        pytest.skip("the quota's day ends while the test runs")
    people = [PERSONAS["ilze"]]
    assert ask(town, people).status_code == 200
    if free := LIMIT - used(town):
        people += nobody(free)
        assert ask(town, people).status_code == 200
    assert used(town) == LIMIT
    return people


def test_whoever_is_one_too_many_is_refused_and_nobody_asked_about(
    town: Town, spent: list[str]
) -> None:
    people = spent
    for asked in (nobody(1), [*people, *nobody(1)], town.strangers(1)):
        with town.refusing():
            response = ask(town, list(asked))
        assert response.status_code == 429
        (error,) = response.json()["errors"]
        told = error["extensions"]
        assert told["code"] == "quota_exhausted"
        assert told["limit"] == LIMIT
        midnight = datetime.combine(datetime.now(RIGA) + timedelta(days=1), time(), RIGA)
        assert told["resetsAt"] == midnight.astimezone(UTC).isoformat().replace("+00:00", "Z")
        left_s = (midnight.astimezone(UTC) - datetime.now(UTC)).total_seconds()
        assert 0 <= int(response.headers["retry-after"]) - left_s < 10
    assert used(town) == LIMIT
    assert ask(town, people).status_code == 200  # counted before


def test_losing_redis_loosens_nothing(town: Town, spent: list[str]) -> None:
    people = spent
    town.forget()
    assert codes(ask(town, nobody(1))) == ["quota_exhausted"]
    town.forget()
    assert ask(town, people).status_code == 200
    assert codes(ask(town, [*people, *nobody(1)])) == ["quota_exhausted"]
    assert used(town) == LIMIT


def test_whom_the_territory_excludes_is_counted_like_whoever_does_not_exist(town: Town) -> None:
    def used_of(number: str) -> int:
        query = "{ currentPermissions { permissionNumber useCount } }"
        told = town.ask(query, agreement=None).json()["data"]["currentPermissions"]
        return int(next(each["useCount"] for each in told if each["permissionNumber"] == number))

    before = used_of("RSD-2026-001")
    asked = {"personalCodes": [town.outside(), *nobody(1)]}
    outside, unknown = town.ask(QUERY, asked).json()["data"]["persons"]
    assert outside == unknown
    assert used_of("RSD-2026-001") == before + 2
    town.ask(QUERY, asked)
    assert used_of("RSD-2026-001") == before + 2
