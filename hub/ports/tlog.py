"""The log's tree as it is served to whoever checks it."""

from typing import Protocol


class LogView(Protocol):
    """Checkpoints, tiles and entry bundles of each year's log, as bytes to be sent.

    None means that there is no such thing, or not yet. Every method raises ``ServiceUnavailable``
    (``audit_unavailable``).

    Source: c2sp.org/tlog-tiles.
    """

    async def checkpoint(self, year: int) -> bytes | None:
        """Return the newest checkpoint as signed, cosignature lines after it."""
        ...

    async def tile(self, year: int, level: int, index: int, width: int) -> bytes | None:
        """Return ``width`` hashes of a tile, 256 for a full one; never more than are signed."""
        ...

    async def entries(self, year: int, index: int, width: int) -> bytes | None:
        """Return ``width`` entries of a bundle, each after its length."""
        ...

    async def ended(self, year: int) -> bytes | None:
        """Return the proof of the entry that says of a year that its entries were removed."""
        ...
