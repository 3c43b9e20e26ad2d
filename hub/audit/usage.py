"""Who looked at my data: for the person, whoever represents them, and an officer on their behalf.

``findUsage`` and ``usagePeriod`` answer as Estonia's Data Tracker does, so that a portal written
for it can ask (decision 0354).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final

from hub.audit.checked import Opening
from hub.audit.cursor import packed, unpacked
from hub.audit.uses import Known, told_now, told_to_others, use_of
from hub.errors import BadRequest, Code, Refused
from hub.model.agreement import Oversight
from hub.model.catalogue import Category
from hub.model.desk import DeskAnswer, DeskQuestion
from hub.model.entry import SubjectEntry
from hub.model.found import Conditions, FoundEntry
from hub.model.page import Page, page_size
from hub.model.personal_code import PersonalCode
from hub.model.reason import checked_reason
from hub.model.usage import Period, Use
from hub.ports import Clock, Keyring
from hub.ports.accountability import Cursors, EntryStore, Identities, Revisions

MOST: Final = 1_000
FARTHEST: Final = 10_000
"""Entries that ``findUsage`` may leave out; whoever wants older ones asks ``usage``."""
WITHHELD_FROM_REPRESENTATIVES: Final = frozenset({Category.CHILD_PROTECTION})


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """Whose log is asked, and in what quality.

    Attributes:
        codes: Of the person's whole history, current first.
        represented: The caller acts for the person and is somebody else.
        reason: Of an officer who asks on the person's behalf.
    """

    person: PersonalCode
    codes: Collection[PersonalCode]
    represented: bool = False
    reason: str | None = None

    @property
    def subjects(self) -> tuple[SubjectEntry, ...]:
        """The person, as the question's own entry names them."""
        return (SubjectEntry(subject=self.person, outcomes={}),)


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageDesk:
    """Answers ``usage``, ``findUsage`` and ``usagePeriod``.

    # INVARIANT: whatever is sealed or not yet told is left out by the query itself: the number of
    # statements, the length of pages and where they end are those of a log without it.
    """

    entries: EntryStore
    revisions: Revisions
    identities: Identities
    cursors: Cursors
    keyring: Keyring
    clock: Clock

    async def usage(self, question: DeskQuestion) -> DeskAnswer:
        """Return a page of look-ups, newest first.

        Raises:
            BadRequest: ``page_invalid``, ``cursor_invalid``, ``window_invalid``,
                ``reason_invalid``, ``variable_invalid``.
            Refused: ``representation_missing``.
        """
        size = page_size(question.arguments.get("first"), MOST)
        before = unpacked(self.cursors.place(question))
        about = await self._about(question)
        known = await self.revisions.known()
        conditions = replace(await self._conditions(question, about, known), before=before)
        found = await self.entries.find(conditions, size + 1)
        shown = found[:size]
        page = Page(
            rows=self._uses(shown, about, known),
            cursor=self.cursors.seal(question, packed(shown[-1].place)) if shown else None,
            more=len(found) > size,
        )
        return DeskAnswer(value=page, subjects=about.subjects, reason=about.reason)

    async def find_usage(self, question: DeskQuestion) -> DeskAnswer:
        """Return look-ups as the Data Tracker lists them: newest first, a thousand at most.

        Raises:
            BadRequest, Refused: As ``usage``.
        """
        size = page_size(
            MOST if (asked := question.arguments.get("limit")) is None else asked, MOST
        )
        offset = question.arguments.get("offset") or 0
        if not 0 <= offset <= FARTHEST:
            raise BadRequest(Code.PAGE_INVALID, atLeast=0, atMost=FARTHEST)
        about = await self._about(question)
        known = await self.revisions.known()
        conditions = await self._conditions(question, about, known)
        found = await self.entries.find(conditions, offset + size)
        uses = self._uses(found[offset:], about, known)
        return DeskAnswer(value=uses, subjects=about.subjects, reason=about.reason)

    async def usage_period(self, question: DeskQuestion) -> DeskAnswer:
        """Return for which time the log is kept: from the year in which it begins."""
        years = await self.entries.years()
        start = datetime(min(years, default=question.at.year), 1, 1, tzinfo=UTC)
        return DeskAnswer(value=Period(start=start, end=question.at))

    async def _about(self, question: DeskQuestion) -> About:
        asked: PersonalCode | None = question.arguments.get("personalCode")
        if question.caller.agreement.oversight is Oversight.PERSON:
            return await self._own(question, asked)
        reason = checked_reason(question.arguments.get("reason"))
        if asked is None:
            raise BadRequest(Code.VARIABLE_INVALID, "variable `personalCode`: missing")
        codes = await self.identities.codes_of(question, asked)
        return About(person=asked, codes=codes, reason=reason)

    async def _own(self, question: DeskQuestion, asked: PersonalCode | None) -> About:
        """Return the person themself, or for whom they may act."""
        person = question.person
        own = await self.identities.codes_of(question, person)
        if asked is None or asked in own:
            return About(person=person, codes=own)
        codes = await self.identities.represented(question, person, asked)
        if codes is None:
            raise Refused(Code.REPRESENTATION_MISSING)
        return About(person=asked, codes=codes, represented=True)

    async def _conditions(self, question: DeskQuestion, about: About, known: Known) -> Conditions:
        start, end = interval(question.arguments)
        agreement, at, today = question.caller.agreement, question.at, self.clock.today()
        years = await self.entries.years()
        if about.represented:
            told = told_to_others(known, at, today, WITHHELD_FROM_REPRESENTATIVES)
            hidden = sorted(WITHHELD_FROM_REPRESENTATIVES)
        else:
            told, hidden = told_now(known, at, today), []
        return Conditions(
            person=Opening(self.keyring).indexes(about.codes, years),
            told=told,
            immediate=not about.represented,
            hidden=hidden,
            lookups=True,
            start=start,
            end=end,
            recipient=(
                agreement.recipient if agreement.oversight is Oversight.INSTITUTION else None
            ),
        )

    def _uses(self, found: Sequence[FoundEntry], about: About, known: Known) -> Sequence[Use]:
        opened = Opening(self.keyring).about(found, about.codes)
        return [use_of(each, known) for each in opened]


def interval(arguments: Mapping[str, Any]) -> tuple[datetime | None, datetime | None]:
    """Return from which instant and before which is asked.

    Raises:
        BadRequest: ``window_invalid``; it ends before it begins.
    """
    start, end = arguments.get("from"), arguments.get("to")
    if start is not None and end is not None and start >= end:
        raise BadRequest(Code.WINDOW_INVALID)
    return start, end
