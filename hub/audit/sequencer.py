"""The sequencer: one at a time among all replicas, it gives entries their order in the tree.

About once a second it takes what writers have committed, and signs a checkpoint. No request
ever waits for it: while none is at work, entries are committed and wait (decision 0320).
"""

import asyncio
from typing import Final

import structlog
from prometheus_client import CollectorRegistry

from hub.audit.sequencing import Meters, Work
from hub.audit.tlog.logkey import LogKey
from hub.errors import ServiceUnavailable
from hub.ports import Clock
from hub.ports.sequence import SequencerStore, SequencerTurn

PERIOD_S: Final = 1.0
_LOG = structlog.get_logger(__name__)


class Sequencer:
    """Takes turns with the sequencers of all other replicas."""

    def __init__(
        self, store: SequencerStore, key: LogKey, clock: Clock, metrics: CollectorRegistry
    ) -> None:
        self._store = store
        self._key = key
        self._clock = clock
        self._meters = Meters(metrics)
        self.leading = False
        """Whether this one has the turn, as far as it knows."""

    async def run(self) -> None:
        """Sequence whenever the turn is to be had, until cancelled; nothing else ends it."""
        try:
            while True:
                await self._try()
                await asyncio.sleep(PERIOD_S)
        finally:
            await self._store.aclose()

    async def _try(self) -> None:
        try:
            turn = await self._store.try_turn()
        except ServiceUnavailable:
            return  # the pulse tells of it
        if turn is None:
            return
        _LOG.info("log_sequencing")
        self.leading = True
        try:
            await self._lead(turn)
        except Exception as failure:  # noqa: BLE001 — whatever it is, sequencing is tried again
            _LOG.warning("log_sequencing_lost", cause=type(failure).__name__)
        finally:
            self.leading = False
            self._meters.rest()
            await turn.close()

    async def _lead(self, turn: SequencerTurn) -> None:
        self._meters.sequencing.set(1)
        work = Work(turn, self._key, self._clock, self._meters)
        await work.begin()
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + PERIOD_S
            await work.tick(until=due)
            await asyncio.sleep(max(0.0, due - loop.time()))
