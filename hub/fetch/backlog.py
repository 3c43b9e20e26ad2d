"""What waits to be written to Redis until nobody waits for it."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from hub.fetch.meters import Meters
from hub.fetch.turn import Turn


class Put(NamedTuple):
    """One value to keep for ``life_ms``."""

    name: bytes
    value: bytes
    life_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing:
    """What to write when nobody waits.

    Attributes:
        register: For the metrics.
        size: Records it holds.
        puts: Values; made when it is their turn.
        drops: Names to delete afterwards: leases.
        done: Called at the end, whether it was written or not.
    """

    register: str
    size: int
    puts: Iterable[Put]
    drops: Sequence[bytes]
    done: Callable[[], None]


@dataclass(slots=True, kw_only=True)
class Load:
    """Part of the backlog that goes in one round trip.

    Attributes:
        ended: Writings of which nothing is left after this.
        begun: One of which something is left.
    """

    puts: list[Put] = field(default_factory=list)
    drops: list[bytes] = field(default_factory=list)
    ended: list[Writing] = field(default_factory=list)
    begun: Writing | None = None


class Backlog:
    """A bounded queue of writings; what does not fit is not kept."""

    def __init__(self, most: int, meters: Meters) -> None:
        """Let at most ``most`` records wait."""
        self._most = most
        self._meters = meters
        self._waiting: deque[tuple[Writing, Iterator[Put]]] = deque()
        self._size = 0
        self._under_way = 0
        self._empty = asyncio.Event()
        self._empty.set()

    def __bool__(self) -> bool:
        """Tell whether anything waits."""
        return bool(self._waiting)

    def add(self, writing: Writing) -> None:
        """Let ``writing`` wait, or end it at once."""
        if self._size + writing.size > self._most:
            self.refuse(writing)
            return
        self._size += writing.size
        self._under_way += 1
        self._empty.clear()
        self._waiting.append((writing, iter(writing.puts)))

    def refuse(self, writing: Writing) -> None:
        """End a writing that never waited."""
        self._meters.unkept.labels(writing.register).inc(writing.size)
        writing.done()

    def take(self, most: int) -> Load:
        """Return the next values, made now: as many as may go, and as a turn gives time for.

        Raises:
            Exception: Whatever making them raised; that writing is ended.
        """
        load = Load()
        turn = Turn()
        while self._waiting:
            writing, puts = self._waiting[0]
            try:
                whole = _fill(load, puts, most, turn)
            except BaseException:
                self._waiting.popleft()
                self.end(Load(ended=[*load.ended, writing]), written=False)
                raise
            if not whole:
                load.begun = writing
                break
            self._waiting.popleft()
            load.ended.append(writing)
            load.drops += writing.drops
        return load

    def end(self, load: Load, *, written: bool) -> None:
        """Take note of how the round trip went; what failed once is not tried again."""
        ended: Sequence[Writing] = load.ended
        if not written and load.begun is not None:
            self._waiting.popleft()
            ended = [*ended, load.begun]
        for writing in ended:
            self._size -= writing.size
            self._under_way -= 1
            if not written:
                self._meters.unkept.labels(writing.register).inc(writing.size)
            writing.done()
        if not self._under_way:
            self._empty.set()

    async def emptied(self) -> None:
        """Wait until everything is written or given up."""
        await self._empty.wait()


def _fill(load: Load, puts: Iterator[Put], most: int, turn: Turn) -> bool:
    """Take values until they end; False when there is no room or no time for more."""
    for put in puts:
        load.puts.append(put)
        if len(load.puts) >= most or turn.over:
            return False
    return True
