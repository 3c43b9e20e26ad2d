"""Settling consents before anything is fetched; nothing is remembered between two requests."""

from collections.abc import Collection

from hub.consent.states import terms_of
from hub.model.consent import STOPPABLE_BASES
from hub.model.decision import Consented, Permit
from hub.model.personal_code import PersonalCode
from hub.ports import Clock, ConsentStore


class Consents:
    """Implements ``hub.ports.ConsentBook``.

    # INVARIANT: no cache: a withdrawal binds the next request in every replica.
    """

    def __init__(self, store: ConsentStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def settle(self, permit: Permit, subjects: Collection[PersonalCode]) -> Consented:
        """Return what is in force now for all subjects, in one query.

        No query where nobody's word matters: consent is not the basis, and no restriction can
        stop a disclosure that a law commands.

        Raises:
            ServiceUnavailable: ``consent_unavailable``.
        """
        agreement = permit.caller.agreement
        consent = agreement.basis.is_consent or bool(permit.residual)
        stoppable = agreement.basis.article6 in STOPPABLE_BASES
        if not subjects or not (consent or stoppable):
            return Consented(records={})
        told = await self._store.in_force(
            terms_of(agreement), subjects, self._clock.now(), consent=consent
        )
        return told if stoppable else Consented(records=told.records)
