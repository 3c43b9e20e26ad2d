"""Which worker takes the next connection: the one that has fewest.

The system wakes every idle worker for a connection and gives it to the fastest, so that one worker
would soon hold nearly all of them, and with long-lived connections keep them.
"""

import mmap
from typing import Final

_WIDTH: Final = 4
_NOBODY: Final = 2 ** (8 * _WIDTH) - 1


class Turns:
    """How many connections each worker has: a page of memory shared by all who are forked after.

    A hint and no more: what stands there may be a moment old, and nobody waits long for it.
    """

    def __init__(self, workers: int) -> None:
        """Begin with nobody there."""
        self._workers = workers
        self._page = mmap.mmap(-1, workers * _WIDTH)
        for seat in range(workers):
            self.leave(seat)

    def tell(self, seat: int, connections: int) -> None:
        """Tell how many connections the worker of ``seat`` has."""
        at = seat * _WIDTH
        self._page[at : at + _WIDTH] = min(connections, _NOBODY - 1).to_bytes(_WIDTH, "little")

    def leave(self, seat: int) -> None:
        """Tell that nobody sits there: a worker that is gone has no connections to wait for."""
        at = seat * _WIDTH
        self._page[at : at + _WIDTH] = _NOBODY.to_bytes(_WIDTH, "little")

    def is_mine(self, seat: int) -> bool:
        """Tell whether no other worker has fewer connections."""
        counts = [
            int.from_bytes(self._page[at : at + _WIDTH], "little")
            for at in range(0, self._workers * _WIDTH, _WIDTH)
        ]
        return counts[seat] <= min(counts)
