"""Bytes that are hashed: canonical JSON, leaves, links and commitments (decision 0301).

Every hash begins with a label of its own, and everything of variable length carries its length,
so that no two different entries have the same bytes.
"""

import hashlib
import struct
from collections.abc import Iterable, Mapping
from typing import Final, Protocol
from uuid import UUID

import orjson

SALT_BYTES: Final = 16
NONCE_BYTES: Final = 32
HASH_BYTES: Final = 32
_LEAF: Final = b"\0vienreiz entry 1\0"
_LINK: Final = b"\1vienreiz link 1\0"
_GENESIS: Final = b"\2vienreiz writer 1\0"
_COMMITMENT: Final = b"\3vienreiz receipt 1\0"
length: Final = struct.Struct(">I").pack
"""Four bytes, before everything of variable length."""
_sequence = struct.Struct(">Q").pack


class Hashing(Protocol):
    """A SHA-256 under way, which may be continued in several directions."""

    def copy(self) -> "Hashing":
        """Return a second one with the same bytes behind it."""
        ...

    def update(self, data: bytes, /) -> None:
        """Add bytes."""
        ...

    def digest(self) -> bytes:
        """Return the hash of all bytes so far."""
        ...


def canonical(document: Mapping[str, object]) -> bytes:
    """Return the only JSON text of ``document``: sorted keys, no spaces, UTF-8.

    Source: RFC 8785, for the strings, whole numbers and Booleans that entries hold.
    """
    return orjson.dumps(document, option=orjson.OPT_SORT_KEYS)


def begun_leaf(opened: bytes) -> Hashing:
    """Return the leaf hash of an entry with this open part, its salt and sealed part to follow."""
    return hashlib.sha256(_LEAF + length(len(opened)) + opened)


def finished_leaf(begun: Hashing, salt: bytes, sealed: bytes | None) -> bytes:
    """Return the 32-byte leaf hash; ``begun`` may serve the next entry of the operation."""
    leaf = begun.copy()
    leaf.update(salt + length(len(sealed)) + sealed if sealed else salt + b"\0\0\0\0")
    return leaf.digest()


def whole_leaf(opened: bytes, salt: bytes, sealed: bytes) -> bytes:
    """Return the leaf hash of an entry about a person, in one go."""
    size, room = len(opened), len(sealed)
    return hashlib.sha256(_LEAF + length(size) + opened + salt + length(room) + sealed).digest()


def genesis(writer: UUID) -> bytes:
    """Return what a writer's first entry names as its previous hash."""
    return hashlib.sha256(_GENESIS + writer.bytes).digest()


def link(writer: UUID, wseq: int, previous: bytes, leaf: bytes) -> bytes:
    """Return the hash of an entry in its place: ``wseq`` from 1, after ``previous``."""
    return links(writer, wseq, previous, (leaf,))[0]


def links(writer: UUID, wseq: int, previous: bytes, leaves: Iterable[bytes]) -> list[bytes]:
    """Return the hashes of consecutive entries, the first of them ``wseq``, after ``previous``."""
    sha256, sequence, label = hashlib.sha256, _sequence, _LINK + writer.bytes
    hashes: list[bytes] = []
    for place, leaf in enumerate(leaves, wseq):
        previous = sha256(label + sequence(place) + previous + leaf).digest()
        hashes.append(previous)
    return hashes


def commitment(nonce: bytes, leaves: Iterable[bytes]) -> str:
    """Commit to an operation's leaves, hexadecimal.

    Without ``nonce``, which stands in the entries and never in the receipt, it tells nothing: not
    the writer, nor the sequence, nor how many persons there were.
    """
    return hashlib.sha256(_COMMITMENT + nonce + b"".join(leaves)).hexdigest()
