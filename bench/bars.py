"""The bars set for the hub, and whether this run reached them."""

from collections.abc import Iterator

import msgspec

from bench.figures import COLD, WARM, Figures
from bench.workers import EASY, HARD

_FLAT = 1.02
"""The last minute may keep so many times the first one's memory."""
_LEAST_SOAK_S = 180


class Bar(msgspec.Struct, frozen=True, kw_only=True):
    """One bar.

    Attributes:
        value: Measured; None where this run did not.
        least: Whether ``limit`` is the least that reaches, else the most.
    """

    name: str
    unit: str
    value: float | None
    limit: float
    least: bool

    @property
    def reached(self) -> bool | None:
        if self.value is None:
            return None
        return self.value >= self.limit if self.least else self.value <= self.limit


def bars(figures: Figures) -> list[Bar]:
    """Return every bar in the order it was set."""
    return [
        *_faster(figures),
        *_cpu(figures),
        *_mixed(figures),
        *_workers(figures),
        *_log(figures),
        *_own(figures),
    ]


def _faster(figures: Figures) -> Iterator[Bar]:
    for workload, limit in (("status", 5), ("batch", 8), ("dossier", 8)):
        row = figures.row(workload, "hub", WARM)
        name = f"{workload}, warm: requests per second, times the plain server's"
        yield Bar(name=name, unit="x", value=row.faster if row else None, limit=limit, least=True)


def _cpu(figures: Figures) -> Iterator[Bar]:
    for workload, state, limit in (
        ("status", WARM, 0.20),
        ("status", COLD, 0.60),
        ("batch", WARM, 18.0),
        ("dossier", WARM, 0.30),
    ):
        row = figures.row(workload, "hub", state)
        name = f"{workload}, {state}: hub CPU per request"
        yield Bar(name=name, unit="ms", value=row.cpu_ms if row else None, limit=limit, least=False)


def _mixed(figures: Figures) -> Iterator[Bar]:
    found = [each.ratio for each in figures.mixed if each.server == "hub"]
    name = "mixed: status p99 beside batches, times its quiet value"
    yield Bar(name=name, unit="x", value=found[0] if found else None, limit=5, least=False)


def _workers(figures: Figures) -> Iterator[Bar]:
    found = {each.workload: each for each in figures.workers}
    hard, easy = found.get(HARD), found.get(EASY)
    name = f"two workers, {HARD}: requests per second, times one's"
    yield Bar(name=name, unit="x", value=hard.ratio if hard else None, limit=1.7, least=True)
    name = f"two workers, {EASY}: capacity, times one's"
    yield Bar(name=name, unit="x", value=easy.capacity if easy else None, limit=1.7, least=True)


def _log(figures: Figures) -> Iterator[Bar]:
    for each in figures.log.prices:
        name = (
            f"{each.workload}: requests beside sequencer and witness, as a share of those without"
        )
        yield Bar(name=name, unit="x", value=each.ratio, limit=0.9, least=True)
    name, cosigned = "log: checkpoints cosigned meanwhile", figures.log.witnessed.cosigned
    yield Bar(name=name, unit="", value=cosigned, limit=1, least=True)


def _own(figures: Figures) -> Iterator[Bar]:
    ready = sorted(figures.ready_s)
    median = ready[len(ready) // 2] if ready else None
    yield Bar(name="start: ready after", unit="s", value=median, limit=2, least=False)
    memory = figures.memory
    kept = max(memory.end_mib, memory.soak.last_minute_mib if memory.soak else 0.0)
    kept_mb = kept * 2**20 / 1e6
    yield Bar(name="memory: resident, a worker", unit="MB", value=kept_mb, limit=150, least=False)
    soak = memory.soak
    long = soak is not None and soak.seconds >= _LEAST_SOAK_S
    grown = soak.last_minute_mib / soak.first_minute_mib if soak and long else None
    name = "memory: last minute of the soak, times its first"
    yield Bar(name=name, unit="x", value=grown, limit=_FLAT, least=False)
    late = figures.withdrawals.late if figures.withdrawals else None
    name = "consent: entries committed after the withdrawal they rest on"
    yield Bar(name=name, unit="entries", value=late, limit=0, least=False)
    for workload, limit in (("status", 4), ("dossier", 12)):
        extra = [each.extra_ms for each in figures.unseen if each.workload == workload]
        name = f"{workload}, document never seen: extra hub CPU"
        value = extra[0] if extra else None
        yield Bar(name=name, unit="ms", value=value, limit=limit, least=False)
