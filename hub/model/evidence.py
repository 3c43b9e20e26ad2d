"""What a register answered, and how sure that is."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol, Self

from msgspec import Struct
from typing_extensions import override

from hub.model.catalogue import FieldId, Manifest
from hub.model.personal_code import PersonalCode


class Facts(Protocol):
    """A register's facts about one person: a msgspec Struct, so that it can be cached.

    What an agreement sees is a function of ``withhold``'s result alone: facts with the withheld
    rows removed and facts that never had them are the same (DESIGN.md invariant 9).
    """

    def withhold(self, granted: Collection[FieldId]) -> Self:
        """Return the facts without rows and values of a class that ``granted`` lacks."""
        ...

    def is_empty(self) -> bool:
        """Tell whether nothing is left; the answer is then ``NO_RECORD``."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Closed range of days (Europe/Riga)."""

    start: date
    end: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What one operation wants of one register, the same for all its subjects.

    Attributes:
        register: Published name.
        columns: Names of the connector's own columns; never empty.
        window: Hull of all periods asked, where the register is ``windowed``.
    """

    register: str
    columns: frozenset[str]
    window: Window | None = None


class Subject(Struct, frozen=True, kw_only=True):
    """A person as the population register knows them.

    Attributes:
        asked: The code the caller sent; the only one echoed.
        codes: Every code of the same history, current first. Codes parted by adoption are
            different persons here and nowhere joined.
    """

    asked: PersonalCode
    codes: tuple[PersonalCode, ...]

    @property
    def current(self) -> PersonalCode:
        """The code that names the person in quota, consent and log."""
        return self.codes[0]


class Order(Struct, frozen=True, kw_only=True):
    """One register's part of an operation: what is asked, of whom.

    Attributes:
        subjects: Those whose facts may be asked of this register; consent may leave different
            persons for different registers. Repeated persons are asked once.
    """

    ask: Ask
    subjects: tuple[Subject, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The register has a record.

    Attributes:
        as_of: Instant for which the register guarantees the facts, aware UTC.
        fetched_at, cached: As this agreement may know them.
        stale: Served beyond ``ttl`` because the register fails.
    """

    facts: Facts
    as_of: datetime
    fetched_at: datetime
    cached: bool = False
    stale: bool = False


class Kept(Found):
    """A record that this process has at hand, small: its facts are decoded when asked for.

    Attributes:
        views: What was made of the facts before, by whatever decides what is made; it goes with
            the record. Whoever adds to it bounds it.
    """

    __slots__ = ("_read", "views")

    views: dict[object, object]

    @override
    def __init__(self, *, read: Callable[[], Facts], as_of: datetime, fetched_at: datetime) -> None:
        for name, value in (
            ("_read", read),
            ("as_of", as_of),
            ("fetched_at", fetched_at),
            ("cached", True),
            ("stale", False),
            ("views", {}),
        ):
            object.__setattr__(self, name, value)

    @property
    @override
    def facts(self) -> Facts:
        """Decode the facts anew; keeping them is what this class is there to avoid."""
        read: Callable[[], Facts] = self._read  # type: ignore[attr-defined]  # set in __init__
        return read()


@dataclass(frozen=True, slots=True, kw_only=True)
class Absent:
    """The register answered that it has no record.

    Attributes:
        cached, stale: As of ``Found``: what is kept of no record must live and be told as facts
            are, or facts of which nothing may be shown would differ from none.
    """

    as_of: datetime
    cached: bool = False
    stale: bool = False


class Failure(StrEnum):
    """Why a register gave no answer."""

    UNAVAILABLE = "register_unavailable"
    MALFORMED = "register_malformed"
    TOO_STALE = "too_stale"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unavailable:
    """The register gave no answer that may be used.

    Attributes:
        retry_after_s: Whole seconds until trying again makes sense, if known.
        known_as_of: Instant of an answer this agreement once got and that is too old now.
    """

    failure: Failure
    retry_after_s: int | None = None
    known_as_of: datetime | None = None


Outcome = Found | Absent | Unavailable


class AbsenceCode(StrEnum):
    """Why a register's part of a person is null."""

    SUBJECT_NOT_FOUND = "SUBJECT_NOT_FOUND"
    NO_RECORD = "NO_RECORD"
    NO_CONSENT = "NO_CONSENT"
    RESTRICTED = "RESTRICTED"
    REGISTER_UNAVAILABLE = "REGISTER_UNAVAILABLE"
    TOO_STALE = "TOO_STALE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """One register's part that is missing, typed; ``register`` None means the person."""

    register: str | None
    code: AbsenceCode
    retry_after_s: int | None = None
    known_as_of: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Where a record comes from and how old it is (DESIGN.md invariant 6)."""

    register: str
    controller: str
    source: str
    as_of: datetime
    fetched_at: datetime
    cached: bool
    stale: bool

    @classmethod
    def of(cls, manifest: Manifest, found: Found) -> Self:
        """Return where a record of ``manifest``'s register comes from."""
        return cls(
            register=manifest.name,
            controller=manifest.controller,
            source=manifest.source,
            as_of=found.as_of,
            fetched_at=found.fetched_at,
            cached=found.cached,
            stale=found.stale,
        )
