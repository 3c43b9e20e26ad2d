"""Draws disability decisions: chains that follow one another, some side by side, some late."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from hub.sandbox.people.days import add_years, after, eve
from hub.sandbox.people.draft import Draft
from hub.sandbox.people.health import (
    Cause,
    DisabilityDecision,
    DisabilityStatus,
    Expertise,
    Group,
    Opinion,
    OpinionKind,
)

EARLIEST: Final = date(1998, 1, 1)
"""Decisions before this day are not in the source."""

FULL_LOSS: Final = 100
_GROUPS: Final = ((80, Group.I), (60, Group.II), (25, Group.III))
_SHARES: Final = ((18, 0.025), (40, 0.035), (65, 0.11), (200, 0.17))
_TERMS: Final = (1, 2, 5, None)
_IMPAIRMENTS: Final = (
    "C50",
    "E10-E14",
    "F20-F29",
    "F70-F79",
    "G35",
    "G80-G83",
    "H53-H54",
    "H90-H91",
    "I20-I25",
    "I60-I69",
    "J40-J47",
    "M15-M19",
    "M40-M54",
    "S70-S79",
)
BLINDNESS: Final = "H53-H54"
_CAUSES: Final = (
    *(Cause.ILLNESS,) * 17,
    Cause.WORK_ACCIDENT,
    Cause.OCCUPATIONAL_DISEASE,
    Cause.CHERNOBYL,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ailment:
    """What lies behind a chain of decisions."""

    status: DisabilityStatus
    cause: Cause
    impairments: tuple[str, ...]
    loss_pct: int | None


def group_of(loss_pct: int) -> Group | None:
    """Return the group that goes with a loss of ability to work, None below 25 %."""
    return next((group for least, group in _GROUPS if loss_pct >= least), None)


def disable(draft: Draft) -> None:
    """Draw the person's disabilities, none for most."""
    share = next(share for limit, share in _SHARES if draft.age < limit)
    if not draft.chance(share):
        return
    if draft.is_child:
        _child(draft)
        return
    _chain(draft, _ailment(draft, DisabilityStatus.ADULT), _first_day(draft))
    if draft.chance(0.12):
        _chain(draft, _ailment(draft, DisabilityStatus.ADULT), _first_day(draft))
    elif draft.chance(0.05):
        _chain(draft, _ailment(draft, DisabilityStatus.PREDICTABLE), _first_day(draft))


def full_loss_from(draft: Draft) -> date | None:
    """Return the first day on which a decision says that all ability to work is lost."""
    full = (one.valid_from for one in draft.disabilities if one.loss_pct == FULL_LOSS)
    return min(full, default=None)


def _first_day(draft: Draft) -> date:
    earliest = max(EARLIEST, draft.of_age_on)
    return after(earliest, draft.days(0, max(0, (draft.last_day - earliest).days - 120)))


def _ailment(draft: Draft, status: DisabilityStatus) -> Ailment:
    found = sorted({draft.rng.choice(_IMPAIRMENTS) for _ in range(draft.days(1, 2))})
    return Ailment(
        status=status,
        cause=draft.rng.choice(_CAUSES),
        impairments=tuple(found),
        loss_pct=_loss(draft) if status is DisabilityStatus.ADULT else None,
    )


def _loss(draft: Draft) -> int:
    if draft.chance(0.05):
        return FULL_LOSS
    return 5 * draft.days(5, 18)


def _child(draft: Draft) -> None:
    """Give a child decisions that end with childhood."""
    begins = after(draft.born, draft.days(60, max(60, (draft.last_day - draft.born).days - 60)))
    ailment = Ailment(
        status=DisabilityStatus.CHILD,
        cause=Cause.FROM_CHILDHOOD,
        impairments=(draft.rng.choice(_IMPAIRMENTS),),
        loss_pct=None,
    )
    _chain(draft, ailment, begins, until=eve(draft.of_age_on))


def _chain(draft: Draft, ailment: Ailment, begins: date, until: date | None = None) -> None:
    """Append decisions from ``begins`` until now, each term followed by a repeated one, mostly."""
    expertise = Expertise.FIRST
    while begins <= draft.last_day:
        made = _decision(draft, ailment, begins, expertise, until)
        if made.decided_on > draft.last_day:
            return
        draft.disabilities.append(made)
        if made.valid_to is None or made.valid_to == until or draft.chance(0.1):
            return
        begins, expertise = after(made.valid_to, 1), Expertise.REPEATED


def _decision(
    draft: Draft, ailment: Ailment, begins: date, expertise: Expertise, until: date | None
) -> DisabilityDecision:
    ends = _term(draft, ailment, begins, until)
    late = draft.chance(0.15)  # an earlier effect: the person waited, the law did not
    decided_on = after(begins, draft.days(10, 75) if late else -draft.days(0, 20))
    decided_on = max(decided_on, after(draft.born, 1))
    loss = ailment.loss_pct
    return DisabilityDecision(
        applied_on=after(decided_on, -draft.days(20, 60)) if draft.chance(0.9) else None,
        decided_on=decided_on,
        expertise=expertise,
        status=ailment.status,
        group=None if loss is None else group_of(loss),
        loss_pct=loss,
        cause=ailment.cause,
        impairments=ailment.impairments,
        valid_from=begins,
        valid_to=ends,
        annulled_on=draft.ended_on if _is_cut(draft, ends) else None,
        opinions=_opinions(draft, ailment, begins, ends),
    )


def _term(draft: Draft, ailment: Ailment, begins: date, until: date | None) -> date | None:
    if ailment.status is DisabilityStatus.PREDICTABLE:
        return eve(add_years(begins, 1))
    years = draft.rng.choice(_TERMS)
    if years is None:
        return until
    ends = eve(add_years(begins, years))
    return ends if until is None else min(ends, until)


def _is_cut(draft: Draft, ends: date | None) -> bool:
    return draft.ended_on is not None and (ends is None or ends > draft.ended_on)


def _opinions(
    draft: Draft, ailment: Ailment, begins: date, ends: date | None
) -> tuple[Opinion, ...]:
    is_child = ailment.status is DisabilityStatus.CHILD
    loss = 0 if ailment.loss_pct is None else ailment.loss_pct
    kinds = []
    if (is_child and draft.chance(0.3)) or loss >= 80:  # noqa: PLR2004 - group I
        kinds.append(OpinionKind.SPECIAL_CARE)
    if (is_child and draft.chance(0.3)) or (loss >= 60 and draft.chance(0.4)):  # noqa: PLR2004 - group II
        kinds.append(OpinionKind.ASSISTANT)
    if (is_child or loss >= 60) and draft.chance(0.25):  # noqa: PLR2004 - group II
        kinds.append(OpinionKind.TRANSPORT_BENEFIT)
    if loss and draft.chance(0.04):
        kinds.append(OpinionKind.CAR_ADAPTATION)
    return tuple(Opinion(kind=kind, valid_from=begins, valid_to=ends) for kind in kinds)
