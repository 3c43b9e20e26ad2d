import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.model.reference import Reference, read_reference, use_of

KEY, OTHER = b"k" * 32, b"o" * 32
REFERENCE = Reference("ab" * 16, 26, 3)
TEXT = REFERENCE.written(KEY)


def test_what_was_written_is_read_again() -> None:
    assert read_reference(TEXT, KEY) == REFERENCE
    assert TEXT.startswith("ab" * 16 + ".1a.3.")


def test_another_registers_key_reads_nothing() -> None:
    assert read_reference(TEXT, OTHER) is None
    assert use_of("employment") != use_of("population")


@given(st.integers(0, len(TEXT) - 1), st.sampled_from("0123456789abcdef."))
def test_no_character_can_be_changed(at: int, put: str) -> None:
    changed = TEXT[:at] + put + TEXT[at + 1 :]
    assert changed == TEXT or read_reference(changed, KEY) is None


@pytest.mark.parametrize("text", ["", "ab" * 16, TEXT + "\n", " " + TEXT, TEXT.upper(), TEXT[:-2]])
def test_anything_else_is_none(text: str) -> None:
    assert read_reference(text, KEY) is None


def test_it_fits_a_header() -> None:
    longest = Reference("ab" * 16, 2**63, 10_000).written(KEY)
    assert len(longest) <= 100
    assert longest.isascii()
