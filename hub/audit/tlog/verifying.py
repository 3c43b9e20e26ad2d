"""Checking a whole log from its checkpoint, tiles and entry bundles; nothing of the hub is needed.

Interface: ``verify_tiles(head, read)``, ``verify_entries(head, read, told)``; both raise
``Invalid``, the second ``Unfit`` for the first entry that does not fit.

What is checked is said in docs/verification.md; what counts as backdated, in decision 0313.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

import orjson

from hub.audit.encoding import canonical
from hub.audit.tlog.checkpoint import Checkpoint
from hub.audit.tlog.entrybytes import TreeEntry, parsed
from hub.audit.tlog.invalid import Invalid
from hub.audit.tlog.tiles import HASH_BYTES, WIDTH, Place, bundles_of, each_entry
from hub.audit.tlog.tree import Tree, leaf_hash, subtree

BACKDATED_S: Final = 900.0
"""How far an entry's instant may lie before that of any entry earlier in the tree."""
FORM: Final = 1
"""``v`` of the open parts that this reads."""
Read = Callable[[Place], bytes]


class Unfit(Invalid):
    """The first entry that does not fit.

    Attributes:
        position: In the tree, from 0.
        writer, wseq, operation_id: As far as the entry can be read.
    """

    def __init__(
        self, position: int, reason: str, entry: TreeEntry | None = None, operation_id: str = ""
    ) -> None:
        """Name the entry."""
        self.position = position
        self.writer = entry.writer if entry else None
        self.wseq = entry.wseq if entry else None
        self.operation_id = operation_id
        known = f", writer {entry.writer}, sequence {entry.wseq}" if entry else ""
        operation = f", operation {operation_id}" if operation_id else ""
        super().__init__(reason=f"position {position}{known}{operation}: {reason}")


@dataclass(frozen=True, slots=True)
class Summary:
    """What was found in order.

    Attributes:
        first, last: Instants of the earliest and latest entry; None where there is none.
    """

    entries: int
    writers: int
    operations: int
    first: str | None
    last: str | None


def verify_tiles(head: Checkpoint, read: Read) -> None:
    """Check every tile against the checkpoint's root, from the top down.

    Raises:
        Invalid: A tile is missing, or is not what the tree holds.
    """
    edge: list[bytes] = []
    full = head.size
    while full:
        full, width = divmod(full, WIDTH)
        edge.append(_tile(read, Place(len(edge), full, width)) if width else b"")
    if Tree(head.size, edge).root() != head.root:
        raise Invalid(reason="the tiles at the tree's edge do not lead to the checkpoint's root")
    for level in reversed(range(len(edge) - 1)):
        _verify_level(head.size, level, read)


def verify_entries(
    head: Checkpoint, read: Read, told: Callable[[int], None] = lambda _: None
) -> Summary:
    """Check every entry against tiles that were verified, and against the entries before it.

    Args:
        head: The tree.
        read: Reads tiles and bundles.
        told: Called with how many entries were checked, bundle by bundle.

    Raises:
        Unfit: Names the first entry that does not fit.
        Invalid: A bundle is missing.
    """
    walk = Walk(year_of(head.origin))
    for place in bundles_of(head.size):
        leaves = read(Place(0, place.index, place.width))
        _verify_bundle(walk, place, leaves, read(place))
        told(place.width)
    return walk.summary()


class Walk:
    """What the entries so far make the next one be: of this year, next in sequence, not backdated.

    Args:
        year: That of the log; None where its name tells none.
    """

    def __init__(self, year: int | None) -> None:
        self._year = f"{year}-" if year else ""
        self._reached: dict[UUID, int] = {}
        self._latest = self._first = ""
        self._latest_s = 0.0
        self._count = self._operations = 0
        self._operation = ""

    def step(self, position: int, content: bytes) -> TreeEntry:
        """Check one entry, whose bytes are those of the tree.

        Raises:
            Unfit: It is not what the hub writes, or does not follow from those before it.
        """
        try:
            entry = parsed(content)
            told = told_by(entry)
        except Invalid as fault:
            raise Unfit(position, fault.reason) from None
        operation, at = str(told.get("operation_id", "")), str(told.get("at", ""))
        reason = self._sequence(entry) or self._instant(at)
        if reason:
            raise Unfit(position, reason, entry, operation)
        self._reached[entry.writer] = entry.wseq
        self._count += 1
        self._operations += operation != self._operation
        self._operation = operation
        return entry

    def summary(self) -> Summary:
        """Return what was found."""
        return Summary(
            self._count,
            len(self._reached),
            self._operations,
            self._first or None,
            self._latest or None,
        )

    def _sequence(self, entry: TreeEntry) -> str | None:
        expected = self._reached.get(entry.writer, 0) + 1
        if entry.wseq == expected:
            return None
        if entry.wseq < expected:
            return f"sequence {entry.wseq} of this writer was there before"
        return f"sequence {expected} of this writer is missing before it"

    def _instant(self, at: str) -> str | None:
        if not at.startswith(self._year):
            return "its instant is not of the log's year"
        if at >= self._latest:  # entries mostly come in order, and their text sorts as time does
            seconds = _seconds(at)
            if seconds is None:
                return "its instant is none"
            self._first = self._first or at
            self._latest, self._latest_s = at, max(seconds, self._latest_s)
            return None
        seconds = _seconds(at)
        if seconds is None:
            return "its instant is none"
        if seconds < self._latest_s - BACKDATED_S:
            return f"backdated: its instant is {at}, and {self._latest} stands before it"
        self._first = min(self._first, at)
        return None


def year_of(origin: str) -> int | None:
    """Return the year that a log's name ends in."""
    last = origin.rpartition("/")[2]
    return int(last) if len(last) == len("2026") and last.isascii() and last.isdigit() else None


def told_by(entry: TreeEntry) -> dict[str, Any]:
    """Read an entry's open part.

    Raises:
        Invalid: It is not what the hub writes.
    """
    try:
        told = orjson.loads(entry.opened)
    except ValueError:
        raise Invalid(reason="its open part is not JSON") from None
    if not isinstance(told, dict) or canonical(told) != entry.opened:
        raise Invalid(reason="its open part is not the canonical JSON of an object")
    if told.get("v") != FORM:
        raise Invalid(reason="its open part is of a form that this does not read")
    return told


def _verify_level(size: int, level: int, read: Read) -> None:
    """Check the full tiles of a level against the level above, which is verified."""
    full = size >> 8 * (level + 1)
    for start in range(0, full, WIDTH):
        above = _tile(read, Place(level + 1, start // WIDTH, min(WIDTH, full - start)))
        for offset in range(min(WIDTH, full - start)):
            place = Place(level, start + offset)
            root = subtree(_tile(read, place))
            if root != above[offset * HASH_BYTES : (offset + 1) * HASH_BYTES]:
                first, last = (n << 8 * (level + 1) for n in (place.index, place.index + 1))
                raise Invalid(
                    reason=f"the tile `{place.path}`, over positions {first} to {last - 1}, is not"
                    " what the tree holds"
                )


def _tile(read: Read, place: Place) -> bytes:
    content = read(place)
    if len(content) != place.width * HASH_BYTES:
        raise Invalid(reason=f"the tile `{place.path}` is not {place.width} hashes wide")
    return content


def _verify_bundle(walk: Walk, place: Place, leaves: bytes, content: bytes) -> None:
    entries = each_entry(content)
    for offset in range(place.width):
        position = place.index * WIDTH + offset
        try:
            entry = next(entries, None)
        except Invalid as fault:
            raise Unfit(position, fault.reason) from None
        if entry is None:
            raise Unfit(position, "the entry is missing")
        if leaf_hash(entry) != leaves[offset * HASH_BYTES : (offset + 1) * HASH_BYTES]:
            raise Unfit(position, "its bytes are not those in the tree", *_named(entry))
        walk.step(position, entry)
    if next(entries, None) is not None:
        reason = "an entry that the tree does not hold"
        raise Unfit(place.index * WIDTH + place.width, reason)


def _named(content: bytes) -> tuple[TreeEntry | None, str]:
    """Return what an entry that does not fit says of itself, as far as it can be read."""
    try:
        entry = parsed(content)
    except Invalid:
        return None, ""
    try:
        return entry, str(orjson.loads(entry.opened)["operation_id"])
    except (ValueError, KeyError, TypeError):
        return entry, ""


def _seconds(at: str) -> float | None:
    """Return an instant as entries write it, in seconds since 1970."""
    try:
        found = datetime.fromisoformat(at)
    except ValueError:
        return None
    return found.timestamp() if found.tzinfo is UTC else None
