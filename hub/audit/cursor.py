"""Cursors: where a page ended, for one client and one question, telling nothing.

A position in the log would tell of gaps, that is, of entries which are not shown; so a cursor is
encrypted, of one length for all places of a question, and bound to who asked what.
"""

import os
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Final

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from hub.errors import BadRequest, Code
from hub.model.desk import DeskQuestion
from hub.model.found import Place
from hub.ports import Keyring

NONCE_BYTES: Final = 12
LONGEST: Final = 1_000
PAGING: Final = frozenset({"first", "after", "reason"})
"""Arguments that may differ from page to page; all others are part of the question."""
_place: Final = struct.Struct(">HQ")


class SealedCursors:
    """Implements ``hub.ports.accountability.Cursors`` with the key ``cursor``."""

    def __init__(self, keyring: Keyring) -> None:
        self._cipher = AESGCM(keyring.key("cursor"))

    def seal(self, question: DeskQuestion, place: bytes) -> str:
        """Return the cursor of a place; see the port."""
        nonce = os.urandom(NONCE_BYTES)
        sealed = self._cipher.encrypt(nonce, place, _bound(question))
        return urlsafe_b64encode(nonce + sealed).decode().rstrip("=")

    def place(self, question: DeskQuestion) -> bytes | None:
        """Return the place in ``after``; see the port.

        Raises:
            BadRequest: ``cursor_invalid``: another client's, person's or question's, or altered.
        """
        after: str | None = question.arguments.get("after")
        if after is None:
            return None
        try:
            raw = urlsafe_b64decode(after[:LONGEST] + "=" * (-len(after) % 4))
            nonce, sealed = raw[:NONCE_BYTES], raw[NONCE_BYTES:]
            return self._cipher.decrypt(nonce, sealed, _bound(question))
        except (ValueError, InvalidTag):
            raise BadRequest(Code.CURSOR_INVALID) from None


def packed(place: Place) -> bytes:
    """Return a place in the log as cursors hold it."""
    return _place.pack(*place)


def unpacked(place: bytes | None) -> Place | None:
    """Return the place that ``packed`` packed."""
    return None if place is None else Place(*_place.unpack(place))


def _bound(question: DeskQuestion) -> bytes:
    """Return everything that makes a question this one, and not another's."""
    asked = {
        name: value
        for name, value in question.arguments.items()
        if name not in PAGING and value is not None
    }
    caller = question.caller
    whole = [caller.client.id, caller.client.person, caller.agreement.number, question.root, asked]
    return orjson.dumps(whole, option=orjson.OPT_SORT_KEYS)
