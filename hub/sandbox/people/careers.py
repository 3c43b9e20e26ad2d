"""Draws schooling, work, unemployment between jobs, and the register of specialists."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from hub.sandbox.people.care import Role, Specialist
from hub.sandbox.people.days import add_years, after, eve
from hub.sandbox.people.draft import Draft
from hub.sandbox.people.illness import full_loss_from
from hub.sandbox.people.joblessness import be_at_risk, be_unemployed
from hub.sandbox.people.names import EMPLOYERS, SCHOOLS
from hub.sandbox.people.work import Cv, Job, Language, Level, Schooling

PENSION_AGE: Final = 65
_YEARS_TOLD: Final = 12
"""Work before that many years is in archives, not in the registers."""

_LONGEST_JOB_DAYS: Final = 3600
_TRAINING_YEARS: Final = 5
_COUNTRIES: Final = ("DE", "SE", "NO", "FI", "EE", "NL")
"""Where people are posted to work."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Occupation:
    """An occupation: code, name, usual wage in euro, and work with children if it is that."""

    code: str
    name: str
    wage: int
    role: Role | None = None


OCCUPATIONS: Final = (
    Occupation(code="5223 01", name="pārdevējs", wage=950),
    Occupation(code="8332 01", name="kravas automobiļa vadītājs", wage=1500),
    Occupation(code="2512 01", name="programmētājs", wage=2900),
    Occupation(code="9112 01", name="apkopējs", wage=800),
    Occupation(code="7126 01", name="santehniķis", wage=1350),
    Occupation(code="2411 01", name="grāmatvedis", wage=1700),
    Occupation(code="5120 02", name="pavārs", wage=1150),
    Occupation(code="2221 01", name="medicīnas māsa", wage=1600),
    Occupation(code="4321 01", name="noliktavas pārzinis", wage=1300),
    Occupation(code="3115 01", name="mehāniķis", wage=1600),
    Occupation(code="6111 01", name="laukkopis", wage=1000),
    Occupation(code="4110 01", name="lietvedis", wage=1200),
    Occupation(code="2330 01", name="skolotājs", wage=1600, role=Role.TEACHER),
    Occupation(code="2342 01", name="pirmsskolas skolotājs", wage=1400, role=Role.TEACHER),
    Occupation(code="2635 01", name="sociālais darbinieks", wage=1500, role=Role.SOCIAL_WORKER),
    Occupation(code="3422 01", name="treneris", wage=1200, role=Role.COACH),
)
_LEVELS: Final = (
    *(Level.BASIC,) * 2,
    *(Level.SECONDARY,) * 5,
    *(Level.VOCATIONAL,) * 5,
    *(Level.BACHELOR,) * 4,
    *(Level.MASTER,) * 3,
    Level.DOCTOR,
)
_AGE_AT: Final = {
    Level.BASIC: 16,
    Level.SECONDARY: 19,
    Level.VOCATIONAL: 20,
    Level.BACHELOR: 23,
    Level.MASTER: 25,
    Level.DOCTOR: 30,
}


def work(draft: Draft) -> None:
    """Draw everything that has to do with work; children have none of it."""
    if draft.is_child:
        return
    _retire(draft)
    school(draft)
    _speak(draft)
    until = able_until(draft)
    begins = _first_job_on(draft)
    if begins < until and not draft.chance(0.08):
        _spells(draft, begins, until)
    _specialise(draft)
    if draft.jobs and draft.chance(0.01):
        draft.posted_abroad = (draft.rng.choice(_COUNTRIES),)
    draft.has_second_pillar = draft.born.year >= 1971 or draft.chance(0.2)  # noqa: PLR2004 - the law's year
    if draft.unemployment:
        _publish_cv(draft)


def able_until(draft: Draft) -> date:
    """Return the last day of work or unemployment: pension, full loss, death or today."""
    bounds = [draft.last_day]
    if draft.retired_on is not None:
        bounds.append(eve(draft.retired_on))
    if (full := full_loss_from(draft)) is not None:
        bounds.append(eve(full))
    return min(bounds)


def _retire(draft: Draft) -> None:
    reached = add_years(draft.born, PENSION_AGE - (2 if draft.chance(0.1) else 0))
    if reached <= draft.last_day:
        draft.retired_on = reached


def _first_job_on(draft: Draft) -> date:
    told = add_years(draft.today, -_YEARS_TOLD)
    return after(max(told, add_years(draft.born, 19)), draft.days(0, 700))


def _spells(draft: Draft, begins: date, until: date) -> None:
    """Fill the days from ``begins`` to ``until`` with jobs, and gaps between them."""
    occupation = draft.rng.choice(OCCUPATIONS)
    is_able = until == draft.today and draft.ended_on is None
    while begins <= until:
        ends = after(begins, draft.days(200, _LONGEST_JOB_DAYS))
        if ends >= until:
            draft.jobs.append(_job(draft, occupation, begins, None if is_able else until))
            if is_able and draft.chance(0.01):
                be_at_risk(draft)
            return
        draft.jobs.append(_job(draft, occupation, begins, ends))
        begins = after(ends, 1)
        if draft.chance(0.5):
            begins = after(be_unemployed(draft, begins, until), 1)


def _job(draft: Draft, occupation: Occupation, begins: date, ends: date | None) -> Job:
    employer, number = draft.rng.choice(EMPLOYERS)
    spread = 0.75 + draft.rng.random() * 0.6
    return Job(
        employer=employer,
        employer_no=number,
        occupation=occupation.code,
        occupation_name=occupation.name,
        wage=Decimal(int(occupation.wage * spread)),
        begins=begins,
        ends=ends,
    )


def school(draft: Draft) -> None:
    """Give the highest schooling that the person's age allows."""
    level = draft.rng.choice(_LEVELS)
    finished = date(draft.born.year + _AGE_AT[level], 6, 15)
    if finished > draft.last_day:
        level, finished = Level.BASIC, date(draft.born.year + _AGE_AT[Level.BASIC], 6, 15)
    if finished <= draft.last_day:
        draft.schooling.append(
            Schooling(
                level=level,
                institution=draft.rng.choice(SCHOOLS),
                field="vispārējā",
                finished_on=finished,
            )
        )


def _speak(draft: Draft) -> None:
    draft.languages.append(Language(code="lv", level="B2" if draft.is_foreign else "N"))
    if draft.chance(0.6):
        draft.languages.append(
            Language(code="en", level=draft.rng.choice(("A2", "B1", "B2", "C1")))
        )
    if draft.chance(0.4):
        draft.languages.append(Language(code="de", level=draft.rng.choice(("A1", "A2", "B1"))))


def _publish_cv(draft: Draft) -> None:
    spell = draft.unemployment[-1]
    job = draft.jobs[0] if draft.jobs else None
    wanted = job.occupation_name if job else "palīgstrādnieks"
    draft.cv = Cv(
        published_on=spell.granted_on,
        headline=f"Meklēju darbu: {wanted}",
        wanted_occupation=wanted,
        driving_licence="B" if draft.chance(0.5) else None,
        is_active=spell.ended_on is None,
    )


def _specialise(draft: Draft) -> None:
    """Enter who works with children into the register of specialists."""
    if not draft.jobs:
        return
    job = draft.jobs[-1]
    role = next((one.role for one in OCCUPATIONS if one.code == job.occupation), None)
    if role is None:
        return
    trained = after(job.begins, draft.days(-300, 900))
    trained_on = trained if trained <= draft.last_day and draft.chance(0.9) else None
    banned = draft.chance(0.01) and after(job.begins, 200) <= draft.last_day
    draft.specialist = Specialist(
        role=role,
        institution=draft.rng.choice(SCHOOLS),
        institution_no=job.employer_no,
        begins=job.begins,
        ends=job.ends,
        trained_on=trained_on,
        training_valid_to=None if trained_on is None else add_years(trained_on, _TRAINING_YEARS),
        permitted=not banned,
        banned_from=after(job.begins, 200) if banned else None,
    )
