"""``hub schema``: the published schema, and its reviewed snapshot."""

import difflib
import sys
from pathlib import Path

import click

from hub.app.publication import published_sdl, snapshot


@click.group()
def command() -> None:
    """Print the published schema, or check it against the snapshot."""


@command.command()
@click.option("--check", is_flag=True, help="Exit 1 and show the drift from the snapshot.")
@click.option("--write", is_flag=True, help="Write the snapshot, to be reviewed and committed.")
def export(*, check: bool, write: bool) -> None:
    """Print the SDL that partners see, classes included."""
    sdl, kept = published_sdl(), snapshot()
    if write:
        kept.write_text(sdl)
    elif check:
        sys.exit(_drift(sdl, kept))
    else:
        click.echo(sdl, nl=False)


def _drift(sdl: str, kept: Path) -> int:
    before = kept.read_text() if kept.exists() else ""
    lines = list(
        difflib.unified_diff(
            before.splitlines(), sdl.splitlines(), "snapshot", "schema", lineterm=""
        )
    )
    if lines:
        click.echo("\n".join(lines))
        click.echo("the schema drifted from its snapshot: review, then `hub schema export --write`")
    return 1 if lines else 0
