"""Notes, checkpoints, promises and cosignatures: what is signed, and what is believed."""

import base64
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.audit.tlog import checkpoint, cosignature, note, promise
from hub.audit.tlog.checkpoint import Checkpoint
from hub.audit.tlog.cosignature import CosignatureVerifier, Cosigner
from hub.audit.tlog.invalid import Invalid
from hub.audit.tlog.logkey import LogKey
from hub.audit.tlog.note import Signer, Verifier

SIGNER = Signer("hub.example/log/2026", bytes(range(32)))
ROOT = b"r" * 32
HEAD = Checkpoint(SIGNER.name, 5, ROOT)
SIGNED = HEAD.signed(SIGNER)
WITNESS = Cosigner("witness.example/w1", b"w" * 32)
GO_VKEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_NOTE = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdng"
    "otpRZb6KE6RyyBwJnAM=\n"
).encode()


def test_the_example_of_another_implementation_verifies() -> None:
    assert note.opened(GO_NOTE, [Verifier.of(GO_VKEY)]).text.startswith("If you think")
    assert Verifier.of(GO_VKEY).vkey == GO_VKEY


def test_a_key_is_read_from_its_own_text() -> None:
    assert Verifier.of(SIGNER.vkey) == SIGNER.verifier
    assert SIGNER.vkey.startswith("hub.example/log/2026+")


@pytest.mark.parametrize(
    "vkey",
    [
        "", "x", "a+b", SIGNER.vkey[:-1], SIGNER.vkey.replace("2026", "2027"),
        SIGNER.vkey.replace("hub", "h b"), WITNESS.vkey,
        SIGNER.vkey[:21] + "00000000" + SIGNER.vkey[29:],
    ],
)  # fmt: skip
def test_no_other_text_is_a_key(vkey: str) -> None:
    with pytest.raises(Invalid):
        Verifier.of(vkey)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\nb", "a\u00a0b", "a\u2003b", "\x7f"])
def test_a_key_has_no_name_that_could_end_early(name: str) -> None:
    with pytest.raises(Invalid):
        Signer(name, bytes(32))
    with pytest.raises(Invalid):
        Cosigner(name, bytes(32))


def test_a_checkpoint_is_what_was_signed() -> None:
    assert checkpoint.opened(SIGNED, [SIGNER.verifier], SIGNER.name) == HEAD
    assert SIGNED.decode().startswith(f"hub.example/log/2026\n5\n{base64.b64encode(ROOT).decode()}")


@settings(deadline=None)
@given(st.integers(0, len(SIGNED) * 8 - 1))
def test_any_bit_turned_over_is_noticed(bit: int) -> None:
    changed = bytearray(SIGNED)
    changed[bit // 8] ^= 1 << bit % 8
    with pytest.raises(Invalid):
        checkpoint.opened(bytes(changed), [SIGNER.verifier], SIGNER.name)


def test_who_signed_is_asked() -> None:
    other = Signer(SIGNER.name, b"o" * 32)
    elsewhere = LogKey("hub.example/log", bytes(range(32))).signer(2027)
    for verifier in (other.verifier, elsewhere.verifier):
        with pytest.raises(Invalid):
            checkpoint.opened(SIGNED, [verifier], SIGNER.name)
    with pytest.raises(Invalid):
        checkpoint.opened(SIGNED, [SIGNER.verifier], elsewhere.name)
    both = SIGNED + other.line(HEAD.text).encode()
    assert len(note.opened(both, [SIGNER.verifier]).signatures) == 1
    false = SIGNED + other.line("something else\n").encode()
    with pytest.raises(Invalid):
        note.opened(false, [SIGNER.verifier, other.verifier])


@pytest.mark.parametrize(
    "text",
    [
        "", "a\n5\n", "a\n1\nAAAA\n",
        f"a\n05\n{base64.b64encode(ROOT).decode()}\n",
        f"a\n-1\n{base64.b64encode(ROOT).decode()}\n",
        f"\n5\n{base64.b64encode(ROOT).decode()}\n",
        f"a\n5\n{base64.b64encode(ROOT).decode()}",
        f"a\n5\n{base64.b64encode(ROOT).decode()}\n\n",
        f"a\n9223372036854775808\n{base64.b64encode(ROOT).decode()}\n",
        f"a\n{'9' * 5000}\n{base64.b64encode(ROOT).decode()}\n",
        f"a\n\u0665\n{base64.b64encode(ROOT).decode()}\n",
        "a\n5\ncnJycnJycnJycnJycnJycnJycnJycnJycnJycnJycnJ=\n",
    ],
)  # fmt: skip
def test_no_other_text_is_a_checkpoint(text: str) -> None:
    with pytest.raises(Invalid):
        checkpoint.parsed(text)


def test_further_lines_of_a_checkpoint_are_kept_and_not_believed() -> None:
    told = checkpoint.parsed(f"{HEAD.text}more\n")
    assert told.extensions == ("more",)
    assert told.text == f"{HEAD.text}more\n"


@pytest.mark.parametrize(
    "raw",
    [
        b"", b"text\n", b"text\n\n", b"text\n\nline\n", b"\xff\n\n\n", b"a\x00b\n\n" + SIGNED,
        SIGNED[:-1], b"x" * 70_000, SIGNED + b"\n",
        HEAD.text.encode() + b"\n" + SIGNER.line(HEAD.text).encode() * 101,
    ],
)  # fmt: skip
def test_no_other_bytes_are_a_note(raw: bytes) -> None:
    with pytest.raises(Invalid):
        note.parsed(raw)


# ---- promises -------------------------------------------------------------------------------

KEY = LogKey("hub.example/log", bytes(range(32)))
AT = datetime(2026, 11, 20, 12, 0, 0, 1, tzinfo=UTC)
MADE = promise.promised(KEY, "0" * 32, "1" * 64, AT)


def test_a_promise_says_what_was_promised() -> None:
    told = promise.opened(MADE.encode(), [SIGNER.verifier])
    assert (told.origin, told.operation_id, told.commitment, told.at) == (
        "hub.example/log/2026",
        "0" * 32,
        "1" * 64,
        "2026-11-20T12:00:00.000001Z",
    )


def test_a_promise_is_no_checkpoint_nor_the_other_way_round() -> None:
    text = note.parsed(MADE.encode()).text
    with pytest.raises(Invalid):
        checkpoint.parsed(text)
    with pytest.raises(Invalid):
        promise.opened(SIGNED, [SIGNER.verifier])
    digits = promise.promised(KEY, "12345678901234567890123456789012", "1" * 64, AT)
    with pytest.raises(Invalid):
        checkpoint.parsed(note.parsed(digits.encode()).text)


# ---- cosignatures ---------------------------------------------------------------------------


def test_a_cosignature_is_of_one_instant_and_one_text() -> None:
    verifier = CosignatureVerifier.of(WITNESS.vkey)
    opened = note.opened(SIGNED + WITNESS.line(HEAD.text, 1_700_000_000).encode(), [verifier])
    (line,) = opened.signatures
    assert cosignature.timestamp(line.signature) == 1_700_000_000
    assert not verifier.verifies(HEAD.text + "x\n", line.signature)
    later = line.signature[:7] + b"\1" + line.signature[8:]
    assert not verifier.verifies(HEAD.text, later)
    assert not verifier.verifies(HEAD.text, line.signature[:-1])
    assert not verifier.verifies(HEAD.text, b"\xff" * 72)


def test_a_witness_s_key_never_passes_for_the_log_s() -> None:
    with pytest.raises(Invalid):
        CosignatureVerifier.of(SIGNER.vkey)
    same = Cosigner(SIGNER.name, bytes(range(32)))
    assert same.vkey != SIGNER.vkey
