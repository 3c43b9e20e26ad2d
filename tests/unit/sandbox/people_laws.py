"""What holds of every life: DOMAIN.md's invariants, and plain sense."""

from collections.abc import Iterable
from datetime import date
from itertools import pairwise

from hub.model.personal_code import PersonalCode
from hub.sandbox.people import money
from hub.sandbox.people.care import CertificateStatus
from hub.sandbox.people.days import add_years, age, eve
from hub.sandbox.people.health import DisabilityStatus, Group
from hub.sandbox.people.life import Life, Sex
from hub.sandbox.people.names import LAST, MEN, WOMEN
from hub.sandbox.people.territories import BY_CODE, MADONA, MERGER, VARAKLANI
from hub.sandbox.people.work import JobSeeking

FAR = date.max
GROUPS = {Group.I: range(80, 101), Group.II: range(60, 80), Group.III: range(25, 60)}


def check(life: Life, today: date) -> None:
    last = life.last_day(today)
    assert life.born <= last <= today
    _codes(life)
    _names(life)
    _stays(life, today)
    _disabilities(life, last)
    _work(life, last)
    _benefits(life, last)
    _doses(life, last)
    _care(life, today)


def check_all(lives: Iterable[Life], today: date) -> None:
    """Check what holds among people, and of each."""
    listed = list(lives)
    codes = [span.code for life in listed for span in life.codes]
    assert len(set(codes)) == len(codes)
    assert len({life.serial for life in listed}) == len(listed)
    for life in listed:
        check(life, today)
    check_adoptions(listed)


def check_adoptions(lives: list[Life]) -> None:
    """Nothing of a closed record stands in the record of anybody but its own mother."""
    for former in (life for life in lives if life.closed_on):
        code = former.code
        family = {kin.code for kin in former.parents}
        for other in lives:
            if other.code != code and other.code not in family:
                assert code not in mentioned(other)
                assert other.household != former.household


def mentioned(life: Life) -> set[str]:
    """Every personal code that a life names besides its own."""
    kin = [*life.parents, *life.children, *(one.who for one in life.guardians)]
    kin += [one.carer for one in life.care if one.carer]
    kin += [one for each in life.entitlements for one in (each.about, each.payee) if one]
    kin += [life.spouse] if life.spouse else []
    return {one.code for one in kin}


def _codes(life: Life) -> None:
    for span in life.codes:
        assert PersonalCode.parse(span.code).digits == span.code
        assert span.code[6] == "0" or span.code[:2] in {"33", "34", "38", "39"}
    newest = life.codes[0]
    assert newest.ends is None
    _follow([(span.begins, span.ends) for span in reversed(life.codes)])


def _names(life: Life) -> None:
    is_woman = life.sex is Sex.FEMALE
    known = {pair[1 if is_woman else 0] for pair in LAST}
    assert life.names[-1].begins == life.born
    _follow([(name.begins, name.ends) for name in reversed(life.names)])
    if life.serial < 30_000_000:
        assert all(name.first in (WOMEN if is_woman else MEN) for name in life.names)
        assert all(name.last in known for name in life.names)


def _stays(life: Life, today: date) -> None:
    _follow([(stay.begins, stay.ends) for stay in life.stays])
    for stay in life.stays:
        ended = BY_CODE[stay.territory].ends
        assert ended is None or today <= ended or (stay.ends is not None and stay.ends <= ended)
        assert stay.begins >= life.born
        if life.ended_on:
            assert stay.ends is not None
            assert stay.ends <= life.ended_on
    for before, after in pairwise(life.stays):
        if before.territory == VARAKLANI and before.address == after.address:
            assert (after.territory, after.begins) == (MADONA, MERGER)


def _follow(periods: list[tuple[date, date | None]]) -> None:
    """Periods are in order and no two share a day."""
    for begins, ends in periods:
        assert ends is None or begins <= ends
    for (_, ends), (begins, _) in pairwise(periods):
        assert ends is not None
        assert ends < begins


def _disabilities(life: Life, last: date) -> None:
    for one in life.disabilities:
        assert one.decided_on <= last
        assert one.applied_on is None or one.applied_on <= one.decided_on
        assert one.valid_to is None or one.valid_from <= one.valid_to
        if one.status is DisabilityStatus.ADULT:
            assert one.group in GROUPS
            assert one.loss_pct in GROUPS[one.group]
            assert age(life.born, one.valid_from) >= 18
        else:
            assert one.group is None
            assert one.loss_pct is None
        if one.status is DisabilityStatus.CHILD:
            assert one.valid_to is not None
            assert one.valid_to < add_years(life.born, 18)


def _work(life: Life, last: date) -> None:
    _follow(sorted((job.begins, job.ends or FAR) for job in life.jobs))
    for job in life.jobs:
        assert job.begins <= last
        assert (job.ends or last) <= last
        assert age(life.born, job.begins) >= 18
        assert life.ended_on is None or job.ends is not None
    pensioned = [one.begins for one in life.entitlements if one.virsis_id == money.OLD_AGE]
    lost = [one.valid_from for one in life.disabilities if one.loss_pct == 100]
    for spell in life.unemployment:
        assert spell.granted_on <= (spell.ended_on or last) <= last
        assert spell.ended_on is not None or spell.end_reason is None
        assert life.ended_on is None or spell.ended_on is not None
        for measure in spell.measures:
            assert spell.granted_on <= measure.begins <= (spell.ended_on or last)
        if spell.status is JobSeeking.AT_RISK:
            continue
        for barred in (*pensioned, *lost):
            assert (spell.ended_on or last) < barred
        for job in life.jobs:
            assert job.begins > (spell.ended_on or last) or (job.ends or last) < spell.granted_on


def _benefits(life: Life, last: date) -> None:
    for one in life.entitlements:
        assert one.decided_on <= last
        assert one.begins <= (one.ends or last)
        assert one.amount > 0
        if life.ended_on:
            assert one.ends is not None
            assert one.ends <= life.ended_on
    pensions = [one for one in life.entitlements if one.virsis_id == money.OLD_AGE]
    assert len(pensions) <= 1
    for pension in pensions:
        assert age(life.born, pension.begins) >= 62
        for other in life.entitlements:
            if other.virsis_id == money.DISABILITY:
                assert other.ends is not None
                assert other.ends < pension.begins


def _doses(life: Life, last: date) -> None:
    for dose in life.doses:
        assert life.born <= dose.occurred_on <= dose.recorded_on <= last
    for test in life.tuberculin:
        assert life.born <= test.done_on <= test.read_on <= last
    for check_ in life.immunity:
        assert life.born <= check_.done_on <= last


def _care(life: Life, today: date) -> None:
    for guardian in life.guardians:
        assert guardian.begins <= (guardian.ends or FAR)
    for spell in life.care:
        assert spell.begins <= (spell.ends or today)
        assert (spell.ends or life.born) < add_years(life.born, 18)
    for case in life.court_cases:
        assert case.opened_on <= (case.decided_on or today) <= today
    _follow([(one.issued_on, one.valid_to) for one in life.certificates])
    for one in life.certificates:
        assert age(life.born, one.issued_on) >= 7
        assert one.issued_on <= today
        assert one.valid_to <= eve(add_years(one.issued_on, 3))
        assert one.valid_to < add_years(life.born, 24 if one.studying else 18)
        assert one.studying == (age(life.born, one.issued_on) >= 18)
        assert (one.status is CertificateStatus.VALID) == (one.valid_to >= today)
    for complaint in life.complaints:
        assert life.born <= complaint.received_on <= today
    if life.specialist and life.specialist.banned_from:
        assert not life.specialist.permitted
