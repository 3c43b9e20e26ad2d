"""Names of what is kept in Redis: no code, no field and no agreement can be read from them.

``h1:{tag}:e:shape``  an agreement's own record of one person in one register
``h1:{tag}:k:shape``  when that agreement last had an answer; outlives it, and holds no facts
``h1:{tag}:g``        the person's generation in that register; a new one evicts every record
``h1:{tag}:l:shape``  a lease: another replica is asking for this very record
``h1:{tag}:l``        a lease on asking for several, tagged by all their names

The tag is a keyed hash of register and code, so entries of one person in two registers cannot be
joined; its braces keep one person's entries of one register in one slot of a cluster.
"""

import re
from binascii import b2a_base64
from collections.abc import Sequence
from hashlib import sha256
from typing import NamedTuple

import msgspec

from hub.model.catalogue import Manifest
from hub.model.evidence import Ask, Facts, Subject
from hub.model.personal_code import PersonalCode

_TAG_BYTES = 18  # 144 bits, 24 characters without padding
_BLOCK_BYTES = 64  # of SHA-256; a key is no longer
_INNER = bytes(byte ^ 0x36 for byte in range(256))
_OUTER = bytes(byte ^ 0x5C for byte in range(256))
_URL_SAFE = bytes.maketrans(b"+/", b"-_")
_ADDRESS = re.compile(r" at 0x[0-9a-f]+")


class Slot(NamedTuple):
    """Where one agreement's record of one person is kept.

    Attributes:
        marks: Generation of every code of the person, so that evicting any of them is enough.
    """

    subject: Subject
    entry: bytes
    marks: tuple[bytes, ...]

    @property
    def known(self) -> bytes:
        """Where it is kept when there last was an answer."""
        return self.entry.replace(b"}:e:", b"}:k:", 1)

    @property
    def lease(self) -> bytes:
        """The lease on asking for this record alone."""
        return self.entry.replace(b"}:e:", b"}:l:", 1)


class Names:
    """Names of one register's entries."""

    def __init__(self, manifest: Manifest, facts_type: type[Facts], key: bytes) -> None:
        """Derive names with ``key``; other facts or another freshness give other names."""
        # HMAC (RFC 2104) begun once and copied; the library's own copies are five times as dear
        padded = key.ljust(_BLOCK_BYTES, b"\0")
        self._inner = sha256(padded.translate(_INNER) + manifest.name.encode() + b"|")
        self._outer = sha256(padded.translate(_OUTER))
        described = f"{msgspec.inspect.type_info(facts_type)!r} {manifest.freshness!r}"
        self._edition = sha256(_ADDRESS.sub("", described).encode()).hexdigest()

    def slots(self, ask: Ask, agreement: str, subjects: Sequence[Subject]) -> list[Slot]:
        """Return where ``agreement`` keeps its records of ``subjects`` for this very question."""
        shape = self.shape(ask, agreement)
        return [self.slot(subject, shape) for subject in subjects]

    def mark(self, code: PersonalCode) -> bytes:
        """Return the name of a code's generation."""
        return b"h1:{%b}:g" % self._tag(code.encode())

    def lease(self, slots: Sequence[Slot]) -> bytes:
        """Return the name of the lease on asking for exactly these."""
        if len(slots) == 1:
            return slots[0].lease
        return b"h1:{%b}:l" % self._tag(b"\n".join(sorted(slot.entry for slot in slots)))

    def slot(self, subject: Subject, shape: bytes) -> Slot:
        """Return where a record of ``shape`` is kept for one person."""
        codes = subject.codes
        tag = self._tag(codes[0].encode())
        marks: tuple[bytes, ...] = (b"h1:{%b}:g" % tag,)
        if len(codes) > 1:
            marks += tuple(self.mark(code) for code in codes[1:])
            # INVARIANT: facts joined under several codes are found only while they belong together
            shape = self._tag(shape + "|".join(sorted(subject.codes)).encode())
        return Slot(subject, b"h1:{%b}:e:%b" % (tag, shape), marks)

    def shape(self, ask: Ask, agreement: str) -> bytes:
        """Return the part of a name that tells who asked what."""
        period = f"{ask.window.start}/{ask.window.end}" if ask.window else ""
        parts = (agreement, period, ",".join(sorted(ask.columns)), self._edition)
        return self._tag("\n".join(parts).encode())

    def _tag(self, text: bytes) -> bytes:
        inner = self._inner.copy()
        inner.update(text)
        outer = self._outer.copy()
        outer.update(inner.digest())
        return b2a_base64(outer.digest()[:_TAG_BYTES], newline=False).translate(_URL_SAFE)
