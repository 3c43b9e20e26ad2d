"""``hub audit detect``: searches the log for possible misuse, and keeps what it finds."""

import asyncio
import json
import sys
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Final

import click
from rich.table import Table

from hub.app.clock import RIGA, SystemClock
from hub.app.misuse import Search, open_searching
from hub.cli.options import data_dir_option
from hub.cli.tables import print_table
from hub.cli.whose import chosen_settings
from hub.errors import BadRequest, Code
from hub.model.misuse import Finding, Kind
from hub.settings import Settings

USUAL_DAYS: Final = 7
"""Days judged where nobody said: a job that failed for some nights misses nothing."""
_DAY = click.DateTime(["%Y-%m-%d"])


@click.command()
@click.option(
    "--since", type=_DAY, help=f"First day (Rīga).  [default: {USUAL_DAYS} days, the last today]"
)
@click.option("--until", type=_DAY, help="Last day (Rīga).  [default: today]")
@click.option(
    "--kind",
    "kinds",
    multiple=True,
    type=click.Choice([kind.value for kind in Kind]),
    help="Only these; repeatable.",
)
@click.option("--reproduce", metavar="FINDING", help="Judge one finding again, by what it cites.")
@click.option(
    "--reason", default="the scheduled search", show_default=True, help="Stands in the log."
)
@click.option("--json", "as_json", is_flag=True, help="One object instead of a table.")
@data_dir_option
def command(  # noqa: PLR0913 — one for each option
    *,
    since: datetime | None,
    until: datetime | None,
    kinds: tuple[str, ...],
    reproduce: str | None,
    reason: str,
    as_json: bool,
    data_dir: Path | None,
) -> None:
    """Search the log for possible misuse, and keep what is found.

    A job for every night, and for whoever asks: what is found twice is one finding. With
    --reproduce, exit status 1 tells that a finding does not hold any more.
    """
    settings = chosen_settings(data_dir)
    if reproduce:
        holds = asyncio.run(_again(settings, reproduce, reason))
        told = {None: "there is no such finding", True: "it holds", False: "it does not hold"}
        click.echo(json.dumps({"holds": holds}) if as_json else told[holds])
        sys.exit({None: 2, True: 0, False: 1}[holds])
    last = until.date() if until else SystemClock().today()
    first = since.date() if since else last - timedelta(days=USUAL_DAYS - 1)
    if first > last:
        raise BadRequest(Code.WINDOW_INVALID)
    chosen = [Kind(kind) for kind in kinds] or list(Kind)
    search = asyncio.run(_searched(settings, first, last, chosen, reason))
    if as_json:
        click.echo(json.dumps(_told(search), ensure_ascii=False, indent=2))
    else:
        _show(search)


async def _searched(
    settings: Settings, first: date, last: date, kinds: Sequence[Kind], reason: str
) -> Search:
    since = datetime.combine(first, time(), RIGA)
    until = datetime.combine(last + timedelta(days=1), time(), RIGA)
    async with open_searching(settings) as searching:
        return await searching.search(since, until, reason, kinds)


async def _again(settings: Settings, finding: str, reason: str) -> bool | None:
    async with open_searching(settings) as searching:
        return await searching.again(finding, reason)


def _told(search: Search) -> dict[str, Any]:
    return {
        "looks": search.looks,
        "opened": search.kept.opened,
        "reopened": search.kept.reopened,
        "known": search.kept.known,
        "findings": [_row(finding) for finding in search.findings],
    }


def _row(finding: Finding) -> dict[str, Any]:
    return {
        "id": finding.id,
        "kind": finding.kind,
        "version": finding.version,
        "institution": finding.recipient,
        "official": finding.official,
        "client": finding.client,
        "agreement": finding.agreement,
        "case": finding.case,
        "since": finding.since.isoformat(),
        "until": finding.until.isoformat(),
        "measured": dict(finding.measured),
        "entries": [list(place) for place in sorted(finding.evidence)],
        "baseline": len(finding.baseline),
    }


def _show(search: Search) -> None:
    table = Table("finding", "kind", "whose", "agreement", "from (Rīga)", "measured", "entries")
    for each in search.findings:
        table.add_row(
            each.id,
            each.kind,
            f"{each.recipient or ''} {each.official or each.client or ''}",
            each.agreement or "several",
            f"{each.since.astimezone(RIGA):%Y-%m-%d %H:%M}",
            ", ".join(f"{name} {value}" for name, value in each.measured.items()),
            str(len(each.evidence)),
        )
    if search.findings:
        print_table(table)
    kept = search.kept
    click.echo(
        f"{search.looks} entries read; findings: {kept.opened} new, {kept.reopened} opened again,"
        f" {kept.known} known"
    )
