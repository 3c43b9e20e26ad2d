"""The controller's reasoned decision: it ends what a person stopped, and is on the log."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
from click.testing import CliRunner

from hub.cli import consent
from hub.cli.audit.verbs import command
from hub.errors import Code, HubError
from tests.journey.town import PERSONAS, Town

READ = "query ($c: PersonalCode!) { person(personalCode: $c) { disability { group } } }"
LOG = """query ($reason: String!, $c: PersonalCode!) {
    accessLog(reason: $reason, filter: {person: $c, outcome: OVERSIGHT}) {
        entries { question official recipient reason agreement } } }"""
MEANS = "MSD-2026-001"
WHY = ("--officer", "VDEAVK/legal", "--reason", "compelling grounds were shown")


@pytest.fixture
def gunta(served: Town) -> Iterator[str]:
    """Somebody who objected, and whose objection is gone after the test."""
    code, words = PERSONAS["gunta"], ("--to", MEANS, "--data-dir", str(served.data_dir))
    begun = CliRunner().invoke(consent.command, ["stop", code, "objection", *words])
    assert begun.exit_code == 0, begun.output
    yield code
    CliRunner().invoke(consent.command, ["stop", code, "objection", "--lift", *words])


def decide(town: Town, code: str, *words: str) -> Any:  # noqa: ANN401 — click's result
    told = ["decide", *words, "--data-dir", str(town.data_dir)]
    return CliRunner().invoke(command, told, input=f"{code}\n")


def group(town: Town, code: str) -> Any:  # noqa: ANN401 — JSON
    headers = {"hub-case": "MSD-1"}
    told = town.ask(
        READ, {"c": code}, client="madona-social-service", agreement=MEANS, headers=headers
    )
    return told.json()["data"]["person"]["disability"]


def decisions(town: Town, code: str) -> list[dict[str, Any]]:
    asked = {"reason": "what was decided about it", "c": code}
    for _ in range(40):
        told = town.ask(LOG, asked, client="dpo", agreement="DVI-2026-001").json()["data"][
            "accessLog"
        ]["entries"]
        found: list[dict[str, Any]] = [e for e in told if e["question"][0].startswith("decide")]
        if found:
            return found
        time.sleep(0.2)
    return []


def test_an_objection_stops_until_a_decision_that_is_on_the_log(served: Town, gunta: str) -> None:
    assert group(served, gunta) is None
    said = decide(served, gunta, "objection", "upheld", "--to", MEANS, *WHY)
    assert said.output == "upheld\n", said.output
    assert group(served, gunta) is None
    said = decide(served, gunta, "objection", "overridden", "--to", MEANS, *WHY)
    assert said.output == "overridden\n", said.output
    assert group(served, gunta) == {"group": "II"}
    told = decisions(served, gunta)
    assert told[-1]["question"] == ["decideUpheld"]
    assert told[0]["official"] == "VDEAVK/legal"
    assert told[0]["recipient"] == "VDEAVK"
    assert told[0]["reason"] == "compelling grounds were shown"
    assert told[0]["agreement"] == MEANS


def test_where_nothing_is_stopped_nothing_is_decided(served: Town) -> None:
    said = decide(served, PERSONAS["peteris"], "objection", "overridden", "--to", MEANS, *WHY)
    assert said.output == "there was nothing to decide\n"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("restriction", "overridden", *WHY), Code.DECISION_INCOMPLETE),
        (("restriction", "overridden", "--told", "2999-12-31", *WHY), Code.DECISION_INCOMPLETE),
        (("objection", "upheld", "--to", "MSD-1999-001", *WHY), Code.CONSENT_TARGET_UNKNOWN),
        (("objection", "upheld", *WHY[:3], "short"), Code.REASON_INVALID),
        (("objection", "upheld", "--officer", "nobody", *WHY[2:]), Code.OFFICER_INVALID),
    ],
)
def test_what_is_incomplete_is_refused(served: Town, words: tuple[str, ...], code: Code) -> None:
    failure = decide(served, PERSONAS["peteris"], *words).exception
    assert isinstance(failure, HubError), failure
    assert failure.code is code
