"""The sandbox's own folder: everything it keeps, and nothing outside it."""

import base64
import json
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)

HUB_DATABASE = "hub"
REGISTERS_DATABASE = "registers"
RUNTIME_ROLE = "hub_runtime"


@dataclass(frozen=True, slots=True)
class DataDir:
    """Names of the sandbox's files; secrets are made once and readable by their owner alone."""

    path: Path

    def open(self) -> "DataDir":
        """Make the folder when it is not there, and in it those that only their owner may enter."""
        self.path.mkdir(mode=0o711, parents=True, exist_ok=True)  # others pass through: PostgreSQL
        for private in (self.path / "keys", self.issuer):
            private.mkdir(mode=0o700, exist_ok=True)
        return self

    @property
    def issuer(self) -> Path:
        """What the token issuer keeps."""
        return self.path / "issuer"

    def secret(self, name: str, size_bytes: int = 32) -> bytes:
        """Return the random bytes kept under ``name``, made when first asked for."""
        return base64.b64decode(self._kept(name, lambda: secrets.token_bytes(size_bytes)))

    def password(self, name: str) -> str:
        """Return a password made of a kept secret."""
        return self.secret(f"{name}.password", 24).hex()

    def controller_keys(self, names: Iterable[str]) -> dict[str, Ed25519PrivateKey]:
        """Return the signing key of each register controller; the sandbox plays them all."""
        return {
            name: Ed25519PrivateKey.from_private_bytes(
                base64.b64decode(self._kept(f"controller-{name}", _new_key))
            )
            for name in names
        }

    def controllers_file(self, names: Iterable[str]) -> Path:
        """Write the controllers' public keys where the hub reads them; return the file."""
        path = self.path / "controllers.json"
        keys = self.controller_keys(names)
        path.write_text(
            json.dumps({name: public_text(key.public_key()) for name, key in keys.items()})
        )
        return path

    def _kept(self, name: str, make: Callable[[], bytes]) -> bytes:
        path = self.path / "keys" / name
        if not path.exists():
            fresh = path.with_suffix(".new")
            fresh.touch(mode=0o600)
            fresh.write_bytes(base64.b64encode(make()))
            fresh.rename(path)
        return path.read_bytes()


def public_text(key: Ed25519PublicKey) -> str:
    """Return a public key as the controllers file writes it: 32 bytes in base64."""
    return base64.b64encode(key.public_bytes_raw()).decode()


def _new_key() -> bytes:
    key = Ed25519PrivateKey.generate()
    return key.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
