"""``hub audit vkey``: the public key by which anybody checks the log."""

from datetime import UTC, datetime
from pathlib import Path

import click

from hub.audit.tlog.logkey import LogKey
from hub.cli.options import data_dir_option
from hub.cli.whose import chosen_settings


@click.command()
@click.option(
    "--year", type=click.IntRange(2000, 9999), help="Of whose log.  [default: the present year]"
)
@data_dir_option
def command(*, year: int | None, data_dir: Path | None) -> None:
    """Print the log's verifier key as c2sp.org/signed-note writes it.

    Checkpoints and receipts of a year are signed under that year's name; the key is the same in
    all years. Hand it over once, by a way that whoever receives it trusts.
    """
    settings = chosen_settings(data_dir)
    key = LogKey(settings.log_origin, settings.log_key)
    click.echo(key.signer(year or datetime.now(UTC).year).vkey)
