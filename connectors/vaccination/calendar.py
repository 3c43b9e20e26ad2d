"""The childhood vaccination calendar (bērnu vakcinācijas kalendārs) and who is behind it.

Source: MK 330/2000, annex 1, simplified (decision 0532): one line per vaccine and dose, the same
for every year of birth; boosters of adults and vaccines for groups at risk are no part of it.
"""

from calendar import monthrange
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from schemas.registers.vaccination.codes import CalendarStatus, VaccineAtc

MAJORITY_MONTHS = 18 * 12
GRACE_MONTHS = 3
"""A dose not given this long after it fell due is overdue."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarDose:
    """One dose of the calendar; ages in completed months.

    Attributes:
        number: How many doses of ``vaccine`` a child has had once this one is given.
        until_month: Age from which it is given no more, so that it cannot be overdue.
    """

    vaccine: VaccineAtc
    number: int
    due_month: int
    until_month: int = MAJORITY_MONTHS


_ROTAVIRUS_UNTIL = 8
CALENDAR: tuple[CalendarDose, ...] = (
    CalendarDose(vaccine=VaccineAtc.J07AN01, number=1, due_month=0),
    CalendarDose(vaccine=VaccineAtc.J07BH, number=1, due_month=2, until_month=_ROTAVIRUS_UNTIL),
    CalendarDose(vaccine=VaccineAtc.J07BH, number=2, due_month=4, until_month=_ROTAVIRUS_UNTIL),
    CalendarDose(vaccine=VaccineAtc.J07CA09, number=1, due_month=2),
    CalendarDose(vaccine=VaccineAtc.J07CA09, number=2, due_month=4),
    CalendarDose(vaccine=VaccineAtc.J07CA09, number=3, due_month=6),
    CalendarDose(vaccine=VaccineAtc.J07CA09, number=4, due_month=12),
    CalendarDose(vaccine=VaccineAtc.J07AL02, number=1, due_month=2),
    CalendarDose(vaccine=VaccineAtc.J07AL02, number=2, due_month=4),
    CalendarDose(vaccine=VaccineAtc.J07AL02, number=3, due_month=12),
    CalendarDose(vaccine=VaccineAtc.J07BD52, number=1, due_month=12),
    CalendarDose(vaccine=VaccineAtc.J07BD52, number=2, due_month=84),
    CalendarDose(vaccine=VaccineAtc.J07BK01, number=1, due_month=12),
    CalendarDose(vaccine=VaccineAtc.J07BK01, number=2, due_month=84),
    CalendarDose(vaccine=VaccineAtc.J07CA02, number=1, due_month=84),
    CalendarDose(vaccine=VaccineAtc.J07BM, number=1, due_month=144),
    CalendarDose(vaccine=VaccineAtc.J07BM, number=2, due_month=150),
    CalendarDose(vaccine=VaccineAtc.J07AM51, number=1, due_month=168),
)


def calendar_status(
    born: date | None, given: Iterable[tuple[VaccineAtc, date]], at: date
) -> CalendarStatus:
    """Tell how a person stands against the calendar.

    Args:
        born: Day of birth, None when the register does not know it.
        given: Vaccines completed and their days, the whole history; of one vaccine, several
            entries of one day are one dose.
        at: Day asked about; later doses do not count.
    """
    if born is None:
        return CalendarStatus.UNKNOWN
    age = completed_months(born, at)
    if not 0 <= age < MAJORITY_MONTHS:
        return CalendarStatus.NOT_APPLICABLE
    doses = Counter(vaccine for vaccine, day in set(given) if day <= at)
    due = [line for line in CALENDAR if line.due_month + GRACE_MONTHS <= age < line.until_month]
    behind = any(doses[line.vaccine] < line.number for line in due)
    return CalendarStatus.OVERDUE if behind else CalendarStatus.COMPLETE


def completed_months(born: date, at: date) -> int:
    """Return completed months of age; on a month's last day those of longer months count."""
    months = (at.year - born.year) * 12 + at.month - born.month
    is_complete = at.day >= born.day or at.day == monthrange(at.year, at.month)[1]
    return months if is_complete else months - 1
