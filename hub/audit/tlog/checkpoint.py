"""Checkpoints: how large the tree is and what its root is, signed.

Interface: ``Checkpoint(origin, size, root)`` with ``.text`` and ``.signed(signer)``;
``parsed(text)``; ``opened(raw, verifiers, origin)``.

Source: c2sp.org/tlog-checkpoint.
"""

import base64
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from hub.audit.tlog import note
from hub.audit.tlog.invalid import Invalid
from hub.audit.tlog.note import Signer, Verifying
from hub.audit.tlog.tiles import HASH_BYTES

MAX_SIZE: Final = 2**63 - 1
_ESSENTIAL: Final = 3


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The head of a tree.

    Attributes:
        origin: The log's name, also that of the key that signs: ``hub.example/log/2026``.
        extensions: Further lines, of which nothing is believed; the hub writes none.
    """

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """What is signed."""
        lines = (self.origin, str(self.size), base64.b64encode(self.root).decode())
        return "".join(f"{line}\n" for line in (*lines, *self.extensions))

    def signed(self, signer: Signer) -> bytes:
        """Return the checkpoint as it is published; cosignature lines may be put after it."""
        return signer.sign(self.text).encode()


def parsed(text: str) -> Checkpoint:
    """Read a checkpoint's text, whoever signed it.

    Raises:
        Invalid: It is none.
    """
    lines = text.split("\n")
    if len(lines) <= _ESSENTIAL or lines.pop() or not all(lines):
        raise Invalid(reason="not a checkpoint: three lines at least, none of them empty")
    origin, size, root, *extensions = lines
    return Checkpoint(origin, decimal(size), _hash(root), tuple(extensions))


def opened(raw: bytes, verifiers: Iterable[Verifying], origin: str) -> Checkpoint:
    """Return a checkpoint that one of these keys signed, of the log meant.

    Raises:
        Invalid: It is no checkpoint, not of this log, or not signed by any of these keys.
    """
    checkpoint = parsed(note.opened(raw, verifiers).text)
    if checkpoint.origin != origin:
        raise Invalid(reason=f"the checkpoint is that of another log, not of `{origin}`")
    return checkpoint


def decimal(text: str) -> int:
    """Read a size or a position: ASCII digits without leading zeros, below 2^63.

    Raises:
        Invalid: It is none.
    """
    if not text.isascii() or not text.isdigit() or len(text) > len(str(MAX_SIZE)):
        raise Invalid(reason="not a decimal number")
    number = int(text)
    if str(number) != text or number > MAX_SIZE:
        raise Invalid(reason="a number with leading zeros, or too large")
    return number


def _hash(text: str) -> bytes:
    content = note.decoded(text)
    if len(content) != HASH_BYTES:
        raise Invalid(reason="not a hash of 32 bytes")
    return content
