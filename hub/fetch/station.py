"""What stands at one register from request to request."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from hub.fetch.desk import Desk
from hub.fetch.flights import Flights
from hub.fetch.freshness import Record, Recorder
from hub.fetch.meters import Meters
from hub.fetch.nearby import Nearby
from hub.fetch.shelf import Shelf
from hub.model.evidence import Facts, Subject
from hub.model.personal_code import PersonalCode
from hub.ports import Clock, Reply


@dataclass(frozen=True, slots=True, kw_only=True)
class Station:
    """What stands at one register from request to request.

    Attributes:
        shelf: None where the hub has no Redis, and where nothing of the register may be kept.
        nearby: None where nothing is kept within the process.
        wait_s: Longest time one operation waits for the register.
        lease_wait_s: See ``FetchSettings``.
    """

    desk: Desk
    shelf: Shelf | None
    nearby: Nearby | None
    flights: Flights
    clock: Clock
    meters: Meters
    wait_s: float
    lease_wait_s: float

    def records(self, reply: Reply, subjects: Iterable[Subject]) -> Iterator[Record]:
        """Yield the record of each of ``subjects`` from what the register just answered.

        Raises:
            Exception: Whatever the connector raises at joining one person's facts.
        """
        connector, shelf = self.desk.connector, self.shelf
        recorder = Recorder(
            as_of=reply.as_of, now=self.clock.now(), freshness=connector.manifest.freshness
        )
        for subject in subjects:
            facts = self._joined(reply.facts, subject.codes)
            if shelf is None:
                yield recorder.record(facts, 0.0, None)
            else:
                raw = None if facts is None else shelf.pack(facts)
                yield recorder.record(facts, shelf.spread(), raw)

    def _joined(
        self, known: Mapping[PersonalCode, Facts], codes: Sequence[PersonalCode]
    ) -> Facts | None:
        """Join one person's facts where the register knows several of their codes."""
        if len(codes) == 1:
            return known.get(codes[0])
        found = [known[code] for code in codes if code in known]
        if len(found) > 1:
            return self.desk.connector.merge(found)
        return found[0] if found else None


def codes_of(subjects: Sequence[Subject]) -> list[PersonalCode]:
    """Return every code of all ``subjects``, each once."""
    return list(dict.fromkeys([code for subject in subjects for code in subject.codes]))
