"""What BURVIS would hold of a synthetic life."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from types import MappingProxyType
from zoneinfo import ZoneInfo

from connectors.employment.source import (
    CV,
    FILIALE,
    IZGLITIBA,
    KLIENTS,
    METADATA,
    PASAKUMS,
    PIEREDZE,
    SCHEMA,
    STATUSS,
    VALODA,
)
from hub.sandbox.people.life import Life
from hub.sandbox.people.territories import TERRITORIES
from hub.sandbox.people.twin import Row, Twin
from hub.sandbox.people.work import EndReason, Job, JobSeeking, Level, Unemployment

RIGA = ZoneInfo("Europe/Riga")

_STATUSES: Mapping[JobSeeking, str] = MappingProxyType(
    {JobSeeking.UNEMPLOYED: "BEZD", JobSeeking.JOB_SEEKER: "DMEK", JobSeeking.AT_RISK: "RISK"}
)
_REASONS: Mapping[EndReason, str] = MappingProxyType(
    {
        EndReason.FOUND_WORK: "DARBS",
        EndReason.SELF_EMPLOYED: "PASNOD",
        EndReason.OLD_AGE_PENSION: "VECPENS",
        EndReason.STUDIES: "MACIBAS",
        EndReason.OWN_REQUEST: "ATTEIKS",
        EndReason.OBLIGATIONS_NOT_MET: "PIENAK",
        EndReason.CHILD_CARE: "BKOPS",
        EndReason.LEFT_COUNTRY: "IZCEL",
        EndReason.DISABILITY_100: "DZ100",
        EndReason.ILLNESS: "SLIM",
        EndReason.IMPRISONMENT: "IESLODZ",
        EndReason.DEATH: "NAVE",
    }
)
_LEVELS: Mapping[Level, str] = MappingProxyType(
    {
        Level.BASIC: "PAMAT",
        Level.SECONDARY: "VISP",
        Level.VOCATIONAL: "PROF",
        Level.BACHELOR: "BAK",
        Level.MASTER: "MAG",
        Level.DOCTOR: "DOKT",
    }
)
_NATIVE = "N"
_CITIES: Mapping[str, str] = MappingProxyType(
    {
        "Rīga": "Rīgas",
        "Jelgava": "Jelgavas",
        "Jūrmala": "Jūrmalas",
        "Liepāja": "Liepājas",
        "Rēzekne": "Rēzeknes",
    }
)
"""Genitives; every other name is one already."""


@dataclass(slots=True)
class _File:
    """One person's file under one code, while its rows are made."""

    life: Life
    today: date
    rng: Random
    clients: dict[str, int] = field(default_factory=dict)
    numbers: int = 0

    def key(self) -> int:
        """Return a key that no other row has."""
        self.numbers += 1
        return self.life.key(self.numbers)

    def client(self, day: date) -> tuple[int, Iterable[Row]]:
        """Return the key of the file under that day's code, and its row when it is new."""
        code = self.life.code_on(day)
        if code in self.clients:
            return self.clients[code], ()
        key = self.clients[code] = self.key()
        name = (self.life.first_name, self.life.last_name)
        return key, ((KLIENTS, (key, code, *name, day)),)

    def decided(self, day: date) -> date:
        """Return when NVA decided on what took effect on ``day``: now and then weeks later."""
        late = self.rng.random() < 0.05  # noqa: PLR2004 — a share
        days = self.rng.randint(15, 60) if late else self.rng.randint(0, 2)
        return min(day + timedelta(days=days), self.today)


def rows(life: Life, today: date) -> Iterator[Row]:
    """Return the rows of everybody who was ever a client; others have none."""
    if not life.unemployment:
        return
    file = _File(life, today, life.rng("employment"))
    for spell in life.unemployment:
        yield from _spell(file, spell)
    last = life.unemployment[-1].granted_on
    yield from _told(file, last)


def branches(_today: date) -> Iterator[Row]:
    """Return the classifier of branches: one in every territory."""
    for territory in TERRITORIES:
        name = territory.name.removesuffix(" novads")
        yield FILIALE, (territory.code, f"{_CITIES.get(name, name)} filiāle")


def _spell(file: _File, spell: Unemployment) -> Iterator[Row]:
    client, opened = file.client(spell.granted_on)
    yield from opened
    granted = file.decided(spell.granted_on)
    ended = max(file.decided(spell.ended_on), granted) if spell.ended_on else None
    reason = _REASONS[spell.end_reason] if spell.end_reason else None
    status = _STATUSES[spell.status]
    if ended:  # the row of before the ending stays, closed
        unended = (status, spell.granted_on, granted, None, None, None)
        times = (instant(ended), instant(granted))
        yield STATUSS, (file.key(), client, spell.branch, *unended, *times)
    known = (status, spell.granted_on, granted, spell.ended_on, ended, reason)
    yield STATUSS, (file.key(), client, spell.branch, *known, None, instant(ended or granted))
    for measure in spell.measures:
        period = (str(measure.virsis_id), measure.begins, measure.ends)
        yield PASAKUMS, (file.key(), client, *period, instant(min(measure.begins, file.today)))


def _told(file: _File, day: date) -> Iterator[Row]:
    """Return what the person told of themselves when last registering."""
    life, at = file.life, instant(day)
    client, opened = file.client(day)
    yield from opened
    for done in life.schooling:
        if done.finished_on <= day:
            values = (_LEVELS[done.level], done.institution, done.field, done.finished_on)
            yield IZGLITIBA, (file.key(), client, *values, at)
    for language in life.languages:
        level = "DZ" if language.level == _NATIVE else language.level
        yield VALODA, (file.key(), client, language.code, level, at)
    for job in life.jobs:
        if job.begins <= day:
            yield PIEREDZE, (file.key(), client, *_job(job, day), at)
    if life.cv:
        cv = life.cv
        texts = (cv.published_on, cv.headline, cv.wanted_occupation, cv.driving_licence)
        yield CV, (file.key(), client, *texts, cv.is_active, instant(cv.published_on))


def _job(job: Job, day: date) -> tuple[str | date | None, ...]:
    ends = job.ends if job.ends and job.ends <= day else None
    work = (job.employer, job.employer_no, job.occupation, job.occupation_name)
    return (*work, job.begins, ends)


def instant(day: date) -> datetime:
    """Return the first instant of ``day`` in Riga: never later than now when ``day`` is not."""
    return datetime.combine(day, time(), tzinfo=RIGA).astimezone(UTC)


TWIN = Twin(register="employment", schema=SCHEMA, metadata=METADATA, rows=rows, constants=branches)
