"""``hub token``: access tokens of the running sandbox, and whom it has."""

import importlib
import sys
from pathlib import Path

import click

from hub.cli.clients import persona_of
from hub.cli.options import data_dir_option, folder_of
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
    if sum((bool(client), listing, bool(person))) != 1:
        message = "name one of: a client, --person, --list"
        raise click.UsageError(message)
    folder = folder_of(data_dir)
    try:
        if listing:  # which alone needs the schema and the policies
            importlib.import_module("hub.cli.listing").show(folder, as_json=as_json)
        elif person:
            click.echo(fetch_person_token(folder, person))
        elif client and (code := persona_of(client)):
            click.echo(fetch_person_token(folder, code))
        elif client:
            click.echo(fetch_token(folder, client))
    except SandboxFailure as failure:
        click.echo(f"hub token: {failure}", err=True)
        sys.exit(2)
