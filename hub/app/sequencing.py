"""The log in a running hub: every process writes and reads it, one at a time orders it."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

import httpx
from prometheus_client import CollectorRegistry

from hub.audit.cosigning import Cosigning
from hub.audit.log import DurableLog, open_log
from hub.audit.logview import TreeView
from hub.audit.sequencer import Sequencer
from hub.audit.tlog.invalid import Invalid
from hub.audit.tlog.logkey import LogKey
from hub.audit.tlog.witnessing import TIMEOUT_S, WitnessAddress, Witnesses, load_witnesses
from hub.errors import Misconfigured
from hub.ports import Clock, Keyring
from hub.settings import Settings
from hub.storage.database import Database
from hub.storage.log import KeyTable, LogTable
from hub.storage.sequence import SequenceTable
from hub.storage.tree import TreeTable


@asynccontextmanager
async def open_whole_log(
    settings: Settings,
    database: Database,
    table: LogTable,
    keyring: Keyring,
    clock: Clock,
    metrics: CollectorRegistry,
) -> AsyncIterator[tuple[DurableLog, TreeView]]:
    """Open the log; for as long as the block runs it is sequenced, here if nowhere else.

    Raises:
        Misconfigured: The file of witnesses cannot be used.
    """
    key, store = LogKey(settings.log_origin, settings.log_key), TreeTable(database)
    async with (
        open_log(table, KeyTable(database), keyring, key) as log,
        _sequencing(settings, database, key, clock, metrics),
    ):
        yield log, TreeView(store)


@asynccontextmanager
async def _sequencing(
    settings: Settings, database: Database, key: LogKey, clock: Clock, metrics: CollectorRegistry
) -> AsyncIterator[None]:
    known = _witnesses(settings)
    sequencer = Sequencer(SequenceTable(database), key, clock, metrics)
    async with AsyncExitStack() as stack:
        group = await stack.enter_async_context(asyncio.TaskGroup())
        running = [group.create_task(sequencer.run(), name="sequencer")]
        if known:
            client = await stack.enter_async_context(httpx.AsyncClient(timeout=TIMEOUT_S))
            cosigning = Cosigning(
                TreeTable(database),
                key,
                clock,
                Witnesses(known, client),
                wanted=len(known),
                leading=lambda: sequencer.leading,
            )
            running.append(group.create_task(cosigning.run(), name="cosigning"))
        try:
            yield
        finally:
            for task in running:
                task.cancel()


def _witnesses(settings: Settings) -> Sequence[WitnessAddress]:
    try:
        path = settings.log_witnesses_file
        return load_witnesses(path) if path else ()
    except Invalid as flaw:
        raise Misconfigured([flaw.reason]) from None
