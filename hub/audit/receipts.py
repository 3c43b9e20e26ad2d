"""``receipt``: for the recipient and the hub's officer, proofs that the entries are in the log."""

import struct
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson

from hub.audit.chain import leaf_of
from hub.audit.encoding import commitment
from hub.audit.logview import content_of
from hub.audit.proving import Proof, Prover
from hub.audit.tlog.logkey import LogKey
from hub.audit.tlog.promise import promised
from hub.model.agreement import Oversight
from hub.model.desk import DeskAnswer, DeskQuestion
from hub.model.page import page_size
from hub.model.proven import EntryProof, ProofState, Proven
from hub.ports.accountability import Cursors, EntryStore

MOST: Final = 500
_skipped: Final = struct.Struct(">I")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptDesk:
    """Answers ``receipt``.

    # INVARIANT: to whoever is neither the recipient nor the hub's officer, a receipt is as if there
    # were none.
    """

    entries: EntryStore
    prover: Prover
    cursors: Cursors
    key: LogKey

    async def receipt(self, question: DeskQuestion) -> DeskAnswer:
        """Return proofs of an operation's entries; None where the caller has no such receipt.

        Raises:
            BadRequest: ``page_invalid``, ``cursor_invalid``.
        """
        size = page_size(question.arguments.get("first"), MOST)
        place = self.cursors.place(question)
        skip: int = _skipped.unpack(place)[0] if place else 0
        id_: str = question.arguments["id"]
        entered = await self.entries.entered(id_)
        if entered is None or not _is_for(question, orjson.loads(entered[0])):
            return DeskAnswer(value=None)
        proofs = await self.prover.prove(id_, skip=skip, most=size)
        if proofs is None:
            return DeskAnswer(value=Proven(id=id_, state=ProofState.PENDING))
        reached, whole = skip + len(proofs), entered[1]
        proven = Proven(
            id=id_,
            state=ProofState.PROVEN,
            entries=[_told(each) for each in proofs],
            promise=self._promise(id_, proofs) if len(proofs) == whole else None,
            cursor=self.cursors.seal(question, _skipped.pack(reached)),
            more=reached < whole,
        )
        return DeskAnswer(value=proven)

    def _promise(self, operation_id: str, proofs: Sequence[Proof]) -> str:
        """Return the promise of the receipt again: the same entries make the same note."""
        first = proofs[0].entry
        nonce = bytes.fromhex(orjson.loads(first.open)["nonce"])
        committed = commitment(nonce, [leaf_of(each.entry) for each in proofs])
        return promised(self.key, operation_id, committed, first.at)


def _is_for(question: DeskQuestion, told: dict[str, Any]) -> bool:
    """Tell whether the operation was the caller's: same client, same recipient; or hub's officer.

    A person's own operations are those of the portal that holds the token, which alone knows
    their ids.
    """
    caller = question.caller
    if caller.agreement.oversight is Oversight.HUB:
        return True
    return (told.get("client"), told.get("recipient")) == (
        caller.client.id,
        caller.agreement.recipient,
    )


def _told(proof: Proof) -> EntryProof:
    return EntryProof(
        place=f"{proof.year}/{proof.position}",
        entry=b64encode(content_of(proof.entry)).decode(),
        proof=proof.text,
    )
