"""Keys of the sandbox: the issuer's, its demo clients', the persons' identity, the hub's.

All stand under ``issuer/`` of the data folder, readable by its owner alone, made once.
"""

import re
import secrets
import time
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any, Final

import msgspec
from joserfc.jwk import ECKey, KeySet

from hub.caller.trust import LEEWAY_S, MAX_LIFETIME_S
from hub.sandbox.state import SandboxFailure, write_private

PORTAL: Final = "citizen-portal"
"""The one client to which tokens of persons are issued."""

_CLIENT_ID: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_PUBLISHED_AFTER_S: Final = MAX_LIFETIME_S + LEEWAY_S


class UnknownClient(SandboxFailure):
    """The sandbox has no demo client of that name."""

    def __init__(self, client_id: str, known: Collection[str]) -> None:
        """Tell the name, and the names there are."""
        super().__init__(f"no demo client `{client_id}`; there are: {', '.join(sorted(known))}")


def prepare(data_dir: Path, client_ids: Collection[str]) -> None:
    """Make every key that is still missing; what exists is kept.

    Raises:
        ValueError: A client id of another form than small letters, digits and dashes.
    """
    if wrong := [name for name in client_ids if not _CLIENT_ID.fullmatch(name)]:
        msg = f"client ids of a form that is not allowed: {', '.join(wrong)}"
        raise ValueError(msg)
    folder = _folder(data_dir)
    _make_once(folder / "identity.json", _new_key)
    _make_once(person_keys_file(data_dir), lambda: msgspec.json.encode({"keys": [_new_jwk()]}))
    for client_id in {*client_ids, PORTAL}:
        _make_once(folder / "clients" / f"{client_id}.json", _new_key)
    _make_once(folder / "admin-secret", lambda: secrets.token_urlsafe(32).encode())
    _make_once(
        folder / "signing.json",
        lambda: msgspec.json.encode([_Signing(jwk=_new_jwk()), _Signing(jwk=_new_jwk())]),
    )


def client_ids(data_dir: Path) -> list[str]:
    """Return the demo clients that have a key, by name."""
    return sorted(path.stem for path in (_folder(data_dir) / "clients").glob("*.json"))


def client_key(data_dir: Path, client_id: str) -> ECKey:
    """Return the key with which a demo client proves who it is.

    Raises:
        UnknownClient: It has none.
    """
    path = _folder(data_dir) / "clients" / f"{client_id}.json"
    if not _CLIENT_ID.fullmatch(client_id) or not path.exists():
        raise UnknownClient(client_id, client_ids(data_dir))
    return _read_key(path)


def identity_key(data_dir: Path) -> ECKey:
    """Return the key that vouches for personas, where a real country has its eID."""
    return _read_key(_folder(data_dir) / "identity.json")


def person_keys_file(data_dir: Path) -> Path:
    """Return where the hub finds the keys that open the ``person`` claim: a private JWK set."""
    return _folder(data_dir) / "person-keys.json"


def person_keys(data_dir: Path) -> KeySet:
    """Return those keys; the issuer seals with the public half of the first."""
    return KeySet.import_key_set(msgspec.json.decode(person_keys_file(data_dir).read_bytes()))


def admin_secret(data_dir: Path) -> str:
    """Return the word that allows rotation."""
    return (_folder(data_dir) / "admin-secret").read_text()


class SigningKeys:
    """The issuer's own keys: one signs, the next is published already, retired ones still are.

    Publishing a key before it signs lets whoever fetched the set lately verify at once after a
    rotation; a retired key stays published for a token lifetime.
    """

    def __init__(self, data_dir: Path, clock: Callable[[], float] = time.time) -> None:
        """Read the keys ``prepare`` made; ``clock`` gives seconds since 1970."""
        self._path = _folder(data_dir) / "signing.json"
        self._clock = clock
        self._keys = msgspec.json.decode(self._path.read_bytes(), type=list[_Signing])

    @property
    def active(self) -> ECKey:
        """The key that signs."""
        return ECKey.import_key(self._keys[-2].jwk)

    def published(self) -> dict[str, Any]:
        """Return the JWKS: public halves of the active key, the next, and those retired lately."""
        keys = [ECKey.import_key(key.jwk).as_dict(private=False) for key in self._lasting()]
        return {"keys": [{**key, "use": "sig", "alg": "ES256"} for key in keys]}

    def rotate(self) -> str:
        """Sign with the next key from now on, and return its id."""
        *kept, active, following = self._lasting()
        retired = msgspec.structs.replace(active, retired_at=self._clock())
        self._keys = [*kept, retired, following, _Signing(jwk=_new_jwk())]
        write_private(self._path, msgspec.json.encode(self._keys))
        return str(following.jwk["kid"])

    def _lasting(self) -> list["_Signing"]:
        oldest = self._clock() - _PUBLISHED_AFTER_S
        return [key for key in self._keys if key.retired_at is None or key.retired_at > oldest]


class _Signing(msgspec.Struct, frozen=True, kw_only=True):
    """One key on file; ``retired_at`` in seconds since 1970."""

    jwk: dict[str, Any]
    retired_at: float | None = None


def _folder(data_dir: Path) -> Path:
    return data_dir / "issuer"


def _make_once(path: Path, make: Callable[[], bytes]) -> None:
    if not path.exists():
        write_private(path, make())


def _new_key() -> bytes:
    return msgspec.json.encode(_new_jwk())


def _new_jwk() -> dict[str, Any]:
    return {**ECKey.generate_key("P-256", auto_kid=True).as_dict(private=True)}


def _read_key(path: Path) -> ECKey:
    return ECKey.import_key(msgspec.json.decode(path.read_bytes()))
