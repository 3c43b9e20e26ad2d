"""An entry's bytes in the tree, and the proof that travels with them."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.audit.chain import Writer, leaf_of
from hub.audit.lane import Lane, Operation
from hub.audit.tlog import entrybytes, promise, tlogproof
from hub.audit.tlog.checkpoint import Checkpoint
from hub.audit.tlog.entrybytes import PARTS_BYTES, entry_bytes
from hub.audit.tlog.invalid import Invalid
from hub.audit.tlog.proof import inclusion
from hub.audit.tlog.tiles import ENTRY_BYTES
from hub.audit.tlog.tlogproof import LogProof
from hub.errors import BadRequest
from hub.model.entry import Dissent, LogBatch, Receipt
from tests.unit.audit.making import KEY, code, disclosure, prepared, stored
from tests.unit.audit.tlog.growing import tiles

SIGNER = KEY.signer(2026)
PARTS = st.tuples(
    st.uuids(), st.integers(1, 2**64 - 1), st.binary(), st.binary(min_size=16, max_size=16),
    st.binary(),
)  # fmt: skip


@given(PARTS)
def test_an_entry_is_read_back(parts: tuple[UUID, int, bytes, bytes, bytes]) -> None:
    content = entry_bytes(*parts)
    read = entrybytes.parsed(content)
    assert (read.writer, read.wseq, read.opened, read.salt, read.sealed) == parts
    assert read.content == content


@given(PARTS, PARTS)
def test_no_two_entries_have_the_same_bytes(
    one: tuple[UUID, int, bytes, bytes, bytes], other: tuple[UUID, int, bytes, bytes, bytes]
) -> None:
    assert (entry_bytes(*one) == entry_bytes(*other)) == (one == other)


@given(PARTS, st.integers(0, 200))
def test_neither_more_nor_less_is_an_entry(
    parts: tuple[UUID, int, bytes, bytes, bytes], cut: int
) -> None:
    content = entry_bytes(*parts)
    for bad in (content[:cut] if cut < len(content) else b"", content + b"x", b"x" + content):
        with pytest.raises(Invalid):
            entrybytes.parsed(bad)


def test_a_leaf_is_the_one_that_receipts_commit_to() -> None:
    for row in stored(Writer.new().chain([prepared(disclosure(code(1))), prepared(disclosure())])):
        content = entry_bytes(row.writer, row.wseq, row.open.encode(), row.salt, row.sealed)
        assert entrybytes.parsed(content).leaf == leaf_of(row)


def proof(count: int, index: int) -> LogProof:
    content = [entry_bytes(UUID(int=1), n, b"{}", b"s" * 16, None) for n in range(1, count + 1)]
    tree, kept = tiles(content)
    signed = Checkpoint(SIGNER.name, count, tree.root()).signed(SIGNER)
    hashes = inclusion(index, count).read(kept.__getitem__)
    return LogProof(index, tuple(hashes), signed, content[index])


@pytest.mark.parametrize(("count", "index"), [(1, 0), (300, 255), (300, 256), (700, 699)])
def test_a_proof_travels_as_text(count: int, index: int) -> None:
    made = proof(count, index)
    assert tlogproof.parsed(made.text) == made
    assert made.checked([SIGNER.verifier], SIGNER.name).size == count


def test_a_proof_without_its_entry_proves_nothing() -> None:
    bare = replace(proof(300, 7), extra=b"")
    assert "extra" not in bare.text
    assert tlogproof.parsed(bare.text) == bare
    with pytest.raises(Invalid):
        bare.checked([SIGNER.verifier], SIGNER.name)


@settings(deadline=None, max_examples=300)
@given(st.data())
def test_no_altered_proof_holds(data: st.DataObject) -> None:
    text = bytearray(proof(300, 7).text.encode())
    bit = data.draw(st.integers(0, len(text) * 8 - 1))
    text[bit // 8] ^= 1 << bit % 8
    with pytest.raises((Invalid, UnicodeDecodeError)):
        tlogproof.parsed(text.decode()).checked([SIGNER.verifier], SIGNER.name)


@pytest.mark.parametrize(
    "text",
    [
        "", "\n\n", "c2sp.org/tlog-proof@v1\n\nx", "c2sp.org/tlog-proof@v1\nindex 01\n\nx",
        "c2sp.org/tlog-proof@v1\nindex 1\nAAAA\n\nx",
        "c2sp.org/tlog-proof@v1\nextra !\nindex 1\n\n",
        "c2sp.org/tlog-proof@v1\nextra AA==\n\nx",
    ],
)  # fmt: skip
def test_no_other_text_is_a_proof(text: str) -> None:
    with pytest.raises(Invalid):
        tlogproof.parsed(text)


# ---- what is promised at once ---------------------------------------------------------------


def test_a_receipt_is_a_promise_signed_by_the_year_s_key() -> None:
    for made in (disclosure(), disclosure(code(1)), disclosure(code(1), code(2))):
        receipt = prepared(made).receipt
        told = promise.opened(receipt.promise.encode(), [SIGNER.verifier])
        assert told.origin == "hub.test/log/2026"
        assert (told.operation_id, told.commitment) == (receipt.id, receipt.commitment)
        assert told.at == "2026-11-20T12:00:00.000001Z"


@pytest.mark.parametrize("people", [0, 1, 2])
def test_what_the_tree_cannot_hold_is_refused_before_it_is_written(people: int) -> None:
    subjects = [code(number) for number in range(people)]

    def length(padding: int) -> int:
        operation = prepared(disclosure(*subjects, reason="x" * padding))
        (run,) = operation.runs
        return len(run.open.encode()) + run.size

    most = 1 + PARTS_BYTES - length(1)
    assert length(most) == PARTS_BYTES
    with pytest.raises(BadRequest) as refused:
        length(most + 1)
    assert refused.value.code.code == "limit_exceeded"
    (row, *_) = stored(Writer.new().chain([prepared(disclosure(*subjects, reason="x" * most))]))
    content = entry_bytes(row.writer, row.wseq, row.open.encode(), row.salt, row.sealed)
    assert len(content) == ENTRY_BYTES


class Store:
    """Takes batches; the log's own table is tried elsewhere."""

    def __init__(self) -> None:
        self.batches: list[LogBatch] = []

    async def insert(self, batch: LogBatch) -> Dissent:
        self.batches.append(batch)
        return Dissent()


@pytest.mark.asyncio
async def test_a_writer_ends_with_the_year() -> None:
    store = Store()
    lane = Lane(store)  # type: ignore[arg-type]  # no more is asked of it
    waiting = [
        _operation(2026, 31), _operation(2027, 1), _operation(2026, 31), _operation(2027, 1)
    ]  # fmt: skip
    outcomes = await lane._flush(waiting)
    assert [each.id for each in outcomes if isinstance(each, Receipt)] == [
        each.built().receipt.id for each in waiting
    ]
    years = {batch.writer: {run.at.year for run in batch.runs} for batch in store.batches}
    assert sorted(map(sorted, years.values())) == [[2026], [2027]]
    last = store.batches[-1]
    await lane._flush([_operation(max(years[last.writer]), 31)])
    assert store.batches[-1].writer == last.writer
    assert store.batches[-1].first == last.first + 2


def _operation(year: int, day: int) -> Operation:
    month = 12 if day == 31 else 1
    made = disclosure(code(1), at=datetime(year, month, day, tzinfo=UTC))
    return Operation(lambda: prepared(made), 1)
