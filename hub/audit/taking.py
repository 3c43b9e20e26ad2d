"""Taking entries into the tree: their order, whether each follows from the one before, the tree.

What stands in the table enters the tree as it stands; an alarm tells what is wrong with it
(decision 0321).
"""

import asyncio
from collections import defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from typing import Final
from uuid import UUID

import msgspec

from hub.audit.encoding import begun_leaf, finished_leaf, genesis, link
from hub.audit.opening import instant, utc
from hub.audit.tlog.entrybytes import entry_bytes
from hub.audit.tlog.tiles import HASH_BYTES, WIDTH
from hub.audit.tlog.tree import Tree, leaf_hash
from hub.model.sequence import (
    NOTHING_READ,
    Alarm,
    Arrived,
    FullTile,
    Head,
    Placed,
    Reached,
    Step,
    Told,
)

AT_ONCE: Final = 100
"""Entries taken before others get their turn; a millisecond and a half."""
_told: Final = msgspec.json.Decoder(Told)


class Taking:
    """A step under way: from where the trees and writers stand, entry by entry.

    Args:
        heads: Trees of all years that entries are of.
        reached: How far each writer's entries are; a writer that is missing has none yet.
    """

    def __init__(self, heads: Mapping[int, Head], reached: Mapping[UUID, Reached]) -> None:
        self._heads = heads
        self._known = reached
        self._reached: dict[UUID, Reached] = {}
        self._leaves: defaultdict[int, list[bytes]] = defaultdict(list)
        self._placed: list[Placed] = []
        self._alarms: list[Alarm] = []
        self.waiting: set[UUID] = set()
        """Writers of whom a later entry came and an earlier one did not."""

    async def all(self, entries: Sequence[Arrived], *, gaps: bool) -> Step:
        """Take entries in the order of arrival, each writer's in the order of their sequence.

        Args:
            entries: Not in the tree yet.
            gaps: Whether an entry that is missing is missing for good; otherwise what comes
                after it waits.
        """
        for count, entry in enumerate(in_order(entries), 1):
            if entry.writer not in self.waiting:
                self._take(entry, gaps=gaps)
            if not count % AT_ONCE:
                await asyncio.sleep(0)
        return await self._step()

    def _take(self, entry: Arrived, *, gaps: bool) -> None:
        before = self._before(entry.writer)
        missing = entry.wseq - before.wseq - 1
        if missing and not gaps:
            self.waiting.add(entry.writer)
            return
        told = self._read(entry)
        if missing:
            # what it names as previous is not there to be compared with
            self._alarms.append(Alarm("gap", entry.writer, entry.wseq, missing))
        previous = entry.previous if missing else before.hash
        if not follows(entry, previous):
            self._alarms.append(Alarm("link", entry.writer, entry.wseq))
        year = utc(entry.at).year
        leaves = self._leaves[year]
        position = self._heads[year].size + len(leaves)
        leaves.append(
            leaf_hash(
                entry_bytes(entry.writer, entry.wseq, entry.open.encode(), entry.salt, entry.sealed)
            )
        )
        self._placed.append(Placed(year, position, entry, told))
        self._reached[entry.writer] = Reached(entry.wseq, entry.hash)

    def _before(self, writer: UUID) -> Reached:
        known = self._reached.get(writer) or self._known.get(writer)
        return known or Reached(0, genesis(writer))

    def _read(self, entry: Arrived) -> Told:
        """Return the open part; what cannot be read, or says something else, is an alarm."""
        try:
            told = _told.decode(entry.open)
        except (msgspec.DecodeError, UnicodeError):
            told = NOTHING_READ
        if (told.operation_id, told.at) != (entry.operation_id, instant(entry.at)):
            self._alarms.append(Alarm("columns", entry.writer, entry.wseq))
        return told

    async def _step(self) -> Step:
        after: dict[int, Head] = {}
        tiles: list[FullTile] = []
        for year, leaves in self._leaves.items():
            tree = tree_of(self._heads[year])
            for start in range(0, len(leaves), WIDTH):
                finished = tree.append(leaves[start : start + WIDTH])
                tiles += [FullTile(year, each.level, each.index, each.hashes) for each in finished]
                await asyncio.sleep(0)
            after[year] = head_of(tree)
        return Step(
            before={year: self._heads[year].size for year in after},
            after=after,
            placed=self._placed,
            tiles=tiles,
            reached=self._reached,
            alarms=self._alarms,
        )


def in_order(entries: Iterable[Arrived]) -> Iterable[Arrived]:
    """Yield entries as they came, but each writer's in the order of their sequence."""
    came = list(entries)
    own: defaultdict[UUID, list[Arrived]] = defaultdict(list)
    for entry in came:
        own[entry.writer].append(entry)
    queues = {
        writer: deque(sorted(each, key=lambda entry: entry.wseq)) for writer, each in own.items()
    }
    return (queues[entry.writer].popleft() for entry in came)


def follows(entry: Arrived, previous: bytes) -> bool:
    """Tell whether an entry is what its writer committed after the one with hash ``previous``."""
    leaf = finished_leaf(begun_leaf(entry.open.encode()), entry.salt, entry.sealed)
    return (
        entry.previous == previous and link(entry.writer, entry.wseq, previous, leaf) == entry.hash
    )


def tree_of(head: Head) -> Tree:
    """Return a year's tree to go on with.

    Raises:
        Invalid: What is kept is not the edge of a tree of that size.
    """
    edge: list[bytes] = []
    size, at = head.size, 0
    while size:
        size, width = divmod(size, WIDTH)
        edge.append(head.edge[at : (at := at + width * HASH_BYTES)])
    return Tree(head.size, edge)


def head_of(tree: Tree) -> Head:
    """Return what is kept of a tree."""
    return Head(tree.size, b"".join(tree.edge))
