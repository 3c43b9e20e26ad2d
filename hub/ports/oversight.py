"""What officers record, as the log's room sees it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from hub.model.retention import DestructionOrder, Hold
from hub.ports.storage import KeyStore


class EndingKeyStore(KeyStore, Protocol):
    """Keys of persons, some of which are destroyed."""

    async def epoch(self) -> int:
        """Return a number that grows whenever keys were destroyed; reads one row."""


class RetentionStore(Protocol):
    """Holds and orders; every method raises ``audit_unavailable``."""

    async def set_hold(
        self, hold: Hold, sealed: bytes | None, indexes: Sequence[tuple[int, bytes]]
    ) -> None:
        """Keep a hold, and the blind indexes of whom it is about, year by year."""

    async def lift_hold(self, hold: str, officer: str, at: datetime) -> bool:
        """End a hold; False when none stands under that id."""

    async def holds(self) -> Sequence[tuple[Hold, bytes | None]]:
        """Return every hold, the newest first, with whom it is about, sealed."""

    async def order(self, order: DestructionOrder, sealed: bytes, indexes: Sequence[bytes]) -> None:
        """Keep the first officer's order; ``indexes`` are the person's, of its years."""

    async def orders(self) -> Sequence[tuple[DestructionOrder, bytes | None]]:
        """Return every order, the newest first, with whom it is about, sealed."""

    async def confirm(
        self, order: str, indexes: Sequence[bytes], officer: str, at: datetime
    ) -> str:
        """Record the second officer's word; "" when it was taken, else why not."""

    async def obstacles(self, order: str) -> Sequence[str]:
        """Return what forbids carrying an order out now."""

    async def carry_out(self, order: str, at: datetime) -> tuple[Sequence[str], int]:
        """Destroy the keys; return what forbade it, or how many there were."""

    async def finish(self, order: str, at: datetime) -> bool:
        """Delete the blind indexes of its entries; False before all of them were sequenced."""
