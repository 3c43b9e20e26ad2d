"""Checking a receipt: what was promised, and that it was kept.

Interface: ``read_receipt(raw)`` gives a ``KeptReceipt``; ``.verify(vkey)`` a ``Kept``.

A receipt that is kept is a JSON file: ``id``, ``commitment`` and ``promise`` as in
``extensions.receipt``, and ``proofs``, one C2SP proof for each entry of the operation, with the
entry's bytes as ``extra``. What the hub answered to ``receipt(id:)``, any other answer of the hub
with its receipt, or a proof alone, will do as well.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson

from hub.audit.encoding import NONCE_BYTES, commitment
from hub.audit.tlog import promise as promises
from hub.audit.tlog import tlogproof
from hub.audit.tlog.checkpoint import Checkpoint
from hub.audit.tlog.entrybytes import TreeEntry, parsed
from hub.audit.tlog.invalid import Invalid
from hub.audit.tlog.note import Verifier
from hub.audit.tlog.promise import Promise
from hub.audit.tlog.tlogproof import HEADER, LogProof

_YEAR: Final = re.compile(r"(?P<base>.+)/[0-9]{4}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What a receipt proves.

    Attributes:
        at: The operation's instant; None where no promise was given.
        positions: Of its entries in the tree; empty where only the promise was checked.
        head: Checkpoint of the last proof.
    """

    operation_id: str
    at: str | None
    positions: tuple[int, ...] = ()
    head: Checkpoint | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptReceipt:
    """A receipt as somebody keeps it; nothing of it is believed yet."""

    id: str = ""
    commitment: str = ""
    promise: str = ""
    proofs: tuple[LogProof, ...] = ()

    def verify(self, key: Verifier) -> Kept:
        """Check the promise, each proof, and that the entries are the ones promised, all of them.

        Args:
            key: The log's, of whatever year: the others have the same under another name.

        Raises:
            Invalid: Something does not hold.
        """
        promised = self._promised(key) if self.promise else None
        at = promised.at if promised else None
        if not self.proofs:
            return Kept(operation_id=self.id, at=at)
        entries, head = self._proved(key)
        operation_id, nonce = _shared(entries)
        if self.id and self.id != operation_id:
            raise Invalid(reason="the entries proved are those of another operation")
        told = commitment(nonce, [entry.leaf for entry in entries])
        committed = promised.commitment if promised else self.commitment
        if committed and committed != told:
            raise Invalid(reason="the entries proved are not those that the receipt commits to")
        positions = tuple(proof.index for proof in self.proofs)
        return Kept(operation_id=operation_id, at=at, positions=positions, head=head)

    def _promised(self, key: Verifier) -> Promise:
        """Return the promise, which is about this receipt."""
        told = promises.opened(self.promise.encode(), [of_year(key, _origin(self.promise))])
        if told.operation_id != self.id or self.commitment not in ("", told.commitment):
            raise Invalid(reason="the promise is about another receipt")
        return told

    def _proved(self, key: Verifier) -> tuple[Sequence[TreeEntry], Checkpoint]:
        positions = [proof.index for proof in self.proofs]
        if positions != sorted(set(positions)):
            raise Invalid(reason="the proofs are not in the order of the log, each entry once")
        for proof in self.proofs:
            origin = proof.checkpoint.split(b"\n", 1)[0].decode()
            head = proof.checked([of_year(key, origin)], origin)
        entries = [parsed(proof.extra) for proof in self.proofs]
        return sorted(entries, key=lambda entry: entry.wseq), head


def read_receipt(raw: bytes) -> KeptReceipt:
    """Read a kept receipt, a whole answer of the hub, or a proof alone.

    Raises:
        Invalid: It is none of them.
    """
    if raw.startswith(HEADER.encode()):
        return KeptReceipt(proofs=(_proof(raw.decode(errors="replace")),))
    try:
        told = orjson.loads(raw)
    except ValueError:
        raise Invalid(reason="neither JSON nor a proof of a log") from None
    found = _receipt_in(told)
    proofs = found.get("proofs", _of_entries(found))
    texts = [found.get(name) or "" for name in ("id", "commitment", "promise")]
    if not isinstance(proofs, list) or not all(isinstance(each, str) for each in texts + proofs):
        raise Invalid(reason="a receipt has `id`, `commitment`, `promise` and a list `proofs`")
    if not (texts[2] or proofs):
        raise Invalid(reason="the receipt holds neither a promise nor a proof")
    return KeptReceipt(
        id=texts[0], commitment=texts[1], promise=texts[2], proofs=tuple(map(_proof, proofs))
    )


def _receipt_in(told: object) -> Mapping[str, Any]:
    """Return the receipt that an answer is about, or its own, or the object itself."""
    receipt = told
    for part in ("data", "extensions"):
        within = told.get(part) if isinstance(told, dict) else None
        if isinstance(within, dict) and "receipt" in within:
            receipt = within["receipt"]
            break
    if not isinstance(receipt, dict):
        raise Invalid(reason="no receipt in it")
    return receipt


def _of_entries(found: Mapping[str, Any]) -> object:
    """Return the proofs of an answer to ``receipt(id:)``, where each stands with its entry."""
    entries = found.get("entries", [])
    if not isinstance(entries, list):
        return None
    return [each.get("proof") if isinstance(each, dict) else None for each in entries]


def _proof(text: str) -> LogProof:
    return tlogproof.parsed(text)


def _origin(promise: str) -> str:
    return promise.split("\n", 1)[0].removesuffix(promises.SUFFIX)


def of_year(key: Verifier, origin: str) -> Verifier:
    """Return the same key under a log's name of another year; any other name stays the key's."""
    own, other = _YEAR.fullmatch(key.name), _YEAR.fullmatch(origin)
    if own and other and own["base"] == other["base"]:
        return Verifier(origin, key.public)
    return key


def _shared(entries: Sequence[TreeEntry]) -> tuple[str, bytes]:
    """Return operation and nonce, which all entries of an operation have in common."""
    try:
        told = {
            (each["operation_id"], bytes.fromhex(each["nonce"]))
            for each in (orjson.loads(entry.opened) for entry in entries)
        }
    except (ValueError, KeyError, TypeError):
        raise Invalid(reason="an entry proved is not one of the hub's") from None
    writers = {entry.writer for entry in entries}
    if len(told) != 1 or len(writers) != 1:
        raise Invalid(reason="the proofs are of several operations")
    ((operation_id, nonce),) = told
    if len(nonce) != NONCE_BYTES:
        raise Invalid(reason="an entry proved is not one of the hub's")
    return str(operation_id), nonce
