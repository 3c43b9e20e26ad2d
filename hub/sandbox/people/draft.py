"""A life while it is being written; frozen by ``finish``."""

from dataclasses import dataclass, field
from datetime import date
from random import Random

from hub.sandbox.people.care import (
    Care,
    Complaint,
    CourtCase,
    Guardian,
    OrphanCertificate,
    Specialist,
)
from hub.sandbox.people.days import add_years, age, eve
from hub.sandbox.people.health import (
    Coverage,
    DisabilityDecision,
    Dose,
    ImmunityCheck,
    TuberculinTest,
)
from hub.sandbox.people.kin import Kin
from hub.sandbox.people.life import CodeSpan, Life, Name, Sex, Stay
from hub.sandbox.people.work import Cv, Entitlement, Job, Language, Schooling, Unemployment

MAJORITY = 18


@dataclass(slots=True, kw_only=True)
class Draft:
    """What ``Life`` holds, still open, and what is needed to write it.

    Attributes:
        rng: The household's; stages draw from it in a fixed order.
        today: Day the people are made for.
        able_until: Last day on which work or unemployment is possible, set by ``careers``.
    """

    rng: Random
    today: date
    serial: int
    seed: int
    sex: Sex
    codes: tuple[CodeSpan, ...]
    first: str
    last: str
    born: date
    maiden: str | None = None
    wed_on: date | None = None
    died: date | None = None
    closed_on: date | None = None
    household: int | None = None
    in_population: bool = True
    retired_on: date | None = None
    is_foreign: bool = False
    stays: list[Stay] = field(default_factory=list)
    parents: list[Kin] = field(default_factory=list)
    children: list[Kin] = field(default_factory=list)
    spouse: Kin | None = None
    guardians: list[Guardian] = field(default_factory=list)
    disabilities: list[DisabilityDecision] = field(default_factory=list)
    doses: list[Dose] = field(default_factory=list)
    tuberculin: list[TuberculinTest] = field(default_factory=list)
    immunity: list[ImmunityCheck] = field(default_factory=list)
    coverage: Coverage = Coverage.NOT_APPLICABLE
    jobs: list[Job] = field(default_factory=list)
    unemployment: list[Unemployment] = field(default_factory=list)
    schooling: list[Schooling] = field(default_factory=list)
    languages: list[Language] = field(default_factory=list)
    cv: Cv | None = None
    entitlements: list[Entitlement] = field(default_factory=list)
    has_second_pillar: bool = False
    posted_abroad: tuple[str, ...] = ()
    care: list[Care] = field(default_factory=list)
    court_cases: list[CourtCase] = field(default_factory=list)
    certificates: list[OrphanCertificate] = field(default_factory=list)
    complaints: list[Complaint] = field(default_factory=list)
    specialist: Specialist | None = None

    @property
    def ended_on(self) -> date | None:
        """Day after which nothing happens: death, or the record's closing."""
        return self.died or self.closed_on

    @property
    def last_day(self) -> date:
        """Last day on which anything can have happened."""
        ended = self.ended_on
        return self.today if ended is None else ended

    @property
    def age(self) -> int:
        """Completed years of life on the last day."""
        return age(self.born, self.last_day)

    @property
    def is_child(self) -> bool:
        """Whether the person is below eighteen."""
        return self.age < MAJORITY

    @property
    def of_age_on(self) -> date:
        """Eighteenth birthday."""
        return add_years(self.born, MAJORITY)

    @property
    def territory(self) -> str | None:
        """ATVK code of the last residence."""
        return self.stays[-1].territory if self.stays else None

    def kin(self) -> Kin:
        """Return how others' records name this person."""
        return Kin(
            code=self.codes[0].code, first_name=self.first, last_name=self.last, born=self.born
        )

    def chance(self, share: float) -> bool:
        """Draw: true in ``share`` of cases."""
        return self.rng.random() < share

    def days(self, low: int, high: int) -> int:
        """Draw a whole number between ``low`` and ``high``, both included."""
        return low + int(self.rng.random() * (high - low + 1))

    def finish(self) -> Life:
        """Freeze."""
        return Life(
            serial=self.serial,
            seed=self.seed,
            sex=self.sex,
            codes=self.codes,
            names=self._names(),
            born=self.born,
            died=self.died,
            closed_on=self.closed_on,
            household=self.household,
            in_population=self.in_population,
            stays=tuple(self.stays),
            parents=tuple(self.parents),
            children=tuple(self.children),
            spouse=self.spouse,
            guardians=tuple(self.guardians),
            disabilities=tuple(self.disabilities),
            doses=tuple(self.doses),
            tuberculin=tuple(self.tuberculin),
            immunity=tuple(self.immunity),
            coverage=self.coverage,
            jobs=tuple(self.jobs),
            unemployment=tuple(self.unemployment),
            schooling=tuple(self.schooling),
            languages=tuple(self.languages),
            cv=self.cv,
            entitlements=tuple(self.entitlements),
            has_second_pillar=self.has_second_pillar,
            posted_abroad=self.posted_abroad,
            care=tuple(self.care),
            court_cases=tuple(self.court_cases),
            certificates=tuple(self.certificates),
            complaints=tuple(self.complaints),
            specialist=self.specialist,
        )

    def _names(self) -> tuple[Name, ...]:
        if self.maiden is None or self.wed_on is None:
            return (Name(first=self.first, last=self.last, begins=self.born, ends=None),)
        return (
            Name(first=self.first, last=self.last, begins=self.wed_on, ends=None),
            Name(first=self.first, last=self.maiden, begins=self.born, ends=eve(self.wed_on)),
        )
