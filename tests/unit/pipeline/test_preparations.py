"""Preparations: kept for one plan, agreement, edition and action; they hold nothing of anybody."""

import gc
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import replace
from types import FunctionType, ModuleType
from typing import Any

import orjson
import pytest
from graphql import DocumentNode

from hub.model.agreement import Operation
from hub.model.caller import Caller, Client
from hub.pipeline import Preparations, Rooms, prepared
from hub.pipeline.bound import Bound
from hub.pipeline.prepared import Prepared
from hub.plan.compiler import Compiled, compile_operation
from hub.plan.documents import Document
from hub.plan.tree import Tree
from hub.policy.book import Book
from tests.unit.pipeline.given import (
    AGREEMENTS,
    ANNA,
    BERTA,
    CLIENT,
    EVENING,
    AtHand,
    HeldClock,
    Ledger,
    Shelf,
    book,
    people,
    request,
    rooms,
    told,
    wide,
    without,
)
from tests.unit.pipeline.test_views import Two

EVERYTHING = AGREEMENTS["everything"]
STATUS = "query($p: PersonalCode!) { person(personalCode: $p) { employment { status } } }"
OTHER = "query($p: PersonalCode!) { person(personalCode: $p) { employment { s: status } } }"
THIRD = "query($p: PersonalCode!) { person(personalCode: $p) { employment { branch } } }"


class Preparing:
    """Prepares documents for callers, as the corridor does."""

    def __init__(self, *, capacity: int = 2_000) -> None:
        self.shelf, self.clock = Shelf(), HeldClock()
        self.rooms: Rooms = rooms(AtHand(people()), self.shelf, self.clock, capacity=capacity)

    def __call__(
        self,
        query: str = STATUS,
        number: str = EVERYTHING.number,
        action: Operation = Operation.RECORD,
        **variables: Any,  # noqa: ANN401 — GraphQL variables
    ) -> Prepared:
        wired = self.rooms
        document = wired.documents.read(query)
        operation = document.operation(None)
        coerced = document.coerce(wired.schema, operation, {"p": ANNA, **variables})
        plan = wired.plans.read(document, operation, coerced)
        agreement = self.shelf.book.agreements[CLIENT][number]
        caller = Caller(client=Client(id=CLIENT, expires_at=EVENING), agreement=agreement)
        return wired.preparations.prepare(plan, coerced, caller, action)


def test_the_same_question_is_prepared_once_whoever_is_asked_about() -> None:
    prepare = Preparing()
    assert prepare() is prepare(p=BERTA)


def test_every_document_and_agreement_is_prepared_for_itself() -> None:
    prepare = Preparing()
    found = {
        prepare(query, each.number) for query in (STATUS, OTHER) for each in AGREEMENTS.values()
    }
    assert len(found) == 2 * len(AGREEMENTS)
    for each in AGREEMENTS.values():
        assert prepare(STATUS, each.number).permit.caller.agreement is each


def test_each_set_of_booleans_is_prepared_for_itself() -> None:
    prepare = Preparing()
    query = """query($p: PersonalCode!, $more: Boolean!) { person(personalCode: $p) {
        employment { status branch @include(if: $more) } } }"""
    some, every = prepare(query, more=False), prepare(query, more=True)
    assert some is not every
    assert [*some.fields] == ["employment.status"]
    assert [*every.fields] == ["employment.branch", "employment.status"]
    assert prepare(query, more=True) is every


def test_another_edition_is_prepared_anew() -> None:
    prepare = Preparing()
    first = prepare()
    prepare.shelf.book = replace(prepare.shelf.book)
    second = prepare()
    assert second is not first
    assert second.edition is prepare.shelf.book


def test_another_revision_is_prepared_anew_and_an_earlier_one_serves_nobody() -> None:
    prepare = Preparing()
    query, number = THIRD, "SBX-2026-009"
    every = wide(number)
    prepare.shelf.book = book(every)
    assert prepare(query, number).permit.granted == {"employment.branch"}
    less = wide(number, revision=2, fields=without("employment.branch"))
    prepare.shelf.book = book(less)
    with pytest.raises(Exception, match="does not grant"):
        prepare(query, number)


def test_another_action_is_prepared_for_itself() -> None:
    prepare = Preparing()
    both = wide("SBX-2026-008", operations=frozenset({Operation.RECORD, Operation.STATUS}))
    prepare.shelf.book = book(both)
    found = [prepare(STATUS, both.number, each) for each in (Operation.RECORD, Operation.STATUS)]
    assert found[0] is not found[1]
    again = [prepare(STATUS, both.number, each) for each in (Operation.RECORD, Operation.STATUS)]
    assert [each is before for each, before in zip(again, found, strict=True)] == [True, True]


def test_the_one_used_longest_ago_goes_first() -> None:
    prepare = Preparing(capacity=2)
    first, second = prepare(STATUS), prepare(OTHER)
    assert prepare(STATUS) is first
    prepare(THIRD)
    assert kept(prepare.rooms.preparations) == 2
    assert prepare(STATUS) is first
    assert prepare(OTHER) is not second


def test_characters_of_the_documents_of_what_is_prepared_are_bounded_too() -> None:
    prepare = Preparing()
    preparations = prepare.rooms.preparations
    preparations._capacity_characters = 1_000
    for filling in range(300, 310):
        prepare(STATUS + "#" * filling)
        held = [each.plan.document.characters for each in preparations._kept.values()]
        assert sum(held) == preparations._characters <= 1_000
    assert len(held) == 2


def kept(preparations: Preparations) -> int:
    return len(preparations._kept)


def test_a_refusal_is_not_kept() -> None:
    prepare = Preparing()
    less = wide("SBX-2026-009", fields=without("employment.branch"))
    prepare.shelf.book = book(less)
    for _ in range(2):
        with pytest.raises(Exception, match="does not grant"):
            prepare(THIRD, less.number)
    assert kept(prepare.rooms.preparations) == 0


@pytest.mark.asyncio
async def test_periods_kept_are_few_and_each_is_answered_for_itself() -> None:
    two = Two()
    for day in range(1, 29):
        asked = {"from": f"2026-09-{day:02}"}
        await two.agree(
            "socialInsurance(from: $from) { benefits { kind } }", EVERYTHING.number, asked
        )
        (only,) = two.wired.preparations._kept.values()
        assert len(only.bound) <= 16
    assert len(only.bound) > 1


# ---- nothing of anybody ------------------------------------------------------------------------

SAID = {"case": ("SP-2026/117",), "official": ("L.Vanaga",), "authorization": (str(BERTA),)}


def reachable(start: object) -> Iterator[object]:
    """Yield all that the hub's own objects hold; not what every class, module and library does."""
    seen, queue = {id(start)}, deque([start])
    while queue:
        each = queue.popleft()
        yield each
        if isinstance(each, FunctionType):
            below: Iterable[object] = each.__closure__ or ()
        elif type(each).__module__.startswith(("builtins", "collections", "hub.")):
            below = gc.get_referents(each)
        else:
            continue
        for held in below:
            if id(held) not in seen and not isinstance(held, (type, ModuleType, Book)):
                seen.add(id(held))
                queue.append(held)


def texts(start: object) -> set[str]:
    return {str(each) for each in reachable(start) if isinstance(each, str)}


@pytest.mark.asyncio
async def test_nothing_that_a_request_says_is_kept_with_the_preparation() -> None:
    fetch = AtHand(people())
    wired = rooms(fetch, Shelf(), HeldClock())
    asked = request(STATUS, EVERYTHING.number, {"p": ANNA}, **SAID)
    for _ in range(2):
        assert b"UNEMPLOYED" in await told(asked, wired)
    found = texts(wired.preparations._kept)
    assert EVERYTHING.number in found
    assert found.isdisjoint({ANNA, BERTA, *(each for (each,) in SAID.values())})
    views = [key for views in fetch.views() for key in views]
    assert views
    assert texts(views).isdisjoint({ANNA, BERTA, *(each for (each,) in SAID.values())})


@pytest.mark.asyncio
async def test_what_is_kept_with_records_keeps_no_document_alive() -> None:
    fetch = AtHand(people())
    wired = rooms(fetch, Shelf(), HeldClock())
    asked = request(STATUS, EVERYTHING.number, {"p": ANNA})
    assert b"UNEMPLOYED" in await told(asked, wired)
    made = [list(views.items()) for views in fetch.views() if views]
    recalled = list(wired.recollections._kept.items())
    for kept_there in (made, recalled):
        assert kept_there
        found = {type(each) for each in reachable(kept_there)}
        assert found.isdisjoint({Prepared, Bound, Document, Tree, DocumentNode})


@pytest.mark.asyncio
async def test_every_entry_tells_its_own_case_and_official() -> None:
    wired = rooms(AtHand(people()), Shelf(), HeldClock())
    for number in (1, 2, 2):
        said = {"case": (f"C-{number}",), "official": (f"O-{number}",)}
        await told(request(STATUS, EVERYTHING.number, {"p": ANNA}, **said), wired)
    log: Any = wired.access_log
    assert isinstance(log, Ledger)
    headers = [(each.header.case, each.header.official) for each in log.entered]
    assert headers == [("C-1", "O-1"), ("C-2", "O-2"), ("C-2", "O-2")]


# ---- two readers of one document -----------------------------------------------------------------


@pytest.mark.asyncio
async def test_a_plan_that_asks_for_more_than_was_judged_is_not_used(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    prepare = Preparing()
    wider = prepare.rooms.documents.read(
        "query($p: PersonalCode!) { person(personalCode: $p) { employment { status branch } } }"
    )

    def misread(schema: Any, document: Any, operation: Any, *rest: Any, **more: Any) -> Compiled:  # noqa: ANN401 — as the compiler's
        return compile_operation(schema, wider.node, wider.operation(None), *rest, **more)

    monkeypatch.setattr(prepared, "compile_operation", misread)
    assert prepare().compiled is None
    data, _ = orjson.loads(
        await told(request(STATUS, EVERYTHING.number, {"p": ANNA}), prepare.rooms)
    )
    assert data == {"person": {"employment": {"status": "UNEMPLOYED"}}}


ROOTS = """query($p: PersonalCode!, $b: PersonalCode!) {
    person(personalCode: $p) { employment { status } }
    person(personalCode: $p) { employment { branch } }
    b: person(personalCode: $b) { socialInsurance { benefits { kind } } absences { code } } }"""


@pytest.mark.asyncio
@pytest.mark.parametrize("planner", [True, False])
async def test_roots_of_one_name_are_one_and_each_register_hears_of_its_own_persons(
    *, planner: bool
) -> None:
    fetch = AtHand(people())
    wired = rooms(fetch, Shelf(), HeldClock(), planner=planner)
    answered = await told(request(ROOTS, EVERYTHING.number, {"p": ANNA, "b": BERTA}), wired)
    data, errors = orjson.loads(answered)
    assert errors == []
    assert data["person"]["employment"] == {"status": "UNEMPLOYED", "branch": "Rīgas filiāle"}
    assert [row["kind"] for row in data["b"]["socialInsurance"]["benefits"]] == [
        "FAMILY",
        "SICKNESS",
    ]
    log: Any = wired.access_log
    (entry,) = log.entered
    assert {each.subject: set(each.outcomes) for each in entry.subjects} == {
        ANNA: {"employment"},
        BERTA: {"socialInsurance"},
    }
