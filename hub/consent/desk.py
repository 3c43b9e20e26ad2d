"""What a person, or who acts for them, may say: the verbs behind ``hub consent``."""

from collections.abc import Sequence
from datetime import datetime

from hub.consent.states import terms_of
from hub.errors import BadRequest, Code
from hub.model.agreement import Agreement
from hub.model.consent import (
    ConsentEvent,
    ConsentFile,
    ConsentRecord,
    ConsentState,
    Stop,
    StopKind,
)
from hub.model.personal_code import PersonalCode
from hub.ports import Clock, ConsentStore


class ConsentDesk:
    """Records what persons say; every verb raises ``consent_unavailable`` when it cannot.

    Args:
        store: Where it is kept.
        clock: Tells when it was said.
        via: Where it was said, ``sandbox`` or a portal's name.
    """

    def __init__(self, store: ConsentStore, clock: Clock, *, via: str = "sandbox") -> None:
        self._store = store
        self._clock = clock
        self._via = via

    async def give(
        self, subject: PersonalCode, agreement: Agreement, *, expires_at: datetime | None = None
    ) -> ConsentRecord:
        """Consent to one revision of an agreement; given again, it is renewed.

        Raises:
            BadRequest: ``parameter_invalid``: the agreement does not rest on consent, which must
                then not be asked for, or the consent would have expired already.

        Source: GDPR 7; EDPB 05/2020, one basis per purpose, never swapped.
        """
        if not agreement.basis.is_consent and agreement.consent_scope is None:
            text = f"agreement `{agreement.number}` does not rest on consent"
            raise BadRequest(Code.PARAMETER_INVALID, text)
        now = self._clock.now()
        if expires_at is not None and expires_at <= now:
            raise BadRequest(Code.PARAMETER_INVALID, "a consent must not expire before it begins")
        event = ConsentEvent(state=ConsentState.GIVEN, at=now, expires_at=expires_at, via=self._via)
        return await self._store.give(subject, terms_of(agreement), event)

    async def withdraw(self, subject: PersonalCode, agreement: str) -> Sequence[str]:
        """Take consent back, for every revision of the agreement; return ids of records ended.

        Source: GDPR 7(3). It binds the next request and undoes nothing done before.
        """
        event = ConsentEvent(state=ConsentState.WITHDRAWN, at=self._clock.now(), via=self._via)
        return await self._store.withdraw(subject, agreement, event)

    async def show(self, subject: PersonalCode) -> ConsentFile:
        """Return everything kept of one person."""
        return await self._store.show(subject)

    async def restrict(self, subject: PersonalCode) -> None:
        """Restrict processing of the person's data, whatever the purpose (GDPR 18)."""
        await self._begin(subject, StopKind.RESTRICTION, None)

    async def object(self, subject: PersonalCode, *, purpose: str | None = None) -> None:
        """Object to one purpose, by its IRI, or to all (GDPR 21)."""
        await self._begin(subject, StopKind.OBJECTION, purpose)

    async def lift(
        self, subject: PersonalCode, kind: StopKind, *, purpose: str | None = None
    ) -> bool:
        """End a restriction or objection; False when there was none."""
        return await self._store.lift(subject, kind, purpose, self._clock.now())

    async def _begin(self, subject: PersonalCode, kind: StopKind, purpose: str | None) -> None:
        stop = Stop(kind=kind, purpose=purpose, begun_at=self._clock.now())
        await self._store.stop(subject, stop)
