"""What is told of a run, each figure a median over rounds, each ratio taken within its round."""

import statistics
from collections.abc import Callable, Sequence

import msgspec

from bench.load import Answered, Sample, quantile
from bench.sandbox import Told

COLD, WARM, NO_REDIS = "cold", "warm", "no-redis"


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One workload at one server in one state.

    Attributes:
        requests, withheld: Answers, and those that said 503 besides; of all rounds together.
        per_second, p50_ms, p99_ms: As the client sees it.
        cpu_ms: The server's own user and system time per request; others' likewise, by name.
        faster: Requests per second as a multiple of the plain server's in the same round.
        leaner: The plain server's own time as a multiple of this one's in the same round.
        register_calls: Calls per request to published registers; ``population_calls`` apart.
        planned: Share of requests answered by a compiled plan.
        log_entries: Entries of the access log per request.
        client_us: The client's processor time per request.
        client_share: The client's processor time as a share of the time it sent.
    """

    workload: str
    server: str
    state: str
    connections: int
    requests: int
    withheld: int
    per_second: float
    p50_ms: float
    p99_ms: float
    cpu_ms: float
    others_cpu_ms: dict[str, float]
    faster: float | None
    leaner: float | None
    register_calls: float | None
    population_calls: float | None
    planned: float | None
    log_entries: float | None
    answer_bytes: float
    client_us: float
    client_share: float


class Mixed(msgspec.Struct, frozen=True, kw_only=True):
    """Status checks alone, and the same beside batches.

    Attributes:
        ratio: 99th percentile beside batches as a multiple of the quiet one of the same round.
        batches_per_second: Batches answered meanwhile.
    """

    server: str
    quiet_per_second: float
    quiet_p99_ms: float
    per_second: float
    p99_ms: float
    ratio: float
    batches_per_second: float


class Unseen(msgspec.Struct, frozen=True, kw_only=True):
    """Documents that the hub has never seen.

    Attributes:
        cpu_ms: Hub's own time per request. ``extra_ms``: what of it the same request does not
            take, warm, in the same round.
    """

    workload: str
    requests: int
    cpu_ms: float
    extra_ms: float


class Workers(msgspec.Struct, frozen=True, kw_only=True):
    """One worker against two.

    Attributes:
        one_per_second, two_per_second, ratio: As the client sees it.
        one_cpu_ms, two_cpu_ms: Time of all hub processes per request.
        share: What part of the two workers' time the busier one took; 0.5 is even.
        capacity: What two workers could answer, were each alone on a core, as a multiple of
            one: ``one_cpu_ms / (two_cpu_ms * share)``.
        client_share: Client's processor time as a share of both cores.
    """

    workload: str
    connections: int
    one_per_second: float
    two_per_second: float
    ratio: float
    one_cpu_ms: float
    two_cpu_ms: float
    share: float
    capacity: float
    client_share: float


class Soak(msgspec.Struct, frozen=True, kw_only=True):
    """Resident memory of the largest worker under many different requests, in MiB."""

    seconds: float
    requests: int
    first_minute_mib: float
    last_minute_mib: float
    slope_mib_per_hour: float
    samples_mib: list[float]


class Memory(msgspec.Struct, frozen=True, kw_only=True):
    """Resident memory of the largest worker, in MiB."""

    fresh_mib: float
    warm_mib: float
    end_mib: float
    soak: Soak | None = None


class Price(msgspec.Struct, frozen=True, kw_only=True):
    """What sequencer and witness take from one workload; medians of the rounds.

    Attributes:
        ratio: Requests with them, as a share of those without.
        cpu: Time of hub, PostgreSQL and Redis per request with them, times that without: a crowded
            machine changes it less than ``ratio``.
        lag_s: From an operation's instant to the checkpoint that has its entry: p50 and p99.
    """

    workload: str
    without_per_second: float
    with_per_second: float
    ratio: float
    cpu: float
    lag_s: tuple[float, float]


class Proofs(msgspec.Struct, frozen=True, kw_only=True):
    """Proofs of operations about one person, in a tree of ``size`` entries; medians.

    Attributes:
        length: Of the proof as given away, in bytes: entry, path, checkpoint, cosignatures.
        ms: To make it.
    """

    size: int
    length: int
    ms: float


class Witnessed(msgspec.Struct, frozen=True, kw_only=True):
    """What the witness, a process of its own, did meanwhile.

    Attributes:
        cosigned: Checkpoints it cosigned.
        lag_s: From a checkpoint to its cosignature: p50 and p99; None where there is none.
    """

    cosigned: int
    lag_s: tuple[float, float] | None


class LogFigures(msgspec.Struct, frozen=True, kw_only=True):
    """The log's order, measured.

    Attributes:
        entries_per_second: Taken from a backlog, by the clock; ``cpu_us`` of the hub's process for
            each, everything else at rest; ``pg_us`` of PostgreSQL.
        proofs: At the beginning, and after each round.
    """

    prices: list[Price]
    entries_per_second: float
    cpu_us: float
    pg_us: float
    witnessed: Witnessed
    proofs: list[Proofs]


class Withdrawals(msgspec.Struct, frozen=True, kw_only=True):
    """Withdrawals of consent while two hubs are asked about the person; all rounds together.

    Attributes:
        disclosed: Answers that told something; ``cached`` those from hot caches.
        denied: Answers that told nothing any more.
        late: Entries citing the consent that were committed after its withdrawal. Must be 0.
        last_ms_median, last_ms_most: From the commit until the last answer that told something
            had arrived; its entry had been committed before.
    """

    rounds: int
    disclosed: int
    cached: int
    denied: int
    late: int
    last_ms_median: float
    last_ms_most: float


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """Everything measured.

    Attributes:
        compared: Persons for whom both servers were seen to give the same answer, by workload.
        ready_s: From a hub process's start to its readiness, every start with one worker.
    """

    compared: dict[str, int]
    rows: list[Row]
    mixed: list[Mixed]
    unseen: list[Unseen]
    workers: list[Workers]
    ready_s: list[float]
    memory: Memory
    log: LogFigures
    withdrawals: Withdrawals | None = None

    def row(self, workload: str, server: str, state: str) -> Row | None:
        """Return one row, if that was measured."""
        asked = (workload, server, state)
        found = [each for each in self.rows if (each.workload, each.server, each.state) == asked]
        return found[0] if found else None


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """One sample of one workload, and what the hub told of it."""

    server: str
    sample: Sample
    told: Told | None = None

    @property
    def answered(self) -> Answered:
        return next(iter(self.sample.streams.values()))

    @property
    def per_second(self) -> float:
        return self.sample.requests / self.sample.seconds

    @property
    def cpu_ms(self) -> float:
        return self.sample.cpu_ms[self.server] / self.sample.requests

    def p_ms(self, share: float) -> float:
        return quantile(self.answered.latencies_ms, share)


def row(
    name: str, state: str, connections: int, taken: Sequence[Taken], plain: Sequence[Taken]
) -> Row:
    """Fold rounds into one row.

    Args:
        name: Of the workload.
        state: Of the server.
        connections: How many there were.
        taken: One sample a round.
        plain: The plain server's of the same rounds; empty where there is none to compare.
    """
    samples = [each.sample for each in taken]
    pairs = list(zip(taken, plain, strict=True)) if plain else []
    return Row(
        workload=name,
        server=taken[0].server,
        state=state,
        connections=connections,
        requests=sum(each.requests for each in samples),
        withheld=sum(each.answered.withheld for each in taken),
        per_second=median([each.per_second for each in taken]),
        p50_ms=median([each.p_ms(0.50) for each in taken]),
        p99_ms=median([each.p_ms(0.99) for each in taken]),
        cpu_ms=median([each.cpu_ms for each in taken]),
        others_cpu_ms={
            other: median([each.cpu_ms[other] / each.requests for each in samples])
            for other in samples[0].cpu_ms
            if other != taken[0].server
        },
        faster=median([mine.per_second / its.per_second for mine, its in pairs]) if pairs else None,
        leaner=median([its.cpu_ms / mine.cpu_ms for mine, its in pairs]) if pairs else None,
        register_calls=_per_request(taken, _published),
        population_calls=_per_request(taken, lambda told: told.calls["population"]),
        planned=_per_request(taken, lambda told: told.engines["planned"]),
        log_entries=_per_request(taken, lambda told: told.entries),
        answer_bytes=median([each.answered.answer_bytes for each in taken]),
        client_us=median([1000 * each.own_cpu_ms / each.requests for each in samples]),
        client_share=median([each.own_cpu_ms / 1000 / each.seconds for each in samples]),
    )


def median(values: Sequence[float]) -> float:
    return statistics.median(values)


def _published(told: Told) -> int:
    return sum(n for register, n in told.calls.items() if register != "population")


def _per_request(taken: Sequence[Taken], count: Callable[[Told], int]) -> float | None:
    found = [count(each.told) / each.sample.requests for each in taken if each.told is not None]
    return median(found) if found else None
