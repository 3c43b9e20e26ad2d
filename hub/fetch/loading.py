"""One batched call for several keys, which goes on when the caller leaves."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from aiodataloader import DataLoader

from hub.model.evidence import Outcome


def loaded(batch: Callable[[list[Any]], Awaitable[list[Outcome]]], keys: Sequence[Any]) -> Any:  # noqa: ANN401 — a future of one outcome, or of a list of them
    """Load all ``keys`` in one call of ``batch``, at once; None where there are none."""
    if not keys:
        return None
    # each key stands once, and the loader lives for one operation; one key waits for no other
    alone = len(keys) == 1
    loader: DataLoader[Any, Outcome] = DataLoader(
        batch,  # type: ignore[arg-type]  # any awaitable would do
        cache=False,
        batch=not alone,
        loop=asyncio.get_running_loop(),
    )
    return loader.load(keys[0]) if alone else loader.load_many(keys)
