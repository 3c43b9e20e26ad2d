"""Having witnesses cosign checkpoints, beside the sequencer and never in its way."""

import asyncio
from collections.abc import Callable
from datetime import UTC
from functools import partial
from typing import Final

import structlog

from hub.audit.logview import TreeView
from hub.audit.tlog import note
from hub.audit.tlog.checkpoint import Checkpoint
from hub.audit.tlog.logkey import LogKey
from hub.audit.tlog.witnessing import Witnesses
from hub.errors import ServiceUnavailable
from hub.ports import Clock
from hub.ports.sequence import TreeStore

PERIOD_S: Final = 3.0
_LOG = structlog.get_logger(__name__)


class Cosigning:
    """Asks all witnesses every few seconds, if the newest checkpoint is another than last time.

    Args:
        leading: Whether this process sequences; the others ask nobody.
        wanted: How many witnesses there are.
    """

    def __init__(
        self,
        store: TreeStore,
        key: LogKey,
        clock: Clock,
        witnesses: Witnesses,
        *,
        wanted: int,
        leading: Callable[[], bool],
    ) -> None:
        self._store = store
        self._view = TreeView(store)
        self._key = key
        self._clock = clock
        self._witnesses = witnesses
        self._wanted = wanted
        self._leading = leading
        self._done: dict[int, int] = {}

    async def run(self) -> None:
        """Ask until cancelled; nothing else ends it."""
        while True:
            await asyncio.sleep(PERIOD_S)
            if not self._leading():
                self._done.clear()
                continue
            this = self._clock.now().astimezone(UTC).year
            for year in (this - 1, this):
                await self._try(year)

    async def _try(self, year: int) -> None:
        try:
            await self.cosign(year)
        except ServiceUnavailable:
            return  # the pulse tells of it
        except Exception:  # noqa: BLE001 — the next round may do better
            _LOG.exception("log_cosigning_failed")

    async def cosign(self, year: int) -> None:
        """Have a year's newest checkpoint cosigned, and keep the lines that came in time."""
        newest = await self._view.newest(year)
        if newest is None or self._done.get(year) == newest.size:
            return
        lines = await self._witnesses.cosign(
            Checkpoint(self._key.origin(year), newest.size, newest.root),
            newest.note.encode(),
            partial(self._view.grown, year),
        )
        if lines:
            named = {note.parsed_line(line.rstrip("\n")).name: line for line in lines}
            await self._store.cosign(year, newest.size, named, self._clock.now())
        if len(lines) == self._wanted:
            self._done[year] = newest.size
