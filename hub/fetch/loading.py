"""What goes on when whoever asked for it leaves."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from aiodataloader import DataLoader

from hub.model.evidence import Outcome

T = TypeVar("T")


def loaded(
    batch: Callable[[Sequence[T]], Awaitable[list[Outcome]]], keys: Sequence[T]
) -> "asyncio.Future[list[Outcome]]":
    """Load all ``keys`` in one call of ``batch``, at once.

    They are one key of the DataLoader: a future for each of five hundred persons would cost more
    than sealing their records.
    """

    async def whole(parties: list[Sequence[T]]) -> list[list[Outcome]]:
        return [await batch(party) for party in parties]

    loader: DataLoader[Sequence[T], list[Outcome]] = DataLoader(
        whole, cache=False, batch=False, loop=asyncio.get_running_loop()
    )
    return loader.load(keys)
