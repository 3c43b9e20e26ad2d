"""``python -m bench.load``: sends requests as a process of its own; job in, sample out, msgpack.

Blocking sockets behind one epoll: two system calls and a few microseconds of Python a request, so
that the server, not its client, is what is measured. Its own processor time is told with the rest.
"""

import gc
import itertools
import select
import socket
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack

import msgspec
import psutil
import redis

_SETTLE_S = 0.15
_FORGET_S = 1.2
"""A hub learns within one second that its cache was emptied."""
_TRIES = 10
_NOTICES = 2
"""Keys by which replicas tell one another, which come back at once."""
_PATIENCE = 4
"""Cold passes last at most so many times the seconds asked, emptying included."""
_ANSWER_S = 30.0
_GOOD = b'{"data":{'
_CHUNK = 262_144


class Stream(msgspec.Struct, frozen=True, kw_only=True):
    """Requests of one kind, sent over connections of their own.

    Attributes:
        bodies: One request each, sent in turn.
        repeated: Whether to begin again after the last; else the job ends there.
    """

    name: str
    bodies: list[bytes]
    connections: int
    repeated: bool = True


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """What to send.

    Attributes:
        streams: Sent side by side.
        seconds: How long to send; requests under way are finished.
        most: How many requests at most.
        forget: Redis to empty before the bodies are sent, each then once until it is emptied
            again; None leaves it as it is.
        pids: Processes whose processor time is counted, with their children, by name.
    """

    host: str
    port: int
    path: str
    headers: dict[str, str]
    streams: list[Stream]
    seconds: float
    most: int
    pids: dict[str, int]
    forget: str | None = None


class Answered(msgspec.Struct, frozen=True, kw_only=True):
    """What came of one stream.

    Attributes:
        requests: Answers received, every one of them without errors.
        withheld: Answers besides, that said 503: a server behind was too late.
        latencies_ms: Of each request, in the order answers came.
        answer_bytes: Body of the average answer.
    """

    requests: int
    withheld: int
    latencies_ms: list[float]
    answer_bytes: float


class Sample(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a job.

    Attributes:
        seconds: During which requests were under way.
        cpu_ms: User and system time per process name, while sending and settling.
        own_cpu_ms: The same of this process, while sending.
    """

    streams: dict[str, Answered]
    seconds: float
    cpu_ms: dict[str, float]
    own_cpu_ms: float

    @property
    def requests(self) -> int:
        return sum(each.requests for each in self.streams.values())


class BadAnswer(Exception):
    """The server refused, failed, or told of errors: such figures would mean nothing."""


class _Line:
    """One stream under way."""

    def __init__(self, stream: Stream, job: Job) -> None:
        self.stream = stream
        self._sent = [_request(job, body) for body in stream.bodies]
        self.requests: Iterator[bytes] = iter(())
        self.latencies: list[float] = []
        self.withheld = 0
        self.length = 0
        self.rewind(repeated=stream.repeated)

    def rewind(self, *, repeated: bool) -> None:
        """Begin with the first request again."""
        self.requests = itertools.cycle(self._sent) if repeated else iter(self._sent)

    def told(self) -> Answered:
        count = len(self.latencies)
        return Answered(
            requests=count,
            withheld=self.withheld,
            latencies_ms=[1000 * each for each in self.latencies],
            answer_bytes=self.length / max(count, 1),
        )


class _Connection:
    """One kept-alive connection: one request under way at most."""

    __slots__ = ("_kept", "_missing", "line", "sent_at", "socket")

    def __init__(self, job: Job, line: _Line) -> None:
        self.line = line
        self.socket = socket.create_connection((job.host, job.port), timeout=_ANSWER_S)
        self.socket.settimeout(None)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._kept: list[bytes] = []
        self._missing = 0
        self.sent_at = 0.0

    def send(self) -> bool:
        """Send the line's next request; False when it has none."""
        request = next(self.line.requests, None)
        if request is None:
            return False
        self.sent_at = time.perf_counter()
        self.socket.sendall(request)
        return True

    def receive(self) -> bool:
        """Take what has come; True when that completes an answer."""
        data = self.socket.recv(_CHUNK)
        if not data:
            message = "the server closed a connection"
            raise BadAnswer(message)
        if self._missing:
            self._kept.append(data)
            self._missing -= len(data)
            return not self._missing and self._complete(b"".join(self._kept))
        if self._kept:
            self._kept.append(data)
            data = b"".join(self._kept)
        end = data.find(b"\r\n\r\n") + 4
        if end == 3:
            self._kept = [data]
            return False
        self._missing = end + _length(data, end) - len(data)
        if self._missing:
            self._kept = [data]
            return False
        return self._complete(data)

    def _complete(self, data: bytes) -> bool:
        took, line = time.perf_counter() - self.sent_at, self.line
        if self._kept:
            self._kept = []
        if data.startswith(b"HTTP/1.1 503 "):
            line.withheld += 1
            return True
        end = data.find(b"\r\n\r\n") + 4
        if not data.startswith(b"HTTP/1.1 200 ") or not data.startswith(_GOOD, end):
            raise BadAnswer(data[:40] + data[end : end + 300])
        line.latencies.append(took)
        line.length += len(data) - end
        return True


def _length(data: bytes, end: int) -> int:
    at = data.find(b"content-length: ", 0, end)
    if at < 0:
        message = "an answer without its length"
        raise BadAnswer(message, data[:200])
    return int(data[at + 16 : data.index(b"\r\n", at)])


class _Run:
    """Counts while connections send."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self.lines = [_Line(stream, job) for stream in job.streams]
        self._poll = select.epoll()
        self._opened: dict[int, _Connection] = {}
        self.busy_s = 0.0
        self.own_cpu_s = 0.0
        self.cpu_ms: dict[str, float] = dict.fromkeys(job.pids, 0.0)

    def all(self) -> None:
        """Send until time, count or requests are up."""
        with ExitStack() as stack:
            stack.enter_context(self._poll)
            for line in self.lines:
                for _ in range(line.stream.connections):
                    connection = _Connection(self._job, line)
                    stack.enter_context(connection.socket)
                    self._opened[connection.socket.fileno()] = connection
                    self._poll.register(connection.socket, select.EPOLLIN)
            if self._job.forget is None:
                self._measured()
            else:
                self._forgetting(self._job.forget)

    def _forgetting(self, url: str) -> None:
        until = time.perf_counter() + _PATIENCE * self._job.seconds
        with redis.Redis.from_url(url) as store:
            while self._more(self.busy_s) and (time.perf_counter() < until or not self.busy_s):
                _empty(store)
                for line in self.lines:
                    line.rewind(repeated=False)
                self._measured()

    def _measured(self) -> None:
        """Send, and count what it costs the processes, their work after the answers included."""
        before = _cpu_ms(self._job.pids)
        own = time.process_time()
        self._pass()
        self.own_cpu_s += time.process_time() - own
        time.sleep(_SETTLE_S)
        after = _cpu_ms(self._job.pids)
        for name, spent in after.items():
            self.cpu_ms[name] += spent - before[name]

    def _pass(self) -> None:
        started = time.perf_counter()
        deadline = started + self._job.seconds - self.busy_s
        left = self._job.most - sum(len(line.latencies) + line.withheld for line in self.lines)
        under_way = 0
        for connection in self._opened.values():
            if under_way < left and connection.send():
                under_way += 1
        left -= under_way
        opened, poll = self._opened, self._poll.poll
        while under_way:
            ready = poll(_ANSWER_S)
            if not ready:
                message = f"no answer within {_ANSWER_S:g} s"
                raise BadAnswer(message)
            for number, _ in ready:
                connection = opened[number]
                if not connection.receive():
                    continue
                if left > 0 and time.perf_counter() < deadline and connection.send():
                    left -= 1
                else:
                    under_way -= 1
        self.busy_s += time.perf_counter() - started

    def _more(self, busy_s: float) -> bool:
        sent = sum(len(line.latencies) + line.withheld for line in self.lines)
        return busy_s < self._job.seconds and sent < self._job.most


def _empty(store: redis.Redis) -> None:
    """Empty the cache, what the server was still writing included, and let it learn of that."""
    for _ in range(_TRIES):
        store.flushdb()
        time.sleep(_FORGET_S)
        if store.dbsize() <= _NOTICES:
            return
    message = "the cache does not stay empty"
    raise BadAnswer(message)


def _request(job: Job, body: bytes) -> bytes:
    headers = {
        "host": f"{job.host}:{job.port}",
        "content-type": "application/json",
        "content-length": str(len(body)),
        **job.headers,
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"POST {job.path} HTTP/1.1\r\n{lines}\r\n".encode() + body


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


def run(job: Job) -> Sample:
    """Carry out one job."""
    sending = _Run(job)
    sending.all()
    streams = {line.stream.name: line.told() for line in sending.lines}
    for name, told in streams.items():
        if not told.requests:
            message = f"{name}: no answer at all, {told.withheld} times 503"
            raise BadAnswer(message)
    return Sample(
        streams=streams,
        seconds=sending.busy_s,
        cpu_ms=sending.cpu_ms,
        own_cpu_ms=1000 * sending.own_cpu_s,
    )


def quantile(values: Sequence[float], share: float) -> float:
    """Return the value that at least ``share`` of ``values`` do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def main() -> None:
    """Read a job, write its sample."""
    job = msgspec.msgpack.decode(sys.stdin.buffer.read(), type=Job)
    gc.disable()
    sys.stdout.buffer.write(msgspec.msgpack.encode(run(job)))


if __name__ == "__main__":
    main()
