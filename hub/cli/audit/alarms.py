"""Alarms as they are told to whoever checks the log."""

from typing import Final, TypeAlias

import asyncpg
import click

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"
_ALARMS: Final = "SELECT kind, writer, wseq, missing, at FROM hub.log_alarm ORDER BY seq"
_AT_ONCE: Final = 1_000
_WORDS: Final = {
    "gap": "entries missing before it: {missing}",
    "link": "it does not follow from the entry before: it was altered",
    "columns": "what stands beside its text contradicts it",
}


async def list_alarms(connection: Connection) -> int:
    """List every alarm on stderr, oldest first, in the transaction that is open.

    Returns:
        How many there are.
    """
    listed = 0
    async for row in connection.cursor(_ALARMS, prefetch=_AT_ONCE):
        what = _WORDS[row["kind"]].format(missing=row["missing"])
        place = f"writer {row['writer']}, sequence {row['wseq']}"
        click.echo(f"alarm {row['kind']}: {place}: {what}; found {row['at']:%FT%TZ}", err=True)
        listed += 1
    return listed
