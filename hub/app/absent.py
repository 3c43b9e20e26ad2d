"""Imports without what is installed and not needed: libraries look for more than a server uses."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import cast


@contextmanager
def without(*names: str) -> Iterator[None]:
    """Import as though ``names`` were not installed; what is imported already stays.

    structlog and httpx import rich wherever it is found, for colours on a terminal; SQLAlchemy
    imports greenlet for engines that await. A hub that serves uses neither, and without them
    imports a tenth less.

    Args:
        names: Top-level packages; they can be imported again afterwards.
    """
    hidden = [name for name in names if name not in sys.modules]
    for name in hidden:
        # None says "not installed" (Python reference, "The module cache")
        sys.modules[name] = cast("ModuleType", None)
    try:
        yield
    finally:
        for name in hidden:
            sys.modules.pop(name, None)
