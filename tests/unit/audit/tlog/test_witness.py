"""A witness follows the specification's answers, and never forgets what it has cosigned."""

import base64
from pathlib import Path
from threading import Thread

import httpx
import pytest
from structlog.testing import capture_logs

from hub.audit.tlog.checkpoint import Checkpoint
from hub.audit.tlog.cosignature import CosignatureVerifier, Cosigner
from hub.audit.tlog.invalid import Invalid
from hub.audit.tlog.logkey import LogKey
from hub.audit.tlog.note import Signer
from hub.audit.tlog.proof import consistency
from hub.audit.tlog.witness import SIZE, Answer, Witness
from hub.audit.tlog.witnessing import Witnesses, load_witnesses
from tests.unit.audit.tlog.growing import entries, tiles

KEY = LogKey("hub.example/log", bytes(range(32)))
SIGNER = KEY.signer(2026)
COSIGNER = Cosigner("witness.example/w1", b"w" * 32)


def head(size: int, content: list[bytes] | None = None, signer: Signer = SIGNER) -> Checkpoint:
    return Checkpoint(signer.name, size, tiles(content or entries(size))[0].root())


def asking(old: int, new: Checkpoint, signer: Signer = SIGNER) -> bytes:
    proof: list[bytes] = []
    if 0 < old < new.size:
        proof = consistency(old, new.size).read(tiles(entries(new.size))[1].__getitem__)
    lines = "".join(f"{base64.b64encode(each).decode()}\n" for each in proof)
    return f"old {old}\n{lines}\n".encode() + new.signed(signer)


@pytest.fixture
def witness(tmp_path: Path) -> Witness:
    return Witness(COSIGNER, [SIGNER.vkey], tmp_path / "seen.json")


def told(witness: Witness, body: bytes) -> Answer:
    return witness.add_checkpoint(body, lambda: 1_700_000_000.5)


def test_growth_is_cosigned(witness: Witness) -> None:
    for old, new in ((0, 5), (5, 5), (5, 300), (300, 700)):
        answer = told(witness, asking(old, head(new)))
        assert answer.status == 200
        assert answer.body == COSIGNER.line(head(new).text, 1_700_000_000)


def test_an_older_tree_is_refused_with_the_size_seen(witness: Witness, tmp_path: Path) -> None:
    assert told(witness, asking(0, head(300))).status == 200
    again = Witness(COSIGNER, [SIGNER.vkey], tmp_path / "seen.json")
    assert told(again, asking(0, head(299))) == Answer(409, "300\n", SIZE)
    assert told(again, asking(0, head(400))) == Answer(409, "300\n", SIZE)
    assert told(again, asking(300, head(299))).status == 400
    assert told(again, asking(300, head(400))).status == 200


def test_a_fork_is_refused(witness: Witness) -> None:
    assert told(witness, asking(0, head(300))).status == 200
    forked = [b"other", *entries(400)[1:]]
    assert told(witness, asking(300, head(400, forked))).status == 422
    assert told(witness, asking(300, head(300, forked[:300]))) == Answer(409, "300\n", SIZE)
    assert told(witness, asking(300, head(400))).status == 200


def test_two_forks_at_the_same_moment_are_not_both_cosigned(witness: Witness) -> None:
    """The second arrives when the first has been checked and is not yet kept."""
    forked = head(300, [b"other", *entries(300)[1:]])
    answers: list[Answer] = []

    def second() -> None:
        answers.append(told(witness, asking(0, forked)))

    other = Thread(target=second)

    def at() -> float:
        other.start()
        other.join(timeout=0.5)
        return 1_700_000_000.5

    assert witness.add_checkpoint(asking(0, head(300)), at).status == 200
    other.join()
    assert answers == [Answer(409, "300\n", SIZE)]


def test_a_proof_is_asked_for(witness: Witness) -> None:
    assert told(witness, asking(0, head(5))).status == 200
    bare = b"old 5\n\n" + head(9).signed(SIGNER)
    assert told(witness, bare).status == 422
    with_proof_from_nothing = b"old 0\n" + base64.b64encode(b"x" * 32) + b"\n\n"
    fresh = head(9, signer=KEY.signer(2027))
    body = with_proof_from_nothing + fresh.signed(KEY.signer(2027))
    assert told(witness, body).status == 422


def test_only_the_log_s_own_key_counts(witness: Witness) -> None:
    other = Signer(SIGNER.name, b"o" * 32)
    assert told(witness, asking(0, head(5), other)).status == 403
    unknown = Signer("elsewhere.example/log/2026", bytes(range(32)))
    assert told(witness, asking(0, head(5, signer=unknown), unknown)).status == 404
    next_year = KEY.signer(2027)
    assert told(witness, asking(0, head(5, signer=next_year), next_year)).status == 200


@pytest.mark.parametrize(
    "body",
    [
        b"", b"old 0\n", b"new 0\n\n", b"old x\n\n", b"old 00\n\n", b"old 0\nxx\n\n",
        b"old 0\n" + b"AAAA\n" * 64 + b"\n", b"old \xff\n\n", b"old 0\n\nno note",
    ],
)  # fmt: skip
def test_nothing_else_is_a_request(witness: Witness, body: bytes) -> None:
    signed = b"" if body.endswith(b"no note") else head(5).signed(SIGNER)
    assert told(witness, body + signed if body else b"").status == 400


def test_a_memory_that_is_none_is_not_forgotten(tmp_path: Path) -> None:
    (tmp_path / "seen.json").write_text("[]")
    with pytest.raises(Invalid):
        Witness(COSIGNER, [SIGNER.vkey], tmp_path / "seen.json")


# ---- those who ask --------------------------------------------------------------------------


def witnesses(tmp_path: Path, transport: httpx.AsyncBaseTransport) -> Witnesses:
    file = tmp_path / "witnesses.json"
    file.write_text(f'[{{"name": "w1", "vkey": "{COSIGNER.vkey}", "url": "http://w1.test/"}}]')
    return Witnesses(load_witnesses(file), httpx.AsyncClient(transport=transport))


def served(witness: Witness) -> httpx.MockTransport:
    def handler(request: httpx.Request) -> httpx.Response:
        assert request.url.path == "/add-checkpoint"
        answer = told(witness, request.content)
        return httpx.Response(answer.status, text=answer.body)

    return httpx.MockTransport(handler)


async def prove(old: int, new: int) -> list[bytes]:
    return consistency(old, new).read(tiles(entries(new))[1].__getitem__)


@pytest.mark.asyncio
async def test_a_witness_that_has_seen_less_is_told_the_proof(
    witness: Witness, tmp_path: Path
) -> None:
    assert told(witness, asking(0, head(5))).status == 200
    asked = witnesses(tmp_path, served(witness))
    for size in (300, 300, 700):
        (line,) = await asked.cosign(head(size), head(size).signed(SIGNER), prove)
        assert line == COSIGNER.line(head(size).text, 1_700_000_000)


@pytest.mark.asyncio
async def test_who_restores_an_old_backup_gets_no_cosignature(
    witness: Witness, tmp_path: Path
) -> None:
    assert told(witness, asking(0, head(300))).status == 200
    asked = witnesses(tmp_path, served(witness))
    with capture_logs() as logs:
        assert await asked.cosign(head(299), head(299).signed(SIGNER), prove) == []
    (told_of,) = logs
    assert (told_of["event"], told_of["witness"]) == ("witness_failed", "w1")
    assert "the log went back" in told_of["reason"]
    forked = head(400, [b"other", *entries(400)[1:]])
    assert await asked.cosign(forked, forked.signed(SIGNER), prove) == []


@pytest.mark.asyncio
async def test_what_a_witness_answers_is_not_believed_unchecked(tmp_path: Path) -> None:
    other = Cosigner(COSIGNER.name, b"o" * 32)
    for answer in (
        httpx.Response(200, text=other.line(head(5).text, 1)),
        httpx.Response(200, text=COSIGNER.line(head(6).text, 1)),
        httpx.Response(200, text="x" * 20_000),
        httpx.Response(409, text="many"),
        httpx.Response(500),
    ):
        asked = witnesses(tmp_path, httpx.MockTransport(lambda _, answer=answer: answer))
        assert await asked.cosign(head(5), head(5).signed(SIGNER), prove) == []


@pytest.mark.asyncio
async def test_a_witness_that_is_away_raises_nothing(tmp_path: Path) -> None:
    def gone(_request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("away")

    asked = witnesses(tmp_path, httpx.MockTransport(gone))
    assert await asked.cosign(head(5), head(5).signed(SIGNER), prove) == []


@pytest.mark.parametrize("content", ["{}x", '{"name": 1}', '[{"name": "w"}]', "[1]", "7"])
def test_a_file_of_witnesses_is_read_strictly(tmp_path: Path, content: str) -> None:
    (tmp_path / "w.json").write_text(content)
    with pytest.raises(Invalid):
        load_witnesses(tmp_path / "w.json")


def test_a_witness_s_key_verifies_its_line(witness: Witness) -> None:
    assert CosignatureVerifier.of(COSIGNER.vkey).name == "witness.example/w1"
