"""`hub serve --workers`: several processes on one port, watched over, and ended as one."""

import re
import shutil
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import psutil
import pytest

from hub.cli.estate import estate_of
from hub.sandbox.servers.family import lives
from tests.anomaly.registers import locked
from tests.conftest import MakeDatabase
from tests.service.demo.production import Production, built, stop
from tests.service.demo.staging import HUB, free_port, hub, staged
from tests.service.demo.test_serve import ask
from tests.unit.policy.given import FOLDER

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]

CLIENT = "riga-social-service"


@pytest.fixture(scope="module")
def production(
    tmp_path_factory: pytest.TempPathFactory, furnished: Path, make_database: MakeDatabase
) -> Iterator[Production]:
    with built(tmp_path_factory.mktemp("workers"), furnished, make_database()) as found:
        yield found


@pytest.fixture
def pair(production: Production, tmp_path: Path) -> Production:
    """Two workers, not started yet; what they leave behind would be in ``tmp_path``."""
    return production.at(free_port(), HUB_WORKERS="2", TMPDIR=str(tmp_path))


def workers_of(process: subprocess.Popen[bytes]) -> list[psutil.Process]:
    return sorted(psutil.Process(process.pid).children(), key=lambda each: each.pid)


def await_that(holds: Callable[[], bool], timeout_s: float = 40.0) -> None:
    until = time.monotonic() + timeout_s
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.05)


def await_pair(process: subprocess.Popen[bytes], log: Path) -> list[psutil.Process]:
    await_that(lambda: log.read_text().count("worker_ready") >= 2)
    return workers_of(process)


def held(worker: psutil.Process, port: int) -> int:
    found = worker.net_connections("tcp")
    return sum(c.status == psutil.CONN_ESTABLISHED and c.laddr.port == port for c in found)


def counted(told: str) -> float:
    lines = re.findall(
        r'^hub_fetch_records_total\{.*register="employment".*\} (\S+)$', told, re.MULTILINE
    )
    return sum(map(float, lines))


def test_both_answer_in_turn_over_tls_and_metrics_are_summed(pair: Production) -> None:
    port = int(pair.environment["HUB_PORT"])
    token = pair.token(CLIENT, pair.own)
    with pair.served() as process, ExitStack() as stack:
        pids = await_pair(process, pair.folder / "serve.log")
        wires = [stack.enter_context(pair.http(pair.own)) for _ in range(8)]
        for each in wires:
            assert ask(each, token).status_code == 200
        shares = [held(worker, port) for worker in pids]
        assert sum(shares) == 8
        assert min(shares) >= 2, "in turn, but for a worker that nothing lets run"
        told = [each.get("/metrics").text for each in wires]
        assert {counted(each) for each in told} == {8.0}
        assert "pid=" not in told[0]
        with pair.http(pair.stranger) as stranger:
            assert ask(stranger, token).status_code == 401
        with pair.http(None) as nobody, pytest.raises(httpx.TransportError):
            ask(nobody, None)


def test_a_worker_that_is_killed_is_replaced_and_nobody_else_notices(pair: Production) -> None:
    token, log = pair.token(CLIENT, pair.own), pair.folder / "serve.log"
    failures: list[float] = []
    answers: list[int] = []
    done = threading.Event()

    def go_on() -> None:
        while not done.is_set():
            try:
                with pair.http(pair.own) as http:
                    answers.append(ask(http, token).status_code)
            except httpx.TransportError:
                failures.append(time.monotonic())
            time.sleep(0.02)

    with pair.served() as process:
        first, second = await_pair(process, log)
        askers = [threading.Thread(target=go_on) for _ in range(3)]
        for each in askers:
            each.start()
        await_that(lambda: len(answers) > 20)
        killed_at = time.monotonic()
        first.kill()
        await_that(lambda: log.read_text().count("worker_ready") >= 3)
        before = len(answers)
        await_that(lambda: len(answers) > before + 20)
        done.set()
        for each in askers:
            each.join()
        pids = {each.pid for each in workers_of(process)}
        assert len(pids) == 2
        assert second.pid in pids
        assert first.pid not in pids
        with pair.http(pair.own) as http:
            kept = counted(http.get("/metrics").text)
    assert kept >= answers.count(200), "nothing counted is lost"
    assert set(answers) <= {200, 503}, "the log of a busy machine may be late"
    assert answers.count(200) > len(answers) / 2
    assert len(failures) <= len(askers)
    assert all(at - killed_at < 1 for at in failures)
    assert '"event": "worker_ended"' in log.read_text()


def test_told_to_stop_all_finish_what_is_under_way(
    pair: Production, furnished: Path, tmp_path: Path
) -> None:
    token = pair.token(CLIENT, pair.own)
    answers: list[int] = []

    def ask_slowly(http: httpx.Client) -> None:
        answers.append(ask(http, token, "andris").status_code)

    with pair.served() as process, ExitStack() as stack:
        await_pair(process, pair.folder / "serve.log")
        wires = [stack.enter_context(pair.http(pair.own)) for _ in range(4)]
        for each in wires:
            assert ask(each, token).status_code == 200
        with locked(estate_of(furnished).server_url, "employment"):
            asking = [threading.Thread(target=ask_slowly, args=(each,)) for each in wires]
            for thread in asking:
                thread.start()
            time.sleep(0.3)
            stop(process)
            time.sleep(0.3)
            assert answers == []
            assert process.poll() is None
            with pair.http(pair.own) as late, pytest.raises(httpx.TransportError):
                ask(late, token)
        for thread in asking:
            thread.join(10)
        assert process.wait(15) == 0
    assert answers == [200] * 4
    assert list(tmp_path.iterdir()) == []


def test_killed_outright_it_leaves_no_worker_and_no_file(pair: Production, tmp_path: Path) -> None:
    with pair.served() as process:
        pids = await_pair(process, pair.folder / "serve.log")
        assert len(list(tmp_path.iterdir())) == 1
        process.kill()
        await_that(lambda: not any(map(lives, pids)))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_taken_port_is_told_once(production: Production, workers: str) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        done = hub("serve", "--workers", workers, env=production.at(port).environment)
    assert done.returncode == 2
    assert done.stderr.splitlines() == [
        f"hub: cannot listen on port {port} of `127.0.0.1`: Address already in use"
    ]


def test_what_only_a_worker_can_see_is_told_once(pair: Production, tmp_path: Path) -> None:
    folder = tmp_path / "policies"
    shutil.copytree(FOLDER, folder)
    (folder / "guardrails" / "99.cedar").write_text("permit (principal, action, resource);")
    done = hub("serve", env={**pair.environment, "HUB_POLICIES_DIR": str(folder)})
    assert done.returncode == 2
    assert done.stderr.count("99.cedar") == 1, done.stderr
    assert "Traceback" not in done.stderr


def test_the_option_goes_before_the_setting(pair: Production) -> None:
    log = pair.folder / "option.log"
    with log.open("wb") as told:
        process = subprocess.Popen(
            [HUB, "serve", "--workers", "3"], env=pair.environment, stderr=told
        )
    try:
        await_that(lambda: log.read_text().count("worker_ready") == 3)
        assert len(workers_of(process)) == 3
        process.send_signal(signal.SIGINT)
        assert process.wait(15) == 0
    finally:
        process.kill()
        process.wait(10)


def test_a_demo_with_workers_ends_with_all_of_them(folder: Path) -> None:
    with staged(folder, "--headless", "--workers", "2") as show:
        show.await_ready()
        await_that(lambda: len(show.child("hub").children()) == 2)
        show.look()
        assert show.end() == 0
        assert show.survivors(0) == []
    with staged(folder, "--workers", "2") as show:
        show.await_ready()
        await_that(lambda: len(show.child("hub").children()) == 2)
        show.look()
        show.child("hub").kill()
        assert show.wait() == 1
        assert show.survivors(5) == []


def test_a_worker_that_dies_again_and_again_is_waited_for_longer(pair: Production) -> None:
    log = pair.folder / "serve.log"

    def ended() -> int:
        return log.read_text().count("worker_ended")

    with pair.served() as process:
        steady, victim = await_pair(process, log)
        for times in range(1, 4):
            victim.kill()
            await_that(lambda times=times: ended() == times)  # type: ignore[misc]
            await_that(lambda: len(workers_of(process)) == 2)
            victim = next(each for each in workers_of(process) if each != steady)
        assert process.poll() is None
    pauses = re.findall(r'"replaced_in_s": ([\d.]+)', log.read_text())
    assert list(map(float, pauses)) == [0.1, 0.2, 0.4]
