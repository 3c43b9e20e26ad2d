"""Officers' verbs on a running hub: holds, orders of two officers, the end of a year."""

import json
import re
import time
from typing import Any

import pytest
from click.testing import CliRunner, Result

from hub.cli.audit.verbs import command
from hub.errors import Code, HubError
from tests.journey.town import PERSONAS, Town, codes

READ = "query ($c: PersonalCode!) { person(personalCode: $c) { disability { status } } }"
FIRST, SECOND = "VDAA/dpo", "RD-LD/dpo"
REASON = "an inquiry into look-ups"


def run(town: Town, *words: str, sent: str | None = None) -> Result:
    return CliRunner().invoke(command, [*words, "--data-dir", str(town.data_dir)], input=sent)


def done(town: Town, *words: str, sent: str | None = None) -> str:
    result = run(town, *words, sent=sent)
    assert result.exit_code == 0, result.output
    return result.stdout.strip()


def refused(town: Town, *words: str, sent: str | None = None) -> Code:
    failure = run(town, *words, sent=sent).exception
    assert isinstance(failure, HubError)
    return failure.code


def until_sequenced(town: Town, *words: str) -> str:
    for _ in range(40):
        result = run(town, *words)
        if not isinstance(failure := result.exception, HubError):
            break
        assert failure.code is Code.ENTRIES_UNSEQUENCED
        time.sleep(0.2)
    assert result.exit_code == 0, result.output
    return result.stdout.strip()


def test_a_persons_key_ends_by_two_officers_order_and_not_under_a_hold(served: Town) -> None:
    (person,) = served.single(1)
    answer = served.ask(READ, {"c": person})
    (entry,) = served.entries(answer)
    assert entry
    assert entry.subject == person
    said = ("--officer", FIRST, "--reason", REASON)
    hold = done(served, "hold", "set", "person", *said, sent=f"{person}\n")
    year = answer.headers["date"].split()[3]
    asked = ("--year", year, "--ground", "GDPR 17(1)(d), judgment in force", "--officer", FIRST)
    order = done(served, "destroy", "order", *asked, sent=f"{person}\n")
    told = ("destroy", "confirm", order, "--reason", REASON, "--officer")
    assert refused(served, *told, FIRST, sent=f"{person}\n") is Code.OFFICER_SAME
    assert done(served, *told, SECOND, sent=f"{person}\n") == "confirmed"
    carrying = ("destroy", "carry-out", order, "--officer", SECOND)
    assert refused(served, *carrying) in {Code.RECORDS_HELD, Code.ENTRIES_UNSEQUENCED}
    (listed,) = [e for e in json.loads(done(served, "hold", "list", "--json")) if e["id"] == hold]
    assert (listed["person"], listed["officer"]) == (person, FIRST)
    assert served.entries(answer) == [entry]
    done(served, "hold", "lift", hold, "--officer", SECOND, "--reason", "the inquiry has ended")
    ended = until_sequenced(served, *carrying)
    assert ended.splitlines() == ["keys destroyed: 1", "blind indexes deleted"]
    assert served.entries(answer) == [None]
    (shown,) = [
        e for e in json.loads(done(served, "destroy", "list", "--json")) if e["id"] == order
    ]
    assert (shown["person"], shown["keys"], bool(shown["finished_at"])) == (None, 1, True)
    (later,) = served.entries(served.ask(READ, {"c": person}))
    assert later  # under a key of its own


def test_a_year_that_runs_is_kept(served: Town) -> None:
    ending = ("retain", "--year", "2026", "--officer", FIRST)
    assert refused(served, *ending, "--dry-run") is Code.RETENTION_NOT_OVER
    assert refused(served, *ending) is Code.RETENTION_NOT_OVER
    words = done(served, "retain", "--year", "2001", "--officer", FIRST, "--dry-run")
    assert re.fullmatch(r"would drop: 0 entries, 0 keys, 0 partitions", words)


def test_a_code_is_no_option_outside_the_sandbox(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_DATABASE_URL", "postgresql://nowhere")
    words = ["hold", "set", "person", "--person", PERSONAS["ilze"], "--officer", FIRST]
    failure = CliRunner().invoke(command, [*words, "--reason", REASON]).exception
    assert isinstance(failure, HubError)
    assert failure.code is Code.PARAMETER_INVALID


ORDER = """
mutation ($c: PersonalCode!, $years: [Int!]!, $why: String!) {
  orderDestruction(personalCode: $c, years: $years, ground: $why) { id orderedBy confirmedBy years }
}
"""
CONFIRM = """
mutation ($order: String!, $c: PersonalCode!, $why: String!) {
  confirmDestruction(order: $order, personalCode: $c, reason: $why) { orderedBy confirmedBy }
}
"""


def test_two_officers_order_by_their_own_clients(served: Town) -> None:
    (person,) = served.single(1)
    hub: dict[str, Any] = {"client": "dpo", "agreement": "DVI-2026-001"}
    city: dict[str, Any] = {"client": "dpo-riga", "agreement": "DVI-2026-003"}
    asked = {"c": person, "years": [2025], "why": "judgment in force, GDPR 17(1)(d)"}
    answer = served.ask(ORDER, asked, **hub)
    order = answer.json()["data"]["orderDestruction"]
    assert (order["orderedBy"], order["confirmedBy"], order["years"]) == ("VDAA/dpo", None, [2025])
    assert person not in answer.text
    ((told, _),) = served.log_of(answer)
    assert (told["decision"], told["question"]) == ("oversight", ["orderDestruction"])
    word = {"order": order["id"], "c": person, "why": "checked against the judgment"}
    assert codes(served.ask(CONFIRM, word, **hub)) == ["officer_same"]
    other = served.ask(CONFIRM, {**word, "c": PERSONAS["toms"]}, **city)
    assert codes(other) == ["order_unknown"]
    confirmed = served.ask(CONFIRM, word, **city).json()["data"]["confirmDestruction"]
    assert confirmed == {"orderedBy": "VDAA/dpo", "confirmedBy": "RD-LD/dpo-riga"}
    for who in ({}, city):  # an institution's officer confirms, and never begins
        with served.refusing():
            assert codes(served.ask(ORDER, asked, **who)) == ["oversight_missing"]
