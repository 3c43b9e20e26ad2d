"""What SAIS would hold of a synthetic life."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from decimal import ROUND_HALF_UP, Decimal
from random import Random
from types import MappingProxyType

from connectors.social_insurance.source import (
    A1_SERTIFIKATS,
    FONDETA_PENSIJA,
    IEMAKSA,
    MAKSAJUMS,
    METADATA,
    PAKALPOJUMS,
    PERSONA,
    SCHEMA,
    STAZA_PERIODS,
)
from hub.sandbox.people.days import add_months, add_years, after, eve
from hub.sandbox.people.life import HISTORY_MONTHS, CodeKind, Life
from hub.sandbox.people.twin import Row, Twin
from hub.sandbox.people.work import Basis, Entitlement, Job

_CENT = Decimal("0.01")
_TAX = Decimal("0.255")
_CONTRIBUTION = Decimal("0.3409")
_UNTAXED_PENSION = Decimal(1000)
_PENSIONS = frozenset({11987, 11518, 11844, 11375, 11385})
_FOR_THE_DEAD = frozenset({11265, 11381, 11844, 9400})
"""Kinds whose other person is somebody who died, not a child."""
_COUNTED_AS: Mapping[int, str] = MappingProxyType(
    {
        11870: "BEZD",
        11595: "SLIM",
        11599: "MATERN",
        11668: "PATERN",
        11600: "VECAKI",
        11374: "VECAKI",
        11373: "INVBERNS",
        11363: "AIZB",
        11364: "AIZB",
        11362: "AIZB",
    }
)
"""Benefits during which the state insures the person, and the period's code."""
_REFORM = date(1996, 1, 1)
_FUNDED_SINCE = date(2001, 7, 1)
_MANAGERS = ("Dzintars Fondi", "Jūrmalas Pensijas", "Rietumu Krājums", "Ziemeļu Kapitāls")
_PLANS = ("Aktīvais", "Sabalansētais", "Konservatīvais")


@dataclass(slots=True, kw_only=True)
class _Entry:
    """A life being written down: one row of ``persona`` for each of its codes."""

    life: Life
    last_day: date
    rng: Random
    numbers: dict[str, int] = field(default_factory=dict)

    def number(self, table: str) -> int:
        """Return the next own key of ``table``."""
        self.numbers[table] = self.numbers.get(table, -1) + 1
        return self.life.key(self.numbers[table])

    def owner(self, day: date) -> int:
        """Return the key of the ``persona`` row that what happened on ``day`` belongs to."""
        codes = [span.code for span in self.life.codes]
        return self.life.key(codes.index(self.life.code_on(day)))

    @property
    def history(self) -> date:
        """First month that monthly rows are kept for."""
        return add_months(self.last_day.replace(day=1), -HISTORY_MONTHS)


def rows(life: Life, today: date) -> Iterable[Row]:
    """Return the rows of one life; nothing for who was neither insured nor paid anything."""
    generated = next((span.code for span in life.codes if span.kind is CodeKind.GENERATED), None)
    if not (life.entitlements or life.jobs or life.has_second_pillar or generated):
        return
    entry = _Entry(life=life, last_day=life.last_day(today), rng=life.rng("socialInsurance"))
    for number, span in enumerate(life.codes):
        yield PERSONA, (life.key(number), span.code, generated)
    account = _iban(entry.rng)
    for entitlement in life.entitlements:
        yield from _benefit(entry, entitlement, account)
    for job in life.jobs:
        yield from _job(entry, job)
    if life.has_second_pillar:
        yield _second_pillar(entry)
    for country in life.posted_abroad:
        yield from _posting(entry, country)


def _benefit(entry: _Entry, granted: Entitlement, account: str) -> Iterator[Row]:
    key, changed = entry.number("pakalpojums"), _instant(granted.decided_on)
    owner = entry.owner(granted.decided_on)
    child = None if granted.virsis_id in _FOR_THE_DEAD else granted.about
    people = [
        (kin.code, kin.first_name, kin.last_name) if kin else (None, None, None)
        for kin in (granted.payee, child)
    ]
    decided = (f"{granted.decided_on.year}-{key % 10**8:08}", granted.decided_on)
    basis = "MENESIS" if granted.basis is Basis.MONTH else "GADIJUMS"
    days = (granted.begins, granted.ends)
    paid_to = (*people[0], account, *people[1])
    kind = str(granted.virsis_id)
    if entry.rng.random() < 0.02:  # noqa: PLR2004 — some grants were first entered with another sum
        wrong = (granted.amount + 10, basis, *days, *paid_to, changed, changed)
        yield PAKALPOJUMS, (entry.number("pakalpojums"), owner, kind, *decided, *wrong)
    right = (granted.amount, basis, *days, *paid_to, None, changed)
    yield PAKALPOJUMS, (key, owner, kind, *decided, *right)
    yield from _payments(entry, granted, key)
    if code := _COUNTED_AS.get(granted.virsis_id):
        period = (entry.number("periods"), owner, code, *days, None, changed)
        yield STAZA_PERIODS, period


def _payments(entry: _Entry, granted: Entitlement, benefit: int) -> Iterator[Row]:
    """Yield what was sent for payment; it is paid once its pay day has come."""
    if granted.basis is Basis.CASE:
        month = granted.decided_on.replace(day=1)
        if month >= entry.history:
            paid_on = after(granted.decided_on, 7)
            yield _payment(entry, granted, benefit, (month, paid_on, granted.amount))
        return
    pay_day = 3 + benefit // 10_000 % 22
    last = entry.last_day if granted.ends is None else min(granted.ends, entry.last_day)
    for month in _months(max(granted.begins, entry.history), last):
        closes = eve(add_months(month, 1))
        days = (min(closes, granted.ends or closes) - max(month, granted.begins)).days + 1
        gross = (granted.amount * days / closes.day).quantize(_CENT, ROUND_HALF_UP)
        paid_on = max(month.replace(day=pay_day), after(granted.decided_on, 5))
        yield _payment(entry, granted, benefit, (month, paid_on, gross))


def _payment(
    entry: _Entry, granted: Entitlement, benefit: int, due: tuple[date, date, Decimal]
) -> Row:
    month, paid_on, gross = due
    free = _UNTAXED_PENSION if granted.virsis_id in _PENSIONS else Decimal(0)
    taxable = max(Decimal(0), gross - free) if granted.taxed else Decimal(0)
    tax = (taxable * _TAX).quantize(_CENT, ROUND_HALF_UP)
    paid = paid_on if paid_on <= entry.last_day else None
    return MAKSAJUMS, (entry.number("maksajums"), benefit, month, paid, gross, tax, gross - tax)


def _job(entry: _Entry, job: Job) -> Iterator[Row]:
    owner, changed = entry.owner(job.begins), _instant(job.ends or job.begins)
    if job.begins < _REFORM:
        before = min(job.ends or eve(_REFORM), eve(_REFORM))
        old = (entry.number("periods"), owner, "LIDZ96", job.begins, before, None, changed)
        yield STAZA_PERIODS, old
    if job.ends is None or job.ends >= _REFORM:
        begins = max(job.begins, _REFORM)
        yield (
            STAZA_PERIODS,
            (entry.number("periods"), owner, "DN", begins, job.ends, None, changed),
        )
    reported = eve(entry.last_day.replace(day=1))
    last = reported if job.ends is None else min(job.ends, reported)
    amount = (job.wage * _CONTRIBUTION).quantize(_CENT, ROUND_HALF_UP)
    for month in _months(max(job.begins, entry.history), last):
        yield IEMAKSA, (entry.number("iemaksa"), owner, month, job.wage, amount)


def _second_pillar(entry: _Entry) -> Row:
    joined = min(max(_FUNDED_SINCE, add_years(entry.life.born, 18)), entry.last_day)
    reckoned = eve(entry.last_day.replace(day=1))
    years = max(0, (reckoned - joined).days // 365)
    capital = (
        Decimal(years * entry.rng.randrange(150, 900)) + Decimal(entry.rng.randrange(100)) / 100
    )
    account = (entry.rng.choice(_MANAGERS), entry.rng.choice(_PLANS), capital, reckoned)
    owner = entry.life.key()
    return FONDETA_PENSIJA, (
        entry.life.key(),
        owner,
        joined,
        *account,
        _instant(max(joined, reckoned)),
    )


def _posting(entry: _Entry, country: str) -> Iterator[Row]:
    """Yield a certificate of some months within the person's latest job."""
    if not entry.life.jobs:
        return
    job = max(entry.life.jobs, key=lambda each: each.begins)
    latest = min(job.ends or entry.last_day, entry.last_day)
    begins = max(job.begins, after(latest, -entry.rng.randrange(60, 600)))
    ends = min(after(begins, entry.rng.randrange(90, 700)), job.ends or date.max)
    key = entry.number("a1")
    days = (max(job.begins, after(begins, -10)), begins, ends)
    number = f"A1-{begins.year}-{key % 10**8:08}"
    yield A1_SERTIFIKATS, (key, entry.owner(begins), number, country, *days, _instant(days[0]))


def _months(first: date, last: date) -> Iterator[date]:
    month = first.replace(day=1)
    while month <= last:
        yield month
        month = add_months(month, 1)


def _iban(rng: Random) -> str:
    """Return a well-formed account at a bank that does not exist."""
    own = f"TEST{rng.randrange(10**13):013}"
    digits = "".join(str(int(sign, 36)) for sign in f"{own}LV00")
    return f"LV{98 - int(digits) % 97:02}{own}"


def _instant(day: date) -> datetime:
    return datetime.combine(day, time(5), UTC)


TWIN = Twin(register="socialInsurance", schema=SCHEMA, metadata=METADATA, rows=rows)
