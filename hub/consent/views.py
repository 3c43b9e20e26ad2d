"""What is kept of a person, as the portal is told of it."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from hub.consent.about import About
from hub.consent.export import categories_of, record_of
from hub.consent.guardianship import speakers
from hub.consent.states import rests_on, state_of
from hub.model.agreement import Agreement
from hub.model.catalogue import Catalogue
from hub.model.consent import ConsentFile, ConsentRecord
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
        files, speaking = await self._files(about), self._speakers(about)
        # side by side: the store asks for all who wait at once, however many records there are
        consents = await asyncio.gather(
            *(
                # consent is never carried from one code to another
                self._view(each, about.person, speaking if code == about.person else ())
                for code, kept in files.items()
                for each in kept.records
            )
        )
        return Overview(
            consents=consents, stops=[stop for kept in files.values() for stop in kept.stops]
        )

    async def has(self, about: About, record: str) -> bool:
        """Tell whether a record is kept of the person, by its id."""
        files = await self._files(about)
        return any(each.id == record for kept in files.values() for each in kept.records)

    async def _files(self, about: About) -> Mapping[PersonalCode, ConsentFile]:
        return {code: await self.store.show(code) for code in about.codes}

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
