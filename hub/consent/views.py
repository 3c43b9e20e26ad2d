"""What is kept of a person, as the portal is told of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from hub.consent.about import About
from hub.consent.export import categories_of, record_of
from hub.consent.guardianship import speakers
from hub.consent.states import rests_on, state_of
from hub.model.agreement import Agreement
from hub.model.catalogue import Catalogue
from hub.model.consent import ConsentRecord
from hub.model.personal_code import PersonalCode
from hub.model.said import ConsentView, Overview
from hub.ports import Clock, ConsentStore

Find: TypeAlias = Callable[[str], Agreement | None]
"""Returns an agreement in force by number, whoever's it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Views:
    """Reads what is kept."""

    store: ConsentStore
    find: Find
    catalogue: Catalogue
    clock: Clock

    async def overview(self, about: About) -> Overview:
        """Return everything kept of a person, said under any code of theirs."""
        consents: list[ConsentView] = []
        files = {code: await self.store.show(code) for code in about.codes}
        for code, kept in files.items():
            # consent is never carried from one code to another
            whose = self._speakers(about) if code == about.person else ()
            consents += [await self._view(each, about.person, whose) for each in kept.records]
        return Overview(
            consents=consents, stops=[stop for kept in files.values() for stop in kept.stops]
        )

    def _speakers(self, about: About) -> Sequence[PersonalCode]:
        if about.residence is None:
            return ()
        return speakers(about.residence, self.clock.today())

    async def _view(
        self, record: ConsentRecord, person: PersonalCode, whose: Sequence[PersonalCode]
    ) -> ConsentView:
        now = self.clock.now()
        agreement = self.find(record.terms.agreement)
        categories = categories_of(agreement, self.catalogue) if agreement else ()
        return ConsentView(
            record=record,
            state=state_of(record, now),
            in_force=bool(whose) and await self._in_force(record, person, whose, now),
            document=record_of(record, agreement, categories, now),
        )

    async def _in_force(
        self,
        record: ConsentRecord,
        person: PersonalCode,
        whose: Sequence[PersonalCode],
        now: datetime,
    ) -> bool:
        """Ask as a disclosure would whether it may rest on this very record."""
        heeded = {person: {person, *whose}}
        heard = await self.store.in_force(record.terms, [person], heeded=heeded)
        words = heard.spoken.get(person, ())
        return rests_on(words, whose, now) == record.reference
