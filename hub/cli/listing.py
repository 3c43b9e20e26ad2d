"""What ``hub token --list`` shows: clients, their agreements, and the personas."""

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, TypeAlias

import click
from rich.table import Table

from hub.app import publication
from hub.app.clock import SystemClock
from hub.cli.clients import clients, person_rows
from hub.cli.estate import settings_of
from hub.cli.reading import policy_of
from hub.cli.tables import print_table

_MANY: Final = 40
_Tree: TypeAlias = "dict[str, _Tree]"


def show(folder: Path, *, as_json: bool) -> None:
    """Print who may ask what, and about whom, as tables or as JSON.

    Raises:
        NotRunning: No sandbox runs in ``folder``.
        HubError: Its agreements cannot be read.
    """
    policy = asyncio.run(policy_of(settings_of(folder), publication.catalogue(), SystemClock()))
    told = {"clients": clients(folder, policy.every), "personas": person_rows()}
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
        return
    print_table(_clients(told["clients"]))
    print_table(_personas(told["personas"]))


def _clients(rows: list[Any]) -> Table:
    table = Table(title="Clients")
    table.add_column("client, agreements", no_wrap=True)
    for name in ("purpose", "operations", "fields"):
        table.add_column(name)
    for row in rows:
        table.add_row(row["id"], style="bold")
        for agreement in row["agreements"]:
            table.add_row(
                f"  {agreement['number']}",
                agreement["purposeTitle"]["en"],
                ", ".join(agreement["operations"]),
                selection(agreement["fields"]),
            )
        table.add_section()
    return table


def selection(fields: Sequence[str]) -> str:
    """Return field ids as a query would select them, or, where they are many, a summary."""
    if len(fields) > _MANY:
        registers = sorted({field.partition(".")[0] for field in fields})
        return f"{', '.join(registers)}: {len(fields)} fields; --json shows them"
    tree: _Tree = {}
    for field in fields:
        at = tree
        for name in field.split("."):
            at = at.setdefault(name, {})
    return _selected(tree)


def _selected(tree: _Tree) -> str:
    return " ".join(
        f"{name} {{ {_selected(below)} }}" if below else name for name, below in tree.items()
    )


def _personas(rows: list[Any]) -> Table:
    table = Table("name", "personal code", "who", "shows", title="Personas")
    for row in rows:
        table.add_row(row["name"], row["personalCode"], row["about"]["en"], row["shows"])
    return table
