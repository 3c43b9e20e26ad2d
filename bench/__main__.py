"""``python -m bench``: starts a sandbox, measures it, stops it."""

import signal
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path

import click
import msgspec

from bench.consent import measure_withdrawals
from bench.figures import Figures, Memory
from bench.log import measure_log
from bench.measure import Bench
from bench.profile import profile
from bench.report import present_instant, present_load, report, tell
from bench.sameness import check_same
from bench.sandbox import Premises, Sandbox, multiplies, premises
from bench.servers import Server, the_hub, the_plain
from bench.soak import soak
from bench.start import ready_s
from bench.workers import Spread, compared, spreads
from bench.workloads import BATCH

_STARTS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What a run was asked for."""

    people: int
    rounds: int
    seconds: float
    soak_s: float
    plain: bool
    token_cache: bool
    workers: bool
    without_redis: bool


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--quick", is_flag=True, help="One short round: shows that it runs, measures little.")
@click.option("--people", default=2_500, show_default=True, type=click.IntRange(BATCH, 1_860_000))
@click.option("--rounds", default=3, show_default=True, type=click.IntRange(1, 100))
@click.option("--seconds", default=3.0, show_default=True, type=click.FloatRange(0.1, 600))
@click.option(
    "--soak",
    "soak_s",
    default=0.0,
    metavar="SECONDS",
    type=click.FloatRange(0, 86_400),
    help="Watch memory for so long under all workloads; 600 for figures that are told.",
)
@click.option("--plain/--no-plain", default=True, help="Measure the plain server too.  [default]")
@click.option("--token-cache", is_flag=True, help="The plain server verifies each token once.")
@click.option("--workers/--no-workers", default=True, help="Measure two workers too.  [default]")
@click.option("--with-redis-only", is_flag=True, help="Leave out what is measured without Redis.")
@click.option(
    "--json", "json_file", type=click.Path(dir_okay=False, path_type=Path), help="Write figures."
)
@click.option(
    "--profile",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write a flame graph of every workload there (py-spy), and measure nothing.",
)
def main(
    *,
    quick: bool,
    people: int,
    rounds: int,
    seconds: float,
    soak_s: float,
    plain: bool,
    token_cache: bool,
    workers: bool,
    with_redis_only: bool,
    json_file: Path | None,
    folder: Path | None,
) -> None:
    """Measure the hub beside a plain tuned Strawberry server over the same registers.

    Starts a sandbox of its own and stops it; nothing but loopback is used. Cold: the cache was
    emptied, and nobody is asked about twice until it is emptied again. CPU is user and system
    time per request of the server's own process. Takes about five minutes.
    """
    if quick:
        people, rounds, seconds = 2 * BATCH, 1, 0.3
    options = Options(
        people=people,
        rounds=rounds,
        seconds=seconds,
        soak_s=soak_s,
        plain=plain,
        token_cache=token_cache,
        workers=workers and multiplies() and not quick,
        without_redis=not with_redis_only,
    )
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # nothing is left behind then either
    begun, load = present_instant(), present_load()
    _say(f"starting a sandbox of {people} people")
    with premises(people) as place:
        if folder:
            with place.opened() as sandbox:
                profile(_bench(sandbox, options, None), folder, _say)
            return
        servers, figures = _measured(place, options)
    told = report(figures, begun=begun, load=load, servers=servers, options=asdict(options))
    tell(told)
    if json_file:
        json_file.write_bytes(msgspec.json.format(msgspec.json.encode(told)))


def _measured(place: Premises, options: Options) -> tuple[dict[str, str], Figures]:
    with place.opened() as sandbox:
        servers = sandbox.versions()
        figures, ones = _first(sandbox, options)
    if not options.workers:
        return servers, figures
    _say("two workers")
    with place.opened(workers=2) as sandbox:
        two = spreads(_bench(sandbox, options, None))
    _say("one worker again")
    with place.opened() as sandbox:
        ones.append(spreads(_bench(sandbox, options, None)))
    return servers, msgspec.structs.replace(figures, workers=compared(ones, two))


def _first(sandbox: Sandbox, options: Options) -> tuple[Figures, list[dict[str, Spread]]]:
    """Measure all that one sandbox with one worker can show."""
    fresh_mib = sandbox.resident_mib()
    with ExitStack() as stack:
        plain, same = None, dict[str, int]()
        if options.plain:
            plain = stack.enter_context(the_plain(sandbox, token_cache=options.token_cache))
            _say("comparing answers")
            same = check_same(the_hub(sandbox), plain)
        bench = _bench(sandbox, options, plain)
        bench.prepare()
        warm_mib = sandbox.resident_mib()
        bench.run()
    end_mib = sandbox.resident_mib()
    log = measure_log(bench)
    _say("starting further hubs")
    starts = ready_s(sandbox, _STARTS)
    _say("withdrawals while two hubs are asked")
    withdrawn = measure_withdrawals(sandbox, 5 * options.rounds)
    kept = None
    if options.soak_s:
        _say(f"soak of {options.soak_s:g} s")
        kept = soak(bench, options.soak_s)
    ones = [spreads(bench)] if options.workers else []
    if options.without_redis:
        bench.without_redis()
    figures = Figures(
        compared=same,
        rows=bench.rows(),
        mixed=bench.mixed(),
        unseen=bench.unseen(),
        workers=[],
        ready_s=starts,
        memory=Memory(fresh_mib=fresh_mib, warm_mib=warm_mib, end_mib=end_mib, soak=kept),
        log=log,
        withdrawals=withdrawn,
    )
    return figures, ones


def _bench(sandbox: Sandbox, options: Options, plain: Server | None) -> Bench:
    return Bench(
        sandbox=sandbox, plain=plain, rounds=options.rounds, seconds=options.seconds, say=_say
    )


def _say(text: str) -> None:
    click.echo(f"bench: {text}", err=True)


if __name__ == "__main__":
    main()
