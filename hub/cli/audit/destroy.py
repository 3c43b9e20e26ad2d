"""``hub audit destroy``: two officers' order to destroy a person's keys."""

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import click
from rich.table import Table

from hub.audit.retention import Retention
from hub.cli.audit.officers import (
    echo_json,
    json_option,
    officer_option,
    reason_option,
    with_retention,
)
from hub.cli.audit.whom import person_option, read_person
from hub.cli.options import data_dir_option
from hub.cli.tables import print_table
from hub.model.retention import DestructionOrder

_TRIES: Final = 20
_WAIT_S: Final = 0.5


@click.group()
def command() -> None:
    """Destroy a person's keys, on the order of two officers; nobody reads the entries again.

    One officer orders, another confirms, and then it is carried out, unless a hold or an open
    finding stands. The entries stay in the log's tree, so every proof stays valid.
    """


@command.command()
@person_option
@click.option(
    "--year", "years", type=int, multiple=True, required=True, help="Of the log (UTC); repeatable."
)
@click.option("--ground", required=True, help="Legal ground; 10 to 300 characters.")
@officer_option
@data_dir_option
def order(
    *, person: str | None, years: Sequence[int], ground: str, officer: str, data_dir: Path | None
) -> None:
    """Give the first officer's order; prints its id."""
    whom = read_person(person, data_dir)

    async def act(retention: Retention) -> DestructionOrder:
        return await retention.order(whom, years, officer=officer, ground=ground)

    click.echo(with_retention(data_dir, act).id)


@command.command()
@click.argument("order_id", metavar="ORDER")
@person_option
@officer_option
@reason_option
@data_dir_option
def confirm(
    *, order_id: str, person: str | None, officer: str, reason: str, data_dir: Path | None
) -> None:
    """Give the second officer's word, who names the person once more."""
    whom = read_person(person, data_dir)

    async def act(retention: Retention) -> DestructionOrder:
        return await retention.confirm(order_id, whom, officer=officer, reason=reason)

    with_retention(data_dir, act)
    click.echo("confirmed")


@command.command(name="carry-out")
@click.argument("order_id", metavar="ORDER")
@officer_option
@data_dir_option
def carry_out(*, order_id: str, officer: str, data_dir: Path | None) -> None:
    """Destroy the keys, and then the blind indexes of the person's entries.

    The indexes go as soon as the last of the entries has its place in the tree; asked again, what
    is left of an order is finished.
    """

    async def act(retention: Retention) -> tuple[int | None, bool]:
        known = {each.id: each for each in await retention.orders()}.get(order_id)
        begun = known is not None and known.carried_out_at is not None
        keys = None if begun else (await retention.carry_out(order_id, officer=officer)).keys
        if known is not None and known.finished_at is not None:
            return keys, True
        for _ in range(_TRIES):
            if await retention.finish(order_id):
                return keys, True
            await asyncio.sleep(_WAIT_S)
        return keys, False

    keys, finished = with_retention(data_dir, act)
    if keys is not None:
        click.echo(f"keys destroyed: {keys}")
    if not finished:
        click.echo("blind indexes wait for the sequencer; carry it out again later", err=True)
        sys.exit(1)
    click.echo("blind indexes deleted")


@command.command(name="list")
@json_option
@data_dir_option
def show(*, as_json: bool, data_dir: Path | None) -> None:
    """Show every order; whom it is about only until it is carried out."""

    async def act(retention: Retention) -> Sequence[DestructionOrder]:
        return await retention.orders()

    found = with_retention(data_dir, act)
    if as_json:
        echo_json(found)
        return
    columns = ("id", "person", "years", "ground", "ordered", "confirmed", "carried out", "keys")
    table = Table(*columns, title="Orders to destroy keys")
    for each in found:
        table.add_row(
            each.id,
            each.person or "",
            ", ".join(map(str, each.years)),
            each.ground,
            f"{each.ordered_at:%Y-%m-%d} {each.ordered_by}",
            f"{each.confirmed_at:%Y-%m-%d} {each.confirmed_by}" if each.confirmed_at else "",
            f"{each.carried_out_at:%Y-%m-%d}" if each.carried_out_at else "",
            "" if each.keys is None else str(each.keys),
        )
    print_table(table)
