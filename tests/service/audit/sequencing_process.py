"""A sequencer in a process of its own, to be killed: ``python -m … URL``."""

import asyncio
import sys

from prometheus_client import CollectorRegistry

from hub.app.clock import SystemClock
from hub.audit.sequencer import Sequencer
from hub.storage.database import Database
from hub.storage.sequence import SequenceTable
from tests.service.storage.hub_database import log_key


async def sequence(url: str) -> None:
    database = Database(url)
    await Sequencer(SequenceTable(database), log_key(), SystemClock(), CollectorRegistry()).run()


if __name__ == "__main__":
    asyncio.run(sequence(sys.argv[1]))
