"""What stands at one register from request to request."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from hub.fetch.desk import Desk
from hub.fetch.flights import Flights
from hub.fetch.freshness import Record, recorded
from hub.fetch.meters import Meters
from hub.fetch.nearby import Nearby
from hub.fetch.shelf import Shelf
from hub.model.evidence import Subject
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

    def record(self, reply: Reply, subject: Subject, now: datetime) -> Record:
        """Make one person's record, joined when the register knows several of their codes.

        Args:
            reply: What the register answered, of this person among others.
            subject: The person.
            now: When it answered, aware UTC.
        """
        connector, shelf, known = self.desk.connector, self.shelf, reply.facts
        if len(subject.codes) == 1:
            facts = known.get(subject.codes[0])
        else:
            found = [known[code] for code in subject.codes if code in known]
            facts = connector.merge(found) if len(found) > 1 else found[0] if found else None
        return recorded(
            facts,
            as_of=reply.as_of,
            now=now,
            freshness=connector.manifest.freshness,
            spread=shelf.spread() if shelf else 0.0,
            raw=shelf.pack(facts) if shelf and facts is not None else None,
        )


def codes_of(subjects: Sequence[Subject]) -> list[PersonalCode]:
    """Return every code of all ``subjects``, each once."""
    return list(dict.fromkeys([code for subject in subjects for code in subject.codes]))
