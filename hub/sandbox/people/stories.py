"""The personas' lives, written by hand; days are told from the day the people are made for."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from hub.sandbox.people import families, money, protection, shots
from hub.sandbox.people.care import (
    CareForm,
    CaseKind,
    Guardian,
    GuardianKind,
    Role,
    Scope,
    Specialist,
)
from hub.sandbox.people.careers import OCCUPATIONS
from hub.sandbox.people.days import add_months, add_years, after, eve
from hub.sandbox.people.draft import Draft
from hub.sandbox.people.health import (
    Cause,
    DisabilityDecision,
    DisabilityStatus,
    Expertise,
    Opinion,
    OpinionKind,
)
from hub.sandbox.people.illness import group_of
from hub.sandbox.people.life import CodeKind, CodeSpan
from hub.sandbox.people.members import MEMBERS, drafted, lives_at
from hub.sandbox.people.names import EMPLOYERS
from hub.sandbox.people.territories import MADONA, RIGA, VARAKLANI
from hub.sandbox.people.work import (
    Basis,
    Cv,
    EndReason,
    Job,
    JobSeeking,
    Language,
    Level,
    Measure,
    Schooling,
    Unemployment,
)

_JELGAVA: Final = "0003000"
_CESIS: Final = "0026000"
_VALMIERA: Final = "0053000"


def sunukalni(today: date) -> list[Draft]:
    """Tell the Rīga family on a means test."""
    ilze, andris, marta, emils = family = _people(today, "ilze", "andris", "marta", "emils")
    ilze.spouse, andris.spouse = andris.kin(), ilze.kin()
    families.join([ilze, andris], [marta, emils])
    _at_home(family, RIGA, "Liepu iela 12 - 4", add_years(today, -9))
    lost = after(today, -95)
    _job(ilze, 0, add_years(today, -5), lost, 980)
    ilze.unemployment.append(_jobless(ilze, after(lost, 6), (9325, 10890)))
    ilze.schooling.append(_schooling(ilze, Level.VOCATIONAL, 20))
    ilze.languages += [Language(code="lv", level="N"), Language(code="en", level="B1")]
    ilze.cv = Cv(
        published_on=after(lost, 8),
        headline="Meklēju pārdevējas darbu",
        wanted_occupation="pārdevējs",
        driving_licence="B",
        is_active=True,
    )
    _job(andris, 9, add_years(today, -6), None, 1450)
    andris.posted_abroad = ("SE",)
    shots.follow_calendar(marta)
    shots.follow_calendar(emils, missing=frozenset({"J07BD52", "J07BK01"}))
    for child in (marta, emils):
        ends = eve(add_years(child.born, 16))
        money.grant(ilze, money.FAMILY, add_years(child.born, 1), ends, 50, about=child.kin())
    ends = eve(add_months(after(lost, 6), 8))
    money.grant(ilze, money.UNEMPLOYMENT, after(lost, 6), ends, 539, waited_days=9)
    ill = after(today, -150)
    money.grant(ilze, money.SICKNESS, ill, after(ill, 20), 412, basis=Basis.CASE, waited_days=25)
    return family


def disabled(today: date) -> list[Draft]:
    """Tell those whose disability decisions differ."""
    gunta, peteris, vija, harijs = _people(today, "gunta", "peteris", "vija", "harijs")
    lives_at(gunta, VARAKLANI, "Skolas iela 3 - 1", date(2015, 4, 1))
    lives_at(peteris, _JELGAVA, "Upes iela 8 - 15", date(2010, 9, 1))
    lives_at(vija, RIGA, "Ozolu iela 44 - 9", date(2012, 2, 1))
    lives_at(harijs, RIGA, "Krasta iela 2 - 70", date(2008, 5, 1))
    _decide(gunta, after(today, -400), 1825, 70, Cause.ILLNESS, "G35", opinions=_CARE_AT_HOME)
    money.grant(
        gunta, money.DISABILITY, after(today, -400), after(today, 1424), 396, waited_days=12
    )
    _job(gunta, 5, add_years(today, -9), after(today, -420), 1300)
    _decide(peteris, after(today, -2900), None, 35, Cause.WORK_ACCIDENT, "S60-S69")
    _decide(peteris, after(today, -300), 729, 65, Cause.ILLNESS, "I20-I25")
    money.grant(
        peteris, money.DISABILITY, after(today, -300), after(today, 428), 372, waited_days=20
    )
    _decide(vija, after(today, -200), 364, 60, Cause.ILLNESS, "M40-M54", waited_days=170)
    _job(vija, 11, add_years(today, -7), None, 1180)
    _decide(
        harijs,
        after(today, -500),
        729,
        100,
        Cause.ILLNESS,
        "I60-I69",
        opinions=(OpinionKind.SPECIAL_CARE,),
    )
    money.grant(harijs, money.CARE, after(today, -500), after(today, 228), 313, waited_days=15)
    _end_status(harijs, after(today, -700), after(today, -501), EndReason.DISABILITY_100)
    return [gunta, peteris, vija, harijs]


def orphaned(today: date) -> list[Draft]:
    """Tell the boy in guardianship, his guardian and his mother who died."""
    kristaps, zenta, daina = people = _people(today, "kristaps", "zenta", "daina")
    daina.died = after(today, -2200)
    families.join([daina], [kristaps])
    _at_home(people, _CESIS, "Pīlādžu iela 5 - 2", date(2011, 6, 1))
    shots.follow_calendar(kristaps)
    _job(zenta, 6, add_years(today, -11), None, 1240)
    _job(daina, 0, add_years(daina.died, -4), daina.died, 870)
    protection.place(kristaps, CareForm.GUARDIAN, zenta, after(daina.died, 21))
    money.orphan(kristaps, daina, zenta.kin())
    return people


def fostered(today: date) -> list[Draft]:
    """Tell the foster parents and the child they care for."""
    laima, juris, toms = people = _people(today, "laima", "juris", "toms")
    laima.spouse, juris.spouse = juris.kin(), laima.kin()
    _at_home(people, _VALMIERA, "Dārza iela 17 - 1", date(2009, 3, 1))
    _job(juris, 1, add_years(today, -10), None, 1620)
    came = after(today, -900)
    protection.suit(laima, CaseKind.FOSTER_STATUS, after(came, -240))
    protection.place(toms, CareForm.FOSTER_FAMILY, laima, came)
    measles = frozenset({"J07BD52"})
    shots.follow_calendar(toms, missing=measles)
    shots.give_in_error(toms, "J07BD52", 1, add_months(toms.born, 13))
    return people


def with_children(today: date) -> list[Draft]:
    """Tell the teacher who may work with children and the coach who may not."""
    baiba, normunds = people = _people(today, "baiba", "normunds")
    lives_at(baiba, RIGA, "Saules iela 31 - 6", date(2014, 8, 1))
    lives_at(normunds, RIGA, "Parka iela 9 - 22", date(2016, 1, 1))
    _job(baiba, 12, add_years(today, -8), None, 1710)
    _job(normunds, 15, add_years(today, -6), after(today, -240), 1150)
    baiba.specialist = _specialist(baiba, Role.TEACHER, after(today, -500), None)
    normunds.specialist = _specialist(normunds, Role.COACH, after(today, -1500), after(today, -240))
    return people


def renamed(today: date) -> list[Draft]:
    """Tell those with more than one code in one history."""
    rudolfs, olena = people = _people(today, "rudolfs", "olena")
    changed, met = after(today, -700), after(today, -420)
    rudolfs.codes = (
        CodeSpan(code=MEMBERS["rudolfs"].code, kind=CodeKind.NEW, begins=changed, ends=None),
        CodeSpan(
            code=MEMBERS["rudolfs"].old_code,
            kind=CodeKind.OLD,
            begins=rudolfs.born,
            ends=eve(changed),
        ),
    )
    lives_at(rudolfs, RIGA, "Ezera iela 14 - 3", date(2018, 11, 1))
    _end_status(rudolfs, after(today, -1100), after(today, -900), EndReason.FOUND_WORK)
    _job(rudolfs, 2, after(today, -899), None, 2750)
    came = after(today, -1300)
    olena.codes = (
        CodeSpan(code=MEMBERS["olena"].code, kind=CodeKind.NEW, begins=met, ends=None),
        CodeSpan(
            code=MEMBERS["olena"].generated_code,
            kind=CodeKind.GENERATED,
            begins=came,
            ends=eve(met),
        ),
    )
    olena.is_foreign = True
    lives_at(olena, RIGA, "Miera iela 60 - 11", met)
    _job(olena, 3, after(came, 40), None, 960)
    money.grant(olena, money.REFUGEE, after(came, 10), after(came, 310), 139, waited_days=9)
    return people


def adopted(today: date) -> list[Draft]:
    """Tell an adopted child twice: nothing but the day of birth is the same."""
    alise, sanita, mareks = new = _people(today, "alise", "sanita", "mareks")
    una, inga = former = _people(today, "una", "inga")
    sanita.spouse, mareks.spouse = mareks.kin(), sanita.kin()
    families.join([sanita, mareks], [alise])
    _at_home(new, MADONA, "Kļavu iela 7 - 1", date(2017, 9, 1))
    shots.follow_calendar(alise)
    _job(mareks, 9, add_years(today, -9), None, 1530)
    granted = after(alise.born, 400)
    money.grant(sanita, money.ADOPTION, granted, granted, 1423, basis=Basis.CASE, about=alise.kin())
    una.closed_on = after(una.born, 310)
    families.join([inga], [una])
    _at_home(former, "0005000", "Tirgus iela 1 - 19", date(2016, 5, 1))
    shots.follow_calendar(una)
    return [*new, *former]


def others(today: date) -> list[Draft]:
    """Tell those whom few registers know, and a pensioner."""
    imants, niks, madara, sandis, signe = people = _people(
        today, "imants", "niks", "madara", "sandis", "signe"
    )
    lives_at(imants, RIGA, "Vītolu iela 21 - 5", date(2001, 1, 1))
    lives_at(niks, RIGA, "Zvaigžņu iela 2 - 8", date(2020, 9, 1))
    lives_at(sandis, RIGA, "Meža iela 33 - 12", date(2019, 4, 1))
    _at_home([signe, madara], RIGA, "Pļavu iela 10 - 2", date(2020, 6, 1))
    families.join([signe], [madara])
    madara.guardians.append(
        Guardian(
            who=sandis.kin(),
            kind=GuardianKind.PARENT,
            scope=Scope.FULL,
            begins=madara.born,
            ends=eve(madara.of_age_on),
            protected=True,  # a court keeps her father away; the register says so, and nobody else
        )
    )
    shots.follow_calendar(madara)
    imants.retired_on = add_years(imants.born, 62)
    money.grant(imants, money.OLD_AGE, imants.retired_on, None, 612, waited_days=10)
    shots.give(imants, shots.INFLUENZA, 1, date(today.year - 1, 10, 15))
    ill = after(today, -60)
    money.grant(sandis, money.SICKNESS, ill, after(ill, 14), 358, basis=Basis.CASE, waited_days=20)
    return people


STORIES: Final[Sequence[Callable[[date], list[Draft]]]] = (
    sunukalni,
    disabled,
    orphaned,
    fostered,
    with_children,
    renamed,
    adopted,
    others,
)

_CARE_AT_HOME: Final = (OpinionKind.ASSISTANT, OpinionKind.TRANSPORT_BENEFIT)


def _people(today: date, *keys: str) -> list[Draft]:
    return [drafted(key, today) for key in keys]


def _at_home(people: Sequence[Draft], territory: str, address: str, since: date) -> None:
    household = min(person.serial for person in people)
    for person in people:
        person.household = household
        lives_at(person, territory, address, since)


def _job(draft: Draft, occupation: int, begins: date, ends: date | None, wage: int) -> None:
    employer, number = EMPLOYERS[draft.serial % len(EMPLOYERS)]
    draft.has_second_pillar = True
    draft.jobs.append(
        Job(
            employer=employer,
            employer_no=number,
            occupation=OCCUPATIONS[occupation].code,
            occupation_name=OCCUPATIONS[occupation].name,
            wage=Decimal(wage),
            begins=begins,
            ends=ends,
        )
    )


def _schooling(draft: Draft, level: Level, years: int) -> Schooling:
    finished = date(draft.born.year + years, 6, 15)
    return Schooling(
        level=level, institution="Ozolzīles arodskola", field="tirdzniecība", finished_on=finished
    )


def _jobless(draft: Draft, granted: date, measures: tuple[int, ...]) -> Unemployment:
    return Unemployment(
        status=JobSeeking.UNEMPLOYED,
        granted_on=granted,
        ended_on=None,
        end_reason=None,
        branch=draft.territory or RIGA,
        measures=tuple(
            Measure(virsis_id=kind, begins=after(granted, 12), ends=after(granted, 40))
            for kind in measures
        ),
    )


def _end_status(draft: Draft, granted: date, ended: date, reason: EndReason) -> None:
    draft.unemployment.append(
        Unemployment(
            status=JobSeeking.UNEMPLOYED,
            granted_on=granted,
            ended_on=ended,
            end_reason=reason,
            branch=draft.territory or RIGA,
        )
    )


def _decide(  # noqa: PLR0913 - one row of a decision
    draft: Draft,
    begins: date,
    days: int | None,
    loss_pct: int,
    cause: Cause,
    impairment: str,
    *,
    opinions: Sequence[OpinionKind] = (),
    waited_days: int = -10,
) -> None:
    ends = None if days is None else begins + timedelta(days=days)
    decided = after(begins, waited_days)
    draft.disabilities.append(
        DisabilityDecision(
            applied_on=after(decided, -35),
            decided_on=decided,
            expertise=Expertise.REPEATED if draft.disabilities else Expertise.FIRST,
            status=DisabilityStatus.ADULT,
            group=group_of(loss_pct),
            loss_pct=loss_pct,
            cause=cause,
            impairments=(impairment,),
            valid_from=begins,
            valid_to=ends,
            opinions=tuple(
                Opinion(kind=kind, valid_from=begins, valid_to=ends) for kind in opinions
            ),
        )
    )


def _specialist(draft: Draft, role: Role, trained: date, banned: date | None) -> Specialist:
    job = draft.jobs[-1]
    return Specialist(
        role=role,
        institution=job.employer,
        institution_no=job.employer_no,
        begins=job.begins,
        ends=job.ends,
        trained_on=trained,
        training_valid_to=add_years(trained, 5),
        permitted=banned is None,
        banned_from=banned,
    )
