"""Shows how far the making of people has come: a bar, or lines of log."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import structlog
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

_LINES = 10
_log = structlog.get_logger(__name__)


@contextmanager
def shown(total: int, *, headless: bool) -> Iterator[Callable[[int], None]]:
    """Show progress towards ``total`` people while the block runs.

    Args:
        total: How many people will be copied.
        headless: Log lines instead of a bar.
    """
    if headless:
        yield _lines(total)
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("people", total=total)
        yield lambda more: bar.advance(task, more)


def _lines(total: int) -> Callable[[int], None]:
    """Return what logs every tenth of the way."""
    copied = 0

    def count(more: int) -> None:
        nonlocal copied
        before, copied = copied, copied + more
        if before * _LINES // max(total, 1) != copied * _LINES // max(total, 1):
            _log.info("people_copied", people=copied, of=total)

    return count
