"""What stands at one register from request to request."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from hub.fetch.desk import Desk
from hub.fetch.flights import Flights
from hub.fetch.freshness import Record, recorded
from hub.fetch.meters import Meters
from hub.fetch.names import Slot
from hub.fetch.nearby import Nearby
from hub.fetch.shelf import Shelf, Shelved
from hub.model.evidence import Ask, Subject
from hub.model.personal_code import PersonalCode
from hub.ports import Clock, Reply

BREATH: Final = 100
"""Persons after whom a loop gives way to other requests: about a millisecond of work."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Station:
    """What stands at one register from request to request.

    Attributes:
        shelf: None where the hub has no Redis, and where nothing of the register may be kept.
        nearby: None where nothing is kept within the process.
        lease_wait_s: See ``FetchSettings``.
    """

    desk: Desk
    shelf: Shelf | None
    nearby: Nearby | None
    flights: Flights
    clock: Clock
    meters: Meters
    lease_wait_s: float

    def record(self, reply: Reply, subject: Subject) -> Record:
        """Make one person's record, joined when the register knows several of their codes."""
        connector, shelf = self.desk.connector, self.shelf
        found = [reply.facts[code] for code in subject.codes if code in reply.facts]
        facts = connector.merge(found) if len(found) > 1 else found[0] if found else None
        return recorded(
            facts,
            as_of=reply.as_of,
            now=self.clock.now(),
            freshness=connector.manifest.freshness,
            spread=shelf.spread() if shelf else 0.0,
            raw=shelf.pack(facts) if shelf and facts is not None else None,
        )

    def put_nearby(self, ask: Ask, agreement: str, slot: Slot, shelved: Shelved, turn: int) -> None:
        """Keep at hand what Redis has, or will have in a moment."""
        if self.nearby is not None:
            self.nearby.put(
                ask,
                agreement,
                slot.subject.codes,
                shelved.outcome,
                until=shelved.fresh_until,
                marks=slot.marks,
                turn=turn,
            )


def codes_of(subjects: Sequence[Subject]) -> list[PersonalCode]:
    """Return every code of all ``subjects``, each once."""
    return list(dict.fromkeys([code for subject in subjects for code in subject.codes]))
