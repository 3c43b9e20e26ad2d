"""Questions that would be asked side by side go together."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, Generic, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


class _Place(Generic[Item, Result]):
    """Somebody's item, and what became of it.

    Attributes:
        turn: Done when there is a result, or when its owner is to ask for all who wait.
        results: The one result, once there is one.
    """

    __slots__ = ("item", "results", "turn")

    def __init__(self, item: Item) -> None:
        self.item: Final = item
        self.turn: asyncio.Future[None] | None = None
        self.results: list[Result] = []


class Gathering(Generic[Item, Result]):
    """Whoever comes while a question is under way goes together with the others in the next.

    There is no task of its own: one of those who wait asks for all of them, and when that one is
    cancelled another takes its place.

    # INVARIANT: nobody is answered by a question that began before they came.

    Args:
        ask: Gets items in the order they came; returns as many results. When it raises, so do
            all whose items it got, and those who waited for it to end: they waited long enough.
    """

    def __init__(self, ask: Callable[[Sequence[Item]], Awaitable[Sequence[Result]]]) -> None:
        self._ask = ask
        self._waiting: deque[_Place[Item, Result]] = deque()
        self._busy = False

    async def join(self, item: Item) -> Result:
        """Return the result for ``item``.

        Raises:
            Exception: What ``ask`` raised.
        """
        place: _Place[Item, Result] = _Place(item)
        self._waiting.append(place)
        if self._busy:
            await self._turn(place)
        if not place.results:
            self._busy = True
            await self._lead(place)
        return place.results[0]

    async def _turn(self, place: _Place[Item, Result]) -> None:
        """Wait for a result, or for the turn to ask."""
        place.turn = asyncio.get_running_loop().create_future()
        try:
            await place.turn
        except asyncio.CancelledError:
            if place.turn.cancelled() or place.results or place.turn.exception():
                self._forget(place)
            else:  # its turn had just come
                self._forget(place)
                self._pass_on()
            raise

    async def _lead(self, own: _Place[Item, Result]) -> None:
        """Ask for all who wait, then pass the turn on."""
        batch, self._waiting = self._waiting, deque()
        try:
            results = await self._ask([place.item for place in batch])
        except Exception as failure:
            for place in (*batch, *self._waiting):
                _fail(place, failure)
            self._waiting.clear()
            raise
        except BaseException:  # given up: those who came along ask anew
            self._waiting.extendleft(
                place for place in reversed(batch) if place is not own and _waits(place)
            )
            raise
        else:
            for place, result in zip(batch, results, strict=True):
                place.results.append(result)
                _wake(place)
        finally:
            self._pass_on()

    def _pass_on(self) -> None:
        """Let the first who waits ask next, if anybody does."""
        self._busy = False
        for place in self._waiting:
            if _waits(place):
                self._busy = True
                _wake(place)
                return

    def _forget(self, place: _Place[Item, Result]) -> None:
        if place in self._waiting:
            self._waiting.remove(place)


def _waits(place: _Place[Item, Result]) -> bool:
    return place.turn is not None and not place.turn.done()


def _wake(place: _Place[Item, Result]) -> None:
    if place.turn is not None and not place.turn.done():
        place.turn.set_result(None)


def _fail(place: _Place[Item, Result], failure: Exception) -> None:
    if place.turn is not None and not place.turn.done():
        place.turn.set_exception(failure)
