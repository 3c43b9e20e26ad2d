"""The officer's questions about findings; each is on the log itself, with its reason."""

import struct
from dataclasses import dataclass
from typing import Final

from hub.errors import BadRequest, Code
from hub.model.agreement import Oversight
from hub.model.desk import DeskAnswer, DeskQuestion
from hub.model.misuse import Closed
from hub.model.page import Page, page_size
from hub.model.reason import checked_reason
from hub.ports.accountability import Cursors
from hub.ports.misuse import FindingStore

MOST: Final = 100
_place: Final = struct.Struct(">Q")


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingDesk:
    """Answers ``findings`` and ``closeFinding``.

    # INVARIANT: an institution's officer sees and closes findings about that institution's own
    # officials, by the code of the officer's own agreement, and no other.
    """

    store: FindingStore
    cursors: Cursors

    async def findings(self, question: DeskQuestion) -> DeskAnswer:
        """Return a page of findings, the newest first.

        Raises:
            BadRequest: ``reason_invalid``, ``page_invalid``, ``cursor_invalid``.
        """
        reason = checked_reason(question.arguments.get("reason"))
        size = page_size(question.arguments.get("first"), MOST)
        place = self.cursors.place(question)
        found = await self.store.page(
            _own(question),
            open_only=not question.arguments.get("includeClosed"),
            before=_place.unpack(place)[0] if place else None,
            most=size + 1,
        )
        shown = found[:size]
        page = Page(
            rows=shown,
            cursor=self.cursors.seal(question, _place.pack(shown[-1].seq)) if shown else None,
            more=len(found) > size,
        )
        return DeskAnswer(value=page, reason=reason)

    async def close_finding(self, question: DeskQuestion) -> DeskAnswer:
        """Close an open finding.

        Raises:
            BadRequest: ``reason_invalid``; ``finding_unknown``: none of that id is open, or it
                concerns another institution.
        """
        reason = checked_reason(question.arguments.get("reason"))
        caller, finding = question.caller, str(question.arguments["id"])
        officer = f"{caller.client.id} {caller.agreement.number} {caller.official or ''}".strip()
        closed = await self.store.close(
            finding, _own(question), reason, officer, question.operation_id, question.at
        )
        if not closed:
            raise BadRequest(Code.FINDING_UNKNOWN)
        return DeskAnswer(value=Closed(id=finding, at=question.at), reason=reason)


def _own(question: DeskQuestion) -> str | None:
    """Return the institution whose findings the officer may see; None for everybody's."""
    agreement = question.caller.agreement
    return None if agreement.oversight is Oversight.HUB else agreement.recipient
