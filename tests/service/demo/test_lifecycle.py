"""Starting, stopping, starting again: what runs, what is kept, what is left behind."""

import json
import signal
import time
from pathlib import Path

import psutil
import pytest

from tests.service.demo.staging import Show, hub, staged

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]

AGREEMENT = ("NVO-2026-001",)


def withdrawn(show: Show, code: str) -> str:
    shown = hub("consent", "show", code, "--data-dir", str(show.folder))
    assert shown.returncode == 0, shown.stderr
    return shown.stdout


def test_second_start_takes_seconds_and_keeps_everything(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    with staged(folder, "--headless", people=6000) as first:
        first.await_ready()
        people = hub("people", "--limit", "50", "--data-dir", str(folder)).stdout
        listed = json.loads(hub("token", "--list", "--json", "--data-dir", str(folder)).stdout)
        code = next(each["personalCode"] for each in listed["personas"] if each["key"] == "gunta")
        assert hub("consent", "withdraw", code, *AGREEMENT, "--data-dir", str(folder)).stderr == ""
        consents = withdrawn(first, code)
        assert first.end() == 0
        assert first.survivors(0) == []
    with staged(folder, "--headless", people=None) as second:
        took_s = second.await_ready()
        assert took_s < 20, "the people were not made anew"
        assert "people_copied" not in second.told()
        assert hub("people", "--limit", "50", "--data-dir", str(folder)).stdout == people
        assert withdrawn(second, code) == consents
        assert second.end() == 0


def test_headless_speaks_in_log_lines_only(folder: Path) -> None:
    with staged(folder, "--headless") as show:
        show.await_ready()
        show.await_told("demo_ready")
        assert show.end() == 0
        assert show.out.read_text() == ""
        lines = [json.loads(line) for line in show.told().splitlines()]
    assert [line["event"] for line in lines][-2:] == ["demo_ready", "demo_stopped"]
    assert lines[-2]["graphql"] == f"{show.url}/graphql"


def test_ctrl_c_stops_everything_it_started_and_nothing_else(show: Show, folder: Path) -> None:
    other = show
    with staged(folder) as mine:
        mine.await_ready()
        mine.await_told("starting issuer and hub")
        started = mine.look()
        assert {"postgres", "redis-server"} <= {each.name() for each in started}
        mine.interrupt()
        assert mine.wait() == 0
        assert mine.survivors(0) == []
        assert "Traceback" not in mine.told()
        assert mine.told().endswith("· stopped\n")
        assert hub("token", "vsaa", "--data-dir", str(mine.folder)).returncode == 2
    assert other.process.poll() is None
    assert other.answers()


def test_killed_outright_it_leaves_nothing_behind(folder: Path) -> None:
    with staged(folder) as show:
        show.await_ready()
        show.end(signal.SIGKILL)
        assert show.survivors() == []
    with staged(folder) as again:
        again.await_ready()
        assert again.end() == 0


@pytest.mark.parametrize("how", ["ctrl-c", "kill"])
def test_stopped_while_people_are_made_it_begins_them_anew(tmp_path: Path, how: str) -> None:
    folder = tmp_path / "demo"
    with staged(folder, "--headless", people=60_000) as show:
        show.await_told("people_copied")
        began = time.monotonic()
        if how == "ctrl-c":
            show.interrupt()
            assert show.wait() == 0
            assert "Traceback" not in show.told()
        else:
            show.end(signal.SIGKILL)
        assert show.survivors() == []
        assert time.monotonic() - began < 15
    with staged(folder, "--headless", people=300) as again:
        again.await_ready()
        assert "people_copied" in again.told()
        listed = hub("people", "--limit", "10000", "--data-dir", str(folder)).stdout.split()
        assert len(set(listed)) == len(listed) < 1000
        assert again.end() == 0


@pytest.mark.parametrize("name", ["issuer", "hub"])
def test_process_that_dies_is_told_and_ends_the_demo(folder: Path, name: str) -> None:
    with staged(folder) as show:
        show.await_ready()
        show.child(name).kill()
        assert show.wait() == 1
        assert show.survivors(0) == []
        assert f"the {name} ended by itself" in show.told()


def test_process_that_cannot_start_is_told_with_its_last_words(folder: Path) -> None:
    keys = folder / "issuer" / "signing.json"
    kept = keys.read_bytes()
    keys.write_text("spoilt")
    with staged(folder) as show:
        assert show.wait() == 1
        assert show.survivors(0) == []
    keys.write_bytes(kept)
    assert "the issuer ended by itself; its last words:" in show.told()
    assert "Error" in show.told()


def test_redis_that_dies_is_told_and_the_demo_goes_on(folder: Path) -> None:
    with staged(folder) as show:
        show.await_ready()
        show.child("redis").kill()
        show.await_told("redis ended", timeout_s=5)
        assert show.answers()
        assert show.end() == 0


def test_files_with_secrets_are_their_owners_alone(show: Show) -> None:
    for path in show.folder.rglob("*"):
        if path.is_relative_to(show.folder / "postgres" / "cluster"):
            continue
        secret = path.suffix in {".json", ".conf"} or path.name in {"password", "admin-secret"}
        secret = secret or path.is_relative_to(show.folder / "keys")
        if secret and path.is_file() and path.name != "controllers.json":
            assert path.stat().st_mode & 0o077 == 0, path


def test_no_secret_is_in_a_command_line(show: Show) -> None:
    password = (show.folder / "postgres" / "password").read_text().strip()
    redis = (show.folder / "redis" / "password").read_text().strip()
    for process in show.look():
        if process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
            words = " ".join(process.cmdline())
            assert password not in words
            assert redis not in words
