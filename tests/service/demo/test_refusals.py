"""What a demo refuses to do, before it starts anything."""

import socket
from pathlib import Path

import pytest

from hub.sandbox.servers.account import shelter_of
from tests.service.demo.staging import Show, free_port, hub, staged

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]


def test_port_in_use_is_told_before_anything_starts(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        refused = hub("demo", "--port", str(port), "--data-dir", str(folder))
    assert refused.returncode == 2
    assert f"port {port} is in use" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert not folder.exists()


@pytest.mark.parametrize("more", [(), ("--reset",)])
def test_folder_of_a_running_demo_is_left_alone(show: Show, more: tuple[str, ...]) -> None:
    refused = hub("demo", "--port", str(free_port()), "--data-dir", str(show.folder), *more)
    assert refused.returncode == 2
    assert f"a sandbox is running in `{show.folder}`" in refused.stderr
    assert show.answers()


@pytest.mark.parametrize("more", [(), ("--reset",)])
def test_folder_of_something_else_is_left_alone(tmp_path: Path, more: tuple[str, ...]) -> None:
    mine = tmp_path / "thesis.txt"
    mine.write_text("years of work")
    (tmp_path / "keys").mkdir()
    refused = hub("demo", "--port", str(free_port()), "--data-dir", str(tmp_path), *more)
    assert refused.returncode == 2
    assert "holds no sandbox" in refused.stderr
    assert {path.name for path in tmp_path.iterdir()} == {"thesis.txt", "keys"}


def test_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    refused = hub("demo", "--port", str(free_port()), "--data-dir", str(tmp_path / "file" / "x"))
    assert refused.returncode == 2
    assert "cannot use" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_reset_begins_anew_even_where_the_data_are_spoilt(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    with staged(folder) as first:
        first.await_ready()
        assert first.end() == 0
    home = shelter_of(folder / "postgres") or folder / "postgres"
    (home / "cluster" / "PG_VERSION").write_text("7\n")
    master = (folder / "keys" / "master").read_bytes()
    with staged(folder) as broken:
        assert broken.wait() == 2
        assert "postgres:" in broken.told()
        assert broken.survivors(0) == []
    with staged(folder, "--reset", people=100) as anew:
        anew.await_ready()
        assert (folder / "keys" / "master").read_bytes() != master
        assert anew.end() == 0
