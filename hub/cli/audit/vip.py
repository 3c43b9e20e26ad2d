"""``hub audit vip``: the list of persons whom curiosity seeks, kept encrypted."""

import asyncio
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TextIO

import click

from hub.app.misuse import open_office
from hub.cli.options import data_dir_option
from hub.cli.whose import chosen_settings
from hub.errors import BadRequest, Misconfigured
from hub.model.personal_code import PersonalCode
from hub.settings import Settings
from hub.storage.officials import VipTable

_file = click.option(
    "--file",
    type=click.File(encoding="utf-8"),
    help="Codes, one on a line; otherwise they are asked for, or read from standard input.",
)
_reason = click.option(
    "--reason", default="the list was changed", show_default=True, help="Stands in the log."
)


@click.group()
def command() -> None:
    """Keep the list of those whom curiosity seeks.

    Codes are never arguments: those stand in the shell's history and in lists of processes.
    """


@command.command()
@_file
@_reason
@data_dir_option
def add(*, file: TextIO | None, reason: str, data_dir: Path | None) -> None:
    """Put persons on the list."""
    codes = _codes(file)
    done = asyncio.run(_changed(chosen_settings(data_dir), codes, reason, there=True))
    click.echo(f"{done} added, {len(codes) - done} were there already")


@command.command()
@_file
@_reason
@data_dir_option
def remove(*, file: TextIO | None, reason: str, data_dir: Path | None) -> None:
    """Take persons off the list."""
    codes = _codes(file)
    done = asyncio.run(_changed(chosen_settings(data_dir), codes, reason, there=False))
    click.echo(f"{done} removed, {len(codes) - done} were not there")


@command.command("list")
@data_dir_option
def list_(*, data_dir: Path | None) -> None:
    """Tell how many persons are on the list, and since when; never who."""
    added = asyncio.run(_added(chosen_settings(data_dir)))
    for at in added:
        click.echo(f"{at:%Y-%m-%d}")
    click.echo(f"{len(added)} persons", err=True)


def _codes(file: TextIO | None) -> list[PersonalCode]:
    """Return the codes told.

    Raises:
        Misconfigured: Lines that hold none, by number; they are not repeated.
    """
    if file is None and sys.stdin.isatty():
        lines = [click.prompt("Personal code", hide_input=True)]
    else:
        lines = (file or sys.stdin).read().splitlines()
    codes: list[PersonalCode] = []
    problems: list[str] = []
    for number, line in enumerate(lines, 1):
        try:
            codes += [PersonalCode.parse(line.strip())] if line.strip() else []
        except BadRequest as wrong:
            problems.append(f"line {number}: {wrong.message}")
    if problems or not codes:
        raise Misconfigured(problems or ["no personal code was told"])
    return list(dict.fromkeys(codes))


async def _changed(
    settings: Settings, codes: Sequence[PersonalCode], reason: str, *, there: bool
) -> int:
    async with open_office(settings) as office:
        await office.enter("addVip" if there else "removeVip", reason)
        table, at = VipTable(office.database, office.keyring), office.clock.now()
        return await (table.add(codes, at) if there else table.remove(codes))


async def _added(settings: Settings) -> Sequence[datetime]:
    async with open_office(settings) as office:
        return await VipTable(office.database, office.keyring).added()
