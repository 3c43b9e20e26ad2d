"""Proofs for a receipt."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class ProofState(StrEnum):
    """Whether an operation's entries are in a tree that is signed: a second or two as a rule."""

    PENDING = "PENDING"
    PROVEN = "PROVEN"


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryProof:
    """That one entry is in the tree of its year.

    Attributes:
        place: Year and position.
        entry: Bytes that the tree hashes, base64.
        proof: Text of c2sp.org/tlog-proof, with the checkpoint.
    """

    place: str
    entry: str
    proof: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Proven:
    """What a recipient can have checked by anybody.

    Attributes:
        promise: The note of the receipt, where all entries are on this page.
        cursor, more: As of ``hub.model.page.Page``.
    """

    id: str
    state: ProofState
    entries: Sequence[EntryProof] = ()
    promise: str | None = None
    cursor: str | None = None
    more: bool = False
