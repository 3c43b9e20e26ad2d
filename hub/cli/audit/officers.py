"""What officers' verbs share: the log they write to, who they are, how they print."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Final, TypeVar

import click
import orjson

from hub.app.clock import SystemClock
from hub.audit.log import open_log
from hub.audit.retention import Retention
from hub.audit.tlog.logkey import LogKey
from hub.cli.estate import estate_of
from hub.cli.options import folder_of
from hub.cli.whose import chosen_settings
from hub.errors import HubError, Misconfigured
from hub.settings import Settings, environment
from hub.storage.database import Database, Patience
from hub.storage.keyring import MasterKeyring
from hub.storage.log import KeyTable, LogTable
from hub.storage.oversight import RetentionTable
from hub.storage.tokens import SubjectTokens

T = TypeVar("T")

PATIENCE: Final = Patience(connect_s=5.0, command_s=60.0)
"""Nobody waits for an officer's verb but the officer."""

officer_option = click.option(
    "--officer", required=True, help="Who you are: institution/office, RD-LD/dpo."
)
reason_option = click.option(
    "--reason", required=True, help="Why; 10 to 300 characters, without a personal code."
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def with_retention(data_dir: Path | None, act: Callable[[Retention], Awaitable[T]]) -> T:
    """Do something about keeping or destroying, each step of which is an entry."""

    async def acting() -> T:
        async with opened(chosen_settings(data_dir)) as retention:
            try:
                return await act(retention)
            except HubError as failure:  # the log's task group would wrap it
                told = failure
        raise told

    return asyncio.run(acting())


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Retention]:
    """Open the log and what officers record beside it, in the hub's runtime role."""
    keyring, clock = MasterKeyring(settings.master_key), SystemClock()
    async with AsyncExitStack() as stack:
        database = Database(settings.database_url, patience=PATIENCE)
        stack.push_async_callback(database.aclose)
        table = LogTable(database, SubjectTokens(keyring), clock)
        stack.push_async_callback(table.aclose)
        key = LogKey(settings.log_origin, settings.log_key)
        log = await stack.enter_async_context(open_log(table, KeyTable(database), keyring, key))
        yield Retention(RetentionTable(database), log, keyring, clock)


def owner_url(data_dir: Path | None) -> str:
    """Return the database as its owner, who alone ends a year: HUB_MIGRATION_DATABASE_URL.

    Raises:
        Misconfigured: A production hub is meant and the variable is missing.
        NotRunning: No sandbox runs in that folder.
    """
    sent = environment()
    if data_dir is None and "HUB_DATABASE_URL" in sent:
        if not sent.get("HUB_MIGRATION_DATABASE_URL"):
            raise Misconfigured(["`HUB_MIGRATION_DATABASE_URL` is missing"])
        return sent["HUB_MIGRATION_DATABASE_URL"]
    return estate_of(folder_of(data_dir)).owner_url


def echo_json(value: object) -> None:
    """Print a value as JSON."""
    click.echo(orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_UTC_Z))
