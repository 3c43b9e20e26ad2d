from bench.bars import bars
from bench.figures import (
    WARM,
    Figures,
    LogFigures,
    Memory,
    Mixed,
    Price,
    Proofs,
    Soak,
    Taken,
    Witnessed,
    row,
)
from bench.load import Answered, Sample


def _taken(server: str, *, requests: int, seconds: float, cpu_ms: float) -> Taken:
    answered = Answered(
        requests=requests, withheld=0, latencies_ms=[1.0] * requests, answer_bytes=100
    )
    sample = Sample(
        streams={"status": answered},
        seconds=seconds,
        cpu_ms={server: cpu_ms, "postgres": 10.0},
        own_cpu_ms=1.0,
    )
    return Taken(server=server, sample=sample)


def _log(*, ratio: float = 0.97, cosigned: int = 3) -> LogFigures:
    price = Price(
        workload="status",
        without_per_second=100,
        with_per_second=100 * ratio,
        ratio=ratio,
        cpu=1.05,
        lag_s=(0.7, 1.6),
    )
    return LogFigures(
        prices=[price],
        entries_per_second=10_000,
        cpu_us=36,
        pg_us=40,
        witnessed=Witnessed(cosigned=cosigned, lag_s=(0.1, 0.2) if cosigned else None),
        proofs=[Proofs(size=1000, length=2500, ms=5)],
    )


def _figures(
    *,
    hub_requests: int = 1000,
    mixed: float = 2.0,
    soak: Soak | None = None,
    log: LogFigures | None = None,
) -> Figures:
    hub = [_taken("hub", requests=hub_requests, seconds=1.0, cpu_ms=100.0)]
    plain = [_taken("plain", requests=100, seconds=1.0, cpu_ms=100.0)]
    return Figures(
        compared={},
        rows=[row("status", WARM, 16, hub, plain)],
        mixed=[
            Mixed(
                server="hub",
                quiet_per_second=1,
                quiet_p99_ms=1,
                per_second=1,
                p99_ms=mixed,
                ratio=mixed,
                batches_per_second=1,
            )
        ],
        unseen=[],
        workers=[],
        ready_s=[3.0, 1.0, 1.5],
        memory=Memory(fresh_mib=90, warm_mib=100, end_mib=110, soak=soak),
        log=log or _log(),
    )


def _reached(figures: Figures, words: str) -> bool | None:
    (found,) = [each.reached for each in bars(figures) if words in each.name]
    return found


def test_ratios_are_taken_within_a_round_and_then_their_median() -> None:
    hub = [
        _taken("hub", requests=n, seconds=1.0, cpu_ms=ms)
        for n, ms in ((600, 60), (900, 90), (100, 40))
    ]
    plain = [_taken("plain", requests=n, seconds=1.0, cpu_ms=100) for n in (100, 100, 50)]
    found = row("status", WARM, 16, hub, plain)
    assert found.faster == 6
    assert found.leaner == 10
    assert found.per_second == 600
    assert found.cpu_ms == 0.1


def test_a_bar_is_reached_or_not() -> None:
    assert _reached(_figures(), "status, warm: requests per second") is True
    assert _reached(_figures(hub_requests=499), "status, warm: requests per second") is False
    assert _reached(_figures(), "status, warm: hub CPU") is True
    assert _reached(_figures(hub_requests=400), "status, warm: hub CPU") is False
    assert _reached(_figures(mixed=5.1), "mixed") is False
    assert _reached(_figures(), "ready after") is True


def test_the_log_takes_a_tenth_at_most_and_with_a_witness_that_works() -> None:
    assert _reached(_figures(), "beside sequencer and witness") is True
    assert _reached(_figures(log=_log(ratio=0.89)), "beside sequencer and witness") is False
    assert _reached(_figures(), "cosigned meanwhile") is True
    assert _reached(_figures(log=_log(cosigned=0)), "cosigned meanwhile") is False


def test_what_was_not_measured_is_neither() -> None:
    assert _reached(_figures(), "batch, warm: hub CPU") is None
    assert _reached(_figures(), "last minute") is None


def test_memory_is_judged_by_a_long_soak_only() -> None:
    def soaked(seconds: float, last: float) -> Soak:
        return Soak(
            seconds=seconds,
            requests=1,
            first_minute_mib=100,
            last_minute_mib=last,
            slope_mib_per_hour=0,
            samples_mib=[],
        )

    assert _reached(_figures(soak=soaked(60, 100)), "last minute") is None
    assert _reached(_figures(soak=soaked(600, 101)), "last minute") is True
    assert _reached(_figures(soak=soaked(600, 110)), "last minute") is False
    assert _reached(_figures(soak=soaked(600, 150)), "resident") is False
