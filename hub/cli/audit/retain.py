"""``hub audit retain``: the end of a year's retention."""

from dataclasses import asdict
from pathlib import Path

import click

from hub.app.policies import retention_terms
from hub.audit.retention import Retention
from hub.cli.audit.officers import officer_option, owner_url, with_retention
from hub.cli.options import data_dir_option
from hub.cli.whose import chosen_settings
from hub.model.retention import YearEnded
from hub.storage.oversight import YearTable


@click.command()
@click.option("--year", type=click.IntRange(2000, 2099), required=True, help="Of the log (UTC).")
@click.option("--dry-run", is_flag=True, help="Tell what would be dropped, and drop nothing.")
@officer_option
@data_dir_option
def command(*, year: int, dry_run: bool, officer: str, data_dir: Path | None) -> None:
    """Drop a year's entries and keys, when its retention is over and nothing holds them.

    Its hash tiles and checkpoints stay, so every proof stays valid. Needs the database's owner:
    HUB_MIGRATION_DATABASE_URL.
    """
    years = YearTable(owner_url(data_dir))
    terms = retention_terms(chosen_settings(data_dir).policies_dir)

    async def act(retention: Retention) -> YearEnded:
        if dry_run:
            return await retention.check_year(years, year, terms)
        return await retention.retire_year(years, year, terms, officer=officer)

    told = asdict(with_retention(data_dir, act))
    words = ", ".join(f"{count} {name}" for name, count in told.items())
    click.echo(f"{'would drop' if dry_run else 'dropped'}: {words}")
