"""One person's life, in words of no register; every twin tells its part of it.

All days are Europe/Riga, periods are closed at both ends, money is euro. A ``Life`` and everything
in it is frozen and hashable. Dates may reach into the future (a certificate's validity), never the
day something became known.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from random import Random

from hub.sandbox.people.care import (
    Care,
    Complaint,
    CourtCase,
    Guardian,
    OrphanCertificate,
    Specialist,
)
from hub.sandbox.people.health import (
    Coverage,
    DisabilityDecision,
    Dose,
    ImmunityCheck,
    TuberculinTest,
)
from hub.sandbox.people.kin import Kin
from hub.sandbox.people.work import Cv, Entitlement, Job, Language, Schooling, Unemployment

ROWS_PER_PERSON = 10_000
HISTORY_MONTHS = 18
"""Monthly rows (payments, contributions) reach back this far, so that a nation stays bounded."""


class Sex(StrEnum):
    """Sex as the population register writes it."""

    FEMALE = "FEMALE"
    MALE = "MALE"


class CodeKind(StrEnum):
    """Generation of a personal code."""

    OLD = "OLD"
    NEW = "NEW"
    GENERATED = "GENERATED"  # by VSAA, 39…


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeSpan:
    """A personal code and when it named the person; eleven digits without dash."""

    code: str
    kind: CodeKind
    begins: date
    ends: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """A name and when it was borne."""

    first: str
    last: str
    begins: date
    ends: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """A declared residence; ``territory`` is the ATVK code valid on its first day."""

    territory: str
    address: str
    begins: date
    ends: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """One person.

    Attributes:
        serial: Unique number below 2**31, the same for the same seed; keys are made from it.
        seed: Where ``rng`` starts from.
        codes: Current first. Those of one adoption are two lives, and nothing joins them.
        names: Current first.
        closed_on: Day the record was closed (the former side of an adoption): nothing later.
        household: Number of the household, None for who lives nowhere here.
        stays: Ordered, one at a time.
        in_population: False for a person whom only social insurance knows.
        coverage: What the doses were made to be against the calendar.
    """

    serial: int
    seed: int
    sex: Sex
    codes: tuple[CodeSpan, ...]
    names: tuple[Name, ...]
    born: date
    died: date | None = None
    closed_on: date | None = None
    household: int | None = None
    in_population: bool = True
    stays: tuple[Stay, ...] = ()
    parents: tuple[Kin, ...] = ()
    children: tuple[Kin, ...] = ()
    spouse: Kin | None = None
    guardians: tuple[Guardian, ...] = ()
    # health
    disabilities: tuple[DisabilityDecision, ...] = ()
    doses: tuple[Dose, ...] = ()
    tuberculin: tuple[TuberculinTest, ...] = ()
    immunity: tuple[ImmunityCheck, ...] = ()
    coverage: Coverage = Coverage.NOT_APPLICABLE
    # work
    jobs: tuple[Job, ...] = ()
    unemployment: tuple[Unemployment, ...] = ()
    schooling: tuple[Schooling, ...] = ()
    languages: tuple[Language, ...] = ()
    cv: Cv | None = None
    entitlements: tuple[Entitlement, ...] = ()
    has_second_pillar: bool = False
    posted_abroad: tuple[str, ...] = ()
    # care
    care: tuple[Care, ...] = ()
    court_cases: tuple[CourtCase, ...] = ()
    certificates: tuple[OrphanCertificate, ...] = ()
    complaints: tuple[Complaint, ...] = ()
    specialist: Specialist | None = None

    @property
    def code(self) -> str:
        """The current code, eleven digits."""
        return self.codes[0].code

    @property
    def first_name(self) -> str:
        """The current first name."""
        return self.names[0].first

    @property
    def last_name(self) -> str:
        """The current last name."""
        return self.names[0].last

    @property
    def ended_on(self) -> date | None:
        """Day after which nothing happens to this record: death, or its closing."""
        return self.died or self.closed_on

    def code_on(self, day: date) -> str:
        """Return the code that named the person on ``day``: what a record made then holds."""
        for span in self.codes:
            if span.begins <= day:
                return span.code
        return self.codes[-1].code

    def last_day(self, today: date) -> date:
        """Return the last day on which anything can have happened: today, death or closing."""
        ended = self.ended_on
        return today if ended is None else min(ended, today)

    def key(self, number: int = 0) -> int:
        """Return a register's own key, unique over all people, for ``number`` below 10,000."""
        return self.serial * ROWS_PER_PERSON + number

    def rng(self, register: str) -> Random:
        """Return a generator of this person and ``register`` alone, the same for the same seed."""
        return Random(f"{self.seed}/{register}")  # noqa: S311 — made-up people, no secrets

    def as_kin(self) -> Kin:
        """Return how others' records name this person now."""
        return Kin(
            code=self.code, first_name=self.first_name, last_name=self.last_name, born=self.born
        )
