"""Tiles and entry bundles: where they are found and what their bytes mean.

Interface: ``Tile`` (level, index, hashes), ``Place`` (level, index, width; ``.path``),
``parsed_path``, ``tiles_of(size)``, ``bundles_of(size)``, ``bundle``, ``entries_of``,
``each_entry``.

Source: c2sp.org/tlog-tiles.
"""

import re
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from hub.audit.tlog.invalid import Invalid

WIDTH: Final = 256
"""Hashes of a full tile, entries of a full bundle."""
HASH_BYTES: Final = 32
ENTRY_BYTES: Final = 65_535
"""Longest entry that a bundle can hold."""
MAX_LEVEL: Final = 63
_length: Final = struct.Struct(">H")
_PATH: Final = re.compile(
    r"(?:tile/)?(?P<level>entries|0|[1-9][0-9]?)/(?P<groups>(?:x[0-9]{3}/){0,6})(?P<last>[0-9]{3})"
    r"(?:\.p/(?P<width>[1-9][0-9]{0,2}))?",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Place:
    """Which tile, or which entry bundle, of a log.

    Attributes:
        level: 0 for leaf hashes; None for an entry bundle.
        width: 256 when full.
    """

    level: int | None
    index: int
    width: int = WIDTH

    @property
    def path(self) -> str:
        """Path below the log's prefix: ``tile/0/x001/x234/067.p/5``."""
        groups = [f"{self.index % 1000:03}"]
        rest = self.index // 1000
        while rest:
            groups.insert(0, f"x{rest % 1000:03}")
            rest //= 1000
        level = "entries" if self.level is None else str(self.level)
        suffix = "" if self.width == WIDTH else f".p/{self.width}"
        return f"tile/{level}/{'/'.join(groups)}{suffix}"


@dataclass(frozen=True, slots=True)
class Tile:
    """Consecutive hashes of one level; full when there are 256 of them."""

    level: int
    index: int
    hashes: bytes

    @property
    def width(self) -> int:
        """How many hashes; 256 when full."""
        return len(self.hashes) // HASH_BYTES

    @property
    def place(self) -> Place:
        """Where it is found."""
        return Place(self.level, self.index, self.width)


def parsed_path(path: str) -> Place | None:
    """Return what a path, with or without ``tile/``, asks for; None unless it is the only one.

    Leading zeros, groups that begin with nothing but zeros, and widths over 255 are refused, so
    that each tile has one address.
    """
    found = _PATH.fullmatch(path)
    if found is None:
        return None
    level = None if found["level"] == "entries" else int(found["level"])
    index = int(found["groups"].replace("x", "").replace("/", "") + found["last"])
    place = Place(level, index, int(found["width"] or WIDTH))
    proper = place.path == f"tile/{path.removeprefix('tile/')}"
    return place if proper and (level or 0) <= MAX_LEVEL else None


def tiles_of(size: int) -> Iterator[Place]:
    """Yield every tile of a tree of ``size`` leaves: level by level, the partial one last."""
    level = 0
    while size:
        full, partial = divmod(size, WIDTH)
        yield from (Place(level, index) for index in range(full))
        if partial:
            yield Place(level, full, partial)
        size, level = full, level + 1


def bundles_of(size: int) -> Iterator[Place]:
    """Yield every entry bundle of a tree of ``size`` leaves, in order."""
    full, partial = divmod(size, WIDTH)
    yield from (Place(None, index) for index in range(full))
    if partial:
        yield Place(None, full, partial)


def bundle(entries: Iterable[bytes]) -> bytes:
    """Return the bytes of an entry bundle; each entry after its length, two bytes.

    Raises:
        Invalid: An entry is longer than 65,535 bytes.
    """
    pieces: list[bytes] = []
    for entry in entries:
        if len(entry) > ENTRY_BYTES:
            raise Invalid(reason="an entry is longer than a bundle can hold")
        pieces += (_length.pack(len(entry)), entry)
    return b"".join(pieces)


def entries_of(content: bytes) -> list[bytes]:
    """Return the entries of a bundle.

    Raises:
        Invalid: It ends in the middle of an entry, or holds more than 256.
    """
    entries = list(each_entry(content))
    if len(entries) > WIDTH:
        raise Invalid(reason="the bundle holds too many entries")
    return entries


def each_entry(content: bytes) -> Iterator[bytes]:
    """Yield the entries of a bundle, as far as it can be read.

    Raises:
        Invalid: It ends in the middle of an entry.
    """
    at, end = 0, len(content)
    while at < end:
        if at + 2 > end:
            raise Invalid(reason="the bundle ends within a length")
        (size,) = _length.unpack_from(content, at)
        begin, at = at + 2, at + 2 + size
        if at > end:
            raise Invalid(reason="the bundle ends within an entry")
        yield content[begin:at]
