"""Proofs for a receipt."""

from enum import Enum
from typing import Annotated

import strawberry
from strawberry.types import Info

from hub.model.proven import EntryProof as Known
from hub.model.proven import Proven
from schemas.accountability.paging import ADM, After, First, PageInfo
from schemas.desks import desk, told
from schemas.field import argument, described, leaf, part, value


@strawberry.enum(description=described("Whether entries are in the log's tree", "stāvoklis"))
class ProofState(Enum):
    """A second or two as a rule."""

    PENDING = value("PENDING", "Not yet: ask again in a second", "vēl nav")
    PROVEN = value("PROVEN", "In a tree that is signed", "pierādīts")


@strawberry.type(
    description=described("That one entry is in the tree of its year", "pieraksta pierādījums")
)
class EntryProof:
    """Checked with the log's key alone, by any tool that knows C2SP's formats."""

    index: str = leaf(ADM, "Year and position in the log", "vieta žurnālā")
    entry: str = leaf(ADM, "Bytes that the tree hashes, base64", "pieraksta baiti")
    proof: str = leaf(ADM, "Text of c2sp.org/tlog-proof, with the checkpoint", "pierādījums")

    @classmethod
    def of(cls, known: Known) -> "EntryProof":
        """Publish one."""
        return cls(index=known.place, entry=known.entry, proof=known.proof)


@strawberry.type(description=described("What a receipt is proven by", "kvīts pierādījums"))
class ReceiptProof:
    """For the recipient and the hub's officer alone."""

    id: str = leaf(ADM, "Of the receipt", "kvīts identifikators")
    state: ProofState = leaf(ADM, "Whether the entries are in the tree", "stāvoklis")
    entries: list[EntryProof] = part("Proofs, in the order of the entries", "pieraksti")
    promise: str | None = leaf(
        ADM, "Signed note of the receipt, where the page has all entries", "solījums"
    )
    page_info: PageInfo = part("Where the page ends", "lappuses dati")

    @classmethod
    def of(cls, proven: Proven) -> "ReceiptProof":
        """Publish proofs."""
        return cls(
            id=proven.id,
            state=ProofState[proven.state.name],
            entries=[EntryProof.of(each) for each in proven.entries],
            promise=proven.promise,
            page_info=PageInfo(
                has_next_page=proven.more, end_cursor=proven.cursor if proven.more else None
            ),
        )


def receipt(
    info: Info,
    id: Annotated[str, argument("`extensions.receipt.id`", "kvīts identifikators")],  # noqa: A002 — as published
    first: First = None,
    after: After = None,
) -> ReceiptProof | None:
    """Resolve."""
    del id, first, after
    proven: Proven | None = told(info)
    return None if proven is None else ReceiptProof.of(proven)


QUERIES = [
    desk(
        "receipt",
        receipt,
        "Proofs of a receipt's entries; null where it is not the caller's",
        "kvīts",
    )
]
