"""A sandbox of the benchmark's own: `hub demo` as a child, stopped and removed at the end."""

import asyncio
import contextlib
import re
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Self

import asyncpg
import httpx
import psutil
import redis

from bench.witness import witnessed
from bench.workloads import CLIENT
from hub.cli.demo import command as demo
from hub.cli.estate import Estate, estate_of
from hub.sandbox.issuer.fetch import fetch_token
from hub.sandbox.people.load import synthetic_codes
from hub.sandbox.servers import discard_postgres
from hub.sandbox.servers.address import LOOPBACK, choose_port
from hub.sandbox.servers.process import Child, Command
from hub.sandbox.state import read_state

_READY_S = 240.0
_STOP_S = 40.0
_PROBE_S = 0.1
_CALLS = re.compile(
    r'^hub_register_call_seconds_count\{register="(\w+)",result="ok"\} (\S+)$', re.MULTILINE
)
_ENGINES = re.compile(r'^hub_operations_total\{.*engine="(\w+)".*\} (\S+)$', re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a hub has done, as its metrics and its log tell.

    Attributes:
        calls: To each register. ``engines``: operations, ``planned`` or ``fallback``.
        entries: Of the access log.
    """

    calls: Counter[str]
    engines: Counter[str]
    entries: int

    def since(self, before: Self) -> Self:
        """Return what was done since ``before``."""
        return type(self)(
            calls=self.calls - before.calls,
            engines=self.engines - before.engines,
            entries=self.entries - before.entries,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Sandbox:
    """A running sandbox.

    Attributes:
        codes: Of living people, each exactly once.
        pids: Of hub, PostgreSQL and Redis.
    """

    data_dir: Path
    estate: Estate
    codes: Sequence[str]
    pids: dict[str, int]

    @property
    def today(self) -> date:
        return self.estate.today

    def token(self) -> str:
        """Return a fresh access token of the client that may see everything."""
        return fetch_token(self.data_dir, CLIENT)

    def told(self) -> Told:
        """Return what the hub has done so far."""
        url = f"http://{self.estate.host}:{self.estate.port}/metrics"
        text = httpx.get(url, timeout=10, trust_env=False).raise_for_status().text
        return Told(
            calls=_summed(_CALLS, text), engines=_summed(_ENGINES, text), entries=self._entries()
        )

    def _entries(self) -> int:
        return int(str(asyncio.run(self._one("SELECT count(*) FROM hub.access_entry"))))

    def versions(self) -> dict[str, str]:
        """Return the versions of the servers behind the hub."""
        postgres = str(asyncio.run(self._one("SHOW server_version"))).split()[0]
        with redis.Redis.from_url(self.estate.redis_url) as store:
            told = dict(store.info("server"))
        return {"postgresql": postgres, "redis": str(told["redis_version"])}

    def workers(self) -> list[psutil.Process]:
        """Return the processes that answer: the hub's own, or its children where it has some."""
        hub = psutil.Process(self.pids["hub"])
        return hub.children() or [hub]

    def resident_mib(self) -> float:
        """Return what the largest worker keeps in memory."""
        return max(each.memory_info().rss for each in self.workers()) / 2**20

    def end_redis(self) -> None:
        """Take Redis away for good, as an outage would."""
        server = psutil.Process(self.pids.pop("redis"))
        server.kill()
        with contextlib.suppress(psutil.TimeoutExpired):
            server.wait(_STOP_S)

    async def _one(self, query: str) -> object:
        connection = await asyncpg.connect(self.estate.owner_url)
        try:
            return await connection.fetchval(query)
        finally:
            await connection.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class Premises:
    """Where a sandbox stands; its people stay when it is stopped and started again."""

    folder: Path
    people: int
    port: int

    @contextmanager
    def opened(self, *, workers: int = 1) -> Iterator[Sandbox]:
        """Serve for as long as the block runs, with a witness of the log."""
        data_dir = self.folder / "sandbox"
        with witnessed(self.folder / "witness", data_dir):
            yield from self._served(data_dir, workers)

    def _served(self, data_dir: Path, workers: int) -> Iterator[Sandbox]:
        log = self.folder / "demo.log"
        child = Child(self._command(data_dir, log, workers))
        try:
            _await(child, log, f"http://{LOOPBACK}:{self.port}/readyz")
            yield self._described(data_dir)
        finally:
            child.send(signal.SIGTERM)
            if not child.ends_within(_STOP_S):
                child.send(signal.SIGKILL)
                child.ends_within(_STOP_S)

    def _command(self, data_dir: Path, log: Path, workers: int) -> Command:
        words = [sys.executable, "-c", "from hub.cli import main; main()", "demo", "--headless"]
        options = ["--people", str(self.people), "--port", str(self.port)]
        options += ["--data-dir", str(data_dir)]
        if workers > 1:
            options += ["--workers", str(workers)]
        return Command(words=[*words, *options], log=log, account=None, death_signal=signal.SIGTERM)

    def _described(self, data_dir: Path) -> Sandbox:
        estate = estate_of(data_dir)
        known = read_state(data_dir)
        pids = {name: pid for name, pid in known.pids.items() if name != "issuer"}
        return Sandbox(
            data_dir=data_dir,
            estate=estate,
            codes=asyncio.run(synthetic_codes(estate.server_url, self.people)),
            pids=pids,
        )


def _summed(pattern: re.Pattern[str], text: str) -> Counter[str]:
    counts = Counter[str]()
    for name, count in pattern.findall(text):
        counts[name] += round(float(count))
    return counts


@contextmanager
def premises(people: int) -> Iterator[Premises]:
    """Make room for ``people``; nothing is left behind."""
    folder = Path(tempfile.mkdtemp(prefix="vienreiz-bench-"))
    folder.chmod(0o755)  # PostgreSQL may run under an account of its own
    try:
        yield Premises(folder=folder, people=people, port=choose_port("hub", folder, None))
    finally:
        discard_postgres(folder / "sandbox" / "postgres")
        shutil.rmtree(folder, ignore_errors=True)


def multiplies() -> bool:
    """Tell whether the sandbox can run several workers."""
    return any(option.name == "workers" for option in demo.params)


def _await(child: Child, log: Path, url: str) -> None:
    deadline = time.monotonic() + _READY_S
    with httpx.Client(timeout=2, trust_env=False) as http:
        while time.monotonic() < deadline and child.running:
            with contextlib.suppress(httpx.HTTPError):
                if http.get(url).is_success:
                    return
            child.ends_within(_PROBE_S)
    message = f"the sandbox did not start:\n{log.read_text(errors='replace')[-2000:]}"
    raise SystemExit(message)
