"""One register's part of an operation about one person: what an errand is, in fewer steps."""

import asyncio
from collections.abc import Mapping, Sequence

from hub.fetch.ferry import Ferry
from hub.fetch.link import Claim
from hub.fetch.loading import loaded
from hub.fetch.names import Slot
from hub.fetch.origins import CACHE, origin_of
from hub.fetch.shelf import Sighting
from hub.fetch.voyage import Voyage
from hub.model.evidence import Order, Outcome
from hub.model.personal_code import PersonalCode


class Solo:
    """Brings one person's facts; ``name``, ``see`` and ``depart``, then ``arrive``."""

    __slots__ = (
        "_claim",
        "_coming",
        "_ferry",
        "_operation_id",
        "_outcome",
        "_slot",
        "_turn",
        "_until",
        "order",
    )

    _claim: Claim
    _slot: Slot

    def __init__(self, ferry: Ferry, order: Order, until: float, operation_id: str) -> None:
        """Take what is at hand.

        Args:
            ferry: Of the question.
            order: What is asked, of one person.
            until: Reading of the event loop's clock at which waiting ends.
            operation_id: Who asks.
        """
        self.order = order
        self._operation_id = operation_id
        self._ferry = ferry
        self._until = until
        self._coming: asyncio.Future[Outcome] | asyncio.Future[list[Outcome]] | None = None
        nearby = ferry.question.station.nearby
        self._turn = 0 if nearby is None else nearby.turn
        self._outcome = ferry.question.at_hand(order.subjects[0])

    @property
    def looks(self) -> bool:
        """Whether Redis is to be asked."""
        return self._outcome is None

    def name(self, names: list[bytes], claims: list[Claim]) -> None:
        """Add what to ask Redis for."""
        question = self._ferry.question
        slot = self._slot = question.shelf.slot(self.order.subjects[0], question.shape)
        self._claim = question.shelf.claim(slot)
        names.append(slot.entry)
        names.extend(slot.marks)
        claims.append(self._claim)

    def see(self, values: Sequence[bytes | None] | None, taken: bool | None) -> None:  # noqa: FBT001 — as Redis told it
        """Take what Redis had, or set off.

        Args:
            values: By name; None when Redis gave no answer.
            taken: Whether the lease was taken; None where it was not tried for.
        """
        question = self._ferry.question
        seen = question.shelf.see_one(self._slot, values)
        record = seen.record
        if record is not None and record.fresh_until > question.station.clock.now():
            self._outcome = record.outcome
            question.put_nearby(seen, record, self._turn)
            return
        lease = self._claim.lease if taken else None
        if lease is not None or seen.mark is None:
            self._coming = self._ferry.board(
                seen, lease, self._turn, self._until, self._operation_id
            )
        if self._coming is None:
            self._coming = self._sail(seen, taken)

    def fail(self, failure: Exception) -> None:
        """Give up after a bug of ours."""
        (self._outcome,) = self._ferry.question.failed(1, failure)

    def depart(self) -> None:
        """Nothing is left to do: whoever is lacking set off when they were found to be."""

    async def arrive(self) -> Mapping[PersonalCode, Outcome]:
        """Return the person's outcome by current code."""
        question, outcome = self._ferry.question, self._outcome
        origin = CACHE
        if outcome is None:
            coming = self._coming
            assert coming is not None  # noqa: S101 — seen before
            coming_one = await coming
            outcome = coming_one[0] if isinstance(coming_one, list) else coming_one
            origin = origin_of(outcome)
        question.station.meters.count(question.ask.register, origin, 1)
        return {self.order.subjects[0].codes[0]: outcome}

    def _sail(self, seen: Sighting, taken: bool | None) -> "asyncio.Future[list[Outcome]]":  # noqa: FBT001 — as above
        """Join whoever is asking, in this process or another."""
        voyage = Voyage(
            question=self._ferry.question,
            until=self._until,
            turn=self._turn,
            claimed=None if taken is None else (self._claim.lease, taken),
            operation_id=self._operation_id,
        )
        return loaded(voyage.safely, [seen])
