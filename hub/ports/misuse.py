"""What the detectors of misuse need of what is kept."""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from hub.model.found import Place
from hub.model.misuse import Finding, KeptFinding
from hub.model.personal_code import PersonalCode


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedLook:
    """An entry as the detectors' reader gets it, in the order of ``Look``; nobody is named yet."""

    place: Place
    at: datetime
    operation: str
    client: str
    recipient: str
    agreement: str
    purpose: str
    action: str
    case: str | None
    official: str | None
    sealed: bytes | None = field(repr=False)
    index: bytes | None = field(repr=False)


class LookStore(Protocol):
    """Disclosures to authorities, in bulk; every method raises ``audit_unavailable``."""

    def between(self, since: datetime, until: datetime) -> AsyncIterator[Sequence[SealedLook]]:
        """Yield the entries of a period, first instant included and last not, in parts."""

    async def at(self, places: Collection[Place]) -> Sequence[SealedLook]:
        """Return the entries that stand there, and still have their parts; one query."""

    async def keys(self, year: int, indexes: Collection[bytes]) -> Mapping[bytes, bytes]:
        """Return wrapped keys by blind index; destroyed ones are missing; one query."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What became of a run's findings."""

    opened: int
    reopened: int
    known: int


class FindingStore(Protocol):
    """Findings, added and never changed; every method raises ``audit_unavailable``."""

    async def keep(self, findings: Sequence[Finding], at: datetime) -> Kept:
        """Keep each once; what is cited anew is added, and opens a closed finding again."""

    async def page(
        self, recipient: str | None, *, open_only: bool, before: int | None, most: int
    ) -> Sequence[KeptFinding]:
        """Return findings, the newest first.

        Args:
            recipient: One institution's; None for everybody's.
            open_only: Leave out closed ones.
            before: ``seq`` below which to go on.
            most: How many.
        """

    async def find(self, finding: str) -> Finding | None:
        """Return one with everything it cites."""

    async def close(
        self,
        finding: str,
        recipient: str | None,
        reason: str,
        officer: str,
        operation_id: str,
        at: datetime,
    ) -> bool:
        """Close an open finding; False where there is none of that id, institution and state."""


class OfficialStore(Protocol):
    """Who officials are in private, and whom curiosity seeks; raises ``audit_unavailable``."""

    async def officials(self) -> Mapping[tuple[str, str], PersonalCode]:
        """Return personal codes by institution and official."""

    async def vips(self) -> frozenset[PersonalCode]:
        """Return the persons on the list."""
