"""Rounds of all workloads in turn, cold and warm, so that a noisy moment harms none alone."""

import statistics
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Sequence

import msgspec

from bench.load import Job, Sample
from bench.sandbox import Sandbox
from bench.workloads import AGREEMENT, WORKLOADS, Workload

COLD, WARM, NO_REDIS = "cold", "warm", "no-redis"
_MOST = 100_000
_SLACK_S = 60.0
_WARM_REQUESTS = 300
_WARM_PERSONS = 1_000  # in batches
_ANSWER = "application/graphql-response+json"

Say = Callable[[str], None]


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """One workload in one state: medians over rounds.

    Attributes:
        requests, withheld: Answers, and those that said 503 besides; of all rounds together.
        cpu_ms: Hub's user and system time per request; others' likewise, by name.
        register_calls: Calls per request to published registers; ``population_calls`` apart.
        log_entries: Entries of the access log per request.
        to_warm: Hub's time as a multiple of the warm one of the same round.
    """

    workload: str
    state: str
    connections: int
    requests: int
    withheld: int
    per_second: float
    p50_ms: float
    p99_ms: float
    cpu_ms: float
    others_cpu_ms: dict[str, float]
    register_calls: float
    population_calls: float
    log_entries: float
    answer_bytes: float
    to_warm: float


class _Round(msgspec.Struct, frozen=True):
    sample: Sample
    calls: Counter[str]
    entries: int

    @property
    def cpu_ms(self) -> float:
        return self.sample.cpu_ms["hub"] / self.sample.requests


class Bench:
    """Measures one sandbox."""

    def __init__(self, sandbox: Sandbox, *, rounds: int, seconds: float, say: Say) -> None:
        self._sandbox = sandbox
        self._rounds = rounds
        self._seconds = seconds
        self._say = say
        self._found: dict[tuple[str, str], list[_Round]] = {}

    def run(self, *, without_redis: bool) -> list[Figures]:
        """Measure everything; Redis is gone afterwards when asked to be without it."""
        for workload in WORKLOADS:
            self._send(self._job(workload, self._bodies(workload, WARM), seconds=0.2))
        for number in range(self._rounds):
            for workload in WORKLOADS:
                self._say(f"round {number + 1} of {self._rounds}: {workload.name}")
                self._measure(workload, COLD)
                self.warm_up(workload)
                self._measure(workload, WARM)
        states = [COLD, WARM]
        if without_redis:
            states.append(NO_REDIS)
            self._without_redis()
        return [self._figures(workload, state) for workload in WORKLOADS for state in states]

    def warm_up(self, workload: Workload) -> None:
        """Let the hub keep what it may of everybody who will be asked about."""
        bodies = self._bodies(workload, WARM)
        self._send(self._job(workload, bodies, seconds=_SLACK_S, most=len(bodies)))

    def send(self, workload: Workload, seconds: float) -> Sample:
        """Send a warm workload, for somebody who watches the hub meanwhile."""
        return self._send(self._job(workload, self._bodies(workload, WARM), seconds=seconds))

    def _without_redis(self) -> None:
        self._sandbox.end_redis()
        for workload in WORKLOADS:
            self._say(f"without Redis: {workload.name}")
            bodies = self._bodies(workload, WARM)
            self._send(self._job(workload, bodies, seconds=0.3))
            self._measure(workload, NO_REDIS)

    def _measure(self, workload: Workload, state: str) -> None:
        forget = self._sandbox.estate.redis_url if state == COLD else None
        bodies = self._bodies(workload, state)
        calls, entries = self._sandbox.register_calls(), self._sandbox.log_entries()
        sample = self._send(self._job(workload, bodies, seconds=self._seconds, forget=forget))
        asked = self._sandbox.register_calls() - calls
        told = self._sandbox.log_entries() - entries
        self._found.setdefault((workload.name, state), []).append(_Round(sample, asked, told))

    def _bodies(self, workload: Workload, state: str) -> list[bytes]:
        codes = self._sandbox.codes
        if state != COLD:
            codes = codes[: _WARM_REQUESTS if workload.persons == 1 else _WARM_PERSONS]
        return workload.bodies(codes, self._sandbox.today)

    def _job(
        self,
        workload: Workload,
        bodies: list[bytes],
        *,
        seconds: float,
        most: int = _MOST,
        forget: str | None = None,
    ) -> Job:
        estate = self._sandbox.estate
        return Job(
            host=estate.host,
            port=estate.port,
            headers={
                "authorization": f"Bearer {self._sandbox.token()}",
                "x-dagr-permission": AGREEMENT,
                "accept": _ANSWER,
            },
            bodies=bodies,
            connections=workload.connections,
            seconds=seconds,
            most=most,
            pids=self._sandbox.pids,
            forget=forget,
        )

    def _send(self, job: Job) -> Sample:
        done = subprocess.run(
            [sys.executable, "-m", "bench.load"],
            input=msgspec.msgpack.encode(job),
            capture_output=True,
            timeout=job.seconds + _SLACK_S,
            check=False,
        )
        if done.returncode:
            raise SystemExit(done.stderr.decode(errors="replace")[-2000:])
        return msgspec.msgpack.decode(done.stdout, type=Sample)

    def _figures(self, workload: Workload, state: str) -> Figures:
        rounds = self._found[workload.name, state]
        warm = self._found[workload.name, WARM][-len(rounds) :]
        samples = [each.sample for each in rounds]
        return Figures(
            workload=workload.name,
            state=state,
            connections=workload.connections,
            requests=sum(each.requests for each in samples),
            withheld=sum(each.withheld for each in samples),
            per_second=_median([each.requests / each.seconds for each in samples]),
            p50_ms=_median([_quantile(each.latencies_ms, 0.50) for each in samples]),
            p99_ms=_median([_quantile(each.latencies_ms, 0.99) for each in samples]),
            cpu_ms=_median([each.cpu_ms for each in rounds]),
            others_cpu_ms={
                name: _median([each.cpu_ms[name] / each.requests for each in samples])
                for name in samples[0].cpu_ms
                if name != "hub"
            },
            register_calls=_median([_published(each) for each in rounds]),
            population_calls=_median(
                [each.calls["population"] / each.sample.requests for each in rounds]
            ),
            log_entries=_median([each.entries / each.sample.requests for each in rounds]),
            answer_bytes=_median([each.answer_bytes for each in samples]),
            to_warm=_median([a.cpu_ms / b.cpu_ms for a, b in zip(rounds, warm, strict=True)]),
        )


def _published(found: _Round) -> float:
    calls = sum(n for register, n in found.calls.items() if register != "population")
    return calls / found.sample.requests


def _median(values: Sequence[float]) -> float:
    return statistics.median(values)


def _quantile(values: Sequence[float], share: float) -> float:
    """Return the value that at least ``share`` of ``values`` do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
