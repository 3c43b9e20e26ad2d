"""Memory over time: all workloads side by side, about everybody, then documents never seen."""

import statistics
import threading
import time
from dataclasses import dataclass, field

from bench.figures import Soak
from bench.load import Stream
from bench.measure import Bench
from bench.sandbox import Sandbox
from bench.workloads import DOSSIER, MANY, STATUS, WORKLOADS

_SAMPLE_S = 5.0
_TURN_S = 5.0
_ONCE_S = 120.0
_UNSEEN_S = 1.0
_CONNECTIONS = 4


@dataclass(slots=True, kw_only=True)
class _Watch:
    """Samples the largest worker's memory until told to stop."""

    sandbox: Sandbox
    began_s: float = field(default_factory=time.monotonic)
    found: list[tuple[float, float]] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        while not self.stop.wait(_SAMPLE_S):
            self.found.append((time.monotonic() - self.began_s, self.sandbox.resident_mib()))


def soak(bench: Bench, seconds: float) -> Soak:
    """Send for ``seconds``; everything was asked once before the first sample."""
    for stream in _everything(bench):
        bench.hub.send([stream], seconds=_ONCE_S, most=len(stream.bodies))
    watch = _Watch(sandbox=bench.sandbox)
    watching = threading.Thread(target=watch.run)
    watching.start()
    requests = 0
    try:
        while time.monotonic() - watch.began_s < seconds:
            left = seconds - (time.monotonic() - watch.began_s)
            requests += bench.hub.send(_everything(bench), seconds=min(_TURN_S, left)).requests
            for workload in (STATUS, DOSSIER):
                stream = bench.unseen_stream(workload, _UNSEEN_S, _CONNECTIONS)
                requests += bench.hub.send([stream], seconds=_UNSEEN_S).requests
    finally:
        watch.stop.set()
        watching.join()
    return _told(watch.found, requests)


def _everything(bench: Bench) -> list[Stream]:
    codes, today = bench.sandbox.codes, bench.sandbox.today
    return [
        Stream(
            name=workload.name,
            bodies=workload.bodies(codes, today),
            connections=1 if workload is MANY else _CONNECTIONS,
        )
        for workload in WORKLOADS
    ]


def _told(found: list[tuple[float, float]], requests: int) -> Soak:
    at, mib = [each for each, _ in found], [each for _, each in found]
    first = [each for when, each in found if when <= at[0] + 60]
    last = [each for when, each in found if when >= at[-1] - 60]
    slope = statistics.linear_regression(at, mib).slope if len(found) > 1 else 0.0
    return Soak(
        seconds=at[-1],
        requests=requests,
        first_minute_mib=statistics.fmean(first),
        last_minute_mib=statistics.fmean(last),
        slope_mib_per_hour=3600 * slope,
        samples_mib=[round(each, 1) for each in mib],
    )
