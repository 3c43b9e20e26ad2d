"""Every key of the hub, derived from one master key."""

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from typing_extensions import override

from hub.errors import Misconfigured

KEY_BYTES = 32


class MasterKeyring:
    """One key per use by HKDF-SHA-256; implements ``hub.ports.Keyring``.

    Args:
        master: At least 32 random bytes. Who has it reads everything; losing it loses the
            subjects of the access log.

    Source: RFC 5869; NIST SP 800-56C, one key per purpose.
    """

    def __init__(self, master: bytes) -> None:
        if len(master) < KEY_BYTES:
            raise Misconfigured([f"the master key has fewer than {KEY_BYTES} bytes"])
        self._master = master
        self._derived: dict[str, bytes] = {}

    def key(self, use: str) -> bytes:
        """Return the 32-byte key of ``use``; the hub alone names uses, and they are few."""
        known = self._derived.get(use)
        if known is None:
            info = b"vienreiz/1/" + use.encode()
            derive = HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=info)
            known = self._derived[use] = derive.derive(self._master)
        return known

    @override
    def __repr__(self) -> str:
        """Hide every key."""
        return "MasterKeyring(…)"
