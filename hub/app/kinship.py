"""Households, asked of the population register for an analysis of the access log."""

from collections.abc import Collection, Mapping
from itertools import count
from typing import Final

from hub.model.evidence import Ask, Provenance
from hub.model.personal_code import PersonalCode
from hub.model.reference import Reference, use_of
from hub.ports import KIN, Clock, Connector, Keyring, Residence

AT_ONCE: Final = 1_000
"""Persons in one call: a call has the register's own deadline."""


class RegisterKinship:
    """Implements ``hub.ports.Kinship`` over the population register's connector.

    Nothing is cached: an analysis asks about everybody once. Each call carries the reference of
    the analysis's own entry, so that the register's call log agrees with the access log.
    """

    def __init__(
        self, connector: Connector, keyring: Keyring, clock: Clock, operation_id: str
    ) -> None:
        self._connector = connector
        self._key = keyring.key(use_of(connector.manifest.name))
        self._clock = clock
        self._operation_id = operation_id
        self._numbers = count(1)

    async def of(self, codes: Collection[PersonalCode]) -> Mapping[PersonalCode, Residence]:
        """Return each person found, with ``kin``, by the code asked.

        Raises:
            RegisterError: The register does not answer.
        """
        asked = sorted(codes)
        found: dict[PersonalCode, Residence] = {}
        for start in range(0, len(asked), AT_ONCE):
            found |= await self._ask(asked[start : start + AT_ONCE])
        return found

    async def _ask(self, codes: list[PersonalCode]) -> dict[PersonalCode, Residence]:
        connector, manifest = self._connector, self._connector.manifest
        ask = Ask(register=manifest.name, columns=connector.columns((KIN,)))
        number = next(self._numbers)
        reference = Reference(self._operation_id, number, len(codes)).written(self._key)
        reply = await connector.fetch(ask, codes, reference)
        provenance = Provenance(
            register=manifest.name,
            controller=manifest.controller,
            source=manifest.source,
            as_of=reply.as_of,
            fetched_at=reply.as_of,
            cached=False,
            stale=False,
        )
        today = self._clock.today()
        presented = {
            code: connector.present(facts, {}, provenance, today)
            for code, facts in reply.facts.items()
        }
        return {code: each for code, each in presented.items() if isinstance(each, Residence)}
