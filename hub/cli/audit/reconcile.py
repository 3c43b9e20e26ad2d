"""``hub audit reconcile``: were a register's credentials used outside the hub?"""

import asyncio
import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import click
import msgspec
from rich.table import Table

from hub.app import publication
from hub.audit.reconcile import Account, Call, Reconciliation
from hub.cli.audit.call_files import read_calls
from hub.cli.audit.telling import shown
from hub.cli.estate import estate_of
from hub.cli.options import data_dir_option, folder_of
from hub.cli.tables import print_table
from hub.cli.whose import chosen_settings
from hub.model.reference import use_of
from hub.sandbox.data_dir import REGISTERS_DATABASE
from hub.sandbox.people.calls import by_register, noted
from hub.sandbox.state import NotRunning
from hub.settings import Settings
from hub.storage.database import Database
from hub.storage.keyring import MasterKeyring
from hub.storage.released import ReleasedTable

_SHOWN: Final = 40
"""Calls listed per register; ``--json`` lists all."""

_NO_FILE: Final = "--credential goes with --calls"
_NO_REGISTER: Final = "--calls needs --register"
_NO_SANDBOX: Final = "no sandbox runs here: a register's log comes with --calls"
_NO_LOG: Final = "this sandbox was made by an earlier version; start it again"
_OPERATION: Final = re.compile(r"([0-9a-f]{32})\.")
_TIME: Final = click.DateTime(["%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S.%f", "%Y-%m-%d"])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Span:
    """When the calls that are told of were made, UTC."""

    since: datetime | None
    until: datetime | None

    def before_its_end(self, calls: Iterable[Call]) -> list[Call]:
        """Return the calls before the end, in the order of time."""
        kept = [each for each in calls if self.until is None or each.at < self.until]
        return sorted(kept, key=lambda each: each.at)


@click.command()
@click.option("--register", help="One register only.")
@click.option("--since", type=_TIME, help="Calls from then on, UTC.")
@click.option("--until", type=_TIME, help="Calls before then, UTC.")
@click.option(
    "--calls",
    "path",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A register's exported call log: CSV, or JSON Lines (.jsonl).",
)
@click.option("--credential", help="With --calls: only calls under this credential, the hub's.")
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
@data_dir_option
@click.pass_context
def command(  # noqa: PLR0913 — as many as there are options
    context: click.Context,
    *,
    register: str | None,
    since: datetime | None,
    until: datetime | None,
    path: Path | None,
    credential: str | None,
    as_json: bool,
    data_dir: Path | None,
) -> None:
    """Compare registers' own call logs with the access log.

    Every call of the hub tells the register an authenticated reference to the entries it will
    have. A call under the hub's credential with no reference, with one the hub never wrote, or with
    one that was used before, was made outside the hub; then the exit status is 1.

    In the sandbox the registers' logs are read where the registers write them. A real register
    exports its log: --calls with --register. Columns: at, credential, reference, persons, session;
    the last two may be missing.
    """
    settings = chosen_settings(data_dir)
    span = _Span(since=_utc(since), until=_utc(until))
    calls = _calls(register, path, credential, data_dir)
    accounts = asyncio.run(_compared(settings, calls, span))
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode([_told(each) for each in accounts])))
    else:
        _print(accounts)
    if any(each.outside for each in accounts):
        context.exit(1)


def _utc(told: datetime | None) -> datetime | None:
    return None if told is None else told.replace(tzinfo=UTC)


def _calls(
    register: str | None, path: Path | None, credential: str | None, data_dir: Path | None
) -> Mapping[str, Iterable[Call]]:
    known = publication.connector_modules()
    if register is not None and register not in known:
        message = f"there is no register `{register}`"
        raise click.BadParameter(message, param_hint="--register")
    if path is None:
        if credential is not None:
            raise click.UsageError(_NO_FILE)
        found = _of_twins(data_dir)
        return {name: found.get(name, ()) for name in known if register in {None, name}}
    if register is None:
        raise click.UsageError(_NO_REGISTER)
    read = read_calls(path)
    return {register: (each for each in read if credential in {None, each.credential})}


def _of_twins(data_dir: Path | None) -> Mapping[str, Sequence[Call]]:
    try:
        log = estate_of(folder_of(data_dir)).call_log
    except NotRunning:
        raise click.UsageError(_NO_SANDBOX) from None
    if log is None:
        raise click.ClickException(_NO_LOG)
    with Path(log).open(encoding="utf-8", errors="replace") as lines:
        found = by_register(noted(lines, REGISTERS_DATABASE))
    return {
        name: [
            Call(
                at=each.at,
                credential=each.credential,
                reference=each.reference,
                persons=each.persons,
                session=each.session,
            )
            for each in calls
        ]
        for name, calls in found.items()
    }


async def _compared(
    settings: Settings, calls: Mapping[str, Iterable[Call]], span: _Span
) -> Sequence[Account]:
    keyring, known = MasterKeyring(settings.master_key), publication.connector_modules()
    accounts: list[Account] = []
    async with aclosing(Database(settings.database_url)) as database:
        released = ReleasedTable(database)
        for name, found in calls.items():
            comparison = Reconciliation(
                name,
                keyring.key(use_of(name)),
                published=known[name].MANIFEST.role == "register",
                since=span.since,
            )
            ordered = span.before_its_end(found)
            with shown(name, len(ordered)) as bar:
                accounts.append(await comparison.compare(ordered, released, bar))
    return accounts


def _told(account: Account) -> dict[str, Any]:
    return {
        "register": account.register,
        "calls": account.calls,
        "matched": account.matched,
        "nothing_released": [_line(each) for each in account.unentered],
        "outside": [_line(each.call) | {"finding": each.finding} for each in account.outside],
    }


def _line(call: Call) -> dict[str, Any]:
    return {
        "at": call.at,
        "credential": call.credential,
        "reference": call.reference or None,
        "persons": call.persons,
    }


def _print(accounts: Sequence[Account]) -> None:
    table = Table("Register", "Calls", "Matched", "Nothing released", "Outside the hub")
    for each in accounts:
        numbers = (each.calls, each.matched, len(each.unentered), len(each.outside))
        table.add_row(each.register, *map(str, numbers))
    print_table(table)
    for each in accounts:
        for call in each.unentered[:_SHOWN]:
            click.echo(f"{each.register}: asked, nothing released: {words_of(call)}")
        for one in each.outside[:_SHOWN]:
            click.echo(f"{each.register}: outside the hub: {words_of(one.call)}: {one.finding}")
        left = max(len(each.unentered) - _SHOWN, 0) + max(len(each.outside) - _SHOWN, 0)
        if left:
            click.echo(f"{each.register}: {left} more, see --json")


def words_of(call: Call) -> str:
    """Return a call in words that are safe on a terminal."""
    credential = "".join(each if each.isprintable() else "?" for each in call.credential)
    persons = "" if call.persons is None else f", {call.persons} persons"
    # what an outsider wrote there is for --json, not for a terminal
    operation = _OPERATION.match(call.reference)
    told = f", operation {operation[1]}" if operation else ""
    return f"{call.at:%Y-%m-%d %H:%M:%S}Z by {credential}{persons}{told}"
