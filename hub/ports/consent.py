"""Consents, restrictions and objections, as rooms see them."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from hub.model.consent import ConsentFile, ConsentState, ConsentTerms, Heard, Noted, Word
from hub.model.decision import Consented, Permit
from hub.model.personal_code import PersonalCode
from hub.model.said import RestedUse
from hub.model.stop import Decided, StopKind, StopWord
from hub.ports.world import Residence


class ConsentBook(Protocol):
    """Consents, restrictions and objections."""

    async def settle(
        self,
        permit: Permit,
        subjects: Collection[PersonalCode],
        residences: Mapping[PersonalCode, Residence] = ...,
    ) -> Consented:
        """Return what is in force now for all subjects, in one query.

        Args:
            permit: Tells whether consent is needed, and for what.
            subjects: Codes, former ones included: restrictions stand under any of them.
            residences: Of those asked, as the population register has just told: whose word
                counts for whom. For whom there is none, nobody has consented.

        Raises:
            ServiceUnavailable: ``consent_unavailable``.
        """


class ConsentStore(Protocol):
    """Consents, restrictions and objections as kept; each raises ``consent_unavailable``."""

    async def in_force(
        self,
        terms: ConsentTerms,
        subjects: Collection[PersonalCode],
        *,
        heeded: Mapping[PersonalCode, Collection[PersonalCode]] | None,
    ) -> Heard:
        """Answer for all in one query: who is stopped and, with ``heeded``, who said what.

        Args:
            terms: What was asked for.
            subjects: Codes.
            heeded: Whose words are looked for, by person; None where no consent matters.
        """

    async def say(
        self,
        subject: PersonalCode,
        terms: ConsentTerms,
        word: Word,
        allowed: Collection[ConsentState],
    ) -> Noted:
        """Say something about the record on these terms, opening it where that is allowed.

        Args:
            subject: Whose data.
            terms: Of one revision.
            word: What is said, by whom.
            allowed: Last words of the speaker after which it may be said.
        """

    async def say_of(
        self,
        subject: PersonalCode,
        record: str,
        word: Word,
        allowed: Collection[ConsentState],
    ) -> Noted | None:
        """Say something about a record of the person by its id; None where there is none."""

    async def withdraw(self, subject: PersonalCode, agreement: str, word: Word) -> Sequence[str]:
        """Take back what ``word.speaker`` gave under ``agreement``, whatever revision.

        Where another representative's yes stands, the speaker's no is noted beside it.

        Returns:
            Records and revisions that changed, ``id/revision``.
        """

    async def stop(self, subject: PersonalCode, word: StopWord) -> bool:
        """Begin a restriction or objection; False when it stands already."""

    async def lift(self, subject: PersonalCode, word: StopWord) -> bool:
        """Take one back; False when there was none."""

    async def decide(
        self,
        subject: PersonalCode,
        kind: StopKind,
        purpose: str | None,
        decided: Decided,
        *,
        at: datetime,
        via: str,
    ) -> bool:
        """Record the controller's decision; False when there is nothing to decide on."""

    async def show(self, subject: PersonalCode) -> ConsentFile:
        """Return everything kept of one person, ended records included."""


class ConsentUses(Protocol):
    """What rested on consents, as the log tells; raises ``audit_unavailable``."""

    async def rested_on(
        self, record: str, *, before: bytes | None, hidden: Sequence[str], limit: int
    ) -> Sequence[RestedUse]:
        """Return disclosures that cite the record, whatever its revision, newest first.

        Args:
            record: Id of a consent record.
            before: ``place`` of the last one told before.
            hidden: Kinds of data; disclosures of any of them are left out.
            limit: Most of them.
        """
