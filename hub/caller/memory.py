"""Tokens verified a moment ago, by the hash of the header they came in."""

import secrets
from collections import OrderedDict
from dataclasses import dataclass
from hashlib import blake2b
from typing import Final

from hub.model.caller import Client

MAX_REMEMBERED: Final = 2_000
REMEMBER_S: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What a verified token says; ``bound`` is the thumbprint of the certificate it demands."""

    client: Client
    bound: str | None


class VerifiedTokens:
    """Bounded memory of signatures already checked; never of refusals.

    What may change while a token lives (its connection, its client's standing) is not remembered
    here and is checked on every request.
    """

    def __init__(self) -> None:
        """Remember nothing; digests are of no use outside this process."""
        self._key = secrets.token_bytes(32)
        self._kept: OrderedDict[bytes, tuple[float, Verified]] = OrderedDict()

    def recall(self, presented: str, now_s: float) -> Verified | None:
        """Return what was verified, unless it is too long ago or the token has expired.

        Args:
            presented: The ``Authorization`` header's one value, as sent.
            now_s: Seconds since 1970 (UTC).
        """
        digest = self._digest(presented)
        kept = self._kept.get(digest)
        if kept is None:
            return None
        until_s, verified = kept
        if now_s >= until_s:
            del self._kept[digest]
            return None
        self._kept.move_to_end(digest)
        return verified

    def remember(self, presented: str, verified: Verified, now_s: float) -> None:
        """Keep ``verified`` until the token expires, ``REMEMBER_S`` seconds at most."""
        until_s = min(verified.client.expires_at.timestamp(), now_s + REMEMBER_S)
        self._kept[self._digest(presented)] = (until_s, verified)
        if len(self._kept) > MAX_REMEMBERED:
            self._kept.popitem(last=False)

    def _digest(self, presented: str) -> bytes:
        return blake2b(presented.encode(), digest_size=32, key=self._key).digest()
