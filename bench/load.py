"""``python -m bench.load``: sends requests as a process of its own; job in, sample out, as JSON.

Plain streams with keep-alive, one per connection: about 40 microseconds a request, so that the
hub, not its client, is what is measured. Bounded in requests and in time.
"""

import asyncio
import itertools
import sys
import time
from collections.abc import Iterator, Mapping

import msgspec
import psutil
import redis.asyncio
import uvloop

_SETTLE_S = 0.15
_ANSWER_S = 30.0
_GOOD = b'{"data":{'


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """What to send.

    Attributes:
        bodies: One request each, sent in turn.
        seconds: How long to send; requests under way are finished.
        most: How many requests at most.
        forget: Redis to empty before the bodies are sent, each then once until it is emptied
            again; None repeats the bodies as they are.
        pids: Processes whose processor time is counted, by name.
    """

    host: str
    port: int
    headers: dict[str, str]
    bodies: list[bytes]
    connections: int
    seconds: float
    most: int
    pids: dict[str, int]
    forget: str | None = None


class Sample(msgspec.Struct, frozen=True, kw_only=True):
    """What came of it.

    Attributes:
        requests: Answers received, every one of them without errors.
        withheld: Answers besides, that said 503: a server behind the hub was too late.
        seconds: During which requests were under way.
        latencies_ms: Of each request, in the order answers came.
        cpu_ms: User and system time per process name, while sending and settling.
        answer_bytes: Body of the average answer.
    """

    requests: int
    withheld: int
    seconds: float
    latencies_ms: list[float]
    cpu_ms: dict[str, float]
    answer_bytes: float


class BadAnswer(Exception):
    """The hub refused, failed, or told of errors: such figures would mean nothing."""


class _Connection:
    """One kept-alive connection; sends, waits for the whole answer, sends again."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def ask(self, request: bytes) -> int:
        """Return the length of the answer's body, 0 where the hub said 503."""
        self._writer.write(request)
        head = await self._reader.readuntil(b"\r\n\r\n")
        body = await self._reader.readexactly(_length(head))
        if head.startswith(b"HTTP/1.1 503 "):
            return 0
        if not head.startswith(b"HTTP/1.1 200 ") or not body.startswith(_GOOD):
            raise BadAnswer(head[:40] + body[:300])
        return len(body)

    def close(self) -> None:
        self._writer.close()


def _length(head: bytes) -> int:
    start = head.lower().index(b"content-length:") + len(b"content-length:")
    return int(head[start : head.index(b"\r\n", start)])


class _Run:
    """Counts while connections send."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._requests = [_request(job, body) for body in job.bodies]
        self.latencies: list[float] = []
        self.length = 0
        self.withheld = 0
        self.busy_s = 0.0

    async def all(self) -> None:
        """Send until time or count is up."""
        job = self._job
        opened = [
            _Connection(*await asyncio.open_connection(job.host, job.port, limit=2**24))
            for _ in range(job.connections)
        ]
        try:
            if job.forget is None:
                await self._pass(opened, itertools.cycle(self._requests))
            else:
                await self._forgetting(opened, job.forget)
        finally:
            for connection in opened:
                connection.close()

    async def _forgetting(self, opened: list[_Connection], url: str) -> None:
        store = redis.asyncio.from_url(url)
        while self._more(self.busy_s):
            await _empty(store)
            await self._pass(opened, iter(self._requests))
        await store.aclose()

    async def _pass(self, opened: list[_Connection], requests: Iterator[bytes]) -> None:
        started = time.perf_counter()
        async with asyncio.TaskGroup() as group:
            for connection in opened:
                group.create_task(self._send(connection, requests, started))
        self.busy_s += time.perf_counter() - started

    async def _send(
        self, connection: _Connection, requests: Iterator[bytes], started: float
    ) -> None:
        while self._more(self.busy_s + time.perf_counter() - started):
            request = next(requests, None)
            if request is None:
                return
            sent = time.perf_counter()
            async with asyncio.timeout(_ANSWER_S):
                length = await connection.ask(request)
            if not length:
                self.withheld += 1
                continue
            self.length += length
            self.latencies.append((time.perf_counter() - sent) * 1000)

    def _more(self, busy_s: float) -> bool:
        sent = len(self.latencies) + self.withheld
        return busy_s < self._job.seconds and sent < self._job.most


async def _empty(store: redis.asyncio.Redis) -> None:
    """Empty the cache, what the hub was still writing included."""
    while True:
        await store.flushdb()
        await asyncio.sleep(_SETTLE_S)
        if not await store.dbsize():
            return


def _request(job: Job, body: bytes) -> bytes:
    headers = {
        "host": f"{job.host}:{job.port}",
        "content-type": "application/json",
        "content-length": str(len(body)),
        **job.headers,
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"POST /graphql HTTP/1.1\r\n{lines}\r\n".encode() + body


def _cpu_ms(pids: Mapping[str, int]) -> dict[str, float]:
    return {name: _of_family(psutil.Process(pid)) for name, pid in pids.items()}


def _of_family(process: psutil.Process) -> float:
    """Return user and system time of a process and its children, ended ones included."""
    own = process.cpu_times()
    total: float = own.user + own.system + own.children_user + own.children_system
    for child in process.children(recursive=True):
        times = child.cpu_times()
        total += times.user + times.system
    return total * 1000


async def run(job: Job) -> Sample:
    """Carry out one job."""
    sending = _Run(job)
    before = _cpu_ms(job.pids)
    await sending.all()
    await asyncio.sleep(_SETTLE_S)  # what the hub does after its answers is part of their cost
    after = _cpu_ms(job.pids)
    count = len(sending.latencies)
    if not count:
        message = f"no answer at all, {sending.withheld} times 503"
        raise BadAnswer(message)
    return Sample(
        requests=count,
        withheld=sending.withheld,
        seconds=sending.busy_s,
        latencies_ms=sending.latencies,
        cpu_ms={name: after[name] - before[name] for name in before},
        answer_bytes=sending.length / count,
    )


def main() -> None:
    """Read a job, write its sample."""
    job = msgspec.msgpack.decode(sys.stdin.buffer.read(), type=Job)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        sys.stdout.buffer.write(msgspec.msgpack.encode(runner.run(run(job))))


if __name__ == "__main__":
    main()
