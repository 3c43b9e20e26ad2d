"""Keyed tokens that stand for a person in tables and in Redis."""

import hmac
from collections.abc import Callable
from functools import lru_cache
from typing import Final

from hub.model.personal_code import PersonalCode
from hub.ports import Keyring

SHORT_BYTES: Final = 16  # enough to tell a nation apart, half the room
CONSENT_TOKENS: Final = 4_000
"""Tokens kept in memory: a person's never changes, and every disclosure asks for it."""


class SubjectTokens:
    """HMAC-SHA-256 of the personal code, under another key in each use.

    The same person has unrelated tokens in consent, in each caseload and in each quota period, so
    tables cannot be joined on a person by whoever reads them without the key.
    """

    def __init__(self, keyring: Keyring) -> None:
        key = keyring.key("token:consent")
        self._consent: Callable[[PersonalCode], bytes] = lru_cache(CONSENT_TOKENS)(
            lambda code: hmac.digest(key, code.encode(), "sha256")
        )
        self._scope = keyring.key("token:scope")
        self._quota = keyring.key("token:quota")

    def consent(self, code: PersonalCode) -> bytes:
        """Return the token under which consents and restrictions are kept."""
        return self._consent(code)

    def scope(self, agreement: str, case: str | None, code: PersonalCode) -> bytes:
        """Return the token of a caseload (``case`` None) or of one case."""
        place = "caseload" if case is None else f"case {case}"
        text = f"{agreement}\0{place}\0{code}"
        return hmac.digest(self._scope, text.encode(), "sha256")

    def quota(self, agreement: str, period: str, code: PersonalCode) -> bytes:
        """Return the token of one agreement and period, 16 bytes."""
        text = f"{agreement}\0{period}\0{code}"
        return hmac.digest(self._quota, text.encode(), "sha256")[:SHORT_BYTES]
