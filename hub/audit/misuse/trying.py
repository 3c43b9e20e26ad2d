"""Detectors of trying out: codes that may name somebody, statuses until one gives."""

from collections.abc import Iterator, Sequence
from datetime import UTC, timedelta

from hub.audit.misuse.surroundings import Surroundings
from hub.audit.misuse.suspicion import Suspicion, asker_of, day_of, grouped, persons
from hub.model.agreement import Operation
from hub.model.misuse import Enumeration, Kind, Look, StatusSweep


def enumeration(
    looks: Sequence[Look], _around: Surroundings, limits: Enumeration
) -> Iterator[Suspicion]:
    """Find askers who, within an hour of the clock, hit nobody with most of many codes."""
    named = [look for look in looks if look.subject]
    for (recipient, asker, hour), found in grouped(named, _hour).items():
        missed = [look for look in found if not look.found]
        negatives, asked = len(persons(missed)), len(persons(found))
        if negatives >= limits.negatives and 100 * negatives >= limits.percent * asked:
            yield Suspicion(
                kind=Kind.ENUMERATION,
                matter=(recipient, asker, hour),
                evidence=missed,
                baseline=[look for look in found if look.found],
                measured={"negatives": negatives, "persons": asked},
            )


def status_sweep(
    looks: Sequence[Look], around: Surroundings, limits: StatusSweep
) -> Iterator[Suspicion]:
    """Find askers who checked one person's status again and again.

    Entries hold no arguments: that dates and kinds were swept shows in the repetition.
    """
    checks = (look for look in looks if look.action == Operation.STATUS and look.subject)
    span = timedelta(minutes=limits.minutes)
    keyed = grouped(checks, lambda x: (*asker_of(x), _whom(x, around), str(day_of(x.at))))
    for matter, found in keyed.items():
        swept = _dense(sorted(found, key=lambda look: look.at), limits.checks, span)
        if swept:
            yield Suspicion(
                kind=Kind.STATUS_SWEEP,
                matter=matter,
                evidence=swept,
                measured={"checks": len({look.operation for look in swept})},
            )


def _dense(looks: Sequence[Look], least: int, span: timedelta) -> list[Look]:
    """Return those looks that stand among at least ``least`` operations within ``span``."""
    kept: dict[Look, None] = {}
    first = 0
    for last, look in enumerate(looks):
        while look.at - looks[first].at > span:
            first += 1
        window = looks[first : last + 1]
        if len({each.operation for each in window}) >= least:
            kept |= dict.fromkeys(window)
    return list(kept)


def _hour(look: Look) -> tuple[str, str, str]:
    return (*asker_of(look), f"{look.at.astimezone(UTC):%Y-%m-%dT%H}")


def _whom(look: Look, around: Surroundings) -> str:
    assert look.subject is not None  # noqa: S101 — looks without a person are left out before
    return around.current(look.subject)
