"""Whatever is done to a log that is kept, checking it from its bytes names what does not fit."""

import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.audit.chain import Writer
from hub.audit.tlog import checkpoint as checkpoints
from hub.audit.tlog import note
from hub.audit.tlog.entrybytes import entry_bytes, parsed
from hub.audit.tlog.invalid import Invalid
from hub.audit.tlog.sources import CHECKPOINT, Folder, Served, mirror
from hub.audit.tlog.tiles import Place, bundle, entries_of, parsed_path
from hub.audit.tlog.verifying import (
    BACKDATED_S,
    Summary,
    Unfit,
    verify_entries,
    verify_tiles,
    year_of,
)
from tests.unit.audit.making import code, disclosure, prepared
from tests.unit.audit.tlog import kept

COUNT = 600
CONTENT = kept.entries(COUNT)
WHERE = 300
"""An entry in the second bundle."""


def check(folder: Path) -> Summary:
    log = Folder(folder)
    head = checkpoints.opened(log.checkpoint(), [kept.SIGNER.verifier], kept.SIGNER.name)
    verify_tiles(head, log.read)
    return verify_entries(head, log.read)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return kept.keep(tmp_path_factory.mktemp("log"), CONTENT)


@pytest.fixture
def folder(whole: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(whole, tmp_path / "log"))


def rewrite(folder: Path, change: Callable[[list[bytes]], None], index: int = 1) -> None:
    """Change the entries of a bundle and leave the tree as it is."""
    file = folder / Place(None, index).path
    entries = entries_of(file.read_bytes())
    change(entries)
    file.write_bytes(bundle(entries))


def unfit(folder: Path) -> Unfit:
    with pytest.raises(Unfit) as fault:
        check(folder)
    return fault.value


def test_a_whole_log_fits(whole: Path) -> None:
    summary = check(whole)
    assert (summary.entries, summary.writers) == (COUNT, 2)
    assert summary.operations > COUNT // 2
    assert summary.first == "2026-11-20T08:00:00Z"


FILES = ["checkpoint", "tile/0/000", "tile/0/002.p/88", "tile/1/000.p/2",
         "tile/entries/000", "tile/entries/002.p/88"]  # fmt: skip


@pytest.mark.parametrize("name", FILES)
@settings(deadline=None, max_examples=40)
@given(data=st.data())
def test_any_bit_turned_over_is_noticed(whole: Path, name: str, data: st.DataObject) -> None:
    content = (whole / name).read_bytes()
    bit = data.draw(st.integers(0, len(content) * 8 - 1))
    changed = bytearray(content)
    changed[bit // 8] ^= 1 << bit % 8
    try:
        (whole / name).write_bytes(changed)
        with pytest.raises(Invalid):
            check(whole)
    finally:
        (whole / name).write_bytes(content)


@pytest.mark.parametrize(
    ("name", "reason"),
    [("0/000", "over positions 0 to 255,"), ("0/002.p/88", "edge"), ("1/000.p/2", "edge")],
)
def test_an_altered_tile_is_named_without_any_entries(folder: Path, name: str, reason: str) -> None:
    file = folder / "tile" / name
    file.write_bytes(bytes(32) + file.read_bytes()[32:])
    log = Folder(folder)
    head = checkpoints.parsed(note.parsed(log.checkpoint()).text)
    with pytest.raises(Invalid, match=reason):
        verify_tiles(head, log.read)


@pytest.mark.parametrize("name", ["0/000", "0/002.p/88", "1/000.p/2"])
def test_a_tile_cut_short_is_named(folder: Path, name: str) -> None:
    file = folder / "tile" / name
    file.write_bytes(file.read_bytes()[:-1])
    with pytest.raises(Invalid, match="hashes wide"):
        check(folder)


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_named(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(Invalid, match="missing"):
        check(folder)


def test_an_altered_entry_is_named(folder: Path) -> None:
    def alter(entries: list[bytes]) -> None:
        old = parsed(entries[WHERE - 256])
        opened = old.opened.replace(b"riga-social-service", b"riga-police-service")
        entries[WHERE - 256] = entry_bytes(old.writer, old.wseq, opened, old.salt, old.sealed)

    rewrite(folder, alter)
    fault, entry = unfit(folder), parsed(CONTENT[WHERE])
    assert (fault.position, fault.writer, fault.wseq) == (WHERE, entry.writer, entry.wseq)
    assert len(fault.operation_id) == 32
    assert fault.operation_id in fault.reason
    assert "not those in the tree" in fault.reason


@pytest.mark.parametrize(
    ("change", "position"),
    [
        (lambda entries: entries.pop(44), 300),
        (lambda entries: entries.insert(44, entries[43]), 300),
        (lambda entries: entries.insert(44, entries.pop(45)), 300),
        (lambda entries: entries.pop(), 511),
        (lambda entries: entries.clear(), 256),
        (lambda entries: entries.append(entries[0]), 512),
    ],
    ids=["deleted", "duplicated", "swapped", "last deleted", "all deleted", "added"],
)
def test_the_first_entry_out_of_place_is_named(
    folder: Path, change: Callable[[list[bytes]], None], position: int
) -> None:
    rewrite(folder, change)
    assert unfit(folder).position == position


def test_a_bundle_cut_short_is_noticed_where_it_ends(folder: Path) -> None:
    file = folder / "tile/entries/001"
    content = file.read_bytes()
    size = len(bundle(entries_of(content)[:44]))
    for cut in (size + 1, size + 5):
        file.write_bytes(content[:cut])
        assert unfit(folder).position == WHERE


def test_what_the_log_itself_would_have_to_have_done_is_noticed(tmp_path: Path) -> None:
    """The tree is made anew over altered entries, and signed: only who has the key can."""
    entry = parsed(CONTENT[WHERE])
    gone = CONTENT[:WHERE] + CONTENT[WHERE + 1 :]
    fault = unfit(kept.keep(tmp_path / "gone", gone))
    assert fault.writer == entry.writer
    assert f"sequence {entry.wseq} of this writer is missing" in fault.reason
    twice = [*CONTENT[: WHERE + 2], CONTENT[WHERE], *CONTENT[WHERE + 2 :]]
    fault = unfit(kept.keep(tmp_path / "twice", twice))
    assert (fault.position, fault.writer) == (WHERE + 2, entry.writer)
    assert "was there before" in fault.reason
    swapped = [*CONTENT]
    swapped[WHERE], swapped[WHERE + 2] = swapped[WHERE + 2], swapped[WHERE]
    assert unfit(kept.keep(tmp_path / "swapped", swapped)).position == WHERE


def backdated(at: datetime) -> bytes:
    (content,) = kept.contents([prepared(disclosure(code(1), at=at))], Writer.new())
    return content


def test_an_entry_of_the_past_put_in_later_is_named(tmp_path: Path) -> None:
    latest = kept.BEGIN + timedelta(seconds=149)  # of what stands before it
    allowed = backdated(latest - timedelta(seconds=BACKDATED_S))
    check(kept.keep(tmp_path / "late", [*CONTENT[:WHERE], allowed, *CONTENT[WHERE:]]))
    late = backdated(latest - timedelta(seconds=BACKDATED_S + 200))
    fault = unfit(kept.keep(tmp_path / "bad", [*CONTENT[:WHERE], late, *CONTENT[WHERE:]]))
    assert fault.position == WHERE
    assert "backdated" in fault.reason
    other = backdated(datetime(2025, 12, 31, tzinfo=UTC))
    fault = unfit(kept.keep(tmp_path / "year", [*CONTENT[:WHERE], other, *CONTENT[WHERE:]]))
    assert "not of the log's year" in fault.reason


@pytest.mark.parametrize(
    ("opened", "reason"),
    [
        (b'{"b":1,"a":1}', "canonical"),
        (b'{ "v":1}', "canonical"),
        (b"[1]", "canonical"),
        (b"{", "not JSON"),
        (b'{"v":2}', "form"),
        (b'{"at":"2026-11-20T08:00:00","v":1}', "instant"),
        (b'{"at":"2026-later","v":1}', "instant"),
        (b'{"at":"2026-01-01T","v":1}', "instant"),
        (b'{"v":1}', "year"),
    ],
)
def test_what_the_hub_never_writes_is_named(tmp_path: Path, opened: bytes, reason: str) -> None:
    content = [CONTENT[0], entry_bytes(Writer.new().id, 1, opened, b"s" * 16, None)]
    fault = unfit(kept.keep(tmp_path, content))
    assert fault.position == 1
    assert reason in fault.reason


def test_bytes_that_are_no_entry_are_named(tmp_path: Path) -> None:
    assert unfit(kept.keep(tmp_path, [CONTENT[0], b"something"])).position == 1


def test_a_folder_may_hold_whole_files_for_parts_of_them(whole: Path, tmp_path: Path) -> None:
    kept.keep(tmp_path, CONTENT[:520])
    shutil.rmtree(tmp_path / "tile")
    shutil.copytree(whole / "tile", tmp_path / "tile")
    for name in ("0/002", "entries/002"):  # as if they had become full since
        (tmp_path / "tile" / f"{name}.p" / "88").rename(tmp_path / "tile" / name)
        (tmp_path / "tile" / f"{name}.p").rmdir()
    assert check(tmp_path).entries == 520


# ---- copies ---------------------------------------------------------------------------------


def served(folder: Path) -> Served:
    def handler(request: httpx.Request) -> httpx.Response:
        path = request.url.path.removeprefix("/log/")
        assert path == CHECKPOINT or parsed_path(path)
        file = folder / path
        return httpx.Response(200, content=file.read_bytes()) if file.is_file() else NONE

    return Served(httpx.Client(transport=httpx.MockTransport(handler)), "http://hub.test/log/")


NONE = httpx.Response(404)


def test_a_copy_is_what_was_served(whole: Path, tmp_path: Path) -> None:
    source = served(whole)
    head = checkpoints.opened(source.checkpoint(), [kept.SIGNER.verifier], kept.SIGNER.name)
    files: list[int] = []
    mirror(source, Folder(tmp_path), head, entries=True, told=files.append)
    assert len(files) == 3 + 1 + 3
    mirror(source, Folder(tmp_path / "tiles"), head, entries=False)
    assert not (tmp_path / "tiles" / "tile" / "entries").exists()
    assert not (tmp_path / CHECKPOINT).exists()
    (tmp_path / CHECKPOINT).write_bytes(source.checkpoint())
    assert check(tmp_path) == check(whole)
    mirror(served(tmp_path / "nothing"), Folder(tmp_path), head, entries=True)  # all is there


def test_what_is_not_served_is_said(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="HTTP 404"):
        served(tmp_path).read(Place(0, 0))

    def gone(_request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("away")

    away = Served(httpx.Client(transport=httpx.MockTransport(gone)), "http://hub.test/log")
    with pytest.raises(Invalid, match="ConnectError"):
        away.checkpoint()


def test_a_log_tells_its_year_in_its_name() -> None:
    assert year_of("hub.example/log/2026") == 2026
    assert year_of("hub.example/log") is None
    assert year_of("hub.example/20x6") is None
