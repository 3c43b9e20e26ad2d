"""``hub audit officials``: who an institution's officials are in private, kept encrypted."""

import asyncio
import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final, TextIO

import click
from rich.table import Table

from hub.app.misuse import open_office
from hub.cli.options import data_dir_option
from hub.cli.tables import print_table
from hub.cli.whose import chosen_settings
from hub.errors import BadRequest, Misconfigured
from hub.model.personal_code import PersonalCode
from hub.settings import Settings
from hub.storage.officials import Desk, OfficialTable

COLUMNS: Final = ("institution", "official", "personal_code")


@click.group()
def command() -> None:
    """Keep who the officials are that agreements name, for detectors of misuse."""


@command.command("import")
@click.argument("file", type=click.File(encoding="utf-8"))
@click.option("--reason", default="officials imported", help="Stands in the log.")
@data_dir_option
def import_(*, file: TextIO, reason: str, data_dir: Path | None) -> None:
    """Add officials from FILE, or say anew who they are; "-" reads standard input.

    CSV with the columns institution, official, personal_code, or one JSON object with these keys
    on each line. The institution is the recipient's code in agreements.
    """
    officials = read_officials(file.name, file.read())
    asyncio.run(_put(chosen_settings(data_dir), officials, reason))
    click.echo(f"{len(officials)} officials kept")


@command.command("list")
@click.argument("institution", required=False)
@data_dir_option
def list_(*, institution: str | None, data_dir: Path | None) -> None:
    """List officials, without their codes."""
    table = Table("institution", "official", "imported")
    for recipient, official, at in asyncio.run(_names(chosen_settings(data_dir), institution)):
        table.add_row(recipient, official, f"{at:%Y-%m-%d}")
    print_table(table)


@command.command()
@click.argument("institution")
@click.argument("official")
@click.option("--reason", default="an official left", help="Stands in the log.")
@data_dir_option
def remove(*, institution: str, official: str, reason: str, data_dir: Path | None) -> None:
    """Forget who an official is."""
    done = asyncio.run(_remove(chosen_settings(data_dir), (institution, official), reason))
    click.echo("forgotten" if done else "there is none")


def read_officials(name: str, text: str) -> Mapping[Desk, PersonalCode]:
    """Read CSV or JSON lines.

    Raises:
        Misconfigured: Every line that is wrong, by its number; codes are not repeated.
    """
    found: dict[Desk, PersonalCode] = {}
    problems: list[str] = []
    for number, row in _rows(name, text):
        desk = (str(row.get("institution") or ""), str(row.get("official") or ""))
        try:
            code = PersonalCode.parse(row.get("personal_code"))
        except BadRequest as wrong:
            problems.append(f"{name}:{number}: {wrong.message}")
            continue
        if not all(desk):
            problems.append(f"{name}:{number}: institution and official must be told")
        elif desk in found:
            problems.append(f"{name}:{number}: this official stands twice")
        found[desk] = code
    if problems:
        raise Misconfigured(problems)
    return found


def _rows(name: str, text: str) -> Iterator[tuple[int, Mapping[str, object]]]:
    if text.lstrip().startswith("{"):
        for number, line in enumerate(text.splitlines(), 1):
            if line.strip():
                yield number, _object(name, number, line)
        return
    rows = csv.DictReader(io.StringIO(text))
    if tuple(rows.fieldnames or ()) != COLUMNS:
        raise Misconfigured([f"{name}:1: columns are {','.join(COLUMNS)}"])
    for row in rows:
        yield rows.line_num, row


def _object(name: str, number: int, line: str) -> Mapping[str, object]:
    try:
        row = json.loads(line)
    except ValueError:
        row = None
    if not isinstance(row, dict):
        raise Misconfigured([f"{name}:{number}: not a JSON object"])
    return row


async def _put(settings: Settings, officials: Mapping[Desk, PersonalCode], reason: str) -> None:
    async with open_office(settings) as office:
        await office.enter("importOfficials", reason)
        table = OfficialTable(office.database, office.keyring)
        await table.put(officials, office.clock.now())


async def _names(
    settings: Settings, institution: str | None
) -> Sequence[tuple[str, str, datetime]]:
    async with open_office(settings) as office:
        return await OfficialTable(office.database, office.keyring).names(institution)


async def _remove(settings: Settings, desk: Desk, reason: str) -> bool:
    async with open_office(settings) as office:
        await office.enter("removeOfficial", reason)
        return bool(await OfficialTable(office.database, office.keyring).remove([desk]))
