"""``python -m bench``: starts a sandbox, measures it, stops it."""

import subprocess
import sys
import threading
from pathlib import Path

import click
import msgspec

from bench.measure import Bench
from bench.report import present_instant, present_load, report, tell
from bench.sandbox import Sandbox, running
from bench.workloads import BATCH, WORKLOADS

_PROFILE_S = 8


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--quick", is_flag=True, help="One short round: shows that it runs, measures little.")
@click.option("--people", default=2_500, show_default=True, type=click.IntRange(BATCH, 1_860_000))
@click.option("--rounds", default=3, show_default=True, type=click.IntRange(1, 100))
@click.option("--seconds", default=3.0, show_default=True, type=click.FloatRange(0.1, 600))
@click.option("--with-redis-only", is_flag=True, help="Leave out what is measured without Redis.")
@click.option(
    "--json", "json_file", type=click.Path(dir_okay=False, path_type=Path), help="Write figures."
)
@click.option(
    "--profile",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for a flame graph of every warm workload (py-spy; needs the right to trace).",
)
def main(
    *,
    quick: bool,
    people: int,
    rounds: int,
    seconds: float,
    with_redis_only: bool,
    json_file: Path | None,
    profile: Path | None,
) -> None:
    """Measure a status check, a batch of 500 persons and a full dossier, cold and warm.

    Starts a sandbox of its own and stops it; nothing but loopback is used. Cold: the cache was
    emptied, and nobody is asked about twice until it is emptied again. CPU is user and system
    time per request of the hub's own process. Takes two to three minutes.
    """
    if quick:
        people, rounds, seconds = 2 * BATCH, 1, 0.3
    begun, load = present_instant(), present_load()
    _say(f"starting a sandbox of {people} people")
    with running(people) as sandbox:
        bench = Bench(sandbox, rounds=rounds, seconds=seconds, say=_say)
        servers = sandbox.versions()
        if profile:
            _profile(bench, sandbox, profile)
        figures = bench.run(without_redis=not with_redis_only)
    told = report(
        figures,
        begun=begun,
        load=load,
        servers=servers,
        people=people,
        rounds=rounds,
        seconds=seconds,
    )
    tell(told)
    if json_file:
        json_file.write_bytes(msgspec.json.format(msgspec.json.encode(told)))


def _profile(bench: Bench, sandbox: Sandbox, folder: Path) -> None:
    """Write a flame graph of each warm workload."""
    folder.mkdir(parents=True, exist_ok=True)
    spy = Path(sys.executable).with_name("py-spy")
    for workload in WORKLOADS:
        _say(f"profiling: {workload.name}")
        bench.warm_up(workload)
        sending = threading.Thread(target=bench.send, args=(workload, _PROFILE_S + 3.0))
        sending.start()
        words = [
            "record",
            "--nonblocking",
            "--pid",
            str(sandbox.pids["hub"]),
            "--duration",
            str(_PROFILE_S),
        ]
        graph = folder / f"{workload.name}.svg"
        subprocess.run([spy, *words, "--rate", "250", "--output", graph], check=True)
        sending.join()


def _say(text: str) -> None:
    click.echo(f"bench: {text}", err=True)


if __name__ == "__main__":
    main()
