"""``hub audit hold``: what must not be destroyed for now."""

from collections.abc import Sequence
from pathlib import Path

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
from hub.model.retention import Hold, HoldKind


@click.group()
def command() -> None:
    """Forbid destroying the records of a person, a year or an agreement, and end that again."""


@command.command(name="set")
@click.argument("kind", type=click.Choice([each.value for each in HoldKind]))
@person_option
@click.option("--year", type=click.IntRange(2000, 2099), help="Of the log (UTC); else all.")
@click.option("--agreement", help="Number.")
@officer_option
@reason_option
@data_dir_option
def set_hold(  # noqa: PLR0913 — options of a command
    *,
    kind: str,
    person: str | None,
    year: int | None,
    agreement: str | None,
    officer: str,
    reason: str,
    data_dir: Path | None,
) -> None:
    """Set a hold on a person, a year or an agreement; prints its id."""
    which = HoldKind(kind)
    whom = read_person(person, data_dir) if which is HoldKind.PERSON else None

    async def act(retention: Retention) -> Hold:
        return await retention.hold(
            which, person=whom, year=year, agreement=agreement, officer=officer, reason=reason
        )

    click.echo(with_retention(data_dir, act).id)


@command.command()
@click.argument("hold")
@officer_option
@reason_option
@data_dir_option
def lift(*, hold: str, officer: str, reason: str, data_dir: Path | None) -> None:
    """End a hold; whom it was about is forgotten."""

    async def act(retention: Retention) -> None:
        await retention.lift(hold, officer=officer, reason=reason)

    with_retention(data_dir, act)
    click.echo("lifted")


@command.command(name="list")
@click.option("--all", "every", is_flag=True, help="Those lifted, too.")
@json_option
@data_dir_option
def show(*, every: bool, as_json: bool, data_dir: Path | None) -> None:
    """Show what is held, since when and why; on a person, whom."""

    async def act(retention: Retention) -> Sequence[Hold]:
        return await retention.holds()

    found = [each for each in with_retention(data_dir, act) if every or each.lifted_at is None]
    if as_json:
        echo_json(found)
        return
    table = Table("id", "on", "what", "year", "since", "officer", "reason", "lifted", title="Holds")
    for each in found:
        table.add_row(
            each.id,
            each.kind.value,
            each.person or each.agreement or "",
            str(each.year or "every"),
            f"{each.at:%Y-%m-%d}",
            each.officer,
            each.reason,
            f"{each.lifted_at:%Y-%m-%d} {each.lifted_by}" if each.lifted_at else "",
        )
    print_table(table)
