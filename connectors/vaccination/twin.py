"""What E-veselība would hold of a synthetic life."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from types import MappingProxyType
from zoneinfo import ZoneInfo

from connectors.vaccination.calendar import MAJORITY_MONTHS, completed_months
from connectors.vaccination.source import (
    IESTADE,
    IMUNITATES_PARBAUDE,
    METADATA,
    PACIENTS,
    PREPARATS,
    SCHEMA,
    TUBERKULINA_TESTS,
    VAKCINACIJA,
)
from connectors.vaccination.twin_products import PRODUCTS, Product
from hub.sandbox.people.health import Dose, ImmunityCheck, TuberculinTest, VaccinationStatus
from hub.sandbox.people.life import Life
from hub.sandbox.people.territories import RIGA, TERRITORIES, valid_on
from hub.sandbox.people.twin import Row, Twin

ZONE = ZoneInfo("Europe/Riga")
PRACTICES = 3
"""Practices in every territory."""

INFANT_DAYS = 365
CORRECTED_DAYS = 3
"""So long it takes to see that a fact was entered in error."""

_STATUSES: Mapping[VaccinationStatus, str] = MappingProxyType(
    {
        VaccinationStatus.COMPLETED: "VEIKTA",
        VaccinationStatus.NOT_DONE: "NEVEIKTA",
        VaccinationStatus.ENTERED_IN_ERROR: "KLUDA",
    }
)


@dataclass(slots=True, kw_only=True)
class _Entry:
    """A life being written down: one row of ``pacients`` for each code its facts came under."""

    life: Life
    today: date
    numbers: dict[str, int] = field(default_factory=dict)

    def number(self, table: str) -> int:
        """Return the next own key of ``table``."""
        self.numbers[table] = self.numbers.get(table, -1) + 1
        return self.life.key(self.numbers[table])

    def owner(self, day: date) -> int:
        """Return the key of the ``pacients`` row that what happened on ``day`` belongs to."""
        codes = [span.code for span in self.life.codes]
        return self.life.key(codes.index(self.life.code_on(day)))

    def practice(self, day: date) -> int:
        """Return the key of the person's family doctor on ``day``."""
        stays = [stay for stay in self.life.stays if stay.begins <= day]
        territory = valid_on(stays[-1].territory if stays else RIGA, day)
        return _practice(territory, (self.life.household or 0) % PRACTICES)


def rows(life: Life, today: date) -> Iterator[Row]:
    """Return the rows of one life: of every child who lives here, and of whoever has a fact."""
    facts = (life.doses, life.tuberculin, life.immunity)
    is_child = completed_months(life.born, life.last_day(today)) < MAJORITY_MONTHS
    if not any(facts) and not (is_child and life.in_population):
        return
    entry = _Entry(life=life, today=today)
    for number, span in enumerate(life.codes):
        yield (
            PACIENTS,
            (life.key(number), span.code, life.first_name, life.last_name, life.born),
        )
    for dose in life.doses:
        yield from _dose(entry, dose)
    for test in life.tuberculin:
        yield _test(entry, test)
    for check in life.immunity:
        yield _check(entry, check)


def constants(_today: date) -> Iterator[Row]:
    """Return vaccines, and the practices that give them."""
    for key, product in enumerate(PRODUCTS):
        yield PREPARATS, (key, product.atc, product.name, list(product.diseases))
    for place, territory in enumerate(TERRITORIES, start=1):
        for number in range(PRACTICES):
            code = f"{place:02}00{number + 1:05}"
            name = f"Ģimenes ārsta prakse Nr. {number + 1}, {territory.name}"
            address = f"Veselības iela {number + 1}, {territory.name}"
            yield IESTADE, (_practice(territory.code, number), code, "01", name, address)


def _dose(entry: _Entry, dose: Dose) -> Iterator[Row]:
    key, (product, number) = entry.number("vakcinacija"), _given(dose)
    owner, recorded = entry.owner(dose.occurred_on), _recorded(dose.recorded_on, entry, number)
    where = (owner, product, entry.practice(dose.occurred_on))
    details = (dose.occurred_on, recorded, *_details(entry.life, dose, PRODUCTS[product]))
    if dose.status is VaccinationStatus.ENTERED_IN_ERROR:  # first taken for true, then corrected
        corrected = instant(min(dose.recorded_on + timedelta(days=CORRECTED_DAYS), entry.today))
        corrected = max(corrected, recorded)
        yield VAKCINACIJA, (key, *where, "VEIKTA", *details, corrected, recorded)
        key, recorded = entry.number("vakcinacija"), corrected
    yield VAKCINACIJA, (key, *where, _STATUSES[dose.status], *details, None, recorded)


def _given(dose: Dose) -> tuple[int, int]:
    """Return the product's key and the lot's number: one lot serves everybody for three months."""
    candidates = _products(dose.atc)
    lot = dose.occurred_on.year * 4 + (dose.occurred_on.month - 1) // 3
    return candidates[lot % len(candidates)], lot


@cache
def _products(atc: str) -> tuple[int, ...]:
    found = tuple(key for key, product in enumerate(PRODUCTS) if product.atc.startswith(atc))
    if not found:
        raise KeyError(atc)
    return found


def _details(life: Life, dose: Dose, product: Product) -> tuple[object, ...]:
    _, lot = _given(dose)
    year, quarter = divmod(lot, 4)
    is_infant = (dose.occurred_on - life.born).days < INFANT_DAYS
    site = None if product.route == "PO" else "KR_AUGST" if is_infant else "KR_AUGSD"
    return (
        f"{product.lot_prefix}{year % 100:02}{quarter + 1}",
        date(year + 2, 3 * quarter + 3, 28),
        "R" if dose.number > product.primary_doses else "V",
        dose.number,
        product.dose_ml,
        product.route,
        site,
        product.indication,
    )


def _test(entry: _Entry, test: TuberculinTest) -> Row:
    values = (test.done_on, test.read_on, test.size_mm, instant(test.read_on))
    return TUBERKULINA_TESTS, (entry.number("tests"), entry.owner(test.done_on), *values)


def _check(entry: _Entry, check: ImmunityCheck) -> Row:
    titre = check.titre.quantize(Decimal("0.01"))
    values = (check.done_on, check.disease, titre, check.immune, instant(check.done_on))
    return IMUNITATES_PARBAUDE, (entry.number("checks"), entry.owner(check.done_on), *values)


@cache
def _practice(territory: str, number: int) -> int:
    place = next(key for key, known in enumerate(TERRITORIES, 1) if known.code == territory)
    return place * PRACTICES + number


def _recorded(day: date, entry: _Entry, spread: int) -> datetime:
    """Return an instant of surgery hours, or the day's first when the day is not over."""
    if day >= entry.today:
        return instant(day)
    return instant(day) + timedelta(hours=9, minutes=(entry.life.serial * 7 + spread) % 480)


def instant(day: date) -> datetime:
    """Return the first instant of ``day`` in Riga: never later than now when ``day`` is not."""
    return datetime.combine(day, time(), tzinfo=ZONE).astimezone(UTC)


TWIN = Twin(
    register="vaccination",
    schema=SCHEMA,
    metadata=METADATA,
    rows=rows,
    constants=constants,
)
