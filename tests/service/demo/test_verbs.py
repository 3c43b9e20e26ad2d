"""What one does beside a running demo: paste its questions, get tokens, list people."""

import json
import re
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from tests.service.demo.staging import Show, hub, staged

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]


def pasted(show: Show, title: str) -> dict[str, Any]:
    """Paste the banner's lines under ``title`` into bash, from some other folder."""
    banner = show.out.read_text()
    found = re.search(rf"^{title}:\n\n(curl .*?)\n\n", banner, re.DOTALL | re.MULTILINE)
    assert found is not None, banner
    ran = subprocess.run(
        ["bash", "-c", f"{found[1]} -w '\\n%{{http_code}}'"],
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert ran.returncode == 0, ran.stderr
    body, _, status = ran.stdout.rpartition("\n")
    return {"status": int(status), **json.loads(body)}


def test_pasted_question_is_answered(show: Show) -> None:
    answer = pasted(show, "Answered")
    assert answer["status"] == 200
    assert "errors" not in answer
    assert answer["data"]["person"]["employment"]["status"] == "UNEMPLOYED"
    assert answer["data"]["person"]["socialInsurance"]["benefits"]
    assert set(answer["extensions"]["receipt"]) == {"id", "commitment", "promise"}


def test_pasted_question_is_refused(show: Show) -> None:
    answer = pasted(show, "Refused")
    assert answer["status"] == 403
    assert "data" not in answer
    named = {error["extensions"]["field"] for error in answer["errors"]}
    assert named == {"disability.cause", "employment.branch"}


def test_a_person_asks_who_looked(show: Show) -> None:
    answer = pasted(show, "Looked")
    assert answer["status"] == 200
    assert "errors" not in answer
    assert {each["byConsent"] for each in answer["data"]["usage"]["usages"]} <= {True, False}


def test_token_stands_alone_on_standard_output(show: Show) -> None:
    done = hub("token", "riga-social-service", "--data-dir", str(show.folder))
    assert done.returncode == 0
    assert done.stderr == ""
    assert re.fullmatch(r"[\w-]+\.[\w-]+\.[\w-]+\n", done.stdout)


def test_list_as_json_names_clients_agreements_and_personas(show: Show) -> None:
    done = hub("token", "--list", "--json", "--data-dir", str(show.folder))
    told = json.loads(done.stdout)
    clients = {client["id"]: client for client in told["clients"]}
    assert clients.keys() >= {
        "riga-social-service",
        "madona-social-service",
        "vsaa",
        "nva",
        "school-board",
        "transport-operator",
        "spkc",
        "orphan-court",
        "dpo",
        "sandbox-full",
    }
    means = clients["riga-social-service"]["agreements"][0]
    assert means.keys() >= {"number", "purpose", "operations", "fields"}
    assert means["number"] == "RSD-2026-001"
    assert len(told["personas"]) >= 12
    assert all(each["name"] and each["personalCode"] for each in told["personas"])


@pytest.mark.parametrize(("columns", "longest"), [("80", 80), (None, 240)])
def test_list_fits_where_it_is_read(show: Show, columns: str | None, longest: int) -> None:
    environment = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}
    if columns:
        environment["COLUMNS"] = columns
    done = hub("token", "--list", "--data-dir", str(show.folder), env=environment)
    widths = {len(line) for line in done.stdout.splitlines()}
    assert max(widths) <= longest
    assert "riga-social-service" in done.stdout
    assert "…" not in done.stdout


def test_people_are_codes_one_a_line(show: Show) -> None:
    done = hub("people", "--limit", "20", "--data-dir", str(show.folder))
    codes = done.stdout.splitlines()
    assert len(set(codes)) == 20
    assert all(re.fullmatch(r"\d{6}-\d{5}", code) for code in codes)


VERBS = [
    ("token", "vsaa"),
    ("token", "--list"),
    ("token", "--list", "--json"),
    ("token", "--person", "140379-00019"),
    ("people",),
    ("consent", "show", "140379-00019"),
    ("client", "disable", "vsaa"),
    ("cache", "evict", "140379-00019"),
    ("policy", "matrix"),
]


@pytest.mark.parametrize("words", VERBS)
@pytest.mark.parametrize("where", ["nothing", "stopped"])
def test_without_a_running_sandbox_a_verb_says_so(
    tmp_path: Path, folder: Path, words: tuple[str, ...], where: str
) -> None:
    done = hub(*words, "--data-dir", str(folder if where == "stopped" else tmp_path))
    assert done.returncode == 2
    assert done.stdout == ""
    assert "no sandbox is running" in done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_after_a_kill_verbs_know_that_nothing_runs(folder: Path) -> None:
    with staged(folder) as show:
        show.await_ready()
        show.end(signal.SIGKILL)
        assert show.survivors() == []
    for words in VERBS[:6]:
        assert "no sandbox is running" in hub(*words, "--data-dir", str(folder)).stderr


def test_eviction_without_redis_is_not_claimed(folder: Path) -> None:
    with staged(folder) as show:
        show.await_ready()
        evict = ("cache", "evict", "140379-00019", "--data-dir", str(folder))
        assert hub(*evict).returncode == 0
        assert "there is no register `x`" in hub(*evict, "--register", "x").stderr
        show.child("redis").kill()
        done = hub(*evict)
        assert done.returncode == 1
        assert "it is not known whether anything was evicted" in done.stderr
        assert "Traceback" not in done.stderr
        assert show.end() == 0


def test_unknown_client_is_told_who_there_is(show: Show) -> None:
    done = hub("token", "nobody", "--data-dir", str(show.folder))
    assert done.returncode == 2
    assert done.stdout == ""
    assert "riga-social-service" in done.stderr


def test_token_needs_exactly_one_of_three(show: Show) -> None:
    for words in ((), ("vsaa", "--list"), ("vsaa", "--person", "140379-00019")):
        done = hub("token", *words, "--data-dir", str(show.folder))
        assert done.returncode == 2
        assert done.stdout == ""


def test_help_is_instant() -> None:
    took_s = []
    for _ in range(3):
        began = time.perf_counter()
        assert hub("--help").returncode == 0
        took_s.append(time.perf_counter() - began)
    assert min(took_s) < 0.5
