"""A receipt that is kept proves that all its operation's entries are in the log, or nothing."""

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.audit.chain import Writer
from hub.audit.tlog.entrybytes import entry_bytes
from hub.audit.tlog.invalid import Invalid
from hub.audit.tlog.receipts import KeptReceipt, read_receipt
from tests.unit.audit.making import KEY, code, disclosure, prepared
from tests.unit.audit.tlog import kept

VERIFIER = kept.SIGNER.verifier
OPERATIONS = [prepared(disclosure(*map(code, range(number)))) for number in (1, 3, 0, 2)]
CONTENT = kept.contents(OPERATIONS, Writer.new())
POSITIONS = [[0], [1, 2, 3], [4], [5, 6]]


def receipt(which: int) -> dict[str, object]:
    made = OPERATIONS[which].receipt
    return {
        "id": made.id,
        "commitment": made.commitment,
        "promise": made.promise,
        "proofs": kept.proofs(CONTENT, POSITIONS[which]),
    }


def read(told: object) -> KeptReceipt:
    return read_receipt(json.dumps(told).encode())


@pytest.mark.parametrize("which", range(4))
def test_a_receipt_proves_all_its_entries(which: int) -> None:
    proved = read(receipt(which)).verify(VERIFIER)
    assert proved.operation_id == OPERATIONS[which].receipt.id
    assert proved.positions == tuple(POSITIONS[which])
    assert proved.at == "2026-11-20T12:00:00.000001Z"


def test_a_promise_can_be_checked_before_there_is_a_proof() -> None:
    told = {**receipt(0), "proofs": []}
    assert read(told).verify(VERIFIER).positions == ()
    assert read({"data": None, "extensions": {"receipt": told}}).verify(VERIFIER).at


def test_what_the_hub_answers_about_a_receipt_is_one() -> None:
    told = receipt(1)
    proofs = kept.proofs(CONTENT, POSITIONS[1])
    entries = [{"index": str(place), "proof": each} for place, each in enumerate(proofs)]
    asked = {"id": told["id"], "promise": told["promise"], "entries": entries}
    own = {"extensions": {"receipt": receipt(0)}}  # that of asking
    proved = read({"data": {"receipt": asked}, **own}).verify(VERIFIER)
    assert (proved.operation_id, proved.positions) == (told["id"], (1, 2, 3))
    for wrong in ({**asked, "entries": entries[:2]}, {**asked, "entries": [{}]}):
        with pytest.raises(Invalid):
            read({"data": {"receipt": wrong}, **own}).verify(VERIFIER)
    with pytest.raises(Invalid):
        read({"data": {"receipt": None}, **own})


def test_a_proof_alone_names_its_operation() -> None:
    (proof,) = kept.proofs(CONTENT, [0])
    proved = read_receipt(proof.encode()).verify(VERIFIER)
    assert proved.operation_id == OPERATIONS[0].receipt.id


def test_the_key_of_one_year_stands_for_the_others_and_for_no_other_log() -> None:
    assert read(receipt(0)).verify(KEY.signer(2030).verifier).at
    for other in ("elsewhere.test/log/2026", "hub.test/log"):
        with pytest.raises(Invalid):
            read(receipt(0)).verify(replace(VERIFIER, name=other))


def test_what_is_not_the_whole_operation_is_refused() -> None:
    whole = receipt(1)
    proofs = kept.proofs(CONTENT, [0, 1, 2, 3])
    for wrong in (proofs[1:3], proofs, [proofs[2], proofs[1], proofs[3]], [*proofs[1:], proofs[3]]):
        with pytest.raises(Invalid):
            read({**whole, "proofs": wrong}).verify(VERIFIER)


def test_parts_of_different_receipts_never_fit() -> None:
    one, other = receipt(0), receipt(1)
    for name in ("id", "commitment", "promise", "proofs"):
        if name == "commitment":  # which the promise tells as well
            told = {key: value for key, value in one.items() if key != name}
            assert read(told).verify(VERIFIER).positions == (0,)
        with pytest.raises(Invalid):
            read({**one, name: other[name]}).verify(VERIFIER)


@settings(deadline=None, max_examples=300)
@given(st.integers(0, 10**6))
def test_any_bit_turned_over_is_noticed(bit: int) -> None:
    raw = bytearray(json.dumps(receipt(0)).encode())
    bit %= len(raw) * 8
    raw[bit // 8] ^= 1 << bit % 8
    try:
        proved = read_receipt(bytes(raw)).verify(VERIFIER)
    except Invalid:
        return
    # JSON's own names may be altered so that a part is left out, never so that one is false
    assert proved.operation_id == OPERATIONS[0].receipt.id


@pytest.mark.parametrize(
    "raw",
    [b"", b"{", b"[]", b"{}", b'{"id":1,"promise":"x"}', b'{"proofs":[1]}', b'{"proofs":"x"}',
     b'{"extensions":{"receipt":7}}', b'{"entries":7,"promise":"x"}', b'{"promise":"x"}',
     b"c2sp.org/tlog-proof@v1\xff"],
)  # fmt: skip
def test_nothing_else_is_a_receipt(raw: bytes) -> None:
    with pytest.raises(Invalid):
        read_receipt(raw).verify(VERIFIER)


@pytest.mark.parametrize("opened", [None, b"{", b"[]", b"{}", b'{"operation_id":"x","nonce":"ff"}'])
def test_an_entry_that_is_not_the_hub_s_proves_nothing(opened: bytes | None) -> None:
    content = [b"something else"]
    if opened is not None:
        content = [entry_bytes(Writer.new().id, 1, opened, b"s" * 16, None)]
    (proof,) = kept.proofs(content, [0])
    with pytest.raises(Invalid):
        read_receipt(proof.encode()).verify(VERIFIER)
