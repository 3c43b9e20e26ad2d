"""The issuer's public keys: refreshed, rotated, outliving a short failure of the issuer."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final

import msgspec
import structlog
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey, import_key

from hub.caller.flaw import Flaw, invalid
from hub.caller.trust import LEEWAY_S, MAX_LIFETIME_S
from hub.errors import Code, ServiceUnavailable

ALGORITHMS: Final = ("ES256", "PS256", "EdDSA")
"""Algorithms a token may be signed with: those of FAPI 2.0; EdDSA over Ed25519 only."""

_MAX_KEYS: Final = 32
_MIN_RSA_BITS: Final = 2048
_log = structlog.get_logger()


class JwksFlaw(StrEnum):
    """Why a key set is of no use."""

    UNREACHABLE = "unreachable"
    STATUS = "status"
    SIZE = "size"
    METADATA = "metadata"
    FORM = "form"
    TOO_MANY_KEYS = "too_many_keys"
    NO_KEYS = "no_keys"


class JwksUnreadable(Exception):
    """The key set could not be fetched or holds no key of use; ``flaw`` tells why."""

    def __init__(self, flaw: JwksFlaw) -> None:
        """Tell why."""
        super().__init__(flaw.value)
        self.flaw = flaw


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyingKey:
    """A public key and the only algorithm it may verify."""

    key: Key
    algorithm: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyTimes:
    """Seconds that govern the key set.

    Attributes:
        refresh_s: Between ordinary fetches.
        unknown_s: At least between fetches provoked by unknown key ids, and after a failure.
        first_s: Between attempts while no keys were ever read.
        retired_s: How long a key that left the set still verifies: one token lifetime.
        stale_s: How old the set may grow while the issuer does not answer.
    """

    refresh_s: float = 600
    unknown_s: float = 60
    first_s: float = 1
    retired_s: float = MAX_LIFETIME_S + LEEWAY_S
    stale_s: float = 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    key: VerifyingKey
    retired_at: float | None = None


class IssuerKeys:
    """Public keys by id. One instance per issuer, one loop."""

    def __init__(
        self,
        source: Callable[[], Awaitable[bytes]],
        *,
        times: KeyTimes | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Read key sets from ``source``, which raises ``JwksUnreadable``."""
        self._source = source
        self._times = times or KeyTimes()
        self._monotonic = monotonic
        self._known: Mapping[str, _Known] = {}
        self._read_at: float | None = None
        self._failing = True
        self._ask_again_at = monotonic()
        self._lock = asyncio.Lock()

    @property
    def ready(self) -> bool:
        """Whether tokens can be verified now."""
        return self._read_at is not None and self._age_s() <= self._times.stale_s

    async def find(self, key_id: str) -> VerifyingKey:
        """Return the key of that id, asking the issuer at most once a minute for unknown ones.

        Raises:
            Unauthenticated: ``token_invalid``; the issuer answered and has no such key.
            ServiceUnavailable: ``issuer_unavailable``.
        """
        if key := self._current(key_id):
            return key
        async with self._lock:
            if not self._current(key_id) and self._monotonic() >= self._ask_again_at:
                self._ask_again_at = self._monotonic() + self._pause_s()
                await self.refresh()
        if key := self._current(key_id):
            return key
        if self._failing or not self.ready:
            raise ServiceUnavailable(Code.ISSUER_UNAVAILABLE)
        raise invalid(Flaw.KEY_UNKNOWN)

    async def refresh(self) -> None:
        """Fetch the key set once; a failure keeps what is known."""
        try:
            fresh = public_keys(await self._source())
        except JwksUnreadable as failure:
            self._failing = True
            _log.warning("jwks_unreadable", flaw=failure.flaw.value)
            return
        now = self._monotonic()
        self._known = self._retired(fresh, now) | {
            key_id: _Known(key=key) for key_id, key in fresh.items()
        }
        self._read_at, self._failing = now, False

    async def run(self) -> None:
        """Keep the key set fresh until cancelled; the first read is the caller's."""
        while True:
            await asyncio.sleep(self._pause_s() if self._failing else self._times.refresh_s)
            await self.refresh()

    def _current(self, key_id: str) -> VerifyingKey | None:
        known = self._known.get(key_id)
        if known is None or not self.ready or self._is_spent(known, self._monotonic()):
            return None
        return known.key

    def _retired(self, fresh: Mapping[str, VerifyingKey], now: float) -> dict[str, _Known]:
        gone = {
            key_id: known if known.retired_at is not None else replace(known, retired_at=now)
            for key_id, known in self._known.items()
            if key_id not in fresh
        }
        return {key_id: known for key_id, known in gone.items() if not self._is_spent(known, now)}

    def _is_spent(self, known: _Known, now: float) -> bool:
        return known.retired_at is not None and now - known.retired_at > self._times.retired_s

    def _age_s(self) -> float:
        return self._monotonic() - (self._read_at or 0)

    def _pause_s(self) -> float:
        return self._times.first_s if self._read_at is None else self._times.unknown_s


def public_keys(document: bytes) -> Mapping[str, VerifyingKey]:
    """Read a JWKS; keys of no use here (other types, encryption, no id) are passed over.

    Raises:
        JwksUnreadable: Not a key set, too many keys, or none of use.
    """
    try:
        entries = msgspec.json.decode(document, type=_KeySet).keys
    except (msgspec.DecodeError, RecursionError, ValueError):
        raise JwksUnreadable(JwksFlaw.FORM) from None
    if len(entries) > _MAX_KEYS:
        raise JwksUnreadable(JwksFlaw.TOO_MANY_KEYS)
    found: dict[str, VerifyingKey] = {}
    for entry in entries:
        key_id = entry.get("kid")
        if isinstance(key_id, str) and key_id not in found and (key := _import(entry)):
            found[key_id] = key
    if not found:
        raise JwksUnreadable(JwksFlaw.NO_KEYS)
    return found


class _KeySet(msgspec.Struct, frozen=True):
    keys: list[dict[str, Any]]


def _import(entry: dict[str, Any]) -> VerifyingKey | None:
    """Import one public signature key, or None when it is not ours to use."""
    try:
        key = import_key({name: value for name, value in entry.items() if name != "alg"})
        algorithm = _algorithm(key)
        if algorithm is None or key.is_private or entry.get("alg", algorithm) != algorithm:
            return None
        key.check_use("sig")
        key.check_key_op("verify")
    except (JoseError, ValueError, TypeError, LookupError):
        return None
    return VerifyingKey(key=key, algorithm=algorithm)


def _algorithm(key: Key) -> str | None:
    match key:
        case ECKey() if key.curve_name == "P-256":
            return "ES256"
        case RSAKey() if key.public_key.key_size >= _MIN_RSA_BITS:
            return "PS256"
        case OKPKey() if key.curve_name == "Ed25519":
            return "EdDSA"
        case _:
            return None
