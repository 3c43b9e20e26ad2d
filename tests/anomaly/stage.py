"""A hub as a process of its own, over a PostgreSQL and a Redis that tests may harm."""

import asyncio
import itertools
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import asyncpg
import httpx
import msgspec

from hub.app.clock import SystemClock
from hub.audit.reader import LogReader
from hub.cli.estate import AUDIENCE, Estate, estate_of, keep, settings_of
from hub.cli.furnish import Plot, agree, furnish
from hub.sandbox.data_dir import HUB_DATABASE, RUNTIME_ROLE, DataDir
from hub.sandbox.issuer.fetch import fetch_token
from hub.sandbox.people.load import synthetic_codes
from hub.sandbox.servers import PostgresServer, RedisServer
from hub.sandbox.state import State, write_state
from hub.settings import Settings
from hub.storage.database import Database
from hub.storage.keyring import MasterKeyring
from hub.storage.log import KeyTable, LogTable
from hub.storage.migrate import migrate
from hub.storage.tokens import SubjectTokens
from tests.service.demo.staging import free_port

T = TypeVar("T")

GRAPHQL = "application/graphql-response+json"
QUERY = """query($codes: [PersonalCode!]!) { persons(personalCodes: $codes) { personalCode
    employment { status } disability { status group }
    socialInsurance { benefits { kind payments { forMonth net } } }
    absences { register code } } }"""
CALLERS = (("sandbox-full", "SBX-2026-001"), ("riga-social-service", "RSD-2026-001"))
"""The second has a quota, and a territory: it finds only some of those it asks about."""


@dataclass
class Stage:
    """A hub's surroundings, and the hub when one runs.

    Attributes:
        folder: What `hub demo` would keep, for this hub alone.
        tokens_from: Folder of the sandbox whose issuer is believed.
        server_url: PostgreSQL of the registers.
    """

    folder: Path
    tokens_from: Path
    server_url: str
    port: int
    hub: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def settings(self) -> Settings:
        return settings_of(self.folder)

    def token(self, client: str) -> str:
        return fetch_token(self.tokens_from, client)

    def people(self, number: int) -> list[str]:
        return list(asyncio.run(synthetic_codes(self.server_url, number)))

    def start(self) -> None:
        """Start a hub and wait until it can answer."""
        line = [sys.executable, "-m", "hub.cli.sandbox_hub", "--data-dir", str(self.folder)]
        with self.log.open("ab") as told:
            self.hub = subprocess.Popen(line, stderr=told, stdout=told)
        self.await_ready()

    @property
    def log(self) -> Path:
        return self.folder / "hub.log"

    def await_ready(self, timeout_s: float = 30) -> float:
        """Return after how many seconds `/readyz` was 200."""
        began = time.monotonic()
        while time.monotonic() - began < timeout_s:
            assert self.hub is not None
            assert self.hub.poll() is None, self.log.read_text()
            if ready(self.url):
                return time.monotonic() - began
            time.sleep(0.02)
        raise AssertionError(self.log.read_text())

    def kill(self) -> None:
        """End the hub as a power cut would."""
        assert self.hub is not None
        self.hub.send_signal(signal.SIGKILL)
        self.hub.wait(10)
        self.hub = None

    def stop(self) -> None:
        if self.hub is not None:
            self.hub.terminate()
            try:
                self.hub.wait(15)
            finally:
                self.hub.kill()
            self.hub = None

    def read(self, reading: Callable[["Shelves"], Awaitable[T]]) -> T:
        """Read the access log by connections of one's own."""

        async def opened() -> T:
            database = Database(self.settings.database_url)
            keyring = MasterKeyring(self.settings.master_key)
            table = LogTable(database, SubjectTokens(keyring), SystemClock())
            try:
                return await reading(Shelves(table, LogReader(table, KeyTable(database), keyring)))
            finally:
                await table.aclose()
                await database.aclose()

        return asyncio.run(opened())


@dataclass
class Shelves:
    """The log's table, and its reader."""

    table: LogTable
    reader: LogReader


def ready(url: str) -> bool:
    try:
        return httpx.get(f"{url}/readyz", timeout=2, trust_env=False).status_code == 200
    except httpx.TransportError:
        return False


def stage_beside(
    folder: Path, sandbox: Path, postgres: PostgresServer, redis: RedisServer
) -> Stage:
    """Put the hub's own database and cache on these servers; registers stay with ``sandbox``."""
    data_dir = DataDir(folder).open()
    owner_url = f"{postgres.url}/{HUB_DATABASE}"
    password = data_dir.password(RUNTIME_ROLE)
    asyncio.run(_create(postgres.url))
    asyncio.run(migrate(owner_url, RUNTIME_ROLE, password))
    write_state(folder, State(issuer="", hub="", audience=AUDIENCE))
    asyncio.run(agree(data_dir, owner_url))
    estate = msgspec.structs.replace(
        estate_of(sandbox),
        owner_url=owner_url,
        database_url=f"postgresql://{RUNTIME_ROLE}:{password}@127.0.0.1:{postgres.port}/hub",
        redis_url=redis.url,
        port=free_port(),
    )
    return _kept(folder, sandbox, estate)


def stage_together(
    folder: Path, sandbox: Path, postgres: PostgresServer, redis: RedisServer, *, people: int
) -> Stage:
    """Put registers, too, on this PostgreSQL, as `hub demo` does."""
    plot = Plot(
        data_dir=DataDir(folder).open(),
        postgres=postgres,
        redis=redis,
        people=people,
        issuer=estate_of(sandbox).issuer,
        host="127.0.0.1",
        port=free_port(),
        headless=True,
    )
    write_state(folder, State(issuer=plot.issuer, hub="", audience=AUDIENCE))
    return _kept(folder, sandbox, asyncio.run(furnish(plot)))


def _kept(folder: Path, sandbox: Path, estate: Estate) -> Stage:
    keep(folder, estate)
    return Stage(folder, sandbox, estate.server_url, estate.port)


async def _create(server_url: str) -> None:
    connection = await asyncpg.connect(f"{server_url}/postgres")
    try:
        await connection.execute(f"CREATE DATABASE {HUB_DATABASE}")
    finally:
        await connection.close()


@dataclass(frozen=True)
class Shot:
    """One request under load; times in seconds of the monotonic clock.

    Attributes:
        status: None when no answer came.
    """

    began: float
    ended: float
    agreement: str
    asked: tuple[str, ...]
    status: int | None
    body: Mapping[str, Any] = field(default_factory=dict)

    @property
    def took_s(self) -> float:
        return self.ended - self.began

    @property
    def codes(self) -> list[str]:
        return [each["extensions"]["code"] for each in self.body.get("errors", [])]

    @property
    def persons(self) -> Any:  # noqa: ANN401 — JSON
        return self.body["data"]["persons"]


class Load:
    """Requests by several callers at once, until told to end."""

    def __init__(self, stage: Stage, batches: Sequence[tuple[str, ...]], *, workers: int) -> None:
        self.shots: list[Shot] = []
        self._url = f"{stage.url}/graphql"
        self._callers = [
            {
                "accept": GRAPHQL,
                "authorization": f"Bearer {stage.token(client)}",
                "x-dagr-permission": agreement,
            }
            for client, agreement in CALLERS
        ]
        self._batches = batches
        self._workers = workers
        self._over = False

    async def run(self) -> None:
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=None)
        async with (
            httpx.AsyncClient(timeout=15, trust_env=False, limits=limits) as http,
            asyncio.TaskGroup() as group,
        ):
            for worker in range(self._workers):
                group.create_task(self._work(http, worker))

    def await_answers(self, number: int, timeout_s: float = 20) -> None:
        until = time.monotonic() + timeout_s
        while sum(shot.status == 200 for shot in self.shots) < number:
            assert time.monotonic() < until, self.shots[-3:]
            time.sleep(0.005)

    def end(self) -> None:
        self._over = True

    def since(self, began: float, until: float = float("inf")) -> list[Shot]:
        """Return the requests that began in a span of time."""
        return [shot for shot in self.shots if began <= shot.began < until]

    async def _work(self, http: httpx.AsyncClient, worker: int) -> None:
        headers = self._callers[worker % len(self._callers)]
        for turn in itertools.count(worker, self._workers):
            if self._over:
                return
            codes = self._batches[turn % len(self._batches)]
            self.shots.append(await self._shoot(http, headers, codes))
            await asyncio.sleep(0.05 if self.shots[-1].status != 200 else 0.01)

    async def _shoot(
        self, http: httpx.AsyncClient, headers: Mapping[str, str], codes: tuple[str, ...]
    ) -> Shot:
        agreement = headers["x-dagr-permission"]
        body = {"query": QUERY, "variables": {"codes": codes}}
        began = time.monotonic()
        try:
            answer = await http.post(self._url, json=body, headers=headers)
        except httpx.TransportError:
            return Shot(began, time.monotonic(), agreement, codes, None)
        ended = time.monotonic()
        return Shot(began, ended, agreement, codes, answer.status_code, answer.json())


@contextmanager
def under_load(
    stage: Stage, batches: Sequence[tuple[str, ...]], *, workers: int = 6
) -> Iterator[Load]:
    """Keep asking for as long as the block runs; all answers are in when it ends."""
    load = Load(stage, batches, workers=workers)
    failed: list[BaseException] = []

    def body() -> None:
        try:
            asyncio.run(load.run())
        except BaseException as error:  # noqa: BLE001 — told to the test
            failed.append(error)

    thread = threading.Thread(target=body, daemon=True)
    thread.start()
    try:
        yield load
    finally:
        load.end()
        thread.join(30)
    if failed:
        raise failed[0]
    assert not thread.is_alive()
