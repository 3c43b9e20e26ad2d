"""``hub client``: switch a client off and on."""

import asyncio
from pathlib import Path

import click

from hub.cli.estate import estate_of
from hub.cli.options import data_dir_option, folder_of
from hub.storage.clients import ClientTable
from hub.storage.database import Database


@click.group()
def command() -> None:
    """Disable or enable a client, effective on its next request."""


@command.command()
@click.argument("client")
@data_dir_option
def disable(*, client: str, data_dir: Path | None) -> None:
    """Refuse every token of CLIENT from now on, cached or not."""
    asyncio.run(_switch(data_dir, client, disabled=True))
    click.echo(f"{client} is disabled", err=True)


@command.command()
@click.argument("client")
@data_dir_option
def enable(*, client: str, data_dir: Path | None) -> None:
    """Admit CLIENT again."""
    asyncio.run(_switch(data_dir, client, disabled=False))
    click.echo(f"{client} is enabled", err=True)


async def _switch(data_dir: Path | None, client: str, *, disabled: bool) -> None:
    database = Database(estate_of(folder_of(data_dir)).owner_url)
    try:
        table = ClientTable(database)
        await (table.disable(client) if disabled else table.enable(client))
    finally:
        await database.aclose()
