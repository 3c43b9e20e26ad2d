"""What a detector says before it becomes a finding, and how entries are put together."""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final, TypeVar
from zoneinfo import ZoneInfo

from hub.model.misuse import Kind, Look
from hub.model.personal_code import PersonalCode

RIGA: Final = ZoneInfo("Europe/Riga")
K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspicion:
    """Some entries that belong together.

    Attributes:
        matter: Tells this suspicion from others of its kind; may name persons, and is never kept.
        evidence: At least one. ``baseline``: what it was measured against.
    """

    kind: Kind
    matter: tuple[str, ...] = field(repr=False)
    evidence: Sequence[Look] = field(repr=False)
    baseline: Sequence[Look] = field(default=(), repr=False)
    measured: Mapping[str, int]


def grouped(looks: Iterable[Look], key: Callable[[Look], K | None]) -> Mapping[K, list[Look]]:
    """Return looks by ``key``, each group in its first order; those without a key are left out."""
    groups: dict[K, list[Look]] = {}
    for look in looks:
        if (at := key(look)) is not None:
            groups.setdefault(at, []).append(look)
    return groups


def day_of(at: datetime) -> date:
    """Return the day in Rīga."""
    return at.astimezone(RIGA).date()


def month_of(day: date) -> str:
    """Return the calendar month of a day."""
    return f"{day:%Y-%m}"


def official_of(look: Look) -> tuple[str, str] | None:
    """Return institution and official, where the entry names one."""
    return (look.recipient, look.official) if look.official else None


def asker_of(look: Look) -> tuple[str, str]:
    """Return institution and official; the client where no official is named."""
    return look.recipient, f"official {look.official}" if look.official else f"client {look.client}"


def persons(looks: Iterable[Look]) -> set[PersonalCode]:
    """Return the distinct persons that looks are about."""
    return {look.subject for look in looks if look.subject is not None}


def firsts(looks: Iterable[Look]) -> list[Look]:
    """Return each person's first look of each day: enough to count distinct persons again."""
    found: dict[tuple[date, PersonalCode], Look] = {}
    for look in looks:
        if look.subject is not None:
            found.setdefault((day_of(look.at), look.subject), look)
    return list(found.values())
