"""Whether PostgreSQL answers, known at every moment without asking."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
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
        self._lost = False
        self._walking: set[asyncio.Timeout] = set()

    @asynccontextmanager
    async def guarded(self) -> AsyncIterator[None]:
        """Give up what the block does as soon as PostgreSQL is lost; see the port."""
        if self._lost:
            raise ServiceUnavailable(Code.AUDIT_UNAVAILABLE)
        walk = asyncio.timeout(None)
        try:
            async with walk:
                self._walking.add(walk)
                try:
                    yield
                finally:
                    self._walking.discard(walk)
        except TimeoutError:
            if walk.expired():
                raise ServiceUnavailable(Code.AUDIT_UNAVAILABLE) from None
            raise
        except ServiceUnavailable as failure:
            if self._lost or not await self._opens():
                raise ServiceUnavailable(Code.AUDIT_UNAVAILABLE) from failure
            raise

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

    async def _opens(self) -> bool:
        """Tell whether somebody takes connections there now, whatever was known so far."""

        async def trial() -> None:
            connection = await self._database.connect()
            connection.terminate()

        return await _comes(trial())

    def _take(self, *, answers: bool) -> None:
        if answers is self._lost:
            (_log.info if answers else _log.error)("log_database", answers=answers)
        self._lost = not answers
        if self._lost:
            walking, self._walking = self._walking, set()
            for walk in walking:
                walk.reschedule(asyncio.get_running_loop().time())

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.terminate()
            self._connection = None


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
