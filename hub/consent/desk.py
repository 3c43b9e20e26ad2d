"""What a person, or who acts for them, may say: the verbs behind ``hub consent`` and the portal."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from hub.consent.states import ALLOWED, notice_of, terms_of
from hub.errors import BadRequest, Code
from hub.model.agreement import Agreement
from hub.model.consent import (
    RECIPIENT,
    SUBJECT,
    ConsentFile,
    ConsentRecord,
    ConsentState,
    Noted,
    Word,
)
from hub.model.personal_code import PersonalCode
from hub.model.reason import checked_reason
from hub.model.stop import OBJECTABLE_BASES, Decided, StopKind, StopWord
from hub.ports import Clock, ConsentStore
from hub.ports.words import FieldWords


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """Who speaks, and under which operation.

    Attributes:
        speaker: By the code that the person's own record has of them; None: the person.
        capacity: ``subject``, or a kind of representation.
        operation: Id of the operation whose entry the access log has.
        language: In which the notice was shown.
    """

    speaker: PersonalCode | None = None
    capacity: str = SUBJECT
    operation: str | None = None
    language: str = "lv"


OWN = Voice()


class ConsentDesk:
    """Records what persons say; every verb raises ``consent_unavailable`` when it cannot.

    Who may speak for whom was decided before: see ``hub.consent.guardianship``.

    Args:
        store: Where it is kept.
        clock: Tells when it was said.
        words: In which notices name data.
        via: Where it was said, ``sandbox`` or a portal's client id.
    """

    def __init__(
        self, store: ConsentStore, clock: Clock, words: FieldWords, *, via: str = "sandbox"
    ) -> None:
        self._store = store
        self._clock = clock
        self._words = words
        self._via = via

    # -- consent ------------------------------------------------------------------------------

    async def give(
        self,
        subject: PersonalCode,
        agreement: Agreement,
        *,
        expires_at: datetime | None = None,
        voice: Voice = OWN,
    ) -> ConsentRecord:
        """Consent to one revision of an agreement; given again with another end, it is renewed.

        Raises:
            BadRequest: ``consent_not_the_basis``: the agreement does not rest on consent, which
                must then not be asked for; ``consent_step_invalid``: the consent would have
                expired already.

        Source: GDPR 7; EDPB 05/2020, one basis per purpose, never swapped.
        """
        if expires_at is not None and expires_at <= self._clock.now():
            raise BadRequest(
                Code.CONSENT_STEP_INVALID, "a consent must not expire before it begins"
            )
        return await self._say(subject, agreement, ConsentState.GIVEN, voice, expires_at=expires_at)

    async def refuse(
        self, subject: PersonalCode, agreement: Agreement, *, voice: Voice = OWN
    ) -> ConsentRecord:
        """Say no to what was asked for, or may be; raises as ``give``."""
        return await self._say(subject, agreement, ConsentState.REFUSED, voice)

    async def defer(
        self, subject: PersonalCode, agreement: Agreement, *, voice: Voice = OWN
    ) -> ConsentRecord:
        """Put off the answer to a request; raises as ``give``."""
        return await self._say(subject, agreement, ConsentState.DEFERRED, voice)

    async def request(self, subject: PersonalCode, agreement: Agreement) -> ConsentRecord:
        """Note that the recipient asked the person for consent; raises as ``give``."""
        voice = Voice(capacity=RECIPIENT)
        return await self._say(subject, agreement, ConsentState.REQUESTED, voice)

    async def withdraw(
        self, subject: PersonalCode, agreement: str, *, voice: Voice = OWN
    ) -> Sequence[str]:
        """Take consent back, for every revision; return records and revisions that changed.

        Where another representative's yes stands, a no is noted beside it: nothing rests on that
        yes any more. Said again, it changes nothing.

        Source: GDPR 7(3). It binds the next request and undoes nothing done before.
        """
        word = self._word(subject, ConsentState.WITHDRAWN, voice)
        return await self._store.withdraw(subject, agreement, word)

    async def close(self, subject: PersonalCode, record: str, state: ConsentState) -> Noted:
        """End a record for another reason than the person's will: ``revoked``, ``invalidated``.

        Raises:
            BadRequest: ``consent_step_invalid``: there is no such record, or it has ended.
        """
        word = Word(
            state=state, at=self._clock.now(), speaker=None, capacity=RECIPIENT, via=self._via
        )
        noted = await self._store.say_of(subject, record, word, ALLOWED[state])
        if noted is None or noted.outcome == "refused":
            raise BadRequest(Code.CONSENT_STEP_INVALID, state=state)
        return noted

    async def show(self, subject: PersonalCode) -> ConsentFile:
        """Return everything kept of one person."""
        return await self._store.show(subject)

    # -- restriction and objection ------------------------------------------------------------

    async def restrict(self, subject: PersonalCode, *, voice: Voice = OWN) -> bool:
        """Restrict processing of the person's data, whatever the purpose (GDPR 18)."""
        return await self._store.stop(subject, self._stop(StopKind.RESTRICTION, None, voice))

    async def object(
        self, subject: PersonalCode, *, purpose: str | None = None, voice: Voice = OWN
    ) -> bool:
        """Object to one purpose, by its IRI, or to all (GDPR 21)."""
        return await self._store.stop(subject, self._stop(StopKind.OBJECTION, purpose, voice))

    async def object_to(
        self, subject: PersonalCode, agreement: Agreement, *, voice: Voice = OWN
    ) -> bool:
        """Object to the purpose of an agreement; it stops until the controller has decided.

        Returns:
            False when it stands already.

        Raises:
            BadRequest: ``objection_not_possible``, with what can be done ``instead``: consent is
                withdrawn; what a law commands is for the register's controller to correct.

        Source: GDPR 21(1).
        """
        basis = agreement.basis
        if basis.article6 not in OBJECTABLE_BASES:
            instead = "withdrawConsent" if basis.is_consent else "controller"
            raise BadRequest(Code.OBJECTION_NOT_POSSIBLE, basis=basis.article6, instead=instead)
        word = self._stop(StopKind.OBJECTION, agreement.purpose, voice, agreement.number)
        return await self._store.stop(subject, word)

    async def lift(
        self,
        subject: PersonalCode,
        kind: StopKind,
        *,
        purpose: str | None = None,
        voice: Voice = OWN,
        own: bool = False,
    ) -> bool:
        """Take a restriction or objection back; False when there was none.

        Args:
            subject: Whose.
            kind: Which of the two.
            purpose: IRI of the only one it concerns.
            voice: Who speaks.
            own: Only what this voice began; another's stands, and the answer is False.
        """
        word = replace(self._stop(kind, purpose, voice), own=own)
        return await self._store.lift(subject, word)

    async def decide(
        self, subject: PersonalCode, kind: StopKind, purpose: str | None, decided: Decided
    ) -> bool:
        """Record the controller's reasoned decision; False when there is nothing to decide on.

        Raises:
            BadRequest: As ``check_decided``.

        Source: GDPR 21(1), compelling legitimate grounds.
        """
        self.check_decided(kind, decided)
        now = self._clock.now()
        return await self._store.decide(subject, kind, purpose, decided, at=now, via=self._via)

    def check_decided(self, kind: StopKind, decided: Decided) -> None:
        """Refuse a decision that could not stand, before anything tells of it.

        Raises:
            BadRequest: ``reason_invalid``; ``decision_incomplete``: no institution or office, or a
                restriction would be lifted of which the person was not told before.

        Source: GDPR 18(3), told before it is lifted.
        """
        checked_reason(decided.reason)
        told = decided.told_at is not None and decided.told_at <= self._clock.now()
        lifts = kind is StopKind.RESTRICTION and not decided.upheld
        if not (decided.institution and decided.officer) or (lifts and not told):
            raise BadRequest(Code.DECISION_INCOMPLETE)

    # -- words --------------------------------------------------------------------------------

    async def _say(
        self,
        subject: PersonalCode,
        agreement: Agreement,
        state: ConsentState,
        voice: Voice,
        *,
        expires_at: datetime | None = None,
    ) -> ConsentRecord:
        if not agreement.basis.is_consent and agreement.consent_scope is None:
            text = f"agreement `{agreement.number}` does not rest on consent"
            raise BadRequest(Code.CONSENT_NOT_THE_BASIS, text)
        word = self._word(subject, state, voice, agreement, expires_at)
        noted = await self._store.say(subject, terms_of(agreement), word, ALLOWED[state])
        if noted.outcome == "refused":
            raise BadRequest(Code.CONSENT_STEP_INVALID, state=state, before=noted.before)
        id_ = noted.reference.partition("/")[0]
        records = (await self._store.show(subject)).records
        return next(record for record in records if record.id == id_)

    def _word(
        self,
        subject: PersonalCode,
        state: ConsentState,
        voice: Voice,
        agreement: Agreement | None = None,
        expires_at: datetime | None = None,
    ) -> Word:
        speaker = voice.speaker or subject
        return Word(
            state=state,
            at=self._clock.now(),
            speaker=None if voice.capacity == RECIPIENT else speaker,
            capacity=voice.capacity,
            expires_at=expires_at,
            via=self._via,
            operation=voice.operation,
            notice=notice_of(agreement, voice.language, self._words) if agreement else None,
        )

    def _stop(
        self, kind: StopKind, purpose: str | None, voice: Voice, agreement: str | None = None
    ) -> StopWord:
        return StopWord(
            kind=kind,
            purpose=purpose,
            at=self._clock.now(),
            speaker=voice.speaker,
            capacity=voice.capacity,
            agreement=agreement,
            via=self._via,
            operation=voice.operation,
        )
