"""Draws what social insurance pays, from what happened in the family."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Final

from hub.sandbox.people.days import add_months, add_years, after, age, eve
from hub.sandbox.people.draft import Draft
from hub.sandbox.people.health import DisabilityDecision, DisabilityStatus, Group, OpinionKind
from hub.sandbox.people.illness import BLINDNESS
from hub.sandbox.people.kin import Kin
from hub.sandbox.people.life import Sex
from hub.sandbox.people.work import Basis, Entitlement, JobSeeking

OLD_AGE: Final = 11987
DISABILITY: Final = 11518
SURVIVOR: Final = 11844
SERVICE: Final = 11375
SPECIAL: Final = 11385
UNEMPLOYMENT: Final = 11870
SICKNESS: Final = 11595
MATERNITY: Final = 11599
PATERNITY: Final = 11668
PARENTAL: Final = 11600
FAMILY: Final = 11682
CHILD_CARE: Final = 11374
CHILDBIRTH: Final = 11887
SOCIAL_SECURITY: Final = 11390
DISABLED_CHILD: Final = 11373
CARE: Final = 11380
TRANSPORT: Final = 11384
BLIND_ASSISTANT: Final = 11382
COELIAC: Final = 11387
GUARDIAN: Final = 11363
WARD: Final = 11377
FOSTER: Final = 11364
ADOPTION: Final = 12197
FUNERAL: Final = 11265
REFUGEE: Final = 11378
WORK_INJURY: Final = 11359

_UNTAXED: Final = 1000
_LAW_OF_PENSIONS: Final = date(1996, 1, 1)
_BY_GROUP: Final = {Group.I: 410, Group.II: 340, Group.III: 210}
_TOLD_YEARS: Final = 6
"""Benefits that ended that many years ago are no longer told."""


def grant(  # noqa: PLR0913 - one row of an entitlement
    draft: Draft,
    kind: int,
    begins: date,
    ends: date | None,
    amount: Decimal | int,
    *,
    basis: Basis = Basis.MONTH,
    about: Kin | None = None,
    payee: Kin | None = None,
    waited_days: int | None = None,
) -> None:
    """Add an entitlement, unless nobody can have decided it yet; death ends it."""
    waited = draft.days(0, 25) if waited_days is None else waited_days
    decided = after(begins, waited)
    if decided > draft.last_day or (ends is not None and ends < begins):
        return
    ended = draft.ended_on
    if ended is not None and (ends is None or ends > ended):
        ends = ended
    draft.entitlements.append(
        Entitlement(
            virsis_id=kind,
            begins=begins,
            ends=ends,
            decided_on=decided,
            amount=Decimal(amount),
            basis=basis,
            taxed=amount > _UNTAXED or kind == UNEMPLOYMENT,
            about=about,
            payee=payee,
        )
    )


def insure(draft: Draft) -> None:
    """Grant what a person's own life gives rise to."""
    _pension(draft)
    _for_disability(draft)
    _for_lost_work(draft)
    _for_illness(draft)
    if draft.is_foreign and draft.chance(0.3):
        begins = after(draft.today, -draft.days(100, 500))
        grant(draft, REFUGEE, begins, add_months(begins, 10), 139)


def support(parent: Draft, children: Sequence[Draft]) -> None:
    """Grant the parent who draws them the benefits for the family's children."""
    for child in children:
        if child.closed_on is None and age(child.born, parent.today) < 21:  # noqa: PLR2004 - no longer told
            _for_child(parent, child, len(children))


def bereave(draft: Draft, dead: Draft) -> None:
    """Grant a widow or widower the funeral benefit."""
    if dead.died is not None and dead.died.year >= draft.today.year - _TOLD_YEARS:
        burial = after(dead.died, 5)
        grant(draft, FUNERAL, burial, burial, 1200, basis=Basis.CASE, about=dead.kin())


def orphan(child: Draft, dead: Draft, payee: Kin | None) -> None:
    """Grant a child the pension for the parent who died."""
    if dead.died is not None and dead.died < child.of_age_on:
        ends = eve(child.of_age_on)
        grant(child, SURVIVOR, dead.died, ends, 220, about=dead.kin(), payee=payee)


def _pension(draft: Draft) -> None:
    if draft.retired_on is None:
        return
    if draft.chance(0.03):
        grant(draft, SOCIAL_SECURITY, draft.retired_on, None, 166)
        return
    begins = max(draft.retired_on, _LAW_OF_PENSIONS)
    grant(draft, OLD_AGE, begins, None, 330 + draft.days(0, 900))
    if draft.chance(0.01):
        grant(draft, SPECIAL, begins, None, 200)


def _for_disability(draft: Draft) -> None:
    for decision in draft.disabilities:
        if decision.status is DisabilityStatus.ADULT and decision.group is not None:
            _disability_pension(draft, decision, decision.group)
        for opinion in decision.opinions:
            if opinion.kind is OpinionKind.SPECIAL_CARE and not draft.is_child:
                _after_decision(draft, CARE, decision, 313)
            if opinion.kind is OpinionKind.TRANSPORT_BENEFIT:
                _transport(draft, decision)
        if decision.group is Group.I and BLINDNESS in decision.impairments:
            _after_decision(draft, BLIND_ASSISTANT, decision, 98)


def _disability_pension(draft: Draft, decision: DisabilityDecision, group: Group) -> None:
    ends = decision.valid_to
    if draft.retired_on is not None:
        if decision.valid_from >= draft.retired_on:
            return
        last = eve(draft.retired_on)
        ends = last if ends is None else min(ends, last)
    kind = DISABILITY if draft.jobs else SOCIAL_SECURITY
    amount = _BY_GROUP[group] + (draft.days(0, 300) if draft.jobs else 0)
    if not _overlaps(draft, kind, decision.valid_from):
        _after_decision(draft, kind, decision, amount, ends)


def _overlaps(draft: Draft, kind: int, begins: date) -> bool:
    return any(
        one.virsis_id == kind and (one.ends is None or one.ends >= begins)
        for one in draft.entitlements
    )


def _after_decision(
    draft: Draft,
    kind: int,
    decision: DisabilityDecision,
    amount: int,
    ends: date | None = None,
) -> None:
    waited = max(0, (decision.decided_on - decision.valid_from).days) + draft.days(1, 20)
    grant(draft, kind, decision.valid_from, ends or decision.valid_to, amount, waited_days=waited)


def _transport(draft: Draft, decision: DisabilityDecision) -> None:
    """Grant the half-yearly compensation of the last three half years."""
    for months in (18, 12, 6):
        begins = add_months(draft.today.replace(day=1), -months)
        ends = decision.valid_to
        if max(decision.valid_from, decision.decided_on) <= begins and (
            ends is None or begins <= ends
        ):
            last = eve(add_months(begins, 6))
            grant(draft, TRANSPORT, begins, last, 80, basis=Basis.CASE)


def _for_lost_work(draft: Draft) -> None:
    for spell in draft.unemployment:
        worked = [job for job in draft.jobs if job.ends is not None and job.ends < spell.granted_on]
        is_told = spell.granted_on.year >= draft.today.year - _TOLD_YEARS
        if spell.status is JobSeeking.UNEMPLOYED and worked and is_told:
            longest = eve(add_months(spell.granted_on, 8))
            ends = longest if spell.ended_on is None else min(longest, spell.ended_on)
            amount = int(worked[-1].wage * Decimal("0.55"))
            grant(draft, UNEMPLOYMENT, spell.granted_on, ends, amount)


def _for_illness(draft: Draft) -> None:
    if not draft.jobs or not draft.chance(0.12):
        return
    begins = after(draft.last_day, -draft.days(30, 700))
    job = next((one for one in draft.jobs if one.begins < begins <= (one.ends or begins)), None)
    if job is None:
        return
    length = draft.days(11, 90)
    amount = int(job.wage * Decimal("0.8") * length / 30)
    kind = WORK_INJURY if draft.chance(0.04) else SICKNESS
    grant(draft, kind, begins, after(begins, length), amount, basis=Basis.CASE, waited_days=length)


def _for_child(parent: Draft, child: Draft, siblings: int) -> None:
    about = child.kin()
    grant(
        parent,
        FAMILY,
        add_years(child.born, 1),
        eve(add_years(child.born, 16)),
        _family(siblings),
        about=about,
    )
    _for_birth(parent, child, about)
    for decision in child.disabilities:
        if decision.status is DisabilityStatus.CHILD:
            ends = decision.valid_to
            waited = max(0, (decision.decided_on - decision.valid_from).days) + 10
            cared = any(one.kind is OpinionKind.SPECIAL_CARE for one in decision.opinions)
            if cared:
                grant(
                    parent,
                    DISABLED_CHILD,
                    decision.valid_from,
                    ends,
                    413,
                    about=about,
                    waited_days=waited,
                )
    if parent.chance(0.006):
        grant(parent, COELIAC, add_years(child.born, 2), eve(child.of_age_on), 107, about=about)


def _family(siblings: int) -> int:
    return {1: 25, 2: 50, 3: 75}.get(siblings, 100)


def _for_birth(parent: Draft, child: Draft, about: Kin) -> None:
    if child.born.year < parent.today.year - _TOLD_YEARS:
        return
    born = child.born
    grant(
        parent,
        CHILDBIRTH,
        after(born, 8),
        after(born, 8),
        Decimal("421.17"),
        basis=Basis.CASE,
        about=about,
    )
    ends = eve(add_months(born, 18))
    job = next((one for one in parent.jobs if one.begins < born <= (one.ends or born)), None)
    if job is None:
        grant(parent, CHILD_CARE, born, ends, 171, about=about)
        return
    if parent.sex is Sex.MALE:
        grant(
            parent,
            PATERNITY,
            after(born, 20),
            after(born, 30),
            int(job.wage * Decimal("0.27")),
            basis=Basis.CASE,
            about=about,
        )
        return
    case = int(job.wage * Decimal("2.9"))
    grant(
        parent,
        MATERNITY,
        after(born, -70),
        after(born, 56),
        case,
        basis=Basis.CASE,
        about=about,
        waited_days=80,
    )
    grant(parent, PARENTAL, after(born, 57), ends, int(job.wage * Decimal("0.43")), about=about)
