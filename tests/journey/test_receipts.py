"""Proofs of a receipt: for the recipient and the hub's officer, and as if unknown to others."""

from base64 import b64decode
from typing import Any

import pytest

from hub.audit.tlog.logkey import LogKey
from hub.audit.tlog.tlogproof import parsed
from tests.journey.ledger import (
    LOOK,
    LOOKS,
    RECEIPT,
    by_officer,
    by_person,
    by_rigas_officer,
    data,
    id_of,
    proven,
)
from tests.journey.town import PERSONAS, Town, codes

UNKNOWN = "0" * 32


def _without_receipt(answer: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in answer.items() if name != "extensions"}


def test_a_receipt_is_proven_with_the_logs_key_alone(town: Town) -> None:
    response = town.ask(LOOK, {"c": PERSONAS["gunta"]})
    proof = proven(town, response)
    assert data(town.ask(RECEIPT, {"id": id_of(response)}), "receipt")["state"] == "PROVEN"
    assert proof["promise"] == response.json()["extensions"]["receipt"]["promise"]
    (entry,) = proof["entries"]
    ((opened, _),) = town.log_of(response)
    year = int(opened["at"][:4])
    key = LogKey(town.settings.log_origin, town.settings.log_key)
    found = parsed(entry["proof"])
    assert found.checked([key.signer(year).verifier], key.origin(year)).size > found.index
    assert entry["index"] == f"{year}/{found.index}"
    assert b64decode(entry["entry"]) == found.extra
    assert id_of(response).encode() in found.extra
    assert PERSONAS["gunta"].encode() not in found.extra


def test_to_others_a_receipt_is_as_if_there_were_none(town: Town) -> None:
    response = town.ask(LOOK, {"c": PERSONAS["gunta"]})
    proven(town, response)

    def others(id_: str) -> list[Any]:
        return [
            town.ask(RECEIPT, {"id": id_}, client="madona-social-service", agreement=None),
            by_person(town, PERSONAS["gunta"], RECEIPT, id=id_),
            by_rigas_officer(town, RECEIPT, id=id_),
        ]

    for known, unknown in zip(others(id_of(response)), others(UNKNOWN), strict=True):
        assert _without_receipt(known.json()) == _without_receipt(unknown.json())
        assert data(known, "receipt") is None
    assert data(by_officer(town, RECEIPT, id=UNKNOWN), "receipt") is None


def test_proofs_of_a_batch_come_in_pages(town: Town) -> None:
    response = town.ask(LOOKS, {"c": town.single(5)})
    page = proven(town, response, first=2)
    assert page["promise"] is None
    indexes = [each["index"] for each in page["entries"]]
    while page["pageInfo"]["hasNextPage"]:
        after = page["pageInfo"]["endCursor"]
        page = proven(town, response, first=2, after=after)
        indexes += [each["index"] for each in page["entries"]]
    assert len(indexes) == len(set(indexes)) == 5
    assert proven(town, response)["promise"] is not None


def test_the_question_for_a_receipt_is_an_entry(town: Town) -> None:
    response = town.ask(RECEIPT, {"id": UNKNOWN})
    ((opened, _),) = town.log_of(response)
    assert (opened["decision"], opened["question"]) == ("accountability", ["receipt"])


@pytest.mark.parametrize("first", [0, 501])
def test_pages_are_bounded(town: Town, first: int) -> None:
    assert codes(town.ask(RECEIPT, {"id": UNKNOWN, "first": first})) == ["page_invalid"]
