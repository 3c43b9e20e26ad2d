"""Tables on a terminal, in a pipe, in a file."""

import shutil
from typing import Final

from rich.console import Console
from rich.table import Table

_WIDE: Final = 240
"""Columns where nobody's terminal sets a bound: rows stay lines, for ``grep`` and ``less -S``."""


def print_table(table: Table) -> None:
    """Print a table as wide as the terminal, as COLUMNS says, or wide where neither bounds it.

    Cells are text: what officers and partners wrote in brackets is no markup.
    """
    for column in table.columns:
        column.overflow = "fold"  # where it is narrow, a word is broken, never cut off
    width = shutil.get_terminal_size((_WIDE, 0)).columns
    Console(width=width, markup=False, emoji=False).print(table)
