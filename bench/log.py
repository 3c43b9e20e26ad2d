"""The price of the log's order: requests with and without sequencer and witness, pace, proofs.

The sequencer is held up by a session that has its turn; it then waits, and requests do not. The
hub that sequences is the one that asks the witness: held up, it asks nobody.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from typing import Final, TypeVar

import asyncpg
import psutil

from bench.figures import LogFigures, Price, Proofs, Witnessed, median
from bench.load import quantile
from bench.measure import Bench
from bench.workloads import MANY, STATUS
from hub.audit.logview import TreeView
from hub.audit.proving import Prover
from hub.storage.database import Database, Patience
from hub.storage.sequence import ONE_AT_A_TIME
from hub.storage.tree import TreeTable

T = TypeVar("T")

_PROVEN: Final = 200
_PAUSE_S: Final = 0.02
_HOLDERS: Final = """
SELECT pg_terminate_backend(l.pid) FROM pg_locks l JOIN pg_database d ON d.oid = l.database
WHERE l.locktype = 'advisory' AND l.objid::bigint = $1 AND l.granted
  AND d.datname = current_database()
"""
_LAGS: Final = """
SELECT extract(epoch FROM c.at - l.at)::float8 AS lag_s FROM hub.log_entry l
CROSS JOIN LATERAL (
    SELECT s.at FROM hub.log_checkpoint s WHERE s.year = l.year AND s.size > l.position
    ORDER BY s.size LIMIT 1
) AS c
WHERE l.position >= $1 AND l.position < $2
"""
_SIZE: Final = "SELECT coalesce(max(size), 0) FROM hub.log_head"
_SIGNED: Final = "SELECT coalesce(max(size), 0) FROM hub.log_checkpoint"
_ENTRIES: Final = "SELECT count(*) FROM hub.access_entry"
_COSIGNED: Final = """
SELECT extract(epoch FROM c.at - s.at)::float8 AS lag_s
FROM hub.log_cosignature c JOIN hub.log_checkpoint s USING (year, size) WHERE c.at > $1
"""
_SOME: Final = """
SELECT DISTINCT operation_id FROM hub.log_entry WHERE position % 97 = 0 LIMIT $1
"""


def measure_log(bench: Bench) -> LogFigures:
    """Measure it at the hub of ``bench``, which has one worker."""
    url = bench.sandbox.estate.owner_url
    desk, begun = _Desk(url), datetime.now(UTC)
    proofs = [_proofs(url, desk.drained())]
    samples: dict[tuple[str, bool], list[tuple[float, float]]] = {}
    rates: list[tuple[float, float, float]] = []
    lags: dict[str, list[float]] = {}
    for number in range(bench.rounds):
        for workload in (STATUS, MANY):
            bench.say(
                f"round {number + 1} of {bench.rounds}: {workload.name}, sequencer and witness"
            )
            stream = bench.stream(workload)
            for sequenced in (True, False) if number % 2 else (False, True):
                if sequenced:
                    start = desk.drained()
                    sample = bench.hub.send([stream], seconds=bench.seconds)
                    waited = desk.lags(start, desk.drained())
                    lags.setdefault(workload.name, []).extend(waited)
                else:
                    with desk.held_up():
                        sample = bench.hub.send([stream], seconds=bench.seconds)
                    if workload is MANY:
                        rates.append(_rate(bench, desk))
                cpu_ms = sum(sample.cpu_ms.values()) / sample.requests
                told = (sample.requests / sample.seconds, cpu_ms)
                samples.setdefault((workload.name, sequenced), []).append(told)
        proofs.append(_proofs(url, desk.drained()))
    return LogFigures(
        prices=[_price(name, samples, sorted(lags[name])) for name in (STATUS.name, MANY.name)],
        entries_per_second=median([each[0] for each in rates]),
        cpu_us=median([each[1] for each in rates]),
        pg_us=median([each[2] for each in rates]),
        witnessed=desk.witnessed(begun),
        proofs=proofs,
    )


def _price(
    name: str, samples: dict[tuple[str, bool], list[tuple[float, float]]], lags: Sequence[float]
) -> Price:
    without, with_it = samples[name, False], samples[name, True]
    rounds = list(zip(with_it, without, strict=True))
    return Price(
        workload=name,
        without_per_second=median([rate for rate, _ in without]),
        with_per_second=median([rate for rate, _ in with_it]),
        ratio=median([one / other for (one, _), (other, _) in rounds]),
        cpu=median([one / other for (_, one), (_, other) in rounds]),
        lag_s=(quantile(lags, 0.5), quantile(lags, 0.99)),
    )


def _rate(bench: Bench, desk: "_Desk") -> tuple[float, float, float]:
    """Return entries a second from the moment a backlog shrinks, and microseconds for each."""
    pids = bench.sandbox.pids
    size = desk.ask(_SIZE)
    while (first := desk.ask(_SIZE)) == size:
        time.sleep(_PAUSE_S)
    began, hub, postgres = time.perf_counter(), _cpu_s(pids["hub"]), _cpu_s(pids["postgres"])
    entries = max(1, desk.drained() - first)
    return (
        entries / (time.perf_counter() - began),
        (_cpu_s(pids["hub"]) - hub) / entries * 1e6,
        (_cpu_s(pids["postgres"]) - postgres) / entries * 1e6,
    )


def _cpu_s(pid: int) -> float:
    """Return processor time of a process and its children so far."""
    process = psutil.Process(pid)
    times = [each.cpu_times() for each in (process, *process.children(recursive=True))]
    return sum(each.user + each.system for each in times)


class _Desk:
    """Looks at the hub's database as its owner."""

    def __init__(self, url: str) -> None:
        self._url = url

    def ask(self, query: str) -> int:
        """Return one number."""

        async def asked(connection: "asyncpg.Connection[asyncpg.Record]") -> int:
            return int(await connection.fetchval(query))

        return self._with(asked)

    def drained(self) -> int:
        """Wait until everything is in the tree and signed; return its size."""
        while True:
            size = self.ask(_SIGNED)
            if size == self.ask(_ENTRIES):
                return size
            time.sleep(_PAUSE_S)

    def lags(self, start: int, end: int) -> list[float]:
        """Return the seconds that entries in this range of positions waited for a checkpoint."""

        async def asked(connection: "asyncpg.Connection[asyncpg.Record]") -> list[float]:
            return [row["lag_s"] for row in await connection.fetch(_LAGS, start, end)]

        return self._with(asked)

    def witnessed(self, begun: datetime) -> Witnessed:
        """Return what was cosigned since an instant."""

        async def asked(connection: "asyncpg.Connection[asyncpg.Record]") -> list[float]:
            return sorted(row["lag_s"] for row in await connection.fetch(_COSIGNED, begun))

        lags = self._with(asked)
        told = (quantile(lags, 0.5), quantile(lags, 0.99)) if lags else None
        return Witnessed(cosigned=len(lags), lag_s=told)

    @contextmanager
    def held_up(self) -> Iterator[None]:
        """Have the sequencer's turn, and do nothing with it."""
        with asyncio.Runner() as runner:
            connection = runner.run(self._seized())
            try:
                yield
            finally:
                runner.run(connection.close())

    async def _seized(self) -> "asyncpg.Connection[asyncpg.Record]":
        connection = await asyncpg.connect(self._url)
        while not await connection.fetchval("SELECT pg_try_advisory_lock($1)", ONE_AT_A_TIME):
            await connection.execute("SELECT 1")
            await connection.fetch(_HOLDERS, ONE_AT_A_TIME)
        return connection

    def _with(self, use: Callable[["asyncpg.Connection[asyncpg.Record]"], Awaitable[T]]) -> T:
        async def used() -> T:
            async with _connected(self._url) as connection:
                return await use(connection)

        return asyncio.run(used())


@asynccontextmanager
async def _connected(url: str) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    connection = await asyncpg.connect(url)
    try:
        yield connection
    finally:
        await connection.close()


def _proofs(url: str, size: int) -> Proofs:
    """Return the size of an operation's first proof, and the time to make it; medians."""
    return asyncio.run(_proven(url, size))


async def _proven(url: str, size: int) -> Proofs:
    async with _connected(url) as connection:
        operations: Sequence[str] = [row[0] for row in await connection.fetch(_SOME, _PROVEN)]
    database = Database(url, patience=Patience(command_s=10.0))
    store = TreeTable(database)
    prover = Prover(store, TreeView(store))
    lengths: list[float] = []
    times: list[float] = []
    for operation in operations:
        began = time.perf_counter()
        proofs = await prover.prove(operation, most=1) or ()
        times.append((time.perf_counter() - began) * 1000)
        lengths += [len(each.text) for each in proofs]
    await database.aclose()
    return Proofs(size=size, length=round(median(lengths)), ms=median(times))
