"""What a sequencer does in its turn: take, sign, and know what need not be looked at again."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final, NamedTuple
from uuid import UUID

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge

from hub.audit.opening import utc
from hub.audit.taking import Taking, tree_of
from hub.audit.tlog.checkpoint import Checkpoint
from hub.audit.tlog.logkey import LogKey
from hub.errors import ServiceUnavailable
from hub.model.sequence import Arrived, Head, Reached, SignedSize, Step
from hub.ports import Clock
from hub.ports.sequence import SequencerTurn

AT_ONCE: Final = 500
"""Entries written in one transaction."""
LOOKED_AT: Final = 50_000
"""Arrivals looked at by one statement, be their entries in the tree or not."""
WRITERS: Final = 10_000
"""Writers remembered; others are looked up."""
_LOG = structlog.get_logger(__name__)


class Meters:
    """What is told of the log; nothing by person, agreement or caller.

    Only the process that sequences tells anything but 0, so that sums over processes are true.
    """

    def __init__(self, registry: CollectorRegistry) -> None:
        """Enter the metrics in ``registry``."""
        self.sequencing = Gauge(
            "hub_log_sequencing", "1 in the process that sequences the log", registry=registry
        )
        self.size = Gauge(
            "hub_log_size", "Entries in the tree of the present year", registry=registry
        )
        self.lag_s = Gauge(
            "hub_log_lag_seconds",
            "Age of the oldest entry that the tree did not have a moment ago",
            registry=registry,
        )
        self.unsequenced = Gauge(
            "hub_log_unsequenced_entries",
            "Entries that the tree does not have yet, at most",
            registry=registry,
        )
        self.sequenced = Counter(
            "hub_log_sequenced_entries", "Entries taken into the tree", registry=registry
        )
        self.alarms = Counter(
            "hub_log_alarms",
            "Entries missing, altered or contradicting their columns: look into every one",
            ("kind",),
            registry=registry,
        )

    def rest(self) -> None:
        """Tell that this process does not sequence."""
        for gauge in (self.sequencing, self.size, self.lag_s, self.unsequenced):
            gauge.set(0)


class Fence(NamedTuple):
    """Who wrote at a moment when everything up to ``arrival`` was drawn already."""

    arrival: int
    writing: frozenset[str]


@dataclass(slots=True)
class Round:
    """One look at everything after the mark, in several steps.

    Attributes:
        after: Up to here everything visible is taken.
        newest: Where it ends; what arrives meanwhile is the next round's.
        passable: Arrival up to which everything is visible to this round.
    """

    after: int
    newest: int
    passable: int | None


class Work:
    """One turn's work: it ends with the first failure, and the next turn begins from the tables."""

    def __init__(self, turn: SequencerTurn, key: LogKey, clock: Clock, meters: Meters) -> None:
        self._turn = turn
        self._key = key
        self._clock = clock
        self._meters = meters
        self._heads: dict[int, Head] = {}
        self._signed: dict[int, int] = {}
        self._reached: dict[UUID, Reached] = {}
        self._mark = 0
        self._round: Round | None = None
        self._fence: Fence | None = None
        self._day: date | None = None
        self._oldest: datetime | None = None

    async def begin(self) -> None:
        """Learn where the sequencer before this one stopped."""
        self._heads = dict(await self._turn.heads())
        self._signed = dict(await self._turn.checkpointed())
        self._mark = await self._turn.mark()

    async def tick(self, *, until: float) -> None:
        """Take what has come, for as long as there is time, and sign what changed.

        Args:
            until: In seconds of the loop's clock; something is taken even when it is over.
        """
        await self._begin_day()
        self._oldest = None
        loop = asyncio.get_running_loop()
        under_way = self._round or await self._begin_round()
        while not (ended := await self._take_some(under_way)):
            if loop.time() >= until:
                break
        await self._sign()
        if ended:
            await self._end_round(under_way)
        self._round = None if ended else under_way
        self._tell(under_way)

    # ---- what a day needs -------------------------------------------------------------------

    async def _begin_day(self) -> None:
        """Begin the year's tree, and have months made for entries to come."""
        today = self._clock.now().astimezone(UTC).date()
        if today == self._day:
            return
        await self._begin_year(today.year)
        try:
            await self._turn.ensure_months(today)
        except ServiceUnavailable as failure:  # what has no month of its own is kept all the same
            _LOG.warning("log_months_not_made", cause=type(failure.__cause__).__name__)
        self._day = today

    async def _begin_year(self, year: int) -> None:
        if year not in self._heads:
            await self._turn.begin(year)
            self._heads[year] = Head(0, b"")

    # ---- taking -----------------------------------------------------------------------------

    async def _take_some(self, under_way: Round) -> bool:
        """Take some of what had come when the round began; tell whether that was all of it."""
        if under_way.after >= under_way.newest:
            return True
        upto = min(under_way.newest, under_way.after + LOOKED_AT)
        entries = await self._turn.arrived(under_way.after, upto, AT_ONCE)
        if entries:
            self._oldest = self._oldest or entries[0].at
            for writer in await self._take(entries, gaps=False):
                await self._take_writer(writer)
        under_way.after = entries[-1].arrival if len(entries) == AT_ONCE else upto
        return under_way.after >= under_way.newest

    async def _take_writer(self, writer: UUID) -> None:
        """Take all that one writer has committed, whatever is missing in between.

        A writer's batches follow one another: whoever sees a later one sees the earlier.
        """
        entries: Sequence[Arrived] = ()
        while not entries or len(entries) == AT_ONCE:
            entries = await self._turn.of_writer(writer, await self._wseq(writer), AT_ONCE)
            if not entries:
                return
            await self._take(entries, gaps=True)

    async def _take(self, entries: Sequence[Arrived], *, gaps: bool) -> set[UUID]:
        await self._look_up({entry.writer for entry in entries})
        for year in {utc(entry.at).year for entry in entries}:
            await self._begin_year(year)
        taking = Taking(self._heads, self._reached)
        step = await taking.all(entries, gaps=gaps)
        if step.placed:
            await self._turn.take(step)
            self._adopt(step)
        return taking.waiting

    async def _wseq(self, writer: UUID) -> int:
        await self._look_up({writer})
        return self._reached[writer].wseq if writer in self._reached else 0

    async def _look_up(self, writers: Iterable[UUID]) -> None:
        unknown = [writer for writer in writers if writer not in self._reached]
        if not unknown:
            return
        if len(self._reached) > WRITERS:
            self._reached.clear()
            unknown = list(writers)
        self._reached |= await self._turn.reached(unknown)

    def _adopt(self, step: Step) -> None:
        self._heads |= step.after
        self._reached |= step.reached
        self._meters.sequenced.inc(len(step.placed))
        for alarm in step.alarms:
            self._meters.alarms.labels(alarm.kind).inc()
            _LOG.error(
                "log_alarm",
                kind=alarm.kind,
                writer=alarm.writer.hex,
                wseq=alarm.wseq,
                missing=alarm.missing,
            )

    # ---- signing ----------------------------------------------------------------------------

    async def _sign(self) -> None:
        """Sign every tree that is not as it was signed last."""
        for year, head in self._heads.items():
            if self._signed.get(year) == head.size:
                continue
            checkpoint = Checkpoint(self._key.origin(year), head.size, tree_of(head).root())
            note = checkpoint.signed(self._key.signer(year)).decode()
            at = self._clock.now()
            await self._turn.sign(SignedSize(year, head.size, checkpoint.root, at, note))
            self._signed[year] = head.size

    # ---- what need not be looked at again ---------------------------------------------------

    async def _begin_round(self) -> Round:
        """Begin to look at everything after the mark.

        An entry may become visible after others that arrived later. Who wrote when the fence was
        put up has ended, if none of them writes now: what they wrote is visible from here on, or
        never will be (decision 0321).
        """
        passable = None
        if self._fence and not self._fence.writing & await self._turn.appending():
            passable = self._fence.arrival
        # INVARIANT: asked after those who wrote, so that the round sees whatever they wrote
        return Round(after=self._mark, newest=await self._turn.newest(), passable=passable)

    async def _end_round(self, ended: Round) -> None:
        """Pass what is visible and taken, and put up the next fence."""
        if ended.passable is not None:
            await self._turn.pass_mark(ended.passable)
            self._mark, self._fence = ended.passable, None
        if self._fence is None and ended.newest > self._mark:
            # INVARIANT: who writes is asked after the arrival was seen: whoever drew an earlier
            # one is among them, or has ended
            self._fence = Fence(ended.newest, await self._turn.appending())

    def _tell(self, under_way: Round) -> None:
        now = self._clock.now().astimezone(UTC)
        waited_s = (now - self._oldest).total_seconds() if self._oldest else 0.0
        self._meters.size.set(self._heads[now.year].size)
        self._meters.lag_s.set(max(0.0, waited_s))
        self._meters.unsequenced.set(under_way.newest - under_way.after)
