"""Who somebody is and whom they act for, as questions about the log need it."""

from collections.abc import Collection, Mapping, Sequence

from hub.consent.guardianship import may_act
from hub.model.desk import DeskQuestion
from hub.model.personal_code import PersonalCode
from hub.policy.engine import acquainting
from hub.ports import Clock, Fetch, Residence


class RegisterIdentities:
    """Implements ``hub.ports.accountability.Identities`` by the population register.

    Asked at every question, in its name: a relation that ended today is none today.
    """

    def __init__(self, fetch: Fetch, clock: Clock, policy_version: str) -> None:
        self._fetch = fetch
        self._clock = clock
        self._policy_version = policy_version

    async def codes_of(
        self, question: DeskQuestion, person: PersonalCode
    ) -> Collection[PersonalCode]:
        """Return all codes of a person's history; see the port."""
        return _codes(await self._known(question, (person,)), person)

    async def represented(
        self, question: DeskQuestion, holder: PersonalCode, person: PersonalCode
    ) -> Collection[PersonalCode] | None:
        """Return all codes of whom ``holder`` may act for; see the port."""
        known = await self._known(question, (holder, person))
        if person not in known:
            return None
        standing, _ = may_act(_codes(known, holder), known[person], self._clock.today())
        return _codes(known, person) if standing.acts else None

    async def _known(
        self, question: DeskQuestion, codes: Sequence[PersonalCode]
    ) -> Mapping[PersonalCode, Residence]:
        permit = acquainting(question.caller, question.operation_id, self._policy_version)
        return await self._fetch.residences(permit, codes) or {}


def _codes(
    known: Mapping[PersonalCode, Residence], person: PersonalCode
) -> Collection[PersonalCode]:
    residence = known.get(person)
    return tuple(dict.fromkeys((person, *(residence.codes if residence else ()))))
