"""The log as anybody sees it at the door: mirrored, checked, its entries for the officer alone."""

import json
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner, Result

from hub.audit.tlog import checkpoint as checkpoints
from hub.audit.tlog.checkpoint import Checkpoint
from hub.audit.tlog.entrybytes import parsed
from hub.audit.tlog.logkey import LogKey
from hub.audit.tlog.tiles import Place, bundles_of, entries_of, tiles_of
from hub.cli.audit import verify, vkey
from tests.journey.town import PERSONAS, Town, codes

OFFICER = {"client": "dpo", "agreement": "DVI-2026-001"}
QUERY = "query ($c: PersonalCode!) { person(personalCode: $c) { disability { group } } }"
WAIT_S = 20


def get(town: Town, path: str, **headers: str) -> httpx.Response:
    return town.http.get(f"{town.url}/log/{path}", headers=headers)


def head(town: Town) -> Checkpoint:
    raw = get(town, "checkpoint").content
    origin = raw.split(b"\n", 1)[0].decode()
    signer = LogKey(town.settings.log_origin, town.settings.log_key).signer(int(origin[-4:]))
    return checkpoints.opened(raw, [signer.verifier], signer.name)


def ask(town: Town) -> dict[str, str]:
    """Ask about somebody, and wait until the entry is signed; return the receipt."""
    response = town.ask(QUERY, {"c": PERSONAS["ilze"]})
    receipt: dict[str, str] = response.json()["extensions"]["receipt"]
    settled(town)
    return receipt


def settled(town: Town) -> Checkpoint:
    """Wait until every entry there is now is under the signed checkpoint."""
    everything = town.read_log(lambda reader: reader.count())
    until = time.monotonic() + WAIT_S
    while (found := head(town)).size < everything:
        assert time.monotonic() < until, (found.size, everything)
        time.sleep(0.1)
    return found


def officer(town: Town) -> dict[str, str]:
    return {
        "authorization": f"Bearer {town.token(OFFICER['client'])}",
        "hub-agreement": OFFICER["agreement"],
    }


def test_a_checkpoint_is_fresh_and_tiles_never_change(town: Town) -> None:
    ask(town)
    found = head(town)
    response = get(town, "checkpoint")
    assert response.headers["content-type"] == "text/plain; charset=utf-8"
    assert response.headers["cache-control"] == "no-cache"
    year = found.origin[-4:]
    assert get(town, f"../log/{year}/checkpoint").status_code == 200
    for place in tiles_of(found.size):
        for prefix in ("", f"{year}/"):
            tile = get(town, f"{prefix}{place.path}")
            assert tile.status_code == 200
            assert len(tile.content) == place.width * 32
            assert tile.headers["content-type"] == "application/octet-stream"
            assert "immutable" in tile.headers["cache-control"]


@pytest.mark.parametrize(
    "path",
    [
        "", "tile", "tile/0/0", "tile/0/999", "tile/63/000", "tile/64/000", "tile/0/000.p/256",
        "tile/0/000/x", "tile/tile/entries/000", "tile/x/000", "1999/checkpoint",
        "2001/checkpoint", "10000/checkpoint", "2001/tile/0/000", "entries/000", "checkpoint/",
    ],
)  # fmt: skip
def test_nothing_else_is_there(town: Town, path: str) -> None:
    response = get(town, path)
    assert (response.status_code, codes(response)) == (404, ["path_unknown"])
    assert "log/" not in response.text


def test_a_code_in_the_address_is_refused_and_not_repeated(town: Town) -> None:
    response = get(town, "checkpoint?person=140379-00019")
    assert response.status_code == 405
    assert "140379" not in response.text


def test_entries_are_for_the_officer_and_reading_them_is_an_entry(town: Town) -> None:
    receipt = ask(town)
    found = head(town)
    (*_, last) = bundles_of(found.size)
    before = town.logged("accountability")
    response = get(town, last.path, **officer(town))
    assert response.status_code == 200
    assert response.headers["cache-control"] == "no-store"
    entries = [parsed(each) for each in entries_of(response.content)]
    assert len(entries) == last.width
    operations = [json.loads(each.opened)["operation_id"] for each in entries]
    assert receipt["id"] in operations
    assert town.logged("accountability") == before + 1
    settled(town)
    (*_, last) = bundles_of(settled(town).size)
    again = entries_of(get(town, last.path, **officer(town)).content)
    told = json.loads(parsed(again[-1]).opened)
    assert (told["decision"], told["question"]) == ("accountability", ["log.entries"])
    assert (told["client"], told["agreement"]) == ("dpo", "DVI-2026-001")


def test_nobody_else_reads_entries_and_who_tried_is_on_the_log(town: Town) -> None:
    before = town.logged("refused")
    path = Place(None, 0).path
    bare = get(town, path)
    assert (bare.status_code, codes(bare)) == (401, ["token_missing"])
    other = {"authorization": f"Bearer {town.token('riga-social-service')}"}
    refused = get(town, path, **other, **{"hub-agreement": "RSD-2026-001"})
    assert (refused.status_code, codes(refused)) == (403, ["oversight_missing"])
    assert town.logged("refused") == before + 2
    asked = town.logged("accountability")
    absent = get(town, "tile/entries/x999/999", **officer(town))
    assert (absent.status_code, codes(absent)) == (404, ["path_unknown"])
    assert town.logged("accountability") == asked


# ---- the commands ---------------------------------------------------------------------------

Checked = Callable[..., Result]


@pytest.fixture
def checked(town: Town) -> Checked:
    def run(*words: str | Path) -> Result:
        line = [*map(str, words), "--data-dir", str(town.data_dir)]
        return CliRunner().invoke(verify.command, line)

    return run


def test_the_log_is_mirrored_and_checked_offline(
    town: Town, checked: Checked, tmp_path: Path
) -> None:
    ask(town)
    found = settled(town)
    (tmp_path / "token").write_text(town.token("dpo"))
    into, access = tmp_path / "mirror", ("--token-file", tmp_path / "token")
    done = checked(f"{town.url}/log", "--mirror", into, *access, "--agreement", "DVI-2026-001")
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert told["size"] == told["entries"] >= found.size
    old = tmp_path / "old"
    old.write_bytes((into / "checkpoint").read_bytes())
    key = CliRunner().invoke(vkey.command, ["--data-dir", str(town.data_dir)]).stdout
    (tmp_path / "vkey").write_text(key)
    alone = CliRunner().invoke(verify.command, [str(into), "--vkey", str(tmp_path / "vkey")])
    assert alone.exit_code == 0, alone.output

    ask(town)
    settled(town)
    again = checked(f"{town.url}/log", "--mirror", into, "--tiles-only", "--consistency", old)
    assert again.exit_code == 0, again.output
    grown = [json.loads(line) for line in again.stdout.splitlines()]
    assert [each.get("grew from") for each in grown] == [None, told["size"], told["size"]]
    back = tmp_path / "later"
    back.write_bytes((into / "checkpoint").read_bytes())
    shutil.copyfile(old, into / "checkpoint")
    assert "went back" in checked(into, "--tiles-only", "--consistency", back).output


def test_a_mirror_keeps_its_checkpoint_until_the_new_one_is_checked(
    town: Town, checked: Checked, tmp_path: Path
) -> None:
    into = tmp_path / "mirror"
    ask(town)
    assert checked(f"{town.url}/log", "--mirror", into, "--tiles-only").exit_code == 0
    kept = (into / "checkpoint").read_bytes()
    ask(town)
    for place in tiles_of(settled(town).size):  # as if a copy had gone wrong
        file = into / place.path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"x" * place.width * 32)
    done = checked(f"{town.url}/log", "--mirror", into, "--tiles-only")
    assert done.exit_code == 1
    assert "do not lead to the checkpoint's root" in done.output
    assert (into / "checkpoint").read_bytes() == kept


def test_a_receipt_is_checked_when_it_is_promised_and_when_it_is_kept(
    town: Town, checked: Checked, tmp_path: Path
) -> None:
    receipt = ask(town)
    file = tmp_path / "receipt.json"
    file.write_text(json.dumps(receipt))
    done = checked("--receipt", file)
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["operation"] == receipt["id"]
    file.write_text(json.dumps({**receipt, "id": "0" * 32}))
    assert checked("--receipt", file).exit_code == 1


PROOFS = "query ($i: String!) { receipt(id: $i) { id state promise entries { proof } } }"


def test_what_the_hub_answers_about_a_receipt_proves_it(
    town: Town, checked: Checked, tmp_path: Path
) -> None:
    receipt = ask(town)
    answer = town.ask(PROOFS, {"i": receipt["id"]})
    assert answer.json()["data"]["receipt"]["state"] == "PROVEN"
    file = tmp_path / "answer.json"
    file.write_bytes(answer.content)
    done = checked("--receipt", file)
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert told["operation"] == receipt["id"]
    assert len(told["positions"]) == 1
    assert told["promised"]
    file.write_bytes(
        answer.content.replace(b"PROVEN", b"PROVED").replace(b"\\nindex ", b"\\nindex 1")
    )
    assert checked("--receipt", file).exit_code == 1


def test_the_database_holds_what_the_tree_holds(town: Town, checked: Checked) -> None:
    ask(town)
    done = checked("--database")
    assert done.exit_code == 0, done.output
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert all(each["fits"] for each in told)
    assert told[-2]["kept"] == told[-2]["size"] > 0


def test_something_has_to_be_named(checked: Checked) -> None:
    assert checked().exit_code == 2
