"""Signed notes: text that a key vouches for.

Interface: ``Signer(name, seed)`` with ``.vkey``, ``.sign(text)`` and ``.line(text)``;
``Verifier.of(vkey)``; ``parsed(raw)``; ``opened(raw, verifiers)``.

Source: c2sp.org/signed-note.
"""

import base64
import binascii
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Final, NamedTuple, Protocol, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

from hub.audit.tlog.invalid import Invalid

ED25519: Final = 0x01
"""Signature type: plain Ed25519 over the note's text."""
KEY_ID_BYTES: Final = 4
KEY_BYTES: Final = 32
MAX_BYTES: Final = 65_536
"""Longest note that is read; a checkpoint has some hundred bytes, and a signature a hundred."""
MAX_SIGNATURES: Final = 100
_MARK: Final = "\N{EM DASH} "


class Signature(NamedTuple):
    """One signature line; ``signature`` is what follows the key id."""

    name: str
    key_id: bytes
    signature: bytes

    @property
    def line(self) -> str:
        """The line with its newline."""
        told = base64.b64encode(self.key_id + self.signature).decode()
        return f"{_MARK}{self.name} {told}\n"


class Note(NamedTuple):
    """A note nobody has verified yet; the text ends in a newline."""

    text: str
    signatures: tuple[Signature, ...]


class Verifying(Protocol):
    """A key known by name and id, whatever its type of signature."""

    @property
    def name(self) -> str:
        """Name in the signature line."""
        ...

    @property
    def key_id(self) -> bytes:
        """Four bytes."""
        ...

    def verifies(self, text: str, signature: bytes) -> bool:
        """Whether this key made ``signature`` over ``text``."""
        ...


@dataclass(frozen=True, slots=True)
class Verifier:
    """A public Ed25519 key; implements ``Verifying``."""

    name: str
    public: bytes

    @classmethod
    def of(cls, vkey: str) -> Self:
        """Read a key of the form ``name+hash+key``.

        Raises:
            Invalid: It is none, or not of plain Ed25519.
        """
        name, public = parsed_vkey(vkey, ED25519)
        return cls(name, public)

    @property
    def key_id(self) -> bytes:
        """See the port."""
        return key_id(self.name, ED25519, self.public)

    @property
    def vkey(self) -> str:
        """The key as text, to be handed out."""
        return vkey(self.name, ED25519, self.public)

    def verifies(self, text: str, signature: bytes) -> bool:
        """See the port."""
        return signed_by(self.public, text.encode(), signature)


class Signer:
    """An Ed25519 key that signs notes under a name."""

    __slots__ = ("_key", "_key_id", "name", "public")

    def __init__(self, name: str, seed: bytes) -> None:
        """Take the key from its 32-byte seed.

        Raises:
            Invalid: The name is empty, or has a space or a plus in it.
        """
        if not proper_name(name):
            raise Invalid(reason="not a name that a note's key may have")
        self._key: Final = Ed25519PrivateKey.from_private_bytes(seed)
        self.name: Final = name
        self.public: Final = self._key.public_key().public_bytes_raw()
        self._key_id: Final = key_id(name, ED25519, self.public)

    @property
    def vkey(self) -> str:
        """The verifier key, to be handed out."""
        return vkey(self.name, ED25519, self.public)

    @property
    def verifier(self) -> Verifier:
        """Who verifies what this signs."""
        return Verifier(self.name, self.public)

    def line(self, text: str) -> str:
        """Return the signature line over ``text``, which ends in a newline."""
        signature = self._key.sign(text.encode())
        return Signature(self.name, self._key_id, signature).line

    def sign(self, text: str) -> str:
        """Return the signed note."""
        return f"{text}\n{self.line(text)}"


def key_id(name: str, kind: int, public: bytes) -> bytes:
    """Return the four bytes by which signatures of a key are found."""
    return sha256(b"%s\n%c%s" % (name.encode(), kind, public)).digest()[:KEY_ID_BYTES]


def vkey(name: str, kind: int, public: bytes) -> str:
    """Return a verifier key as text: name, key id, type and key."""
    told = base64.b64encode(bytes((kind,)) + public).decode()
    return f"{name}+{key_id(name, kind, public).hex()}+{told}"


def parsed_vkey(text: str, kind: int) -> tuple[str, bytes]:
    """Return name and public key of a verifier key.

    Raises:
        Invalid: It is none, its id does not fit, or its type is not ``kind``.
    """
    name, _, rest = text.strip().partition("+")
    told, _, encoded = rest.partition("+")
    key = decoded(encoded)
    if not proper_name(name) or len(key) != KEY_BYTES + 1 or key[0] != kind:
        raise Invalid(reason="not a verifier key of the type wanted")
    if key_id(name, kind, key[1:]).hex() != told:
        raise Invalid(reason="the verifier key's id does not fit its name and key")
    return name, key[1:]


def proper_name(name: str) -> bool:
    """Tell whether a key may have this name: nothing in it ends a name elsewhere."""
    return name.isprintable() and not any(each.isspace() or each == "+" for each in name or " ")


def decoded(text: str) -> bytes:
    """Return what Base64 text says.

    Raises:
        Invalid: It is no Base64, or not the only text of these bytes.
    """
    try:
        content = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Invalid(reason="not Base64") from None
    if base64.b64encode(content).decode() != text:
        raise Invalid(reason="not the one Base64 text of its bytes")
    return content


def parsed(raw: bytes) -> Note:
    """Take a note apart, believing nothing of it.

    Raises:
        Invalid: It is too long, not UTF-8, has control characters or no signature.
    """
    if len(raw) > MAX_BYTES:
        raise Invalid(reason="the note is too long")
    try:
        whole = raw.decode()
    except UnicodeDecodeError:
        raise Invalid(reason="the note is not UTF-8") from None
    if any(each < " " and each != "\n" for each in whole):
        raise Invalid(reason="the note has control characters")
    text, parted, lines = whole.rpartition("\n\n")
    if not parted or not lines.endswith("\n"):
        raise Invalid(reason="the note has no signatures")
    told = lines[:-1].split("\n")
    if len(told) > MAX_SIGNATURES:
        raise Invalid(reason="the note has too many signatures")
    return Note(f"{text}\n", tuple(map(parsed_line, told)))


def parsed_line(line: str) -> Signature:
    """Read a signature line, without its newline.

    Raises:
        Invalid: It is none.
    """
    name, _, encoded = line.removeprefix(_MARK).partition(" ")
    content = decoded(encoded)
    if not line.startswith(_MARK) or not proper_name(name) or len(content) <= KEY_ID_BYTES:
        raise Invalid(reason="not a signature line")
    return Signature(name, content[:KEY_ID_BYTES], content[KEY_ID_BYTES:])


def opened(raw: bytes, verifiers: Iterable[Verifying]) -> Note:
    """Return the note with those of its signatures that a known key made, at least one.

    Raises:
        Invalid: The note is none, no known key signed it, or a known key's signature is false.
    """
    note = parsed(raw)
    known = {(each.name, each.key_id): each for each in verifiers}
    good: dict[tuple[str, bytes], Signature] = {}
    for signature in note.signatures:
        verifier = known.get((signature.name, signature.key_id))
        if verifier is None:
            continue
        if not verifier.verifies(note.text, signature.signature):
            raise Invalid(reason=f"the signature of `{verifier.name}` is false")
        good.setdefault((signature.name, signature.key_id), signature)
    if not good:
        raise Invalid(reason="no known key signed the note")
    return Note(note.text, tuple(good.values()))


def signed_by(public: bytes, message: bytes, signature: bytes) -> bool:
    """Tell whether an Ed25519 signature is genuine."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except InvalidSignature:
        return False
    return True
