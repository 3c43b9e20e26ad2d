"""``hub token``: access tokens of the running sandbox, and whom it has."""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from hub.app import publication
from hub.app.clock import SystemClock
from hub.cli.clients import clients, person_rows
from hub.cli.estate import settings_of
from hub.cli.furnish import default_data_dir
from hub.cli.options import data_dir_option
from hub.cli.reading import policy_of
from hub.sandbox.issuer.fetch import fetch_person_token, fetch_token
from hub.sandbox.state import SandboxFailure


@click.command()
@click.argument("client", required=False)
@click.option("--list", "listing", is_flag=True, help="Show clients, agreements and personas.")
@click.option("--json", "as_json", is_flag=True, help="With --list: as JSON.")
@click.option("--person", metavar="CODE", help="A persona's own delegated token instead.")
@data_dir_option
def command(
    *, client: str | None, listing: bool, as_json: bool, person: str | None, data_dir: Path | None
) -> None:
    """Print a fresh access token of CLIENT, alone on standard output."""
    folder = (data_dir or default_data_dir()).resolve()
    try:
        if listing:
            _list(folder, as_json=as_json)
        elif person:
            click.echo(fetch_person_token(folder, person))
        elif client:
            click.echo(fetch_token(folder, client))
        else:
            message = "name a client, or ask for --list"
            raise click.UsageError(message)
    except SandboxFailure as failure:
        click.echo(f"hub token: {failure}", err=True)
        sys.exit(2)


def _list(folder: Path, *, as_json: bool) -> None:
    policy = asyncio.run(policy_of(settings_of(folder), publication.catalogue(), SystemClock()))
    told = {"clients": clients(folder, policy.every), "personas": person_rows()}
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
        return
    console = Console()
    console.print(_clients(told["clients"]))
    console.print(_personas(told["personas"]))


def _clients(rows: list[Any]) -> Table:
    table = Table("client", "agreement", "purpose", "operations", "fields", title="Clients")
    for row in rows:
        for place, agreement in enumerate(row["agreements"]):
            table.add_row(
                "" if place else row["id"],
                agreement["number"],
                agreement["purposeTitle"]["en"],
                ", ".join(agreement["operations"]),
                _short(agreement["fields"]),
                end_section=agreement is row["agreements"][-1],
            )
    return table


def _short(fields: list[str]) -> str:
    if len(fields) <= 12:  # noqa: PLR2004 — what fits a cell
        return ", ".join(fields)
    return f"{', '.join(fields[:11])}, … {len(fields)} in all"


def _personas(rows: list[Any]) -> Table:
    table = Table("name", "personal code", "who", "shows", title="Personas")
    for row in rows:
        table.add_row(row["name"], row["personalCode"], row["about"]["en"], row["shows"])
    return table
