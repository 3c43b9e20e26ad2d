"""What is told of a run: a table for people, JSON for whatever reads it next."""

import os
import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import msgspec
import psutil

from bench.measure import Figures
from bench.workloads import WORKLOADS

_PACKAGES = (
    "graphql-core",
    "strawberry-graphql",
    "uvicorn",
    "uvloop",
    "asyncpg",
    "redis",
    "orjson",
)

_HEADINGS = [
    "workload",
    "state",
    "busy",
    "req/s",
    "p50 ms",
    "p99 ms",
    "hub ms",
    "x warm",
    "pg ms",
    "redis ms",
    "calls",
    "+pop",
    "entries",
    "bytes",
    "503",
]
_LEGEND = """\
busy: requests under way at once. hub, pg, redis ms: user and system time per request of the hub's
process, of PostgreSQL (registers and log together), of Redis. x warm: hub's time as a multiple of
the warm one in the same round. calls, +pop: calls per request to published registers and to the
population register. entries: of the access log per request. 503: answers withheld, in all rounds,
because a server behind the hub was too late; a busy machine has some."""


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """A whole run.

    Attributes:
        date: Beginning of the run, UTC.
        load: Processes of this machine that were running or waiting, averaged over the minute
            before the run; more than none of them disturb it.
        leaves: Leaves asked per person by workload; ``registers`` likewise.
    """

    date: datetime
    machine: dict[str, str | int | float]
    load: float
    versions: dict[str, str]
    people: int
    rounds: int
    seconds: float
    leaves: dict[str, int]
    registers: dict[str, int]
    figures: Sequence[Figures]


def report(
    figures: Sequence[Figures],
    *,
    begun: datetime,
    load: float,
    servers: dict[str, str],
    people: int,
    rounds: int,
    seconds: float,
) -> Report:
    """Put figures beside what they depend on."""
    plans = {workload.name: workload.plan() for workload in WORKLOADS}
    return Report(
        date=begun,
        machine=_machine(),
        load=load,
        versions={
            "vienreiz": version("vienreiz"),
            "python": platform.python_version(),
            **{name: version(name) for name in _PACKAGES},
            **servers,
        },
        people=people,
        rounds=rounds,
        seconds=seconds,
        leaves={name: len(plan.leaves) for name, plan in plans.items()},
        registers={
            name: len({each.register for each in plan.occurrences}) for name, plan in plans.items()
        },
        figures=figures,
    )


def present_instant() -> datetime:
    """Return now, UTC, in whole seconds."""
    return datetime.now(UTC).replace(microsecond=0)


def present_load() -> float:
    """Return how busy the machine was in the last minute."""
    return round(os.getloadavg()[0], 2)


def tell(told: Report) -> None:
    """Print the table."""
    machine, versions = told.machine, told.versions
    print(
        f"{told.date:%Y-%m-%d %H:%M} UTC; {machine['cpu']}, {machine['cores']} cores, "
        f"{machine['memory_gib']} GiB, {machine['system']}; load before: {told.load}"
    )
    print(", ".join(f"{name} {number}" for name, number in versions.items()))
    print(
        f"{told.people} people; {told.rounds} rounds of {told.seconds:g} s, medians; one hub "
        "process, its client and its servers on the same machine"
    )
    print()
    rows = [_HEADINGS, *(_row(told, each) for each in told.figures)]
    widths = [max(len(row[at]) for row in rows) for at in range(len(_HEADINGS))]
    for row in rows:
        cells = (cell.rjust(width) for cell, width in zip(row[2:], widths[2:], strict=True))
        print("  ".join([row[0].ljust(widths[0]), row[1].ljust(widths[1]), *cells]))
    print()
    print(_LEGEND)


def _row(told: Report, each: Figures) -> list[str]:
    leaves, registers = told.leaves[each.workload], told.registers[each.workload]
    return [
        f"{each.workload} ({leaves} leaves, {registers} registers)",
        each.state,
        str(each.connections),
        f"{each.per_second:.1f}",
        f"{each.p50_ms:.1f}",
        f"{each.p99_ms:.1f}",
        f"{each.cpu_ms:.2f}",
        f"{each.to_warm:.2f}",
        f"{each.others_cpu_ms.get('postgres', 0):.2f}",
        f"{each.others_cpu_ms['redis']:.2f}" if "redis" in each.others_cpu_ms else "-",
        f"{each.register_calls:.2f}",
        f"{each.population_calls:.2f}",
        f"{each.log_entries:.1f}",
        f"{each.answer_bytes:.0f}",
        str(each.withheld),
    ]


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
