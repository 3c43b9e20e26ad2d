"""The promise in a receipt: signed at once that an operation's entries will be in the tree.

Interface: ``promised(key, operation_id, commitment, at)`` gives the signed note;
``opened(raw, verifiers)`` gives a ``Promise``.

The note's text is four lines: ``<origin>/receipt``, operation id, commitment, instant (RFC 3339,
UTC, as in the entry). Its first line is no log's name, and its second and third no checkpoint's,
so a promise never passes for a checkpoint, nor the other way round (decision 0311).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from hub.audit.opening import instant, utc
from hub.audit.tlog import note
from hub.audit.tlog.invalid import Invalid
from hub.audit.tlog.logkey import LogKey
from hub.audit.tlog.note import Verifying

SUFFIX: Final = "/receipt"
_TEXT: Final = re.compile(
    r"(?P<origin>\S+)/receipt\n(?P<id>[0-9a-f]{32})\n(?P<commitment>[0-9a-f]{64})\n(?P<at>\S+)\n",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Promise:
    """What a promise says.

    Attributes:
        origin: The year's log in whose tree the entries will be.
        at: The operation's instant, as its entries write it.
    """

    origin: str
    operation_id: str
    commitment: str
    at: str


def promised(key: LogKey, operation_id: str, commitment: str, at: datetime) -> str:
    """Return the promise of one operation, signed by the key of the year it is of."""
    signer = key.signer(utc(at).year)
    return signer.sign(f"{signer.name}{SUFFIX}\n{operation_id}\n{commitment}\n{instant(at)}\n")


def opened(raw: bytes, verifiers: Iterable[Verifying]) -> Promise:
    """Return what a promise says, if one of these keys signed it.

    Raises:
        Invalid: It is no promise, or not signed by any of these keys.
    """
    told = _TEXT.fullmatch(note.opened(raw, verifiers).text)
    if told is None:
        raise Invalid(reason="signed, but not a promise of a receipt")
    return Promise(told["origin"], told["id"], told["commitment"], told["at"])
