"""Records as Redis holds them: msgpack under AES-GCM, each bound to its own name.

``version (1) | day of the key (2, big-endian) | nonce (12) | ciphertext and tag``

Every register has its own key, and a new one each day: random nonces stay far below the 2^32
messages that NIST SP 800-38D (section 8.3) allows one key.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from typing import Final

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from hub.fetch.freshness import Record
from hub.model.evidence import Facts
from hub.model.personal_code import PersonalCode
from hub.ports import Clock, Keyring

_VERSION: Final = b"\x01"
_FIRST_DAY: Final = date(2020, 1, 1).toordinal()
_HEAD_BYTES: Final = 3
_NONCE_BYTES: Final = 12
_SEALED_FROM: Final = _HEAD_BYTES + _NONCE_BYTES
_MOST_KEYS: Final = 32
_NOTHING: Final = b"\xc0"  # msgpack's nil: no facts, so no record


class Unreadable(Exception):
    """An entry that was not written by this hub under this name, or by another edition of it."""


class Stored(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """What a seal holds.

    Attributes:
        mark: The person's generation when the register was asked.
        facts: In msgpack, not read yet.
    """

    mark: bytes
    as_of: datetime
    fetched_at: datetime
    fresh_until: datetime
    facts: msgspec.Raw

    @property
    def raw(self) -> bytes | None:
        """The facts' own bytes; None for a definite "no record"."""
        raw = bytes(self.facts)
        return None if raw == _NOTHING else raw


class Sealer:
    """Seals and opens one register's records."""

    def __init__(
        self, register: str, facts_type: type[Facts], keyring: Keyring, clock: Clock
    ) -> None:
        """Seal for ``register`` with keys of ``keyring``; its facts decode as ``facts_type``."""
        self._register = register
        self._keyring = keyring
        self._clock = clock
        self._ciphers: dict[int, AESGCM] = {}
        self._decrypts: dict[bytes, Callable[[bytes, bytes, bytes], bytes]] = {}
        self._encode = msgspec.msgpack.Encoder(enc_hook=_plain).encode
        self._facts = msgspec.msgpack.Decoder(facts_type, dec_hook=_typed).decode
        self._stored = msgspec.msgpack.Decoder(Stored).decode

    def pack(self, facts: Facts) -> bytes:
        """Return the facts as bytes."""
        return self._encode(facts)

    def unpack(self, raw: bytes) -> Facts:
        """Return the facts that ``raw`` holds.

        Raises:
            msgspec.MsgspecError: They are not of this edition.
        """
        facts: Facts = self._facts(raw)
        return facts

    def seal(self, name: bytes, record: Record, mark: bytes, *, bare: bool = False) -> bytes:
        """Return what to write under ``name``; see ``pairs`` for many.

        Args:
            name: Full name of the entry; the ciphertext opens under no other.
            record: What to keep.
            mark: The person's generation when the register was asked.
            bare: Leave the facts out, and whether there were any.
        """
        plain = self._bare(record, mark) if bare else self._plain(record, mark)
        return self.seals()(name, plain)

    def pairs(
        self, sealed: Iterable[tuple[bytes, bytes, Record, bytes]]
    ) -> Iterator[tuple[bytes, bytes]]:
        """Yield what to write under two names for each record: whole, and bare.

        Args:
            sealed: Both names, the record, and the person's generation; see ``seal``.
        """
        seal = self.seals()
        last, bare = None, b""
        for name, bare_name, record, mark in sealed:
            instants = (mark, record.as_of, record.fetched_at)
            if instants != last:  # those fetched together tell the same
                last, bare = instants, self._bare(record, mark)
            yield seal(name, self._plain(record, mark)), seal(bare_name, bare)

    def seals(self) -> Callable[[bytes, bytes], bytes]:
        """Return what seals under a name with today's key; for use at once."""
        day = self._clock.now().toordinal() - _FIRST_DAY
        head = _VERSION + day.to_bytes(_HEAD_BYTES - 1)
        encrypt, random = self._cipher(day).encrypt, os.urandom

        def seal(name: bytes, plain: bytes) -> bytes:
            nonce = random(_NONCE_BYTES)
            return head + nonce + encrypt(nonce, plain, head + name)

        return seal

    def _plain(self, record: Record, mark: bytes) -> bytes:
        raw = record.raw
        if raw is None:
            raw = _NOTHING if record.facts is None else self._encode(record.facts)
        return self._encode(
            (mark, record.as_of, record.fetched_at, record.fresh_until, msgspec.Raw(raw))
        )

    def _bare(self, record: Record, mark: bytes) -> bytes:
        # neither facts nor, by when it lapses, whether there were any
        fetched_at = record.fetched_at
        return self._encode((mark, record.as_of, fetched_at, fetched_at, None))

    def unseal(self, name: bytes, sealed: bytes) -> Stored:
        """Return what is kept under ``name``, its facts unread.

        They are whole and this hub's own, and the name stands for their edition.

        Raises:
            Unreadable: Altered, moved from another name, or of another edition.
        """
        head = sealed[:_HEAD_BYTES]
        decrypt = self._decrypts.get(head) or self._decrypt(head)
        try:
            return self._stored(
                decrypt(sealed[_HEAD_BYTES:_SEALED_FROM], sealed[_SEALED_FROM:], head + name)
            )
        except (InvalidTag, msgspec.MsgspecError, ValueError) as reason:
            raise Unreadable from reason

    def open(self, name: bytes, sealed: bytes) -> tuple[Record, bytes]:
        """Return the record kept under ``name``, and its generation.

        Raises:
            Unreadable: Altered, moved from another name, or of another edition.
        """
        stored = self.unseal(name, sealed)
        raw = stored.raw
        try:
            facts = None if raw is None else self.unpack(raw)
        except (msgspec.MsgspecError, ValueError) as reason:
            raise Unreadable from reason
        record = Record(
            facts=facts,
            as_of=stored.as_of,
            fetched_at=stored.fetched_at,
            fresh_until=stored.fresh_until,
        )
        return record, stored.mark

    def _decrypt(self, head: bytes) -> Callable[[bytes, bytes, bytes], bytes]:
        """Return what opens values that begin with ``head``, and remember it.

        Raises:
            Unreadable: This edition writes no such values.
        """
        if head[:1] != _VERSION or len(head) < _HEAD_BYTES:
            raise Unreadable
        try:
            decrypt = self._cipher(int.from_bytes(head[1:])).decrypt
        except (ValueError, OverflowError) as reason:
            raise Unreadable from reason
        if len(self._decrypts) >= _MOST_KEYS:
            self._decrypts.clear()
        self._decrypts[head] = decrypt
        return decrypt

    def _cipher(self, day: int) -> AESGCM:
        if (cipher := self._ciphers.get(day)) is None:
            if len(self._ciphers) >= _MOST_KEYS:
                self._ciphers.clear()
            key = self._keyring.key(f"cache:{self._register}:{day + _FIRST_DAY}")
            cipher = self._ciphers[day] = AESGCM(key)
        return cipher


def _plain(value: object) -> object:
    if isinstance(value, PersonalCode):
        return value[:]  # a plain string; msgspec writes no subclass of it
    raise NotImplementedError


def _typed(kind: type, value: object) -> object:
    if issubclass(kind, PersonalCode) and isinstance(value, str):
        return kind(value)
    raise NotImplementedError
