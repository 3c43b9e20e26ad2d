"""Whether PostgreSQL answers, known at every moment without asking."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Final

import asyncpg
import structlog

from hub.errors import Code, ServiceUnavailable
from hub.storage.database import Database

_EVERY_S: Final = 0.2
_PATIENCE_S: Final = 0.4
_STALL_S: Final = 0.1
"""Silence told so much too late is this process's own, busy with something else."""

_log = structlog.get_logger(__name__)


class Pulse:
    """Asks for a sign of life all the time; implements ``hub.ports.Pulse``.

    Two signs must fail, the second over a new connection, before PostgreSQL counts as lost. That
    takes one second, so that whoever waits for it or for a register hears within two.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._connection: asyncpg.Connection[asyncpg.Record] | None = None
        self.lost = False
        self.walking: set[Walk] = set()

    def guarded(self) -> "Walk":
        """Give up what the block does as soon as PostgreSQL is lost; see the port."""
        return Walk(self)

    async def run(self) -> None:
        """Keep asking until cancelled."""
        try:
            while True:
                self._take(answers=await self._answers())
                await asyncio.sleep(_EVERY_S)
        finally:
            self._drop()

    async def _answers(self) -> bool:
        if self._connection is not None and await _comes(self._connection.execute("SELECT 1")):
            return True
        self._drop()
        return await _comes(self._reconnect())

    async def _reconnect(self) -> None:
        self._connection = await self._database.connect()

    async def opens(self) -> bool:
        """Tell whether somebody takes connections there now, whatever was known so far."""

        async def trial() -> None:
            connection = await self._database.connect()
            connection.terminate()

        return await _comes(trial())

    def _take(self, *, answers: bool) -> None:
        if answers is self.lost:
            (_log.info if answers else _log.error)("log_database", answers=answers)
        self.lost = not answers
        if self.lost:
            walking, self.walking = self.walking, set()
            for walk in walking:
                walk.end()

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.terminate()
            self._connection = None


class Walk:
    """One block under guard; the same as a timeout without a time, at a tenth of its price."""

    __slots__ = ("_cancelling", "_ended", "_pulse", "_task")

    def __init__(self, pulse: Pulse) -> None:
        self._pulse = pulse
        self._task: asyncio.Task[object] | None = None
        self._cancelling = 0
        self._ended = False

    async def __aenter__(self) -> None:
        """Begin, unless PostgreSQL is lost already."""
        if self._pulse.lost:
            raise ServiceUnavailable(Code.AUDIT_UNAVAILABLE)
        self._task = task = asyncio.current_task()
        if task is None:
            raise RuntimeError
        self._cancelling = task.cancelling()
        self._pulse.walking.add(self)

    def end(self) -> None:
        """Give the block up: PostgreSQL is lost."""
        if self._task is not None:
            self._ended = True
            self._task.cancel()

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        failure: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Tell a loss as the log's own, and leave every other ending as it is."""
        self._pulse.walking.discard(self)
        task, self._task = self._task, None
        if self._ended and task is not None:
            # INVARIANT: as ``asyncio.Timeout``: only a cancellation that is this walk's own
            own = task.uncancel() <= self._cancelling
            if own and kind is asyncio.CancelledError:
                raise ServiceUnavailable(Code.AUDIT_UNAVAILABLE) from failure
        if isinstance(failure, ServiceUnavailable) and (
            self._pulse.lost or not await self._pulse.opens()
        ):
            raise ServiceUnavailable(Code.AUDIT_UNAVAILABLE) from failure


@asynccontextmanager
async def open_pulse(database: Database) -> AsyncIterator[Pulse]:
    """Feel the pulse for as long as the block runs."""
    pulse = Pulse(database)
    async with asyncio.TaskGroup() as group:
        task = group.create_task(pulse.run(), name="pulse")
        try:
            yield pulse
        finally:
            task.cancel()


async def _comes(sign: Awaitable[object]) -> bool:
    """Tell whether a sign of life came in time, or whether this process missed the time itself."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    try:
        async with asyncio.timeout(_PATIENCE_S):
            await sign
    except Exception:  # noqa: BLE001 — whatever fails, no sign came; the pulse itself must go on
        return loop.time() - began > _PATIENCE_S + _STALL_S
    return True
