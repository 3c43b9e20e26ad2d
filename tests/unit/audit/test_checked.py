"""What is found is opened and compared before anybody is told."""

import os
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from structlog.testing import capture_logs

from hub.audit.checked import Opening
from hub.audit.keys import YearKeys, cipher
from hub.model.found import FoundEntry, Place
from hub.model.personal_code import PersonalCode
from hub.storage.keyring import MasterKeyring
from tests.unit.audit.making import code

KEYRING = MasterKeyring(bytes(range(32)))
ANNA, BERTA = code(1), code(2)
COLUMNS = {
    "decision": "disclosed",
    "client": "riga-social-service",
    "recipient": "RD-LD",
    "agreement": "RSD-2026-001",
    "revision": 1,
    "visibility": "immediate",
    "person_acting": False,
}
TOLD = {"operation_id": "a" * 32, **{k: v for k, v in COLUMNS.items() if v}}


def _found(
    holder: PersonalCode, subject: PersonalCode, columns: dict[str, Any] | None = None
) -> FoundEntry:
    """An entry found under ``holder``'s index, sealed with that key, telling of ``subject``."""
    keys = YearKeys(KEYRING, 2026)
    row = keys.make(keys.index(holder))
    text = orjson.dumps({"subject": subject, "outcomes": {"x": "found"}, "relation": "asked"})
    nonce = os.urandom(12)
    secret = keys.unwrap(row.index, row.wrapped)
    return FoundEntry(
        place=Place(2026, 7),
        operation_id="a" * 32,
        at=datetime(2026, 11, 20, tzinfo=UTC),
        columns=COLUMNS | (columns or {}),
        open=orjson.dumps(TOLD).decode(),
        sealed=nonce + cipher(secret).encrypt(nonce, text, b"a" * 32),
        index=row.index,
        wrapped=row.wrapped,
    )


def test_an_entry_of_the_person_is_opened() -> None:
    with capture_logs() as lines:
        (opened,) = Opening(KEYRING).about([_found(ANNA, ANNA)], [ANNA])
    assert (opened.outcomes, opened.relation, opened.asked) == ({"x": "found"}, "asked", True)
    assert lines == []


def test_an_entry_under_the_persons_index_and_key_that_tells_of_another_is_not_shown() -> None:
    with capture_logs() as lines:
        assert Opening(KEYRING).about([_found(ANNA, BERTA)], [ANNA]) == []
    assert [(each["log_level"], each["differs"]) for each in lines] == [("error", "subject")]
    assert not any(told in repr(lines) for told in (ANNA, BERTA))


def test_an_entry_found_under_an_index_that_concerns_nobody_is_not_shown() -> None:
    with capture_logs() as lines:
        assert Opening(KEYRING).about([replace(_found(ANNA, ANNA), sealed=None)], [ANNA]) == []
    assert [each["differs"] for each in lines] == ["subject"]


@pytest.mark.parametrize("name", list(COLUMNS))
def test_an_entry_that_does_not_say_what_it_is_found_by_is_not_shown(name: str) -> None:
    altered = _found(ANNA, ANNA, {name: 2 if name == "revision" else "another"})
    with capture_logs() as lines:
        assert Opening(KEYRING).about([altered], [ANNA]) == []
        assert Opening(KEYRING).plain([altered]) == []
    assert [each["differs"] for each in lines] == ["columns"] * 2


def test_indexes_of_a_person_are_those_of_every_code_once_and_of_each_year() -> None:
    found = Opening(KEYRING).indexes([ANNA, BERTA, ANNA], [2026, 2027])
    assert {year: len(each) for year, each in found.items()} == {2026: 2, 2027: 2}
    assert found[2026][0] == YearKeys(KEYRING, 2026).index(ANNA)
    assert not set(found[2026]) & set(found[2027])
