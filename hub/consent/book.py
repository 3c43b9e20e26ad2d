"""Settling consents before anything is fetched; nothing is remembered between two requests."""

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Final

from hub.consent.guardianship import speakers
from hub.consent.states import rests_on, terms_of
from hub.model.decision import Consented, Permit
from hub.model.personal_code import PersonalCode
from hub.model.stop import STOPPABLE_BASES
from hub.ports import Clock, ConsentStore, Residence

_NOBODY: Final[Mapping[PersonalCode, Residence]] = MappingProxyType({})


class Consents:
    """Implements ``hub.ports.ConsentBook``.

    # INVARIANT: no cache: a withdrawal binds the next request in every replica.
    """

    def __init__(self, store: ConsentStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def settle(
        self,
        permit: Permit,
        subjects: Collection[PersonalCode],
        residences: Mapping[PersonalCode, Residence] = _NOBODY,
    ) -> Consented:
        """Return what is in force now for all subjects, in one query.

        No query where nobody's word matters: consent is not the basis, and no restriction can
        stop a disclosure that a law commands. Whose word counts is told by ``residences`` alone:
        for whom there is none, nobody has consented.

        Raises:
            ServiceUnavailable: ``consent_unavailable``.
        """
        agreement = permit.caller.agreement
        consent = agreement.basis.is_consent or bool(permit.residual)
        stoppable = agreement.basis.article6 in STOPPABLE_BASES
        if not subjects or not (consent or stoppable):
            return Consented(records={})
        now = self._clock.now()
        speaking = self._speaking(residences) if consent else {}
        heard = await self._store.in_force(
            terms_of(agreement), subjects, heeded=_heeded(speaking) if consent else None
        )
        records = {
            person: reference
            for person, words in heard.spoken.items()
            if (reference := rests_on(words, speaking[person], now))
        }
        return Consented(
            records=records, restricted=heard.stopped if stoppable else frozenset[PersonalCode]()
        )

    def _speaking(
        self, residences: Mapping[PersonalCode, Residence]
    ) -> dict[PersonalCode, tuple[PersonalCode, ...]]:
        """Return whose yes counts, by the person's current code."""
        today = self._clock.today()
        return {each.codes[0]: speakers(each, today) for each in residences.values()}


def _heeded(
    speaking: Mapping[PersonalCode, tuple[PersonalCode, ...]],
) -> Mapping[PersonalCode, Collection[PersonalCode]]:
    """Return whose words are looked up: the person's own no counts at any age."""
    return {person: {person, *whose} for person, whose in speaking.items()}
