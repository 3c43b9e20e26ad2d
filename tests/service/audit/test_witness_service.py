"""The witness over HTTP, asked by the client that the hub asks with."""

from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner

from hub.audit.tlog.checkpoint import Checkpoint
from hub.audit.tlog.cosignature import CosignatureVerifier, Cosigner
from hub.audit.tlog.invalid import Invalid
from hub.audit.tlog.note import opened
from hub.audit.tlog.proof import consistency
from hub.audit.tlog.witness import Witness
from hub.audit.tlog.witnessing import WitnessAddress, Witnesses
from hub.cli.audit.witness import application, command, seed_in
from tests.unit.audit.tlog import kept
from tests.unit.audit.tlog.growing import entries, tiles

NAME = "witness.example/1"


def head(size: int) -> Checkpoint:
    return Checkpoint(kept.SIGNER.name, size, tiles(entries(size))[0].root())


async def prove(old: int, new: int) -> list[bytes]:
    return consistency(old, new).read(tiles(entries(new))[1].__getitem__)


def app(folder: Path) -> httpx.ASGITransport:
    cosigner = Cosigner(NAME, seed_in(folder))
    served = application(Witness(cosigner, [kept.SIGNER.vkey], folder / "seen.json"))
    return httpx.ASGITransport(served)


@pytest.mark.asyncio
async def test_a_witness_started_anew_knows_what_it_has_seen(tmp_path: Path) -> None:
    vkey = CliRunner().invoke(command, ["--folder", str(tmp_path), "--name", NAME, "--vkey"]).output
    verifier = CosignatureVerifier.of(vkey)
    address = WitnessAddress(NAME, verifier, "http://witness.test")
    for size in (5, 300, 700):
        async with httpx.AsyncClient(transport=app(tmp_path)) as client:
            asked = Witnesses([address], client)
            signed = head(size).signed(kept.SIGNER)
            (line,) = await asked.cosign(head(size), signed, prove)
        assert opened(signed + line.encode(), [verifier, kept.SIGNER.verifier])
    async with httpx.AsyncClient(transport=app(tmp_path)) as client:
        asked = Witnesses([address], client)
        assert await asked.cosign(head(699), head(699).signed(kept.SIGNER), prove) == []


@pytest.mark.asyncio
async def test_what_is_too_long_is_not_read(tmp_path: Path) -> None:
    async with httpx.AsyncClient(transport=app(tmp_path), base_url="http://w.test") as client:
        assert (await client.post("/add-checkpoint", content=b"x" * 70_000)).status_code == 413
        assert (await client.post("/add-checkpoint", content=b"old 0\n")).status_code == 400
        assert (await client.get("/add-checkpoint")).status_code == 405
        answer = await client.post(
            "/add-checkpoint", content=b"old 3\n\n" + head(5).signed(kept.SIGNER)
        )
        assert (answer.status_code, answer.text) == (409, "0\n")
        assert answer.headers["content-type"].startswith("text/x.tlog.size")


def test_a_witness_s_key_is_its_own_and_stays(tmp_path: Path) -> None:
    folder = tmp_path / "witness"
    seed = seed_in(folder)
    assert seed_in(folder) == seed
    assert len(seed) == 32
    assert (folder / "key").stat().st_mode & 0o777 == 0o600
    (folder / "key").write_bytes(b"short")
    with pytest.raises(Invalid):
        seed_in(folder)


@pytest.mark.parametrize("words", [[], ["--log", "x"], ["--name", "a b"]])
def test_a_witness_of_nothing_does_not_start(tmp_path: Path, words: list[str]) -> None:
    done = CliRunner().invoke(command, ["--folder", str(tmp_path), *words])
    assert done.exit_code in (1, 2)
    assert "Error" in done.output
