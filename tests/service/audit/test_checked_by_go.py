"""What the hub writes is checked by Go's own notes and proofs, and what is altered is refused."""

import json
import shutil
from pathlib import Path

import pytest

from hub.audit.chain import Writer
from hub.audit.tlog.tiles import bundle, entries_of
from hub.audit.tlog.tree import leaf_hash
from tests.service.audit.checklog import built, run
from tests.unit.audit.making import KEY, code, disclosure, prepared
from tests.unit.audit.tlog import kept

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]
VKEY = kept.SIGNER.vkey
OPERATIONS = [prepared(disclosure(*map(code, range(number)))) for number in (1, 3, 0)]
SIZE = 70_000


@pytest.fixture(scope="module")
def checklog(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(tmp_path_factory.mktemp("go"))


@pytest.fixture(scope="module")
def entries() -> list[bytes]:
    """Three operations of the hub's and, since a tree asks no more of entries, many that are not.

    Seventy thousand make three levels of tiles.
    """
    own = kept.contents(OPERATIONS, Writer.new())
    return [*own, *(b"entry %d" % number for number in range(len(own), SIZE))]


@pytest.fixture(scope="module")
def folder(entries: list[bytes], tmp_path_factory: pytest.TempPathFactory) -> Path:
    return kept.keep(tmp_path_factory.mktemp("log"), entries)


@pytest.mark.parametrize("index", [0, 255, 256, 65_535, 65_536, 69_887, 69_888, 69_999])
def test_entries_at_the_edges_of_tiles_are_found(checklog: Path, folder: Path, index: int) -> None:
    done = run(checklog, "record", VKEY, folder, str(index))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"fits: the entry at {index} of {SIZE} is in the log\n"


@pytest.mark.parametrize("old", [1, 255, 256, 257, 65_536, 69_999, 70_000])
def test_the_log_grew(
    checklog: Path, folder: Path, entries: list[bytes], tmp_path: Path, old: int
) -> None:
    before = tmp_path / "before"
    before.write_bytes(kept.signed(entries[:old]))
    done = run(checklog, "growth", VKEY, before, folder / "checkpoint", folder)
    assert (done.returncode, done.stderr) == (0, "")
    forked = [entries[0] + b"x", *entries[1:old]]
    before.write_bytes(kept.signed(forked))
    done = run(checklog, "growth", VKEY, before, folder / "checkpoint", folder)
    assert done.returncode == 1


@pytest.mark.parametrize("name", ["checkpoint", "tile/0/000", "tile/1/000", "tile/entries/000"])
def test_what_was_altered_is_refused(
    checklog: Path, folder: Path, tmp_path: Path, name: str
) -> None:
    changed = Path(shutil.copytree(folder, tmp_path / "log"))
    file = changed / name
    content = bytearray(file.read_bytes())
    content[40] ^= 1
    file.write_bytes(content)
    assert run(checklog, "record", VKEY, changed, "0").returncode == 1


def test_a_neighbour_is_not_found_in_an_entry_s_place(
    checklog: Path, folder: Path, tmp_path: Path
) -> None:
    changed = Path(shutil.copytree(folder, tmp_path / "log"))
    file = changed / "tile/entries/000"
    content = entries_of(file.read_bytes())
    file.write_bytes(bundle([content[1], content[0], *content[2:]]))
    assert run(checklog, "record", VKEY, changed, "0").returncode == 1
    assert leaf_hash(content[0]) in (folder / "tile/0/000").read_bytes()


# ---- receipts -------------------------------------------------------------------------------


@pytest.fixture(params=range(3))
def receipt(request: pytest.FixtureRequest, entries: list[bytes]) -> dict[str, object]:
    positions = [[0], [1, 2, 3], [4]][request.param]
    made = OPERATIONS[request.param].receipt
    return {
        "id": made.id,
        "promise": made.promise,
        "proofs": kept.proofs(entries[:600], positions),
    }


def told(tmp_path: Path, receipt: dict[str, object]) -> Path:
    file = tmp_path / "receipt.json"
    proofs = receipt["proofs"]
    assert isinstance(proofs, list)
    entries = [{"proof": each} for each in proofs]
    asked = {"id": receipt["id"], "promise": receipt["promise"], "entries": entries}
    file.write_text(json.dumps({"data": {"receipt": asked}}))
    return file


def test_a_receipt_is_checked_without_the_hub(
    checklog: Path, receipt: dict[str, object], tmp_path: Path
) -> None:
    done = run(checklog, "receipt", VKEY, told(tmp_path, receipt))
    assert (done.returncode, done.stderr) == (0, "")
    assert f"of operation {receipt['id']} are in the log" in done.stdout
    promised = run(checklog, "receipt", VKEY, told(tmp_path, {**receipt, "proofs": []}))
    assert promised.stdout == "fits: promised, and not proved yet\n"


def test_an_altered_receipt_is_refused(
    checklog: Path, receipt: dict[str, object], tmp_path: Path
) -> None:
    proofs = receipt["proofs"]
    assert isinstance(proofs, list)
    text: str = proofs[0]
    extra = text.index("extra ") + 200
    turned = "B" if text[extra] == "A" else "A"
    another = next(each.receipt for each in OPERATIONS if each.receipt.id != receipt["id"])
    wrong: list[dict[str, object]] = [
        {**receipt, "id": "0" * 32},
        {**receipt, "promise": another.promise},
        {
            **receipt,
            "proofs": [
                text[:extra] + turned + text[extra + 1 :],
                *proofs[1:],
            ],
        },
        {**receipt, "proofs": [text.replace("index ", "index 1"), *proofs[1:]]},
        {**receipt, "proofs": [text.replace("\n600\n", "\n601\n"), *proofs[1:]]},
        {**receipt, "proofs": [*proofs, proofs[0]]},
    ]
    for each in wrong:
        done = run(checklog, "receipt", VKEY, told(tmp_path, each))
        assert done.returncode == 1, each


def test_another_key_is_not_believed(
    checklog: Path, receipt: dict[str, object], folder: Path, tmp_path: Path
) -> None:
    for vkey in (KEY.signer(2027).vkey, kept.SIGNER.vkey[:-4] + "AAA="):
        assert run(checklog, "receipt", vkey, told(tmp_path, receipt)).returncode == 1
        assert run(checklog, "record", vkey, folder, "0").returncode == 1
