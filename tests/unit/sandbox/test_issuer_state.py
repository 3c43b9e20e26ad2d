import os
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from hub.sandbox.state import NotRunning, State, read_state, write_private, write_state

STATE = State(
    issuer="http://127.0.0.1:9", hub="http://127.0.0.1:8", audience="a", pids={"hub": os.getpid()}
)


def test_what_is_written_is_read(tmp_path: Path) -> None:
    write_state(tmp_path / "new", STATE)
    assert read_state(tmp_path / "new") == STATE
    changed = State(issuer="i", hub="h", audience="a")
    write_state(tmp_path / "new", changed)
    assert read_state(tmp_path / "new") == changed


def test_only_the_owner_reads_it(tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        write_state(tmp_path / "new", STATE)
    finally:
        os.umask(old)
    assert (tmp_path / "new" / "sandbox.json").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("content", [None, b"", b"{}", b"[]", b"\xff", b'{"issuer": 7}'])
def test_without_a_state_nothing_runs(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "sandbox.json").write_bytes(content)
    with pytest.raises(NotRunning, match="make demo") as caught:
        read_state(tmp_path)
    assert str(tmp_path) in str(caught.value)


def test_who_ended_runs_no_more_reaped_or_not(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)  # it ended, and is not reaped
        write_state(tmp_path, msgspec.structs.replace(STATE, pids={"hub": process.pid}))
        with pytest.raises(NotRunning):
            read_state(tmp_path)
    with pytest.raises(NotRunning):
        read_state(tmp_path)


def test_who_has_the_number_now_is_somebody_else(tmp_path: Path) -> None:
    write_state(tmp_path, STATE)
    os.utime(tmp_path / "sandbox.json", (1_000_000_000, 1_000_000_000))
    with pytest.raises(NotRunning):
        read_state(tmp_path)


def test_a_failed_write_leaves_the_old_file_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_private(tmp_path / "file", b"old")

    def full(_: int) -> None:
        raise OSError

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError):  # noqa: PT011 — any
        write_private(tmp_path / "file", b"new")
    assert {path.name for path in tmp_path.iterdir()} == {"file"}
    assert (tmp_path / "file").read_bytes() == b"old"
