"""The log's key: one Ed25519 key for all years, under the name of each year's log.

Interface: ``LogKey(origin, seed)`` with ``.origin(year)`` and ``.signer(year)``.
"""

from typing import Final

from hub.audit.tlog.note import Signer


class LogKey:
    """Signs checkpoints and receipts; a year's log is named ``<origin>/<year>``."""

    __slots__ = ("_origin", "_seed", "_signers")

    def __init__(self, origin: str, seed: bytes) -> None:
        """Take the log's name without a year, and the key's 32-byte seed."""
        self._origin: Final = origin
        self._seed: Final = seed
        self._signers: Final[dict[int, Signer]] = {}

    def origin(self, year: int) -> str:
        """Return the name of a year's log, which is also that of its key."""
        return f"{self._origin}/{year}"

    def signer(self, year: int) -> Signer:
        """Return who signs that year's checkpoints and receipts; made once a year."""
        signer = self._signers.get(year)
        if signer is None:
            signer = self._signers[year] = Signer(self.origin(year), self._seed)
        return signer
