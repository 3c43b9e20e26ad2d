"""Records within this process, in front of Redis: each agreement has its own here too.

A look-up is one dictionary's, by the person's current code, so it needs no name of Redis and no
key. What is here is told as what comes from Redis is told. Nothing here is told unless evictions
were heard of a moment ago, so what was evicted anywhere is gone from here within a second.
"""

import time
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, TypeAlias

from hub.fetch.packed import Packed
from hub.model.evidence import Absent, Ask, Order, Outcome, Subject
from hub.model.personal_code import PersonalCode

HEARD_S: Final = 0.75
"""How long what was heard of evictions counts; with this, within a second holds by a margin."""

_OVERHEAD_BYTES: Final = 1400
_VIEWS_PER_BYTE: Final = 3
_MOST_SHAPES: Final = 512
_MOST_REMEMBERED: Final = 8192

Near: TypeAlias = Packed | Absent


@dataclass(slots=True, eq=False, kw_only=True)
class Held:
    """One person's record of one shape.

    Attributes:
        codes: Of the person when the register was asked: others are another person's.
        until: Until then it may be told.
        marks: Names of the generations it depends on.
        size_bytes: An estimate, with room for what is made of the facts.
    """

    shape: "Shape"
    codes: tuple[PersonalCode, ...]
    outcome: Near
    until: datetime
    marks: tuple[bytes, ...]
    size_bytes: int


@dataclass(slots=True, eq=False, kw_only=True)
class Shape:
    """What one agreement asked of one register: columns, period.

    Attributes:
        held: By current code.
    """

    ask: Ask
    agreement: str
    held: dict[PersonalCode, Held] = field(default_factory=dict)

    def all_of(
        self, subjects: Iterable[Subject], now: datetime
    ) -> dict[PersonalCode, Outcome] | None:
        """Return everybody's outcomes by current code, or None when one is not here and fresh."""
        held = self.held
        outcomes: dict[PersonalCode, Outcome] = {}
        for subject in subjects:
            codes = subject.codes
            current = codes[0]
            one = held.get(current)
            if one is None or one.until <= now or one.codes != codes:
                return None
            outcomes[current] = one.outcome
        return outcomes

    def those_of(self, subjects: Iterable[Subject], now: datetime) -> dict[PersonalCode, Outcome]:
        """Return the outcomes of whom is here and fresh."""
        outcomes: dict[PersonalCode, Outcome] = {}
        for subject in subjects:
            one = self.held.get(subject.codes[0])
            if one is not None and one.until > now and one.codes == subject.codes:
                outcomes[one.codes[0]] = one.outcome
        return outcomes


class Nearby:
    """All shapes of one process, bounded together; the oldest records go first."""

    def __init__(self, most_bytes: int, timer: Callable[[], float] = time.monotonic) -> None:
        """Hold nothing yet.

        Args:
            most_bytes: Bound of the estimate; 0 keeps nothing.
            timer: Monotonic seconds.
        """
        self._most_bytes = most_bytes
        self._timer = timer
        self._heard_at = float("-inf")
        self._shapes: dict[tuple[Ask, str], Shape] = {}
        self._order: OrderedDict[Held, None] = OrderedDict()
        self._by_mark: dict[bytes, tuple[Held, ...]] = {}
        self._size_bytes = 0
        self._turn = self._floor = 0
        self._evicted: dict[bytes, int] = {}

    @property
    def keeps(self) -> bool:
        """Whether anything may be put here at all."""
        return self._most_bytes > 0

    @property
    def size_bytes(self) -> int:
        """The estimate of all that is here."""
        return self._size_bytes

    @property
    def records(self) -> int:
        """How many records are here."""
        return len(self._order)

    @property
    def turn(self) -> int:
        """A number to take before looking anything up, for ``put``."""
        return self._turn

    def heard(self, at: float) -> None:
        """Note that every eviction up to ``at`` (the timer's reading) was told here."""
        self._heard_at = at

    def shape(self, ask: Ask, agreement: str) -> Shape | None:
        """Return what is here of this question; None when nothing is, or nothing may be told."""
        if self._timer() - self._heard_at >= HEARD_S:
            return None
        return self._shapes.get((ask, agreement))

    def shapes(self, orders: Iterable[Order], agreement: str) -> list[Shape] | None:
        """Return what is here of all ``orders``; None unless something is of each of them."""
        if self._timer() - self._heard_at >= HEARD_S:
            return None
        try:
            return [self._shapes[order.ask, agreement] for order in orders]
        except KeyError:
            return None

    def holds(self, records: Iterable[Held], now: datetime) -> bool:
        """Tell whether these very records are here, fresh, and may be told."""
        if self._timer() - self._heard_at >= HEARD_S:
            return False
        order = self._order
        return all(each in order and each.until > now for each in records)

    def put(  # noqa: PLR0913 — a record, where it belongs, and what it depends on
        self,
        ask: Ask,
        agreement: str,
        codes: tuple[PersonalCode, ...],
        outcome: Near,
        *,
        until: datetime,
        marks: tuple[bytes, ...],
        turn: int,
    ) -> None:
        """Keep a record, unless one of its persons was evicted since ``turn``.

        Args:
            ask: What was asked, and by which ``agreement``.
            agreement: Its number.
            codes: Every code of the person, current first.
            outcome: What was answered.
            until: Until then it may be told.
            marks: Names of the generations it depends on.
            turn: From before it was looked for in Redis, so from before it was asked for.
        """
        if (turn < self._floor or self._evicted) and self._is_late(marks, turn):
            return
        size_bytes = _OVERHEAD_BYTES
        if isinstance(outcome, Packed):
            size_bytes += (1 + _VIEWS_PER_BYTE) * len(outcome.raw)
        if size_bytes > self._most_bytes:
            return
        shape = self._shaped(ask, agreement)
        if (former := shape.held.get(codes[0])) is not None:
            self._drop(former)
        held = Held(
            shape=shape,
            codes=codes,
            outcome=outcome,
            until=until,
            marks=marks,
            size_bytes=size_bytes,
        )
        shape.held[codes[0]] = held
        self._order[held] = None
        by_mark = self._by_mark
        for mark in marks:
            others = by_mark.get(mark)
            by_mark[mark] = (held,) if others is None else (*others, held)
        self._size_bytes += size_bytes
        while self._size_bytes > self._most_bytes:
            self._drop(next(iter(self._order)))

    def evict(self, marks: Iterable[bytes]) -> None:
        """Drop what depends on ``marks``, and keep nothing that was looked for before now."""
        self._turn += 1
        for mark in marks:
            for held in self._by_mark.get(mark, ()):
                self._drop(held)
            self._evicted[mark] = self._turn
        if len(self._evicted) > _MOST_REMEMBERED:
            self._evicted.clear()
            self._floor = self._turn

    def clear(self) -> None:
        """Drop everything, and keep nothing that was looked for before now."""
        self._turn += 1
        self._floor = self._turn
        for each in (self._shapes, self._order, self._by_mark, self._evicted):
            each.clear()
        self._size_bytes = 0

    def forget(self, agreement: str, codes: Collection[PersonalCode]) -> None:
        """Drop what the agreement has of persons whose current codes these are."""
        for shape in self._shapes.values():
            if shape.agreement == agreement:
                for code in codes:
                    if (held := shape.held.get(code)) is not None:
                        self._drop(held)

    def everything(self) -> Sequence[Held]:
        """Return all records, for a look through them."""
        return list(self._order)

    def expire(self, some: Iterable[Held], now: datetime) -> None:
        """Drop those of ``some`` that are no longer fresh, and shapes that hold nothing."""
        for held in some:
            if held.until <= now and held in self._order:
                self._drop(held)
        for key in [key for key, shape in self._shapes.items() if not shape.held]:
            del self._shapes[key]

    def _is_late(self, marks: Iterable[bytes], turn: int) -> bool:
        # INVARIANT: what was seen before an eviction is not kept after it
        if turn < self._floor:
            return True
        evicted = self._evicted
        return bool(evicted) and any(evicted.get(mark, 0) > turn for mark in marks)

    def _shaped(self, ask: Ask, agreement: str) -> Shape:
        shape = self._shapes.get((ask, agreement))
        if shape is None:
            if len(self._shapes) >= _MOST_SHAPES:
                self._drop_shape(next(iter(self._shapes)))
            shape = self._shapes[ask, agreement] = Shape(ask=ask, agreement=agreement)
        return shape

    def _drop_shape(self, key: tuple[Ask, str]) -> None:
        for held in list(self._shapes[key].held.values()):
            self._drop(held)
        del self._shapes[key]

    def _drop(self, held: Held) -> None:
        del self._order[held]
        del held.shape.held[held.codes[0]]
        self._size_bytes -= held.size_bytes
        for mark in held.marks:
            rest = tuple(each for each in self._by_mark[mark] if each is not held)
            if rest:
                self._by_mark[mark] = rest
            else:
                del self._by_mark[mark]
