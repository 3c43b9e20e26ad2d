"""Any flipped byte, deletion, insertion or swap breaks a writer's chain."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.audit.chain import Break, Writer, verify_writer
from hub.audit.encoding import begun_leaf, finished_leaf, genesis, link
from hub.model.entry import StoredEntry
from tests.unit.audit.making import chained, code, disclosure, prepared, stored

CHAIN = chained([1, 3, 0, 2])
"""Entries with persons and one without; tests never change it."""


def test_a_chain_as_written_holds() -> None:
    assert len(CHAIN) == 7
    assert [entry.wseq for entry in CHAIN] == list(range(1, 8))
    assert verify_writer(CHAIN) is None
    assert verify_writer([]) is None
    assert verify_writer(CHAIN[:4]) is None


def flip(data: bytes, bit: int) -> bytes:
    place, within = divmod(bit % (len(data) * 8), 8)
    return data[:place] + bytes([data[place] ^ 1 << within]) + data[place + 1 :]


def altered(entry: StoredEntry, column: str, bit: int) -> StoredEntry:
    value = getattr(entry, column)
    if isinstance(value, UUID):
        changed: Any = UUID(bytes=flip(value.bytes, bit))
    elif isinstance(value, int):
        changed = value ^ 1 << bit % 32
    elif isinstance(value, str):
        changed = flip(value.encode(), bit).decode("latin-1")
    elif value is None:
        changed = flip(b"\0", bit)
    elif isinstance(value, bytes):
        changed = flip(value, bit)
    else:
        changed = value + timedelta(microseconds=1 << bit % 32)
    return replace(entry, **{column: changed})


COLUMNS = [
    "writer", "wseq", "previous", "hash", "operation_id", "at", "open", "salt", "sealed",
]  # fmt: skip


@settings(max_examples=400)
@given(
    position=st.integers(0, len(CHAIN) - 1),
    column=st.sampled_from(COLUMNS),
    bit=st.integers(0, 100_000),
)
def test_any_flipped_bit_breaks_it(position: int, column: str, bit: int) -> None:
    entries = [*CHAIN]
    entries[position] = altered(entries[position], column, bit)
    assert entries[position] != CHAIN[position]
    assert verify_writer(entries) is not None


@given(position=st.integers(0, len(CHAIN) - 2))
def test_a_deletion_breaks_it(position: int) -> None:
    found = verify_writer(CHAIN[:position] + CHAIN[position + 1 :])
    assert found == Break(wseq=position + 1, reason="sequence")


@given(one=st.integers(0, len(CHAIN) - 1), other=st.integers(0, len(CHAIN) - 1))
def test_a_swap_breaks_it_renumbered_or_not(one: int, other: int) -> None:
    entries = [*CHAIN]
    entries[one], entries[other] = entries[other], entries[one]
    renumbered = [replace(entry, wseq=wseq) for wseq, entry in enumerate(entries, 1)]
    assert (verify_writer(entries) is None) is (one == other)
    assert (verify_writer(renumbered) is None) is (one == other)


@given(position=st.integers(0, len(CHAIN)), copied=st.integers(0, len(CHAIN) - 1))
def test_an_insertion_breaks_it(position: int, copied: int) -> None:
    entries = [*CHAIN[:position], CHAIN[copied], *CHAIN[position:]]
    renumbered = [replace(entry, wseq=wseq) for wseq, entry in enumerate(entries, 1)]
    assert verify_writer(entries) is not None
    assert verify_writer(renumbered) is not None


def test_an_entry_of_another_writer_does_not_fit() -> None:
    stranger = chained([1])
    assert verify_writer([stranger[0], CHAIN[1]]) == Break(wseq=2, reason="sequence")
    taken_over = replace(stranger[0], writer=CHAIN[0].writer)
    assert verify_writer([taken_over]) == Break(wseq=1, reason="previous")


def test_columns_must_say_what_the_hashed_text_says() -> None:
    entries = [replace(CHAIN[0], operation_id="another"), *CHAIN[1:]]
    assert verify_writer(entries) == Break(wseq=1, reason="columns")


def test_text_that_is_not_canonical_is_noticed_even_with_a_right_hash() -> None:
    entry = CHAIN[0]
    loose = entry.open.replace(":", ": ", 1)
    leaf = finished_leaf(begun_leaf(loose.encode()), entry.salt, entry.sealed)
    rehashed = link(entry.writer, 1, genesis(entry.writer), leaf)
    assert verify_writer([replace(entry, open=loose, hash=rehashed)]) == Break(
        wseq=1, reason="columns"
    )


def test_the_blind_index_may_be_erased() -> None:
    assert verify_writer([replace(entry, index=None) for entry in CHAIN]) is None


def test_a_writer_stays_where_it_is_until_told() -> None:
    writer = Writer.new()
    operation = prepared(disclosure(code(1), code(2)))
    once, again = writer.chain([operation]), writer.chain([operation])
    assert once.hashes == again.hashes
    assert writer.after(once).written == 2
    assert verify_writer(stored(once)) is None


@pytest.mark.parametrize("left", [b"", b"abc"])
def test_bytes_moved_between_parts_change_the_leaf(left: bytes) -> None:
    salt = b"s" * 16
    one = finished_leaf(begun_leaf(b"{}" + left), salt, b"abcdef")
    other = finished_leaf(begun_leaf(b"{}"), salt, left + b"abcdef")
    assert (one == other) is (left == b"")
