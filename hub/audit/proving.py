"""Proofs that an operation's entries are in the log, to be checked by whoever has its key."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hub.audit.logview import TreeView, content_of, published
from hub.audit.tlog.proof import inclusion
from hub.audit.tlog.tiles import Place
from hub.audit.tlog.tlogproof import LogProof
from hub.model.entry import StoredEntry
from hub.model.sequence import SignedSize, Whereabouts
from hub.ports.sequence import TreeStore


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """That one entry is in the tree.

    Attributes:
        text: The proof, with the entry's bytes and the checkpoint (c2sp.org/tlog-proof).
    """

    year: int
    position: int
    entry: StoredEntry
    text: str


class Prover:
    """Proves operations; any replica can."""

    def __init__(self, store: TreeStore, view: TreeView) -> None:
        self._store = store
        self._view = view

    async def prove(
        self, operation_id: str, *, skip: int = 0, most: int | None = None
    ) -> Sequence[Proof] | None:
        """Return a proof for each entry of an operation, in the order of their sequence.

        Args:
            operation_id: From the receipt.
            skip: Entries left out at the beginning.
            most: Entries proven.

        Returns:
            None while not all of the operation is in a tree that is signed, a second as a rule,
            and where there is no such operation.

        Raises:
            ServiceUnavailable: ``audit_unavailable``.
            Invalid: The tree's tiles do not fit its size.
        """
        entries = await self._store.operation(operation_id)
        last: dict[int, int] = {}
        for where, _ in entries:
            if where is None:
                return None
            last[where.year] = max(where.position, last.get(where.year, 0))
        checkpoints: dict[int, SignedSize] = {}
        for year, position in last.items():
            found = await self._checkpoint(year, position)
            if found is None:
                return None
            checkpoints[year] = found
        wanted = entries[skip : None if most is None else skip + most]
        placed = [(where, entry) for where, entry in wanted if where]
        return await self._proofs(placed, checkpoints) or None

    async def _checkpoint(self, year: int, position: int) -> SignedSize | None:
        """Return the checkpoint shown, or the newest where that one is too old."""
        for found in (await self._view.shown(year), await self._view.newest(year)):
            if found and found.size > position:
                return found
        return None

    async def _proofs(
        self,
        placed: Sequence[tuple[Whereabouts, StoredEntry]],
        checkpoints: Mapping[int, SignedSize],
    ) -> Sequence[Proof]:
        """Make proofs one by one, in turns with others; a tile that several need is read once."""
        known: dict[tuple[int, Place], bytes] = {}
        proofs: list[Proof] = []
        for (year, position), entry in placed:
            plan = inclusion(position, checkpoints[year].size)
            for place in plan.tiles:
                if (year, place) not in known:
                    known[year, place] = await self._view.hashes(year, place)
            hashes = plan.proof({place: known[year, place] for place in plan.tiles})
            signed, content = published(checkpoints[year]), content_of(entry)
            text = LogProof(position, tuple(hashes), signed, content).text
            proofs.append(Proof(year=year, position=position, entry=entry, text=text))
            await asyncio.sleep(0)
        return proofs
