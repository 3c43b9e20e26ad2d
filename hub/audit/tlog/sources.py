"""Where a log is read from: a folder, or a hub by HTTP; and how one becomes the other.

Interface: ``Folder(path)``, ``Served(client, url)``: both have ``checkpoint()`` and
``read(place)``; ``mirror(source, folder, head, ...)``.

Reads and writes files, and speaks HTTP. A folder is laid out as the log is served, so that what
any other tool has downloaded will do: ``checkpoint``, ``tile/0/000``, ``tile/entries/000.p/7``.
"""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final, Protocol

import httpx

from hub.audit.tlog.checkpoint import Checkpoint
from hub.audit.tlog.ended import FILE as ENDED
from hub.audit.tlog.invalid import Invalid
from hub.audit.tlog.tiles import HASH_BYTES, WIDTH, Place, bundle, bundles_of, entries_of, tiles_of

CHECKPOINT: Final = "checkpoint"
TIMEOUT_S: Final = 30.0


class Source(Protocol):
    """One log."""

    def checkpoint(self) -> bytes:
        """Return the checkpoint as published.

        Raises:
            Invalid: There is none.
        """
        ...

    def read(self, place: Place) -> bytes:
        """Return a tile or an entry bundle; a part may be cut from a whole one.

        Raises:
            Invalid: It is missing.
        """
        ...

    def ended(self) -> bytes | None:
        """Return the proof that the log's entries were removed; None where there is none."""
        ...

    def has(self, place: Place) -> bool:
        """Tell whether a tile or bundle is at hand without asking anybody."""
        ...


class Folder:
    """A log in a folder; implements ``Source``."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def checkpoint(self) -> bytes:
        """Return the checkpoint; see the port."""
        return self._bytes(CHECKPOINT)

    def read(self, place: Place) -> bytes:
        """Return a tile or a bundle; see the port."""
        try:
            return self._bytes(place.path)
        except Invalid:
            if place.width == WIDTH:
                raise
        return cut(self._bytes(Place(place.level, place.index).path), place)

    def ended(self) -> bytes | None:
        """Return the proof of the log's end; see the port."""
        return self._bytes(ENDED) if (self._path / ENDED).is_file() else None

    def has(self, place: Place) -> bool:
        """Tell whether the file is there already."""
        return (self._path / place.path).is_file()

    def keep(self, path: str, content: bytes) -> None:
        """Write a file, as a whole or not at all."""
        file = self._path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        fresh = file.with_name(f"{file.name}.new")
        fresh.write_bytes(content)
        fresh.replace(file)

    def _bytes(self, path: str) -> bytes:
        try:
            return (self._path / path).read_bytes()
        except OSError:
            raise Invalid(reason=f"`{path}` is missing") from None


class Served:
    """A log served by a hub, or by anybody who mirrors one; implements ``Source``."""

    def __init__(self, client: httpx.Client, url: str) -> None:
        """Read below ``url``; whom the client presents itself as is its own matter."""
        self._client = client
        self._url = url.rstrip("/")

    def checkpoint(self) -> bytes:
        """Return the checkpoint; see the port."""
        return self._bytes(CHECKPOINT)

    def read(self, place: Place) -> bytes:
        """Return a tile or a bundle; see the port."""
        return self._bytes(place.path)

    def ended(self) -> bytes | None:
        """Return the proof of the log's end; see the port."""
        response = self._get(ENDED)  # without it entries are asked for, so any refusal means none
        return response.content if response.status_code == httpx.codes.OK else None

    def has(self, place: Place) -> bool:  # noqa: ARG002 — the port's
        """Tell that nothing is at hand."""
        return False

    def _get(self, path: str) -> httpx.Response:
        try:
            return self._client.get(f"{self._url}/{path}")
        except httpx.HTTPError as failure:
            raise Invalid(reason=f"`{path}` cannot be read: {type(failure).__name__}") from None

    def _bytes(self, path: str) -> bytes:
        response = self._get(path)
        if response.status_code != httpx.codes.OK:
            raise Invalid(reason=f"`{path}` cannot be read: HTTP {response.status_code}")
        return response.content


def cut(content: bytes, place: Place) -> bytes:
    """Return the part of a whole tile or bundle that is ``place.width`` wide.

    Raises:
        Invalid: It is a bundle that does not parse.
    """
    if place.level is None:
        return bundle(entries_of(content)[: place.width])
    return content[: place.width * HASH_BYTES]


def mirror(
    source: Source,
    folder: Folder,
    head: Checkpoint,
    *,
    entries: bool,
    told: Callable[[int], None] = lambda _: None,
) -> None:
    """Copy the tiles of a tree, and its entries if wanted; whole ones that are there are kept.

    The checkpoint is not copied: it is kept once all that it vouches for has been verified.

    Args:
        source: The log.
        folder: Takes the files.
        head: The tree.
        entries: Whether to copy entry bundles, which only the hub's oversight may read.
        told: Called with 1 for each file.

    Raises:
        Invalid: Something is missing.
    """
    places: Iterable[Place] = tiles_of(head.size)
    if entries:
        places = [*places, *bundles_of(head.size)]
    for place in places:
        if not folder.has(place):
            folder.keep(place.path, source.read(place))
        told(1)
