"""What was worked out a moment ago: bounded, and never for another book or hour than its own."""

from collections.abc import Hashable
from datetime import UTC, date, datetime, timedelta
from typing import Final, Generic, TypeVar
from zoneinfo import ZoneInfo

from hub.model.agreement import Agreement

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

MOST_KEPT: Final = 1_000
_RIGA: Final = ZoneInfo("Europe/Riga")
_HOUR: Final = timedelta(hours=1)


class Settled(Generic[K, V]):
    """Functions of (book, agreement, key), each worked out once while its book is in force.

    The agreement is told by its very object, which is kept beside what was worked out: another
    revision, another client's agreement, or one that merely looks alike, finds nothing.
    """

    def __init__(self, most: int = MOST_KEPT) -> None:
        """Keep at most ``most`` results; the oldest go first."""
        self._most = most
        self._book: object = None
        self._kept: dict[tuple[int, K], tuple[Agreement, V]] = {}

    def __len__(self) -> int:
        """Return how many results are kept."""
        return len(self._kept)

    def recall(self, book: object, agreement: Agreement, key: K) -> V | None:
        """Return what was worked out under ``book`` for ``agreement``, None if nothing was."""
        if book is not self._book:
            return None
        known = self._kept.get((id(agreement), key))
        return known[1] if known is not None and known[0] is agreement else None

    def keep(self, book: object, agreement: Agreement, key: K, value: V) -> V:
        """Keep ``value`` and return it; nothing of an earlier book stays."""
        if book is not self._book:
            self._book, self._kept = book, {}
        self._kept[(id(agreement), key)] = (agreement, value)
        if len(self._kept) > self._most:
            del self._kept[next(iter(self._kept))]
        return value


class LocalHour:
    """Hour and day in Europe/Riga, worked out once an hour."""

    def __init__(self) -> None:
        """Know no hour yet."""
        self._begins = self._ends = datetime.min.replace(tzinfo=UTC)
        self._local: tuple[datetime, date] = (self._begins, self._begins.date())

    def of(self, now: datetime) -> tuple[datetime, date]:
        """Return the beginning of the local hour that ``now`` (aware, UTC) is in, and its day."""
        if not self._begins <= now < self._ends:
            local = now.astimezone(_RIGA)
            begun = local.replace(minute=0, second=0, microsecond=0)
            past = timedelta(
                minutes=local.minute, seconds=local.second, microseconds=local.microsecond
            )
            self._begins = now.astimezone(UTC) - past
            self._ends = self._begins + _HOUR
            self._local = begun, begun.date()
        return self._local
