"""``hub people``: codes of the sandbox's synthetic people, for load tests."""

import asyncio
import sys
from pathlib import Path

import click

from hub.cli.estate import estate_of
from hub.cli.options import data_dir_option, folder_of
from hub.sandbox.people.load import synthetic_codes
from hub.sandbox.state import SandboxFailure


@click.command()
@click.option("--limit", default=100, show_default=True, type=click.IntRange(1), help="How many.")
@data_dir_option
def command(*, limit: int, data_dir: Path | None) -> None:
    """Print codes of synthetic people, one a line; the sandbox must be running."""
    try:
        estate = estate_of(folder_of(data_dir))
        codes = asyncio.run(synthetic_codes(estate.server_url, limit))
    except SandboxFailure as failure:
        click.echo(f"hub people: {failure}", err=True)
        sys.exit(2)
    except OSError:
        click.echo("hub people: the sandbox is not running; start it with `make demo`", err=True)
        sys.exit(2)
    for code in codes:
        click.echo(code)
