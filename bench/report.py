"""What is told of a run: tables for people, JSON for whatever reads it next."""

import os
import platform
import subprocess
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import msgspec
import psutil

from bench.bars import Bar, bars
from bench.figures import Figures, LogFigures, Row, Withdrawals
from bench.workloads import WORKLOADS

_PACKAGES = (
    "graphql-core",
    "strawberry-graphql",
    "aiodataloader",
    "uvicorn",
    "uvloop",
    "httptools",
    "asyncpg",
    "sqlalchemy",
    "redis",
    "joserfc",
    "cryptography",
    "orjson",
    "msgspec",
)
_LEGEND = """\
busy: requests under way at once. x plain: requests per second as a multiple of the plain server's
in the same round. cpu ms: user and system time per request of the server's process alone; pg and
redis ms of those servers (registers and log together). leaner: the plain server's cpu ms as a
multiple. calls, +pop: calls per request to published registers and to the population register.
entries: of the access log per request. planned %: answered by compiled plans. client us: processor
time of the load generator per request; client %: of one core while it sent. 503: answers withheld,
in all rounds."""


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """A whole run.

    Attributes:
        date: Beginning of the run, UTC.
        took_s: The whole of it, starting and stopping included.
        load: Processes of this machine that were running or waiting, averaged over the minute
            before the run; more than none of them disturb it.
        options: What the run was asked for.
        leaves: Leaves asked per person by workload; ``registers`` likewise.
    """

    date: datetime
    took_s: float
    machine: dict[str, str | int | float]
    load: float
    versions: dict[str, str]
    options: dict[str, float | bool]
    leaves: dict[str, int]
    registers: dict[str, int]
    figures: Figures
    bars: list[Bar]


def report(
    figures: Figures,
    *,
    begun: datetime,
    load: float,
    servers: dict[str, str],
    options: dict[str, float | bool],
) -> Report:
    """Put figures beside what they depend on."""
    plans = {workload.name: workload.plan() for workload in WORKLOADS}
    return Report(
        date=begun,
        took_s=(present_instant() - begun).total_seconds(),
        machine=_machine(),
        load=load,
        versions={
            "vienreiz": f"{version('vienreiz')} {_commit()}".strip(),
            "python": platform.python_version(),
            **{name: version(name) for name in _PACKAGES},
            **servers,
        },
        options=options,
        leaves={name: len(plan.leaves) for name, plan in plans.items()},
        registers={
            name: len({each.register for each in plan.occurrences}) for name, plan in plans.items()
        },
        figures=figures,
        bars=bars(figures),
    )


def present_instant() -> datetime:
    """Return now, UTC, in whole seconds."""
    return datetime.now(UTC).replace(microsecond=0)


def present_load() -> float:
    """Return how busy the machine was in the last minute."""
    return round(os.getloadavg()[0], 2)


def tell(told: Report) -> None:
    """Print everything."""
    machine, figures = told.machine, told.figures
    print(
        f"{told.date:%Y-%m-%d %H:%M} UTC, took {told.took_s:.0f} s; {machine['cpu']}, "
        f"{machine['cores']} cores, {machine['memory_gib']} GiB, {machine['system']}; "
        f"load before: {told.load}"
    )
    print(", ".join(f"{name} {number}" for name, number in told.versions.items()))
    print(", ".join(f"{name} {value}" for name, value in told.options.items()))
    if figures.compared:
        same = ", ".join(f"{name} {count}" for name, count in figures.compared.items())
        print(f"both servers gave the same answers; persons compared: {same}")
    _table(_HEADINGS, (_row(told, each) for each in figures.rows), left=3)
    print(_LEGEND)
    _others(figures)
    print("\nBars")
    _table(["bar", "value", "asked", ""], map(_bar, told.bars), left=1)


_HEADINGS = [
    "workload",
    "server",
    "state",
    "busy",
    "req/s",
    "x plain",
    "p50 ms",
    "p99 ms",
    "cpu ms",
    "leaner",
    "pg ms",
    "redis ms",
    "calls",
    "+pop",
    "entries",
    "planned %",
    "bytes",
    "client us",
    "client %",
    "503",
]


def _row(told: Report, each: Row) -> list[str]:
    leaves, registers = told.leaves[each.workload], told.registers[each.workload]
    return [
        f"{each.workload} ({leaves} leaves, {registers} registers)",
        each.server,
        each.state,
        str(each.connections),
        f"{each.per_second:.1f}",
        _some(each.faster, 2),
        f"{each.p50_ms:.2f}",
        f"{each.p99_ms:.2f}",
        f"{each.cpu_ms:.3f}",
        _some(each.leaner, 2),
        _some(each.others_cpu_ms.get("postgres"), 3),
        _some(each.others_cpu_ms.get("redis"), 3),
        _some(each.register_calls, 2),
        _some(each.population_calls, 2),
        _some(each.log_entries, 1),
        _some(None if each.planned is None else 100 * each.planned, 0),
        f"{each.answer_bytes:.0f}",
        f"{each.client_us:.0f}",
        f"{100 * each.client_share:.0f}",
        str(each.withheld),
    ]


def _others(figures: Figures) -> None:
    print("\nMixed: status checks on 4 connections, alone and beside batches of 500 on another")
    _table(
        ["server", "alone req/s", "p99 ms", "beside req/s", "p99 ms", "x quiet", "batches/s"],
        (
            [
                each.server,
                f"{each.quiet_per_second:.1f}",
                f"{each.quiet_p99_ms:.2f}",
                f"{each.per_second:.1f}",
                f"{each.p99_ms:.2f}",
                f"{each.ratio:.2f}",
                f"{each.batches_per_second:.1f}",
            ]
            for each in figures.mixed
        ),
        left=1,
    )
    print("\nDocuments never seen, at the hub")
    _table(
        ["workload", "requests", "cpu ms", "extra ms"],
        (
            [each.workload, str(each.requests), f"{each.cpu_ms:.2f}", f"{each.extra_ms:.2f}"]
            for each in figures.unseen
        ),
        left=1,
    )
    if figures.workers:
        _tell_workers(figures)
    _tell_log(figures.log)
    if figures.withdrawals:
        _tell_withdrawals(figures.withdrawals)
    _tell_own(figures)


def _tell_withdrawals(told: Withdrawals) -> None:
    print(
        f"\nConsent: {told.rounds} withdrawals while two hubs were asked about the person; "
        f"{told.disclosed} answers told something, {told.cached} of them from hot caches, and "
        f"{told.denied} nothing any more\n"
        f"Entries committed after the withdrawal they rest on: {told.late}\n"
        "From the withdrawal's commit until the last answer committed before it had arrived: "
        f"median {told.last_ms_median:.1f} ms, most {told.last_ms_most:.1f} ms"
    )


def _tell_log(log: LogFigures) -> None:
    print(
        "\nThe log's order: requests without and with a sequencer at work in the same process, "
        "and a witness beside it"
    )
    _table(
        ["workload", "without req/s", "with req/s", "x", "cpu x", "lag p50 s", "p99 s"],
        (
            [
                each.workload,
                f"{each.without_per_second:.1f}",
                f"{each.with_per_second:.1f}",
                f"{each.ratio:.2f}",
                f"{each.cpu:.2f}",
                f"{each.lag_s[0]:.2f}",
                f"{each.lag_s[1]:.2f}",
            ]
            for each in log.prices
        ),
        left=1,
    )
    print(
        "cpu x: time of hub, PostgreSQL and Redis per request, with it times without\n"
        "lag: from an operation's instant to the checkpoint that has its entry\n"
        f"A backlog: {log.entries_per_second:.0f} entries a second; of the hub's time "
        f"{log.cpu_us:.0f} us each, of PostgreSQL's {log.pg_us:.0f} us"
    )
    seen = log.witnessed
    lag = f", p50 {seen.lag_s[0]:.2f} s and p99 {seen.lag_s[1]:.2f} s later" if seen.lag_s else ""
    print(f"The witness cosigned {seen.cosigned} checkpoints meanwhile{lag}")
    for each in log.proofs:
        print(
            f"Proof of an entry in a tree of {each.size}: {each.length} bytes, "
            f"made in {each.ms:.1f} ms"
        )


def _tell_workers(figures: Figures) -> None:
    print("\nTwo workers against one")
    headings = ["workload", "busy", "1: req/s", "2: req/s", "x", "1: cpu ms", "2: cpu ms"]
    _table(
        [*headings, "busier %", "capacity x", "client %"],
        (
            [
                each.workload,
                str(each.connections),
                f"{each.one_per_second:.1f}",
                f"{each.two_per_second:.1f}",
                f"{each.ratio:.2f}",
                f"{each.one_cpu_ms:.3f}",
                f"{each.two_cpu_ms:.3f}",
                f"{100 * each.share:.0f}",
                f"{each.capacity:.2f}",
                f"{100 * each.client_share:.1f}",
            ]
            for each in figures.workers
        ),
        left=1,
    )
    print(
        "busier %: of both workers' time. capacity: what two could answer with a core each, by the "
        "time they take.\nclient %: of all cores, with two workers."
    )


def _tell_own(figures: Figures) -> None:
    starts = ", ".join(f"{each:.2f}" for each in figures.ready_s)
    memory, soak = figures.memory, figures.memory.soak
    print(f"\nStart: ready after {starts} s")
    print(
        f"Memory of the largest worker: {memory.fresh_mib:.1f} MiB at first, "
        f"{memory.warm_mib:.1f} when warm, {memory.end_mib:.1f} at the end"
    )
    if soak:
        print(
            f"Soak: {soak.seconds:.0f} s, {soak.requests} requests; first minute "
            f"{soak.first_minute_mib:.1f} MiB, last {soak.last_minute_mib:.1f} MiB, "
            f"{soak.slope_mib_per_hour:+.1f} MiB an hour by least squares"
        )


def _bar(each: Bar) -> list[str]:
    sense = "at least" if each.least else "at most"
    value = "not measured" if each.value is None else f"{each.value:.2f} {each.unit}"
    reached = {True: "reached", False: "NOT REACHED", None: "-"}[each.reached]
    return [each.name, value, f"{sense} {each.limit:g} {each.unit}", reached]


def _table(headings: Sequence[str], body: Iterable[Sequence[str]], *, left: int) -> None:
    """Print rows under headings; the first ``left`` columns begin left."""
    rows = [headings, *body]
    widths = [max(len(row[at]) for row in rows) for at in range(len(headings))]
    print()
    for row in rows:
        cells = [
            cell.ljust(width) if at < left else cell.rjust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        print("  ".join(cells).rstrip())


def _some(value: float | None, digits: int) -> str:
    return "-" if value is None else f"{value:.{digits}f}"


def _machine() -> dict[str, str | int | float]:
    return {
        "cpu": _processor(),
        "cores": os.cpu_count() or 0,
        "memory_gib": round(psutil.virtual_memory().total / 2**30, 1),
        "system": f"{platform.system()} {platform.release()}",
    }


def _processor() -> str:
    told = Path("/proc/cpuinfo")
    lines = told.read_text().splitlines() if told.exists() else []
    named = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return named[0] if named else platform.machine()


def _commit() -> str:
    """Return the revision measured, with ``+`` where files differ from it; empty without git."""
    here = Path(__file__).parent
    try:
        told = [
            subprocess.run(words, cwd=here, capture_output=True, text=True, check=True).stdout
            for words in (
                ["git", "rev-parse", "--short", "HEAD"],
                ["git", "status", "--porcelain", "--untracked-files=no"],
            )
        ]
    except (OSError, subprocess.CalledProcessError):
        return ""
    return told[0].strip() + ("+" if told[1].strip() else "")
