"""Rounds of all workloads at both servers in turn, so that a noisy moment harms none alone."""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from bench.figures import (
    COLD,
    NO_REDIS,
    WARM,
    Mixed,
    Row,
    Taken,
    Unseen,
    median,
    row,
)
from bench.load import Sample, Stream, quantile
from bench.sandbox import Sandbox
from bench.servers import PLAIN, Server, the_hub
from bench.workloads import BATCH, DOSSIER, MANY, STATUS, WORKLOADS, Workload

_WARM_REQUESTS = 300
_WARM_PERSONS = 2 * BATCH
_SLACK_S = 60.0
_UNSEEN_A_SECOND = 3_000
_QUIET_CONNECTIONS = 4

Say = Callable[[str], None]


@dataclass(slots=True, kw_only=True)
class Bench:
    """Measures one sandbox's hub, and the plain server beside it."""

    sandbox: Sandbox
    plain: Server | None
    rounds: int
    seconds: float
    say: Say
    _taken: dict[tuple[str, str, str], list[Taken]] = field(default_factory=dict)
    _mixed: dict[str, list[tuple[Sample, Sample]]] = field(default_factory=dict)
    _unseen: dict[str, list[Taken]] = field(default_factory=dict)
    _numbers: "itertools.count[int]" = field(default_factory=itertools.count)

    @property
    def hub(self) -> Server:
        return the_hub(self.sandbox)

    def run(self) -> None:
        """Measure everything that needs Redis."""
        for number in range(self.rounds):
            for workload in WORKLOADS:
                self.say(f"round {number + 1} of {self.rounds}: {workload.name}")
                turns = [self._hub_turn, self._plain_turn]
                for turn in turns if number % 2 == 0 else reversed(turns):
                    turn(workload)
            self.say(f"round {number + 1} of {self.rounds}: documents never seen, mixed")
            for workload in (STATUS, DOSSIER):
                self._measure_unseen(workload)
            for server in [self.hub, *([self.plain] if self.plain else [])]:
                self._measure_mixed(server, quiet_first=number % 2 == 0)

    def prepare(self) -> None:
        """Let both servers do once what they do once."""
        for workload in WORKLOADS:
            self.warm_up(workload)
            if self.plain:
                self.plain.send([self.stream(workload)], seconds=0.3)

    def warm_up(self, workload: Workload) -> None:
        """Let the hub keep what it may of everybody who will be asked about."""
        stream = self.stream(workload)
        self.hub.send([stream], seconds=_SLACK_S, most=len(stream.bodies))

    def without_redis(self) -> None:
        """Take Redis away for good, and measure the hub once more."""
        self.sandbox.end_redis()
        for workload in WORKLOADS:
            self.say(f"without Redis: {workload.name}")
            self.hub.send([self.stream(workload)], seconds=0.3)
            self._measure(self.hub, workload, NO_REDIS)

    def rows(self) -> list[Row]:
        """Return a row per workload, server and state measured."""
        found: list[Row] = []
        for (name, _, state), taken in sorted(self._taken.items(), key=_in_order):
            plain = self._taken.get((name, PLAIN, ""), []) if state in (COLD, WARM) else []
            connections = next(each.connections for each in WORKLOADS if each.name == name)
            found.append(row(name, state, connections, taken, plain))
        return found

    def unseen(self) -> list[Unseen]:
        """Return what documents never seen cost."""
        return [
            Unseen(
                workload=name,
                requests=sum(each.sample.requests for each in taken),
                cpu_ms=median([each.cpu_ms for each in taken]),
                extra_ms=median(
                    [
                        each.cpu_ms - warm.cpu_ms
                        for each, warm in zip(taken, self._taken[name, "hub", WARM], strict=True)
                    ]
                ),
            )
            for name, taken in self._unseen.items()
        ]

    def mixed(self) -> list[Mixed]:
        """Return what batches do to status checks beside them."""
        return [_mixed(server, pairs) for server, pairs in self._mixed.items()]

    def stream(self, workload: Workload, connections: int | None = None) -> Stream:
        """Return a workload about people asked about again and again."""
        codes = self.sandbox.codes[: _WARM_REQUESTS if workload.persons == 1 else _WARM_PERSONS]
        return Stream(
            name=workload.name,
            bodies=workload.bodies(codes, self.sandbox.today),
            connections=connections or workload.connections,
        )

    def unseen_stream(self, workload: Workload, seconds: float, connections: int) -> Stream:
        """Return a workload whose every document is new, about the same people."""
        codes = self.sandbox.codes[:_WARM_REQUESTS]
        numbers = itertools.islice(self._numbers, max(100, int(_UNSEEN_A_SECOND * seconds)))
        return Stream(
            name=workload.name,
            bodies=workload.unseen(codes, self.sandbox.today, numbers),
            connections=connections,
            repeated=False,
        )

    def _hub_turn(self, workload: Workload) -> None:
        self._measure(self.hub, workload, COLD)
        self.warm_up(workload)
        self._measure(self.hub, workload, WARM)

    def _plain_turn(self, workload: Workload) -> None:
        if self.plain:
            self._measure(self.plain, workload, "")

    def _measure(self, server: Server, workload: Workload, state: str) -> None:
        before = self.sandbox.told() if server.name != PLAIN else None
        if state == COLD:
            stream, forget = self.everybody(workload), self.sandbox.estate.redis_url
        else:
            stream, forget = self.stream(workload), None
        sample = server.send([stream], seconds=self.seconds, forget=forget)
        told = self.sandbox.told().since(before) if before else None
        key = (workload.name, server.name, state)
        taken = Taken(server=server.name, sample=sample, told=told)
        self._taken.setdefault(key, []).append(taken)

    def everybody(self, workload: Workload) -> Stream:
        """Return a workload that asks about nobody twice, and keeps all connections busy."""
        bodies = workload.bodies(self.sandbox.codes, self.sandbox.today)
        whole = len(bodies) - len(bodies) % workload.connections
        return Stream(
            name=workload.name,
            bodies=bodies[:whole] or bodies,
            connections=workload.connections,
        )

    def _measure_unseen(self, workload: Workload) -> None:
        seconds = self.seconds / 2
        self.warm_up(workload)
        stream = self.unseen_stream(workload, seconds, workload.connections)
        sample = self.hub.send([stream], seconds=seconds)
        self._unseen.setdefault(workload.name, []).append(Taken(server="hub", sample=sample))

    def _measure_mixed(self, server: Server, *, quiet_first: bool) -> None:
        checks = self.stream(STATUS, _QUIET_CONNECTIONS)
        batches = self.stream(MANY, 1)
        for stream in (checks, batches):
            server.send([stream], seconds=_SLACK_S, most=len(stream.bodies))
        sent: dict[bool, Sample] = {}
        for quiet in (quiet_first, not quiet_first):
            streams = [checks] if quiet else [checks, batches]
            sent[quiet] = server.send(streams, seconds=self.seconds)
        self._mixed.setdefault(server.name, []).append((sent[True], sent[False]))


def _in_order(item: tuple[tuple[str, str, str], object]) -> tuple[int, bool, int]:
    (name, server, state), _ = item
    names = [each.name for each in WORKLOADS]
    return names.index(name), server != PLAIN, ["", COLD, WARM, NO_REDIS].index(state)


def _mixed(server: str, pairs: Sequence[tuple[Sample, Sample]]) -> Mixed:
    quiet = [_p99_ms(alone) for alone, _ in pairs]
    beside = [_p99_ms(both) for _, both in pairs]
    return Mixed(
        server=server,
        quiet_per_second=median([_rate(alone, STATUS) for alone, _ in pairs]),
        quiet_p99_ms=median(quiet),
        per_second=median([_rate(both, STATUS) for _, both in pairs]),
        p99_ms=median(beside),
        ratio=median([loud / calm for loud, calm in zip(beside, quiet, strict=True)]),
        batches_per_second=median([_rate(both, MANY) for _, both in pairs]),
    )


def _p99_ms(sample: Sample) -> float:
    return quantile(sample.streams[STATUS.name].latencies_ms, 0.99)


def _rate(sample: Sample, workload: Workload) -> float:
    return sample.streams[workload.name].requests / sample.seconds
