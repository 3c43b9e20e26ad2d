"""Draws spells of unemployment, the measures in them, and why they ended."""

from datetime import date
from typing import Final

from hub.sandbox.people.days import after
from hub.sandbox.people.draft import Draft
from hub.sandbox.people.illness import full_loss_from
from hub.sandbox.people.territories import RIGA
from hub.sandbox.people.work import EndReason, JobSeeking, Measure, Unemployment

MEASURES: Final = (10890, 10419, 9325, 9478, 9476, 9927, 9320, 12399)
MEASURES_HEALTH: Final = (9302, 10342, 10960)
MEASURE_REFUGEES: Final = 9306

_REASONS: Final[tuple[tuple[float, EndReason | None], ...]] = (
    (0.70, EndReason.FOUND_WORK),
    (0.78, None),
    (0.86, EndReason.OBLIGATIONS_NOT_MET),
    (0.91, EndReason.OWN_REQUEST),
    (0.94, EndReason.SELF_EMPLOYED),
    (0.96, EndReason.ILLNESS),
    (0.98, EndReason.CHILD_CARE),
    (0.99, EndReason.STUDIES),
    (0.995, EndReason.LEFT_COUNTRY),
    (1.0, EndReason.IMPRISONMENT),
)


def be_unemployed(draft: Draft, begins: date, until: date) -> date:
    """Add a spell that starts about ``begins`` and return its last day, be that after ``until``.

    Args:
        draft: The person, who has just lost work.
        begins: First day without work.
        until: Last day on which the person may hold the status.
    """
    granted = after(begins, draft.days(1, 20))
    ends = after(granted, draft.days(20, 400))
    if granted > until:
        return ends
    ended, reason = _ending(draft, ends, until)
    last = until if ended is None else ended
    draft.unemployment.append(
        Unemployment(
            status=JobSeeking.UNEMPLOYED if draft.chance(0.93) else JobSeeking.JOB_SEEKER,
            granted_on=granted,
            ended_on=ended,
            end_reason=reason,
            branch=draft.territory or RIGA,
            measures=_measures(draft, granted, last),
        )
    )
    return ends


def be_at_risk(draft: Draft) -> None:
    """Add the status of one who has work and is about to lose it."""
    granted = after(draft.today, -draft.days(5, 100))
    if granted > draft.jobs[-1].begins:
        draft.unemployment.append(
            Unemployment(
                status=JobSeeking.AT_RISK,
                granted_on=granted,
                ended_on=None,
                end_reason=None,
                branch=draft.territory or RIGA,
            )
        )


def _ending(draft: Draft, ends: date, until: date) -> tuple[date | None, EndReason | None]:
    if ends <= until:
        luck = draft.rng.random()
        return ends, next(reason for share, reason in _REASONS if luck <= share)
    if until == draft.today and draft.ended_on is None:
        return None, None
    if draft.ended_on == until:
        return until, EndReason.DEATH
    full = full_loss_from(draft)
    is_ill = full is not None and (draft.retired_on is None or full <= draft.retired_on)
    return until, EndReason.DISABILITY_100 if is_ill else EndReason.OLD_AGE_PENSION


def _measures(draft: Draft, begins: date, last: date) -> tuple[Measure, ...]:
    made = []
    for _ in range(draft.days(0, 2)):
        starts = after(begins, draft.days(5, 60))
        ends = after(starts, draft.days(10, 90))
        if starts <= last:
            made.append(Measure(virsis_id=_kind(draft), begins=starts, ends=min(ends, last)))
    return tuple(made)


def _kind(draft: Draft) -> int:
    if draft.is_foreign and draft.chance(0.5):
        return MEASURE_REFUGEES
    if draft.chance(0.3 if draft.disabilities else 0.02):
        return draft.rng.choice(MEASURES_HEALTH)
    return draft.rng.choice(MEASURES)
