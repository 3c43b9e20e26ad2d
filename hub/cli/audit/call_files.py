"""Call logs as registers export them: CSV with a heading, or JSON Lines."""

import csv
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import click
import msgspec

from hub.audit.reconcile import Call

_JSON: Final = frozenset({".json", ".jsonl", ".ndjson"})


class _Row(msgspec.Struct, frozen=True, kw_only=True):
    """One call, with the columns agreed with registers; others are overlooked."""

    at: datetime
    credential: str
    reference: str | None = None
    persons: int | None = None
    session: str | None = None


def read_calls(path: Path) -> Iterator[Call]:
    """Yield the calls of a file in the order they stand there.

    Raises:
        click.ClickException: A line is not as agreed; it is not quoted.
    """
    with path.open(encoding="utf-8", newline="") as lines:
        rows = _json(lines) if path.suffix in _JSON else _csv(lines)
        read = 0
        try:
            for row in rows:
                yield _call(msgspec.convert(row, _Row, strict=False))
                read += 1
        except (msgspec.DecodeError, UnicodeError, csv.Error, ValueError):
            told = "columns are at (with its offset), credential, reference, persons, session"
            message = f"{path.name}: what follows {read} calls is no call; {told}"
            raise click.ClickException(message) from None


def _json(lines: Iterable[str]) -> Iterator[Any]:
    for line in lines:
        if line.strip():
            yield msgspec.json.decode(line)


def _csv(lines: Iterable[str]) -> Iterator[Mapping[str, Any]]:
    for row in csv.DictReader(lines):
        yield {name: value for name, value in row.items() if value != ""}


def _call(row: _Row) -> Call:
    if row.at.tzinfo is None:
        raise ValueError
    return Call(
        at=row.at,
        credential=row.credential,
        reference=row.reference or "",
        persons=row.persons,
        session=row.session or "",
    )
