"""Invariant 8: without Redis the hub is slower, never different, never looser."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from hub.cli.estate import settings_of
from hub.sandbox.servers.address import choose_port
from tests.journey.test_consents import NGO, hub, missing
from tests.journey.test_quota import NUMBER, nobody, spent
from tests.journey.test_quota import QUERY as COUNTED
from tests.journey.town import PERSONAS, Town, codes
from tests.journey.uses import CASE_AND_OFFICIAL, USES

__all__ = ["spent"]

VOLATILE = {"fetchedAt", "asOf", "cached"}


@pytest.fixture(scope="module")
def bare(furnished: Path) -> Iterator[Town]:
    """A replica whose Redis is not there."""
    port = choose_port("nobody", furnished, None)
    settings = replace(settings_of(furnished), port=0, redis_url=f"redis://127.0.0.1:{port}/0")
    town = Town(furnished, settings)
    with town.served():
        yield town


def steady(value: Any) -> Any:  # noqa: ANN401 — JSON
    """Return a value without what every fetch tells anew."""
    if isinstance(value, dict):
        return {
            name: steady(below)
            for name, below in value.items()
            if name not in VOLATILE and name != "receipt"
        }
    return [steady(each) for each in value] if isinstance(value, list) else value


def test_every_use_is_answered_and_refused_alike(town: Town, bare: Town) -> None:
    for use in USES:
        for asks in (use.asks, use.beyond):
            query = f"""query($c: [PersonalCode!]!) {{ persons(personalCodes: $c) {{
                absences {{ register code }} {asks} }} }}"""
            variables = {"c": [PERSONAS[use.person], PERSONAS["niks"]]}
            answers = [
                each.ask(
                    query,
                    variables,
                    client=use.client,
                    agreement=use.agreement,
                    headers={**CASE_AND_OFFICIAL, **use.headers},
                )
                for each in (town, bare, town, bare)
            ]
            assert len({each.status_code for each in answers}) == 1, use.agreement
            first, *others = (steady(each.json()) for each in answers)
            assert all(each == first for each in others), use.agreement


def test_quota_is_no_looser(town: Town, bare: Town, spent: list[str]) -> None:
    for each in (bare, town, bare):
        over = each.ask(COUNTED, {"personalCodes": [*spent, *nobody(1)]}, agreement=NUMBER)
        assert codes(over) == ["quota_exhausted"]
        counted = each.ask(COUNTED, {"personalCodes": spent}, agreement=NUMBER)
        assert counted.status_code == 200


def test_consent_binds_without_it(bare: Town) -> None:
    query = """query($c: PersonalCode!) { person(personalCode: $c) {
        employment { status } absences { register code } } }"""

    def ask() -> Any:  # noqa: ANN401 — JSON
        asked = {"c": PERSONAS["harijs"]}
        return bare.ask(query, asked, client="employment-ngo", agreement=NGO).json()["data"][
            "person"
        ]

    hub(bare, "consent", "give", PERSONAS["harijs"], NGO)
    assert ask()["employment"] == {"status": "NONE"}
    hub(bare, "consent", "withdraw", PERSONAS["harijs"], NGO)
    assert ask()["absences"] == missing("NO_CONSENT")
