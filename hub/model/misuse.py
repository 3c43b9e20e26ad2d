"""Possible misuse: what detectors read of the log, when they speak, what they say.

A finding is a question to be asked, never an accusation: it cites entries, and officers look.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Annotated, Final, TypeAlias

from msgspec import Meta, Struct

from hub.model.found import Place
from hub.model.personal_code import PersonalCode


class Kind(StrEnum):
    """What a detector looks for; the names of ``policies/misuse.yaml``."""

    OWN_CODE = "own_code"
    OWN_HOUSEHOLD = "own_household"
    COLLEAGUE = "colleague"
    NAMESAKE = "namesake"
    VIP = "vip"
    OUT_OF_HOURS = "out_of_hours"
    WITHOUT_CASE = "without_case"
    VOLUME = "volume"
    ENUMERATION = "enumeration"
    QUOTA_EDGE = "quota_edge"
    STATUS_SWEEP = "status_sweep"


VERSIONS: Final[Mapping[Kind, int]] = MappingProxyType(dict.fromkeys(Kind, 1))
"""Grows whenever a detector means something else; findings tell which version spoke."""


class Look(Struct, frozen=True, kw_only=True):
    """One entry as detectors see it: somebody looked, or tried to.

    Attributes:
        operation: Id of the operation; entries of one share it.
        subject: Whom it is about; None where nobody is named, or the person's key was destroyed.
        found: Whether that person exists and is in the agreement's scope.
        asked: Whether they were asked about, not merely embedded in another's record.
    """

    place: Place
    at: datetime
    operation: str
    client: str
    recipient: str
    agreement: str
    purpose: str
    action: str
    case: str | None = None
    official: str | None = None
    subject: PersonalCode | None = None
    found: bool = True
    asked: bool = True


# ---- thresholds -------------------------------------------------------------------------------

Count: TypeAlias = Annotated[int, Meta(ge=1, le=1_000_000)]
Percent: TypeAlias = Annotated[int, Meta(ge=1, le=100)]
Hour: TypeAlias = Annotated[int, Meta(ge=0, le=24)]


class _Table(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One detector's row."""


class OwnCode(_Table, frozen=True):
    """Look-ups of one's own code on one day."""

    look_ups: Count


class OwnHousehold(_Table, frozen=True):
    """Look-ups of relatives, or of those at one's own address, on one day."""

    look_ups: Count


class Colleague(_Table, frozen=True):
    """Look-ups of a colleague (``self_look_ups``) or of a colleague's household on one day."""

    self_look_ups: Count
    household_persons: Count


class Namesake(_Table, frozen=True):
    """Persons at one address, one of them a namesake, looked up on one day."""

    persons: Count
    common_surnames: tuple[str, ...]


class Vip(_Table, frozen=True):
    """Look-ups of one person of the list on one day, by ``together`` persons at most at once."""

    look_ups: Count
    together: Count


class OutOfHours(_Table, frozen=True):
    """Households on one day outside ``opens`` to ``closes`` (Europe/Riga), or on a day off."""

    households: Count
    opens: Hour
    closes: Hour
    exempt_purposes: tuple[str, ...]
    fixed_holidays: tuple[Annotated[str, Meta(pattern=r"^\d{2}-\d{2}\Z")], ...]
    moved_holidays: tuple[Annotated[str, Meta(pattern=r"^\d{2}-\d{2}\Z")], ...]
    easter_holidays: tuple[int, ...]
    extra_holidays: tuple[date, ...]


class WithoutCase(_Table, frozen=True):
    """Households of one case in a month, or persons not tied to the case named on a day."""

    households: Count
    untied: Count


class Volume(_Table, frozen=True):
    """Distinct persons of one official on one day, against what is usual."""

    persons: Count
    times_median: Count
    deviations: Count
    own_days: Count
    trailing_days: Count
    peers: Count


class Enumeration(_Table, frozen=True):
    """Distinct codes without a person, in one hour."""

    negatives: Count
    percent: Percent


class QuotaEdge(_Table, frozen=True):
    """Distinct persons of a day between ``percent`` of the quota and all of it, day after day."""

    percent: Percent
    days: Annotated[int, Meta(ge=2, le=31)]
    largest_quota: Count


class StatusSweep(_Table, frozen=True):
    """Status checks of one person by one asker within some minutes."""

    checks: Annotated[int, Meta(ge=2)]
    minutes: Count


class Thresholds(_Table, frozen=True):
    """``policies/misuse.yaml``: the one table of when a detector speaks."""

    own_code: OwnCode
    own_household: OwnHousehold
    colleague: Colleague
    namesake: Namesake
    vip: Vip
    out_of_hours: OutOfHours
    without_case: WithoutCase
    volume: Volume
    enumeration: Enumeration
    quota_edge: QuotaEdge
    status_sweep: StatusSweep


Row: TypeAlias = (
    OwnCode
    | OwnHousehold
    | Colleague
    | Namesake
    | Vip
    | OutOfHours
    | WithoutCase
    | Volume
    | Enumeration
    | QuotaEdge
    | StatusSweep
)


# ---- findings ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a detector found; names no person that was looked up.

    Attributes:
        id: Keyed hash of detector, version and matter: the same matter is the same finding.
        recipient, official, client, agreement, case: Whose doing, where one is meant.
        since, until: Instants of the first and the last entry of the evidence.
        evidence: Entries that speak for it. ``baseline``: those it was measured against.
        thresholds: The detector's row, as JSON.
        measured: What was counted.
    """

    id: str
    kind: Kind
    version: int
    recipient: str | None
    official: str | None
    client: str | None
    agreement: str | None
    case: str | None
    since: datetime
    until: datetime
    evidence: frozenset[Place] = field(repr=False)
    baseline: frozenset[Place] = field(repr=False)
    thresholds: str
    measured: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptFinding:
    """A finding as kept, and what became of it.

    Attributes:
        seq: Order in which findings were made.
        entries: Entries of the evidence there are now; later runs may add some.
        operations: Operations of the evidence, the latest first, a hundred at most.
        reason: Why it was closed.
    """

    seq: int
    id: str
    at: datetime
    kind: Kind
    version: int
    recipient: str | None
    official: str | None
    client: str | None
    agreement: str | None
    case: str | None
    since: datetime
    until: datetime
    thresholds: str
    measured: Mapping[str, int]
    open: bool
    changed_at: datetime
    reason: str | None
    entries: int
    operations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """A finding that was closed."""

    id: str
    at: datetime
