"""The hub's officer hears whether the log is in order, and nobody else does."""

import asyncio
import time
from typing import Any

import pytest

from hub.cli.estate import estate_of
from tests.journey.ledger import LOOK, WHY, by_officer, by_person, by_rigas_officer, data, proven
from tests.journey.town import PERSONAS, Town, codes
from tests.service.storage.hub_database import run

HEALTH = """
query ($r: String!) { logHealth(reason: $r) {
  at year size signedSize signedAt waiting waitingSeconds alarmsInAll
  cosignatures { witness year size at }
  alarms { at kind writer sequence missing }
} }
"""
WRITER = "00000000-0000-4000-8000-000000000001"
FORGED = 2**62


def health(town: Town) -> Any:  # noqa: ANN401 — JSON
    return data(by_officer(town, HEALTH, r=WHY), "logHealth")


def test_an_officer_hears_how_far_the_log_is(town: Town) -> None:
    before = health(town)
    proven(town, town.ask(LOOK, {"c": PERSONAS["gunta"]}))
    for _ in range(50):
        after = health(town)
        if after["waiting"] <= 1:
            break
        time.sleep(0.1)
    assert int(after["size"]) > int(before["size"])
    assert int(after["size"]) >= int(after["signedSize"]) > 0
    assert after["at"][:4] == str(after["year"]) == after["signedAt"][:4]
    assert after["waitingSeconds"] < 60


def test_an_officer_hears_an_alarm(town: Town) -> None:
    owner = estate_of(town.data_dir).owner_url
    try:
        asyncio.run(
            run(
                owner,
                "INSERT INTO hub.log_alarm (at, kind, writer, wseq, missing) VALUES"
                f" ('2026-11-20 09:30:00Z', 'gap', '{WRITER}', {FORGED}, {FORGED - 1})",
            )
        )
        found = health(town)
    finally:
        asyncio.run(run(owner, f"DELETE FROM hub.log_alarm WHERE writer = '{WRITER}'"))
    assert found["alarmsInAll"] == 1
    assert found["alarms"] == [
        {
            "at": "2026-11-20T09:30:00+00:00",
            "kind": "gap",
            "writer": WRITER,
            "sequence": str(FORGED),
            "missing": str(FORGED - 1),
        }
    ]


def test_that_it_was_asked_is_an_entry_with_its_reason(town: Town) -> None:
    ((told, _),) = town.log_of(by_officer(town, HEALTH, r=WHY))
    assert (told["decision"], told["question"]) == ("accountability", ["logHealth"])
    assert told["reason"] == WHY


@pytest.mark.parametrize("who", ["institution", "person", "recipient"])
def test_nobody_else_hears_it(town: Town, who: str) -> None:
    with town.refusing():
        if who == "institution":
            response = by_rigas_officer(town, HEALTH, r=WHY)
        elif who == "person":
            response = by_person(town, PERSONAS["ilze"], HEALTH, r=WHY)
        else:
            response = town.ask(HEALTH, {"r": WHY})
        assert codes(response) == ["oversight_missing"]


def test_a_reason_is_given(town: Town) -> None:
    with town.refusing():
        assert codes(by_officer(town, HEALTH, r="why not")) == ["reason_invalid"]
