"""A proof as one text: position, path and checkpoint, to be checked offline.

Interface: ``LogProof(index, hashes, checkpoint, extra)`` with ``.text``; ``parsed(text)``;
``.checked(verifiers, origin)`` verifies signature and path.

The hub puts an entry's bytes into ``extra``: without them nobody could recompute the leaf.

Source: c2sp.org/tlog-proof.
"""

import base64
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from hub.audit.tlog import checkpoint as checkpoints
from hub.audit.tlog import note
from hub.audit.tlog.checkpoint import Checkpoint
from hub.audit.tlog.invalid import Invalid
from hub.audit.tlog.note import Verifying
from hub.audit.tlog.proof import verify_inclusion
from hub.audit.tlog.tiles import HASH_BYTES
from hub.audit.tlog.tree import leaf_hash

HEADER: Final = "c2sp.org/tlog-proof@v1"
MAX_HASHES: Final = 63


@dataclass(frozen=True, slots=True)
class LogProof:
    """An inclusion proof with all it takes to check it.

    Attributes:
        index: The entry's position, from 0.
        hashes: From the leaf's sibling up.
        checkpoint: As the log published it, with all signature lines.
        extra: The entry's bytes; the format itself vouches for nothing in it.
    """

    index: int
    hashes: tuple[bytes, ...]
    checkpoint: bytes
    extra: bytes = b""

    @property
    def text(self) -> str:
        """The proof as it is handed over."""
        lines = [HEADER]
        if self.extra:
            lines.append(f"extra {_encoded(self.extra)}")
        lines += [f"index {self.index}", *map(_encoded, self.hashes)]
        return "\n".join(lines) + "\n\n" + self.checkpoint.decode()

    def checked(self, verifiers: Iterable[Verifying], origin: str) -> Checkpoint:
        """Return the checkpoint, if it is signed and ``extra`` is an entry of its tree.

        Raises:
            Invalid: It is not.
        """
        head = checkpoints.opened(self.checkpoint, verifiers, origin)
        verify_inclusion(self.index, head.size, leaf_hash(self.extra), head.root, self.hashes)
        return head


def parsed(text: str) -> LogProof:
    """Read a proof, believing nothing of it.

    Raises:
        Invalid: It is none.
    """
    before, parted, signed = text.partition("\n\n")
    lines = before.split("\n")
    if not parted or lines.pop(0) != HEADER:
        raise Invalid(reason="not a proof of a log")
    extra = b""
    if lines and lines[0].startswith("extra "):
        extra = note.decoded(lines.pop(0).removeprefix("extra "))
    if not lines or not lines[0].startswith("index "):
        raise Invalid(reason="the proof tells no position")
    index = checkpoints.decimal(lines.pop(0).removeprefix("index "))
    hashes = hashes_of(lines)
    return LogProof(index, hashes, signed.encode(), extra)


def hashes_of(lines: Iterable[str]) -> tuple[bytes, ...]:
    """Read lines of a hash each.

    Raises:
        Invalid: One is none, or there are more than 63.
    """
    hashes = tuple(map(note.decoded, lines))
    if len(hashes) > MAX_HASHES or any(len(each) != HASH_BYTES for each in hashes):
        raise Invalid(reason="a proof has at most 63 lines, each a hash of 32 bytes")
    return hashes


def _encoded(content: bytes) -> str:
    return base64.b64encode(content).decode()
