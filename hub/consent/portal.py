"""The portal's questions and words: a person about their own data, or about whom they act for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Final
from zoneinfo import ZoneInfo

from hub.consent.about import About, Speaking, language_of
from hub.consent.desk import ConsentDesk
from hub.consent.export import receipt_of
from hub.consent.states import notice_of, notice_text
from hub.consent.views import Find, Views
from hub.errors import BadRequest, Code
from hub.model.agreement import Agreement, Visibility
from hub.model.catalogue import Category
from hub.model.desk import DeskAnswer, DeskQuestion
from hub.model.page import Page, page_size
from hub.model.said import ConsentSaid, NoticeText, StopSaid
from hub.model.stop import StopKind
from hub.ports import Clock, ConsentStore
from hub.ports.accountability import Cursors
from hub.ports.consent import ConsentUses
from hub.ports.words import FieldWords

MOST: Final = 1_000
RIGA: Final = ZoneInfo("Europe/Riga")
HIDDEN_FROM_REPRESENTATIVES: Final = (Category.CHILD_PROTECTION.value,)


@dataclass(frozen=True, slots=True, kw_only=True)
class PortalDesk:
    """Answers ``myConsents`` and takes down what persons say.

    Attributes:
        find: Agreements by number.
        cursors: Where pages of disclosures end.
        words: In which notices name data.
    """

    store: ConsentStore
    uses: ConsentUses
    speaking: Speaking
    views: Views
    find: Find
    cursors: Cursors
    clock: Clock
    words: FieldWords

    # -- questions ----------------------------------------------------------------------------

    async def my_consents(self, question: DeskQuestion) -> DeskAnswer:
        """Return everything that was said, and what follows from it now.

        Raises:
            Refused: ``representation_missing``; so do all others about somebody else.
        """
        about = await self.speaking.about(question)
        return DeskAnswer(value=await self.views.overview(about), subjects=about.entry())

    async def consent_disclosures(self, question: DeskQuestion) -> DeskAnswer:
        """Return what rested on a consent, newest first, ended or not; of another's, nothing.

        Raises:
            BadRequest: ``page_invalid``, ``cursor_invalid``.
        """
        size = page_size(question.arguments.get("first"), MOST)
        before = self.cursors.place(question)
        about = await self.speaking.about(question)
        record: str = question.arguments["record"]
        own = await self.views.has(about, record)
        hidden = HIDDEN_FROM_REPRESENTATIVES if about.represented else ()
        found = await self.uses.rested_on(
            record if own else "", before=before, hidden=hidden, limit=size + 1
        )
        shown = found[:size]
        cursor = self.cursors.seal(question, shown[-1].place) if shown else None
        page = Page(rows=shown, cursor=cursor, more=len(found) > size)
        return DeskAnswer(value=page, subjects=about.entry())

    async def consent_notice(self, question: DeskQuestion) -> DeskAnswer:
        """Return the text to be shown to who is asked for consent.

        Raises:
            BadRequest: ``consent_target_unknown``, ``consent_not_the_basis``.
        """
        agreement = self._agreement(question)
        if not agreement.basis.is_consent and agreement.consent_scope is None:
            raise BadRequest(Code.CONSENT_NOT_THE_BASIS)
        language = language_of(question)
        notice = notice_of(agreement, language, self.words)
        shown = NoticeText(
            version=notice.version,
            language=language,
            sha256=notice.sha256,
            text=notice_text(agreement, language, self.words),
        )
        return DeskAnswer(value=shown)

    # -- consents -----------------------------------------------------------------------------

    async def give(self, question: DeskQuestion) -> DeskAnswer:
        """Consent to an agreement, until a day or until it is withdrawn.

        Raises:
            BadRequest: ``consent_target_unknown``, ``consent_not_the_basis``,
                ``consent_step_invalid``: the day has passed, or another text was shown.
            Refused: ``representation_missing``, also for who is not of age and speaks alone.
            ServiceUnavailable: ``consent_unavailable``: nobody can tell now who may speak.
        """
        agreement = self._agreement(question)
        _check_notice(question, agreement, self.words)
        about = await self.speaking.about(question)
        self.speaking.check_may_give(about)
        record = await self._desk(question).give(
            about.person, agreement, expires_at=_end_of(question), voice=about.voice
        )
        changed = record.events[-1].operation == question.operation_id
        return await self._said(question, about, [record.reference], changed=changed)

    async def refuse(self, question: DeskQuestion) -> DeskAnswer:
        """Say no to an agreement that asks for consent.

        Raises:
            BadRequest: ``consent_target_unknown``, ``consent_not_the_basis``,
                ``consent_step_invalid``: it was given, and can be withdrawn.
        """
        agreement = self._agreement(question)
        about = await self.speaking.about(question)
        record = await self._desk(question).refuse(about.person, agreement, voice=about.voice)
        changed = record.events[-1].operation == question.operation_id
        return await self._said(question, about, [record.reference], changed=changed)

    async def withdraw(self, question: DeskQuestion) -> DeskAnswer:
        """Take consent back, for every revision of the agreement; it binds the next request.

        It is as easy as giving (GDPR 7(3)): neither must the agreement be in force, nor must the
        population register answer a person who speaks for themselves.
        """
        about = await self.speaking.about(question)
        number, desk = question.arguments["agreement"], self._desk(question)
        ended = [
            reference
            for code in about.codes
            for reference in await desk.withdraw(code, number, voice=about.voice)
        ]
        return await self._said(question, about, ended, changed=bool(ended), agreement=number)

    # -- restriction and objection ------------------------------------------------------------

    async def object_to(self, question: DeskQuestion) -> DeskAnswer:
        """Object to an agreement's purpose; it is stopped until the controller has decided.

        Raises:
            BadRequest: ``consent_target_unknown``, ``objection_not_possible``.
        """
        agreement = self._agreement(question)
        about = await self.speaking.about(question)
        changed = await self._desk(question).object_to(about.person, agreement, voice=about.voice)
        return await self._stopped(question, about, changed=changed)

    async def withdraw_objection(self, question: DeskQuestion) -> DeskAnswer:
        """Take an objection back.

        Raises:
            BadRequest: ``consent_target_unknown``.
        """
        purpose = self._agreement(question).purpose
        return await self._lifted(question, StopKind.OBJECTION, purpose)

    async def restrict(self, question: DeskQuestion) -> DeskAnswer:
        """Restrict the use of the person's data, whatever the purpose (GDPR 18)."""
        about = await self.speaking.about(question)
        changed = await self._desk(question).restrict(about.person, voice=about.voice)
        return await self._stopped(question, about, changed=changed)

    async def lift_restriction(self, question: DeskQuestion) -> DeskAnswer:
        """Take a restriction back."""
        return await self._lifted(question, StopKind.RESTRICTION, None)

    async def _lifted(
        self, question: DeskQuestion, kind: StopKind, purpose: str | None
    ) -> DeskAnswer:
        """Take back what the person wants no more; others, and children, only what they began.

        A no outweighs every yes: so neither a child nor a representative ends another's.
        """
        about, desk = await self.speaking.about(question), self._desk(question)
        own = not self.speaking.speaks_alone(about)
        lifted = [
            await desk.lift(code, kind, purpose=purpose, voice=about.voice, own=own)
            for code in about.codes
        ]
        return await self._stopped(question, about, changed=any(lifted))

    # -- receipts -----------------------------------------------------------------------------

    def _agreement(self, question: DeskQuestion) -> Agreement:
        found = self.find(question.arguments["agreement"])
        # of a sealed one nobody is told that there is one
        if found is None or found.visibility is Visibility.SEALED:
            raise BadRequest(Code.CONSENT_TARGET_UNKNOWN)
        return found

    def _desk(self, question: DeskQuestion) -> ConsentDesk:
        return ConsentDesk(self.store, self.clock, self.words, via=question.caller.client.id)

    async def _said(
        self,
        question: DeskQuestion,
        about: About,
        references: Sequence[str],
        *,
        changed: bool,
        agreement: str | None = None,
    ) -> DeskAnswer:
        """Return the receipt of a word, and the entry that names its record and revision."""
        ids = {reference.partition("/")[0] for reference in references}
        concerned = [
            each
            for each in (await self.views.overview(about)).consents
            if each.record.id in ids or each.record.terms.agreement == agreement
        ]
        said = ConsentSaid(
            id=question.operation_id,
            at=question.at,
            changed=changed,
            consents=concerned,
            documents=[
                receipt_of(each.document, question.operation_id, question.at) for each in concerned
            ],
        )
        known = [*references, *(each.record.reference for each in concerned)]
        return DeskAnswer(value=said, subjects=about.entry(known[0] if known else None))

    async def _stopped(self, question: DeskQuestion, about: About, *, changed: bool) -> DeskAnswer:
        stops = (await self.views.overview(about)).stops
        said = StopSaid(id=question.operation_id, at=question.at, changed=changed, stops=stops)
        return DeskAnswer(value=said, subjects=about.entry())


def _check_notice(question: DeskQuestion, agreement: Agreement, words: FieldWords) -> None:
    """Refuse where another text was shown than the agreement's.

    Raises:
        BadRequest: ``consent_step_invalid``.
    """
    shown = question.arguments.get("notice")
    expected = notice_of(agreement, language_of(question), words)
    if shown is not None and shown != expected.sha256:
        raise BadRequest(Code.CONSENT_STEP_INVALID, notice=expected.version)


def _end_of(question: DeskQuestion) -> datetime | None:
    """Return the last instant of the day ``until``, in Europe/Riga."""
    until = question.arguments.get("until")
    return datetime.combine(until, time.max, RIGA).astimezone(UTC) if until else None
