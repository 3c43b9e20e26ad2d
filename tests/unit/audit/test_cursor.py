"""Cursors tell nothing, and serve one client and one question."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from hub.audit.cursor import SealedCursors, packed, unpacked
from hub.errors import BadRequest
from hub.model.caller import Caller, Client
from hub.model.catalogue import Category
from hub.model.desk import DeskQuestion
from hub.model.found import Place
from hub.model.personal_code import PersonalCode
from hub.storage.keyring import MasterKeyring
from tests.unit.policy.given import documents

CURSORS = SealedCursors(MasterKeyring(bytes(range(32))))
NOW = datetime(2026, 11, 20, tzinfo=UTC)
ANNA, BERTA = PersonalCode("341111-11111"), PersonalCode("342222-22222")
FILTER = {"person": ANNA, "category": Category.HEALTH, "outcome": None}
ASKED = {"personalCode": ANNA, "from": NOW, "first": 5, "reason": "one reason", "filter": FILTER}
QUESTION = DeskQuestion(
    root="usage",
    arguments=ASKED,
    caller=Caller(
        client=Client(id="portal", expires_at=NOW, person=ANNA), agreement=documents()[0].agreement
    ),
    at=NOW,
    operation_id="",
)


def _with(question: DeskQuestion, **arguments: object) -> DeskQuestion:
    return replace(question, arguments={**question.arguments, **arguments})


def test_a_cursor_leads_back_to_its_place_on_any_page_of_the_question() -> None:
    place = Place(2026, 2**40)
    cursor = CURSORS.seal(QUESTION, packed(place))
    later = replace(_with(QUESTION, after=cursor, first=7, reason="another"), operation_id="1")
    assert unpacked(CURSORS.place(later)) == place
    assert CURSORS.place(QUESTION) is None


def test_cursors_of_near_and_far_places_look_alike() -> None:
    texts = [CURSORS.seal(QUESTION, packed(Place(2026, at))) for at in (0, 1, 1, 2**60)]
    assert len({len(text) for text in texts}) == 1
    assert len(set(texts)) == 4


@pytest.mark.parametrize(
    "another",
    [
        replace(QUESTION, root="findUsage"),
        _with(QUESTION, personalCode=BERTA),
        _with(QUESTION, **{"from": None}),
        _with(QUESTION, filter={**FILTER, "person": BERTA}),
        _with(QUESTION, filter={**FILTER, "category": Category.FINANCIAL}),
        replace(
            QUESTION,
            caller=replace(QUESTION.caller, client=Client(id="other", expires_at=NOW, person=ANNA)),
        ),
        replace(
            QUESTION,
            caller=replace(
                QUESTION.caller, client=Client(id="portal", expires_at=NOW, person=BERTA)
            ),
        ),
        replace(QUESTION, caller=replace(QUESTION.caller, agreement=documents()[1].agreement)),
    ],
)
def test_a_cursor_serves_nobody_else_and_nothing_else(another: DeskQuestion) -> None:
    cursor = CURSORS.seal(QUESTION, packed(Place(2026, 1)))
    with pytest.raises(BadRequest) as refused:
        CURSORS.place(_with(another, after=cursor))
    assert refused.value.code.code == "cursor_invalid"


@pytest.mark.parametrize("text", ["", "x", "ā", "A" * 60, "A" * 5_000, "=", "\0"])
def test_whatever_else_is_sent_is_no_cursor(text: str) -> None:
    with pytest.raises(BadRequest) as refused:
        CURSORS.place(_with(QUESTION, after=text))
    assert refused.value.code.code == "cursor_invalid"


def test_another_hubs_cursor_is_none_of_ours() -> None:
    others = SealedCursors(MasterKeyring(bytes(32)))
    with pytest.raises(BadRequest):
        CURSORS.place(_with(QUESTION, after=others.seal(QUESTION, packed(Place(2026, 1)))))
