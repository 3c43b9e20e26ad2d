"""What questions about the log and its agreements need of other rooms."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from hub.model.desk import DeskQuestion
from hub.model.found import Conditions, FoundEntry
from hub.model.health import Cosigned, LogState, RaisedAlarm
from hub.model.personal_code import PersonalCode
from hub.model.revision import Revision
from hub.ports.storage import StoredAgreement


class Cursors(Protocol):
    """Where a page ended, in a form that tells nothing and serves nobody else."""

    def seal(self, question: DeskQuestion, place: bytes) -> str:
        """Return the cursor of a place, for the same client and the same question."""

    def place(self, question: DeskQuestion) -> bytes | None:
        """Return the place in the question's ``after``; None where there is none.

        Raises:
            BadRequest: ``cursor_invalid``.
        """


class EntryStore(Protocol):
    """The log as questions read it; raises ``audit_unavailable``."""

    async def years(self) -> Sequence[int]:
        """Return the years that have a log, oldest first."""

    async def entered(self, operation_id: str) -> tuple[str, int] | None:
        """Return the open part of an operation's first entry, and how many it has, or None.

        Read from the log itself, so that an entry is known before it is in the tree.
        """

    async def find(self, conditions: Conditions, limit: int) -> Sequence[FoundEntry]:
        """Return entries, newest first, ``limit`` at most; one statement, whatever is found."""


class HealthStore(Protocol):
    """How the log stands; raises ``audit_unavailable``."""

    async def state(self, year: int) -> LogState:
        """Return how a year's log stands."""

    async def cosigned(self) -> Sequence[Cosigned]:
        """Return what each witness cosigned last, by the witness's name."""

    async def alarms(self, most: int) -> Sequence[RaisedAlarm]:
        """Return alarms, newest first."""


class Revisions(Protocol):
    """Every agreement revision there ever was."""

    async def known(self) -> Mapping[tuple[str, int], Revision]:
        """Return revisions by number and revision.

        Raises:
            ServiceUnavailable: ``policy_unavailable``.
        """


class Identities(Protocol):
    """What the population register says of who somebody is and acts for."""

    async def codes_of(
        self, question: DeskQuestion, person: PersonalCode
    ) -> Collection[PersonalCode]:
        """Return all codes of a person's history; the code alone where the register fails."""

    async def represented(
        self, question: DeskQuestion, holder: PersonalCode, person: PersonalCode
    ) -> Collection[PersonalCode] | None:
        """Return all codes of ``person``, if ``holder`` may act for them now.

        None if not, and where the register fails.
        """


class RevisionStore(Protocol):
    """Agreement revisions, all of them; raises ``policy_unavailable``."""

    async def version(self) -> int:
        """Return a number that grows with every change, cheap to ask."""

    async def all(self) -> Sequence[StoredAgreement]:
        """Return every revision of every agreement, by number and revision."""

    async def history(self, number: str) -> Sequence[tuple[StoredAgreement, datetime | None]]:
        """Return all revisions of one agreement, oldest first, each with the instant of its entry
        in the log; None without one.
        """  # noqa: D205 — one sentence
