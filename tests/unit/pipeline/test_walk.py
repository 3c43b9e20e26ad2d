"""What the log refuses does not leave, and is settled before anything is tried again."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

import orjson
import pytest

from hub.errors import Code, ServiceUnavailable
from hub.model.agreement import Scope
from hub.model.decision import Consented, Permit
from hub.model.entry import Disclosure, Receipt
from hub.model.personal_code import PersonalCode
from hub.pipeline import Release, Rooms, answer
from hub.ports import ConsentChanged
from tests.unit.pipeline.given import (
    AGREEMENTS,
    ANNA,
    BERTA,
    CHILD,
    AtHand,
    Entered,
    HeldClock,
    Ledger,
    Shelf,
    book,
    connectors,
    people,
    request,
    rooms,
    told,
    wide,
)

NUMBER = AGREEMENTS["everything"].number
QUERY = """query($p: [PersonalCode!]!) { persons(personalCodes: $p) { employment { status }
    socialInsurance { benefits { child { personalCode } } } absences { register code } } }"""


@dataclass
class Refused:
    """Entries on their way to a commit that does not come."""

    receipt: Receipt
    said_no: frozenset[PersonalCode]
    early: bool = True

    async def committed(self) -> Receipt:
        raise ConsentChanged(self.said_no)


class Watching(Ledger):
    """A log that refuses whoever is told of and has said no."""

    def __init__(self, said_no: Collection[str], *, always: bool = False) -> None:
        super().__init__()
        self.said_no = frozenset(map(PersonalCode, said_no))
        self.always = always
        self.committed: list[Disclosure] = []

    async def enter(self, disclosure: Disclosure) -> Any:  # noqa: ANN401 — a promise, kept or not
        entered: Entered = await super().enter(disclosure)
        disclosed = {each.subject for each in disclosure.subjects if each.discloses}
        if self.always or disclosed & self.said_no:
            return Refused(entered.receipt, self.said_no)
        self.committed.append(disclosure)
        return entered


@dataclass
class Book:
    """Consents: who said no; counts how often it was asked."""

    said_no: frozenset[PersonalCode]
    asked: int = 0

    async def settle(
        self, permit: Permit, subjects: Collection[PersonalCode], residences: object = None
    ) -> Consented:
        self.asked += 1
        return Consented(records={}, restricted=self.said_no.intersection(subjects))


@dataclass
class Scene:
    """One corridor, and everything around it that a test looks at."""

    wired: Rooms
    fetch: AtHand
    log: Watching
    book: Book
    encoded: list[bytes]

    async def ask(self, query: str = QUERY) -> Release:
        def encode(data: Mapping[str, Any] | None, _errors: object, _receipt: object) -> bytes:
            self.encoded.append(orjson.dumps(data))
            return self.encoded[-1]

        asked = request(query, NUMBER, {"p": [ANNA, BERTA]})
        return await answer(replace(asked, encode=encode), self.wired)


def scene(*said_no: str, always: bool = False, planner: bool = True) -> Scene:
    fetch, log = AtHand(people()), Watching(said_no, always=always)
    known = Book(log.said_no)
    wired = rooms(fetch, Shelf(), HeldClock(), planner=planner)
    return Scene(replace(wired, access_log=log, consents=known), fetch, log, known, [])


def persons(release: Release) -> list[Any]:
    assert release.body is not None
    found: list[Any] = orjson.loads(release.body)["persons"]
    return found


@pytest.mark.asyncio
async def test_where_nobody_said_no_nobody_is_asked() -> None:
    found = scene()
    anna, berta = persons(await found.ask())
    assert anna["employment"] == {"status": "UNEMPLOYED"}
    assert berta["employment"] == {"status": "JOB_SEEKER"}
    assert found.book.asked == 0
    assert len(found.log.entered) == 1


@pytest.mark.asyncio
@pytest.mark.parametrize("planner", [True, False])
async def test_whoever_said_no_is_not_in_what_leaves(*, planner: bool) -> None:
    found = scene(ANNA, planner=planner)
    release = await found.ask()
    anna, berta = persons(release)
    assert (anna["employment"], anna["socialInsurance"]) == (None, None)
    assert {each["code"] for each in anna["absences"]} == {"RESTRICTED"}
    assert berta["employment"] == {"status": "JOB_SEEKER"}
    assert found.fetch.forgotten == {ANNA}
    (entry,) = found.log.committed
    assert [(each.subject, each.discloses) for each in entry.subjects] == [
        (ANNA, False),
        (BERTA, True),
    ]
    assert entry.header.operation_id == release.receipt.id
    assert found.book.asked == 1


@pytest.mark.asyncio
@pytest.mark.parametrize("planner", [True, False])
async def test_a_child_who_said_no_is_taken_out_and_the_parent_forgotten(*, planner: bool) -> None:
    found = scene(CHILD, planner=planner)
    anna, _ = persons(await found.ask())
    assert CHILD in found.encoded[0].decode()
    assert [row["child"] for row in anna["socialInsurance"]["benefits"]] == [None, None]
    assert found.fetch.forgotten == {ANNA, CHILD}
    (entry,) = found.log.committed
    assert [each.subject for each in entry.subjects] == [ANNA, BERTA]
    for _ in range(2):  # nor later, though the record at hand names the child
        anna, _ = persons(await found.ask())
        assert [row["child"] for row in anna["socialInsurance"]["benefits"]] == [None, None]


@pytest.mark.asyncio
async def test_a_log_that_never_agrees_ends_it_and_nothing_leaves() -> None:
    found = scene(always=True)
    with pytest.raises(ServiceUnavailable) as refused:
        await found.ask()
    assert refused.value.code is Code.CONSENT_UNAVAILABLE
    assert found.log.committed == []
    assert len(found.log.entered) == 3


@pytest.mark.asyncio
@pytest.mark.parametrize("planner", [True, False])
async def test_a_record_that_does_not_fit_hides_the_child_no_less(
    monkeypatch: pytest.MonkeyPatch, *, planner: bool
) -> None:
    """The exact pass presents it anew."""
    connector: Any = connectors()["socialInsurance"]
    present = connector.present

    def odd(*arguments: Any) -> Any:  # noqa: ANN401 — as the connector's
        published = present(*arguments)
        published.benefits[0].kind = "no kind of benefit"
        return published

    monkeypatch.setattr(connector, "present", odd)
    found = scene(CHILD, planner=planner)
    release = await found.ask(QUERY.replace("benefits {", "benefits { kind"))
    assert [error.code for error in release.errors] == [Code.REGISTER_MALFORMED]
    assert CHILD in found.encoded[0].decode()
    assert release.body == found.encoded[-1]
    assert CHILD not in release.body.decode()
    anna, _ = persons(release)
    assert [row["kind"] for row in anna["socialInsurance"]["benefits"]] == [None, "SICKNESS"]


class Cases:
    """Persons tied to cases."""

    async def members(
        self, agreement: str, case: str | None, codes: Collection[PersonalCode]
    ) -> frozenset[PersonalCode]:
        tied = {"A-1": ANNA, "B-2": BERTA}
        return frozenset(code for code in codes if tied.get(case or "") == code)


@pytest.mark.asyncio
@pytest.mark.parametrize("planner", [True, False])
async def test_every_caller_asks_within_their_own_case(*, planner: bool) -> None:
    """Though the permit was worked out for whoever came first."""
    cased = wide("SBX-2026-007", scope=Scope(case=True))
    shelf = Shelf(book(cased))
    wired = replace(rooms(AtHand(people()), shelf, HeldClock(), planner=planner), scope=Cases())
    query = """query($p: [PersonalCode!]!) { persons(personalCodes: $p) {
        employment { status } } }"""
    for case, shown in (("A-1", [True, False]), ("B-2", [False, True]), ("A-1", [True, False])):
        asked = request(query, cased.number, {"p": [ANNA, BERTA]}, case=(case,))
        data, _ = orjson.loads(await told(asked, wired))
        assert [each["employment"] is not None for each in data["persons"]] == shown
