"""One worker against two, over the same people: the sandbox is started again in between.

Two cores cannot show two workers at full speed beside their own database and client. So two things
are measured: documents never seen, which cost the hub so much that everything else together takes
little, by the clock; and warm status checks by capacity, the time both workers' processors need.
"""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import psutil

from bench.figures import Workers
from bench.load import Sample
from bench.measure import Bench
from bench.workloads import DOSSIER, STATUS

HARD, EASY = "dossier, never seen", "status, warm"
_WARM_UP_S = 10.0
_HARD_CONNECTIONS = 16
_EASY_CONNECTIONS = 64
"""Many, so that the kernel spreads them evenly over the workers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """A sample, and the processor time each worker took meanwhile."""

    sample: Sample
    workers_ms: Sequence[float]

    @property
    def per_second(self) -> float:
        return self.sample.requests / self.sample.seconds

    @property
    def cpu_ms(self) -> float:
        return self.sample.cpu_ms["hub"] / self.sample.requests

    @property
    def share(self) -> float:
        return max(self.workers_ms) / max(sum(self.workers_ms), 1e-9)


def spreads(bench: Bench) -> dict[str, Spread]:
    """Measure both workloads at the workers there are."""
    seconds = bench.seconds
    easy = bench.stream(STATUS, _EASY_CONNECTIONS)
    for _ in bench.sandbox.workers():  # every worker has memory of its own
        bench.hub.send([easy], seconds=_WARM_UP_S, most=4 * len(easy.bodies))
    hard = bench.unseen_stream(DOSSIER, seconds, _HARD_CONNECTIONS)
    return {
        EASY: _spread(bench, lambda: bench.hub.send([easy], seconds=seconds)),
        HARD: _spread(bench, lambda: bench.hub.send([hard], seconds=seconds)),
    }


def compared(ones: Sequence[dict[str, Spread]], two: dict[str, Spread]) -> list[Workers]:
    """Compare two workers with one, measured before and after them."""
    cores = os.cpu_count() or 1
    found: list[Workers] = []
    for name, connections in ((EASY, _EASY_CONNECTIONS), (HARD, _HARD_CONNECTIONS)):
        singles, both = [each[name] for each in ones], two[name]
        per_second = sum(each.per_second for each in singles) / len(singles)
        cpu_ms = sum(each.cpu_ms for each in singles) / len(singles)
        found.append(
            Workers(
                workload=name,
                connections=connections,
                one_per_second=per_second,
                two_per_second=both.per_second,
                ratio=both.per_second / per_second,
                one_cpu_ms=cpu_ms,
                two_cpu_ms=both.cpu_ms,
                share=both.share,
                capacity=cpu_ms / (both.cpu_ms * both.share),
                client_share=both.sample.own_cpu_ms / 1000 / both.sample.seconds / cores,
            )
        )
    return found


def _spread(bench: Bench, send: Callable[[], Sample]) -> Spread:
    workers = bench.sandbox.workers()
    before = [_spent_ms(each) for each in workers]
    sample = send()
    after = [_spent_ms(each) for each in workers]
    return Spread(sample=sample, workers_ms=[b - a for a, b in zip(before, after, strict=True)])


def _spent_ms(process: psutil.Process) -> float:
    times = process.cpu_times()
    return 1000 * float(times.user + times.system)
