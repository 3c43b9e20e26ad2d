"""Invariant 3: what can be refused from the request alone is refused before anything is asked."""

from collections.abc import Mapping
from typing import Any

import httpx
import pytest
from redis import Redis

from tests.journey.town import PERSONAS, Town
from tests.journey.uses import CASE_AND_OFFICIAL

WORK = "query($c: PersonalCode!) { person(personalCode: $c) { employment { status } } }"
MANY = "query($c: [PersonalCode!]!) { persons(personalCodes: $c) { employment { status } } }"
PAID = """query($c: PersonalCode!, $from: Date) { person(personalCode: $c) {
    socialInsurance(from: $from) { benefits { kind } } } }"""
CAUSE = WORK.replace("employment { status }", "employment { status } disability { cause }")
MULTITUDE = [f"38{number:04}-44444" for number in range(501)]
ONE: dict[str, Any] = {"c": PERSONAS["ilze"]}

WRONG: Mapping[str, tuple[int, str, dict[str, Any]]] = {
    "field_forbidden": (403, CAUSE, {}),
    "field_not_in_agreement": (403, WORK.replace("status", "branch"), {}),
    "operation_not_in_agreement": (403, WORK, {"client": "dpo", "agreement": None}),
    "agreement_unknown": (403, WORK, {"agreement": "RSD-1999-001"}),
    "agreement_ambiguous": (403, WORK, {"agreement": None}),
    "agreement_not_in_force": (403, WORK, {"agreement": "RSD-2035-001"}),
    "case_missing": (403, WORK, {"agreement": "RSD-2026-004"}),
    "window_not_in_agreement": (403, PAID, {"variables": {"from": "1999-01-01"}}),
    "token_missing": (401, WORK, {"client": None}),
    "token_invalid": (401, WORK, {"client": None, "headers": {"authorization": "Bearer x"}}),
    "subjects_empty": (400, MANY, {"variables": {"c": []}}),
    "subjects_too_many": (400, MANY, {"variables": {"c": MULTITUDE}}),
    "personal_code_invalid": (400, WORK, {"variables": {"c": "010101-00001"}}),
    "personal_code_literal": (400, WORK.replace("$c)", '"010101-10000")'), {}),
    "validation_failed": (400, WORK.replace("status", "salary"), {}),
    "syntax_error": (400, "{ person(", {}),
    "header_invalid": (400, WORK, {"agreement": "RSD-2026-004", "headers": {"hub-case": "a b"}}),
}


def ask(town: Town, query: str, how: dict[str, Any]) -> httpx.Response:
    how = dict(how)
    variables = ONE | how.pop("variables", {})
    return town.ask(query, variables, **how)


def commands(redis: Redis) -> int:
    """Count commands but those of the hub's own, which asks for evictions all the time."""
    told: Any = redis.info("commandstats")
    own = {"cmdstat_xrange", "cmdstat_xadd", "cmdstat_info", "cmdstat_client"}
    return sum(each["calls"] for name, each in told.items() if name not in own)


@pytest.mark.parametrize("code", WRONG)
def test_a_refusal_touches_no_register_and_no_cache(town: Town, code: str) -> None:
    status, query, how = WRONG[code]
    town.token(how.get("client") or "riga-social-service")
    with Redis.from_url(town.settings.redis_url) as redis:
        before = commands(redis)
        response = ask(town, query, how)
        asked = commands(redis) - before
    assert response.status_code == status, response.text
    assert {each["extensions"]["code"] for each in response.json()["errors"]} == {code}
    assert town.watch.calls == []
    assert asked == 0


def test_the_count_of_commands_sees_an_answer(town: Town) -> None:
    with Redis.from_url(town.settings.redis_url) as redis:
        before = commands(redis)
        assert ask(town, WORK, {"headers": CASE_AND_OFFICIAL}).status_code == 200
        assert commands(redis) > before
