"""The end of a year's retention: an entry of a later year's log, proved to whoever misses entries.

Interface: ``opened(raw, key, year)`` returns an ``Ending`` or raises ``Invalid``; ``QUESTION`` is
what such an entry names as done.

The proof is a file of its own, ``ended``, beside the checkpoint of the year that it is about.
"""

from dataclasses import dataclass
from typing import Final

from hub.audit.tlog import tlogproof
from hub.audit.tlog.entrybytes import parsed
from hub.audit.tlog.invalid import Invalid
from hub.audit.tlog.note import Verifier
from hub.audit.tlog.receipts import of_year
from hub.audit.tlog.verifying import told_by, year_of

FILE: Final = "ended"
QUESTION: Final = "yearRetired"
"""Entered when PostgreSQL has dropped a year; ``retireYear`` only tells of setting about it."""
_TOLD: Final = {"decision": "oversight", "question": [QUESTION]}


@dataclass(frozen=True, slots=True)
class Ending:
    """That a year's entries were removed, by whom, and where that stands.

    Attributes:
        log: Name of the later year's log; ``position`` is in it.
        official: The officer, as ``institution/office``.
    """

    log: str
    position: int
    at: str
    official: str
    reason: str


def opened(raw: bytes, key: Verifier, year: int) -> Ending:
    """Return how a year ended, if the log of a later year says so.

    Args:
        raw: The proof, as served.
        key: The log's, of whatever year.
        year: Whose entries are missed.

    Raises:
        Invalid: It proves nothing of the kind.
    """
    proof = tlogproof.parsed(raw.decode(errors="replace"))
    origin = proof.checkpoint.split(b"\n", 1)[0].decode(errors="replace")
    proof.checked([of_year(key, origin)], origin)
    told = told_by(parsed(proof.extra))
    expected = {**_TOLD, "case": str(year)}
    if {name: told.get(name) for name in expected} != expected or told.get("codes"):
        raise Invalid(reason=f"`{FILE}` proves another entry, not the end of {year}")
    if (year_of(origin) or 0) <= year:
        raise Invalid(reason=f"`{FILE}` says that {year} ended before it was over")
    at, official, reason = (str(told.get(name)) for name in ("at", "official", "reason"))
    return Ending(origin, proof.index, at, official, reason)
