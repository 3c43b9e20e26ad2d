"""Cosignatures: a witness says that, at an instant, this was the log's largest consistent tree.

Interface: ``Cosigner(name, seed)`` with ``.vkey`` and ``.line(text, at)``;
``CosignatureVerifier.of(vkey)``; ``timestamp(signature)``.

Source: c2sp.org/tlog-cosignature (``cosignature/v1``).
"""

import struct
from dataclasses import dataclass
from typing import Final, Self

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from hub.audit.tlog import note
from hub.audit.tlog.invalid import Invalid
from hub.audit.tlog.note import Signature

COSIGNATURE: Final = 0x04
"""Signature type: Ed25519 over a timestamp and the checkpoint."""
MAX_TIMESTAMP: Final = 2**63 - 1
_stamp: Final = struct.Struct(">Q")
_BYTES: Final = _stamp.size + 64


@dataclass(frozen=True, slots=True)
class CosignatureVerifier:
    """A witness's public key; implements ``note.Verifying``."""

    name: str
    public: bytes

    @classmethod
    def of(cls, vkey: str) -> Self:
        """Read a witness's key of the form ``name+hash+key``.

        Raises:
            Invalid: It is none, or not of a witness.
        """
        name, public = note.parsed_vkey(vkey, COSIGNATURE)
        return cls(name, public)

    @property
    def key_id(self) -> bytes:
        """See the port."""
        return note.key_id(self.name, COSIGNATURE, self.public)

    def verifies(self, text: str, signature: bytes) -> bool:
        """See the port; ``signature`` begins with its timestamp."""
        try:
            message = _message(text, timestamp(signature))
        except Invalid:
            return False
        return note.signed_by(self.public, message, signature[_stamp.size :])


class Cosigner:
    """A witness's key."""

    __slots__ = ("_key", "_public", "name")

    def __init__(self, name: str, seed: bytes) -> None:
        """Take the key from its 32-byte seed.

        Raises:
            Invalid: The name is not one that a key may have.
        """
        if not note.proper_name(name):
            raise Invalid(reason="not a name that a note's key may have")
        self._key: Final = Ed25519PrivateKey.from_private_bytes(seed)
        self._public: Final = self._key.public_key().public_bytes_raw()
        self.name: Final = name

    @property
    def vkey(self) -> str:
        """The verifier key, to be handed out."""
        return note.vkey(self.name, COSIGNATURE, self._public)

    def line(self, text: str, at: int) -> str:
        """Return the signature line over a checkpoint's text; ``at`` in seconds since 1970."""
        signature = _stamp.pack(at) + self._key.sign(_message(text, at))
        key_id = note.key_id(self.name, COSIGNATURE, self._public)
        return Signature(self.name, key_id, signature).line


def timestamp(signature: bytes) -> int:
    """Return when a witness cosigned, in seconds since 1970.

    Raises:
        Invalid: It is no cosignature.
    """
    if len(signature) != _BYTES:
        raise Invalid(reason="not a cosignature")
    (at,) = _stamp.unpack_from(signature)
    if at > MAX_TIMESTAMP:
        raise Invalid(reason="the cosignature's instant is none")
    return int(at)


def _message(text: str, at: int) -> bytes:
    return f"cosignature/v1\ntime {at}\n{text}".encode()
