import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta

import msgspec
import pytest

from hub.errors import Code, ServiceUnavailable
from hub.model.agreement import Operation
from hub.policy.book import AgreementBook, Book, book_of, drafted_book
from hub.policy.documents import fingerprint
from hub.policy.signatures import controllers_of, sign
from hub.ports import StoredAgreement
from tests.unit.policy.given import (
    FixedClock,
    MemoryStore,
    agreement,
    documents,
    keys,
    public_keys,
    purpose,
    rules,
    stored,
)

NUMBERS = [each.agreement.number for each in documents()]


def _kept(store: MemoryStore, clock: FixedClock | None = None) -> AgreementBook:
    return AgreementBook(
        store=store, rules=rules(), controllers=public_keys(), clock=clock or FixedClock()
    )


def _numbers(book: Book) -> set[str]:
    return {number for mine in book.agreements.values() for number in mine}


def _row(number: str = "RSD-2026-001") -> StoredAgreement:
    return next(row for row in stored() if row.number == number)


def _rewritten(row: StoredAgreement, **terms: object) -> StoredAgreement:
    value = {**msgspec.json.decode(row.document), **terms}
    document = msgspec.json.encode(value, order="sorted")
    return replace(row, document=document, logged_hash=fingerprint(document))


@pytest.mark.asyncio
async def test_signed_and_logged_revisions_act() -> None:
    book = _kept(MemoryStore(stored()))
    assert await book.refresh()
    assert _numbers(book.current()) == set(NUMBERS)
    assert book.current().problems == ()
    assert next(iter(book.current().agreements["riga-social-service"])) == "RSD-2026-001"


WIDER = ["disability.group", "disability.status", "employment.branch", "employment.status"]
ALTERED: list[tuple[Callable[[StoredAgreement], StoredAgreement], str]] = [
    (lambda row: replace(row, document=row.document.replace(b"500", b"501")), "hash is not logged"),
    (lambda row: replace(row, document=b"{" + row.document), "not JSON"),
    (lambda row: replace(row, logged_hash=None), "hash is not logged"),
    (lambda row: replace(row, logged_hash="00" * 32), "hash is not logged"),
    (lambda row: replace(row, signatures={}), "signature of `VSAA` does not verify"),
    (
        lambda row: replace(row, signatures={**row.signatures, "NVA": row.signatures["VSAA"]}),
        "signature of `NVA` does not verify",
    ),
    (lambda row: _rewritten(row, max_subjects=501), "signature of `VSAA` does not verify"),
    (lambda row: _rewritten(row, fields=WIDER), "signature of `NVA` does not verify"),
    (lambda row: _rewritten(row, controllers=["NVA"], signatures={}), "unknown field"),
    (lambda row: _rewritten(row, controllers=["NVA"]), "`VSAA` answers for"),
    (lambda row: _rewritten(row, client="nva"), "does not verify"),
    (lambda row: replace(row, revision=2), "of another agreement or revision"),
    (lambda row: replace(row, number="RSD-2026-099"), "of another agreement or revision"),
]


@pytest.mark.asyncio
@pytest.mark.parametrize(("alter", "problem"), ALTERED)
async def test_an_altered_row_grants_nothing_and_harms_no_other(
    alter: Callable[[StoredAgreement], StoredAgreement], problem: str
) -> None:
    others = [row for row in stored() if row.number != "RSD-2026-001"]
    book = _kept(MemoryStore([alter(_row()), *others]))
    assert await book.refresh()
    assert _numbers(book.current()) == set(NUMBERS) - {"RSD-2026-001"}
    assert any(problem in told for told in book.current().problems)


@pytest.mark.asyncio
async def test_every_controller_named_must_be_known_here() -> None:
    known = {name: key for name, key in public_keys().items() if name != "VSAA"}
    book = AgreementBook(
        store=MemoryStore(stored()), rules=rules(), controllers=known, clock=FixedClock()
    )
    await book.refresh()
    numbers = _numbers(book.current())
    assert "VSAA-2026-002" in numbers  # granted by NVA, to VSAA
    assert "RSD-2026-001" not in numbers
    assert "RSD-2026-001/1: the key of `VSAA` is not known" in book.current().problems


def test_a_signature_is_over_this_kind_of_document_alone() -> None:
    key = keys()["NVA"]
    assert sign(b"x", key) != key.sign(b"x")


def test_the_controllers_to_sign_for_are_listed_once() -> None:
    assert controllers_of(documents()) == ("BAC", "LDVC", "NVA", "VDAA", "VDEĀVK", "VSAA")


@pytest.mark.asyncio
async def test_the_store_is_read_again_only_when_its_version_moves() -> None:
    store = MemoryStore(stored())
    book = _kept(store)
    await book.refresh()
    await book.refresh()
    assert store.reads == 1
    first = book.current()
    store.changes, store.rows = 2, [row for row in stored() if row.number != "RSD-2026-001"]
    await book.refresh()
    assert store.reads == 2
    assert book.current() is not first
    assert "RSD-2026-001" not in _numbers(book.current())
    assert "RSD-2026-001" in _numbers(first)


@pytest.mark.asyncio
async def test_decision_sets_of_what_did_not_change_are_taken_over() -> None:
    store = MemoryStore(stored())
    book = _kept(store)
    await book.refresh()
    first = book.current()
    of = {number: mine for each in first.agreements.values() for number, mine in each.items()}
    kept = first.decision(of["IZG-2026-001"], Operation.STATUS)
    gone = first.decision(of["RSD-2026-001"], Operation.RECORD)
    assert first.decision(of["IZG-2026-001"], Operation.STATUS) is kept
    store.changes, store.rows = 2, [row for row in stored() if row.number != "RSD-2026-001"]
    await book.refresh()
    assert list(book.current().decided.values()) == [kept]
    assert gone in first.decided.values()


@pytest.mark.asyncio
async def test_a_store_that_never_answered_means_no_policy() -> None:
    store = MemoryStore(stored())
    store.down = True
    book = _kept(store)
    assert not await book.refresh()
    with pytest.raises(ServiceUnavailable) as told:
        book.current()
    assert told.value.code is Code.POLICY_UNAVAILABLE


@pytest.mark.asyncio
async def test_the_last_book_serves_for_a_while_and_then_lapses() -> None:
    clock, store = FixedClock(), MemoryStore(stored())
    book = _kept(store, clock)
    await book.refresh()
    store.down = True
    clock.at += timedelta(seconds=60)
    assert not await book.refresh()
    assert _numbers(book.current()) == set(NUMBERS)
    clock.at += timedelta(seconds=1)
    with pytest.raises(ServiceUnavailable):
        book.current()
    store.down = False
    assert await book.refresh()
    assert _numbers(book.current()) == set(NUMBERS)


@pytest.mark.asyncio
async def test_a_change_that_cannot_be_read_is_read_at_a_later_turn() -> None:
    class Failing(MemoryStore):
        async def latest(self) -> Sequence[StoredAgreement]:
            if self.changes == 2:
                raise ConnectionError
            return await super().latest()

    store = Failing(stored())
    book = _kept(store)
    await book.refresh()
    store.changes = 2
    assert not await book.refresh()
    store.changes, store.rows = 3, []
    assert await book.refresh()
    assert _numbers(book.current()) == set()


@pytest.mark.asyncio
async def test_watching_follows_the_store() -> None:
    class Told(MemoryStore):
        read = asyncio.Event()

        async def latest(self) -> Sequence[StoredAgreement]:
            self.read.set()
            return await super().latest()

    store = Told([])
    book = _kept(store)
    async with asyncio.TaskGroup() as group, asyncio.timeout(5):
        watching = group.create_task(book.watch(every_s=0.001))
        await store.read.wait()
        store.read.clear()
        store.rows, store.changes = stored(), 2
        await store.read.wait()
        await asyncio.sleep(0)
        watching.cancel()
    assert _numbers(book.current()) == set(NUMBERS)


def test_an_agreement_whose_permit_does_not_validate_is_unavailable() -> None:
    book = book_of(rules(), [agreement(purpose=purpose("MeansTest"))])
    for _ in range(2):
        with pytest.raises(ServiceUnavailable) as told:
            book.decision(book.agreements["tester"]["T-001"], Operation.RECORD)
        assert told.value.code is Code.POLICY_UNAVAILABLE
    assert book.decided == {}
    assert list(book.ahead()) == []


def test_a_folder_can_be_looked_at_before_anybody_signed() -> None:
    assert _numbers(drafted_book(rules(), documents())) == set(NUMBERS)


def _wanted(book: Book) -> set[tuple[str, Operation]]:
    return {
        (each.number, action)
        for agreements in book.agreements.values()
        for each in agreements.values()
        for action in each.operations - {Operation.BATCH}
    }


def test_a_spoilt_agreement_keeps_no_other_from_being_built() -> None:
    spoilt = agreement(number="A-000", purpose=purpose("MeansTest"))
    book = book_of(rules(), [spoilt, agreement()])
    assert len(list(book.ahead())) == len(agreement().operations - {Operation.BATCH})
    assert list(book.ahead()) == []


@pytest.mark.asyncio
async def test_a_warm_book_builds_everything_ahead_and_again_when_the_store_moves() -> None:
    store = MemoryStore(stored()[:1])
    book = _kept(store)
    await book.refresh()
    assert not book.current().decided
    book.warm()
    assert not book.current().decided, "whoever starts does not wait"
    async with asyncio.TaskGroup() as group, asyncio.timeout(20):
        watching = group.create_task(book.watch(every_s=0.01))
        await _built(book, 1)
        store.rows, store.changes = stored()[:3], 2
        await _built(book, 3)
        watching.cancel()


async def _built(book: AgreementBook, agreements: int) -> None:
    for _ in range(2_000):
        present = book.current()
        built = {(number, action) for number, _, action in present.decided}
        if len(_numbers(present)) == agreements and built == _wanted(present):
            return
        await asyncio.sleep(0.005)
    pytest.fail("not everything was built")


@pytest.mark.asyncio
async def test_a_change_is_read_although_much_is_left_to_build() -> None:
    store = MemoryStore(stored())
    book = _kept(store)
    await book.refresh()
    book.warm()
    async with asyncio.TaskGroup() as group, asyncio.timeout(20):
        watching = group.create_task(book.watch(every_s=0.0))
        await asyncio.sleep(0)
        store.rows, store.changes = [], 2
        for _ in range(100):
            await asyncio.sleep(0.005)
            if not _numbers(book.current()):
                break
        watching.cancel()
    assert not _numbers(book.current())


@pytest.mark.asyncio
async def test_a_decision_asked_for_before_its_turn_is_the_same() -> None:
    book = _kept(MemoryStore(stored()))
    await book.refresh()
    book.warm()
    of = book.current().agreements["riga-social-service"]["RSD-2026-001"]
    asked = book.current().decision(of, Operation.RECORD)
    list(book.current().ahead())
    assert book.current().decision(of, Operation.RECORD) is asked
    assert asked == drafted_book(rules(), documents()).decision(of, Operation.RECORD)
