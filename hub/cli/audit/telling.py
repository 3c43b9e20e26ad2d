"""What the verbs that check the log tell: progress to whoever waits, findings as JSON."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

import click
import orjson
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn


@contextmanager
def shown(what: str, total: int) -> Iterator[Callable[[int], None]]:
    """Show a bar while the block runs; what is yielded is called with how many more are done."""
    columns = (TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    off = not console.is_terminal  # a job's log shows no bar, only its empty lines
    with Progress(*columns, console=console, transient=True, disable=off) as progress:
        task = progress.add_task(what, total=total)
        yield lambda more: progress.update(task, advance=more)


def tell(told: Mapping[str, object]) -> None:
    """Print what was checked, a line of JSON; it was found in order unless ``told`` denies it."""
    click.echo(orjson.dumps({"fits": True, **told}))
