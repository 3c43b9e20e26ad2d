"""``hub policy``: who may see what, and why; no register is asked."""

import asyncio
import csv
import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from rich.table import Table

from hub.app import publication
from hub.app.clock import SystemClock
from hub.cli.estate import settings_of
from hub.cli.options import data_dir_option, folder_of
from hub.cli.reading import kept_book, written_book
from hub.cli.tables import print_table
from hub.errors import BadRequest, Code
from hub.model.caller import Caller, Client
from hub.plan.documents import Documents
from hub.plan.operation import read_plan
from hub.policy.book import Book
from hub.policy.engine import Policy
from hub.policy.matrix import MatrixRow, columns, explanation, matrix, summary
from hub.sandbox.state import NotRunning

_FORMATS = click.Choice(["table", "csv", "json"])


@click.group()
def command() -> None:
    """Show who may see what, and why.

    Reads the agreements of the running sandbox, or, where none runs, those of the policy folder.
    """


@command.command(name="matrix")
@click.option("--client", help="One client's agreements only.")
@click.option("--format", "form", type=_FORMATS, default="table", show_default=True)
@click.option("--json", "form", flag_value="json", help="The same as --format json.")
@click.option("--csv", "form", flag_value="csv", help="The same as --format csv.")
@click.option("--granted", is_flag=True, help="With csv and json: leave out what is refused.")
@data_dir_option
def show_matrix(*, client: str | None, form: str, granted: bool, data_dir: Path | None) -> None:
    """Print who sees what for which purpose; csv and json have a row for every field."""
    book = _book(data_dir)
    if form == "table":
        _print_summary(book, client)
        return
    verdicts = {"granted", "consent_needed"} if granted else None
    _print(matrix(book, client=client, verdicts=verdicts), columns(MatrixRow), form)


@command.command()
@click.option("--client", required=True, help="Who would ask.")
@click.option("--agreement", required=True, help="Number of the agreement invoked.")
@click.option("--format", "form", type=_FORMATS, default="table", show_default=True)
@click.option("--json", "form", flag_value="json", help="The same as --format json.")
@click.option("--csv", "form", flag_value="csv", help="The same as --format csv.")
@data_dir_option
@click.argument("query")
def explain(*, client: str, agreement: str, form: str, data_dir: Path | None, query: str) -> None:
    """Show each field's verdict, rule and reason for QUERY (a document, or a file holding one).

    Exits 1 when a field is refused.
    """
    book = _book(data_dir)
    known = book.agreements.get(client, {}).get(agreement)
    if known is None:
        raise BadRequest(Code.PARAMETER_INVALID, f"`{client}` has no agreement `{agreement}`")
    asked = _fields(query)
    caller = Caller(client=Client(id=client, expires_at=SystemClock().now()), agreement=known)
    rows = explanation(Policy(lambda: book, SystemClock()).explain(caller, asked))
    _print(rows, tuple(rows[0]) if rows else (), form)
    sys.exit(any(row["verdict"].startswith("field_") for row in rows))


def _book(data_dir: Path | None) -> Book:
    catalogue = publication.catalogue()
    folder = folder_of(data_dir)
    try:
        settings = settings_of(folder)
    except NotRunning:
        if data_dir:
            raise
        return written_book(catalogue)
    return asyncio.run(kept_book(settings, catalogue, SystemClock()))


def _fields(query: str) -> Any:  # noqa: ANN401 — field ids
    text = (
        Path(query).read_text()
        if not query.lstrip().startswith(("{", "query", "fragment"))
        else query
    )
    schema = publication.schema()
    document = Documents(schema).read(text)
    return read_plan(schema, document, document.operation(None), None).fields


def _print(rows: Iterable[Any], names: Sequence[str], form: str) -> None:
    told = [row if isinstance(row, dict) else asdict(row) for row in rows]
    if form == "json":
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
    elif form == "csv":
        writer = csv.DictWriter(sys.stdout, names)
        writer.writeheader()
        writer.writerows(told)
    else:
        table = Table(*names)
        for row in told:
            table.add_row(*(str(row[name]) for name in names))
        print_table(table)


def _print_summary(book: Book, client: str | None) -> None:
    rows = [asdict(row) for row in summary(book, client=client)]
    _print(rows, tuple(rows[0]) if rows else (), "table")
