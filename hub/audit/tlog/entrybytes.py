"""An entry as the tree takes it: with its place in its writer's chain, so that a gap shows offline.

Interface: ``entry_bytes(writer, wseq, opened, salt, sealed)``; ``parsed(content)`` gives a
``TreeEntry``; ``PARTS_BYTES`` is how long open and sealed part may be together.

All numbers are big-endian (decision 0310).
"""

import struct
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from hub.audit.encoding import SALT_BYTES, begun_leaf, finished_leaf
from hub.audit.tlog.invalid import Invalid
from hub.audit.tlog.tiles import ENTRY_BYTES

LABEL: Final = b"vienreiz log 1\0"
_head: Final = struct.Struct(">16sQI")
_length: Final = struct.Struct(">I")
FIXED_BYTES: Final = len(LABEL) + _head.size + SALT_BYTES + _length.size
"""Bytes of an entry besides its open and sealed parts."""
PARTS_BYTES: Final = ENTRY_BYTES - FIXED_BYTES
"""Longest open and sealed part together."""


@dataclass(frozen=True, slots=True)
class TreeEntry:
    """An entry read from a bundle; ``sealed`` is empty where it concerns nobody."""

    writer: UUID
    wseq: int
    opened: bytes
    salt: bytes
    sealed: bytes

    @property
    def leaf(self) -> bytes:
        """Leaf hash of decision 0301, over which receipts' commitments are made."""
        return finished_leaf(begun_leaf(self.opened), self.salt, self.sealed or None)

    @property
    def content(self) -> bytes:
        """The bytes it was read from."""
        return entry_bytes(self.writer, self.wseq, self.opened, self.salt, self.sealed)


def entry_bytes(writer: UUID, wseq: int, opened: bytes, salt: bytes, sealed: bytes | None) -> bytes:
    """Return what the tree hashes for an entry; ``tree.leaf_hash`` of it is the leaf."""
    room = sealed or b""
    head = _head.pack(writer.bytes, wseq, len(opened))
    return b"".join((LABEL, head, opened, salt, _length.pack(len(room)), room))


def parsed(content: bytes) -> TreeEntry:
    """Read an entry from a bundle.

    Raises:
        Invalid: It is none, or has bytes before, between or after its parts.
    """
    if len(content) < FIXED_BYTES or not content.startswith(LABEL):
        raise Invalid(reason="not an entry of this log")
    writer, wseq, size = _head.unpack_from(content, len(LABEL))
    at = len(LABEL) + _head.size
    after = at + size + SALT_BYTES
    if after + _length.size > len(content):
        raise Invalid(reason="the entry's open part is longer than the entry")
    (room,) = _length.unpack_from(content, after)
    sealed = content[after + _length.size :]
    if len(sealed) != room:
        raise Invalid(reason="the entry's sealed part is not of the length told")
    opened, salt = content[at : at + size], content[at + size : after]
    return TreeEntry(UUID(bytes=writer), wseq, opened, salt, sealed)
