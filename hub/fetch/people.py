"""What policy needs of persons, from the population register's facts."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from hub.fetch.nearby import Shape
from hub.fetch.packed import Packed
from hub.fetch.turn import Turn
from hub.model.evidence import Ask, Found, Kept, Outcome, Provenance
from hub.model.personal_code import PersonalCode
from hub.ports import Clock, Connector, Residence

_VIEW: Final = "residence"


class People:
    """Reads residences; a record at hand is read once a day."""

    def __init__(self, connector: Connector, clock: Clock) -> None:
        """Read what ``connector``, the population register's, brought."""
        self._connector = connector
        self._clock = clock
        manifest = connector.manifest
        self.ask: Final = Ask(register=manifest.name, columns=connector.columns(()))

    async def residences(
        self, outcomes: Mapping[PersonalCode, Outcome]
    ) -> Mapping[PersonalCode, Residence]:
        """Return those whom the register knows."""
        today = self._clock.today()
        known: dict[PersonalCode, Residence] = {}
        turn = Turn()
        for code, outcome in outcomes.items():
            if turn.over:
                await turn.give_way()
            if isinstance(outcome, Found):
                residence = self._residence(outcome, today)
                if residence is not None:
                    known[code] = residence
        return known

    def at_hand(
        self, shape: Shape, codes: Sequence[PersonalCode]
    ) -> Mapping[PersonalCode, Residence] | None:
        """Return those whom the register knows; None when one of ``codes`` is not at hand."""
        now, today, held = self._clock.now(), self._clock.today(), shape.held
        known: dict[PersonalCode, Residence] = {}
        for code in codes:
            one = held.get(code)
            if one is None or one.until <= now:
                return None
            outcome = one.outcome
            if isinstance(outcome, Packed):
                residence = self._residence(outcome, today)
                if residence is not None:
                    known[code] = residence
        return known

    def _residence(self, found: Found, today: date) -> Residence | None:
        """Return what the facts say as of ``today``, the same object as long as it is today."""
        if not isinstance(found, Kept):
            return self._presented(found, today)
        view = found.views.get(_VIEW)
        if isinstance(view, tuple) and view[0] == today:
            residence: Residence | None = view[1]
            return residence
        residence = self._presented(found, today)
        found.views[_VIEW] = (today, residence)
        return residence

    def _presented(self, found: Found, today: date) -> Residence | None:
        provenance = Provenance.of(self._connector.manifest, found)
        residence = self._connector.present(found.facts, {}, provenance, today)
        return residence if isinstance(residence, Residence) else None
