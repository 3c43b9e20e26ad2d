"""The officer's questions about agreements: their history, and who may see what for what."""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from hub.errors import BadRequest, Code
from hub.model.agreement import Agreement, Oversight
from hub.model.desk import DeskAnswer, DeskQuestion
from hub.model.history import MatrixLine
from hub.model.page import Page, page_size
from hub.model.reason import checked_reason
from hub.model.revision import Revision
from hub.policy.book import Book
from hub.policy.cedar import Rules
from hub.policy.decisions import CONSENT_NEEDED, GRANTED
from hub.policy.history import history
from hub.policy.matrix import MatrixRow, matrix
from hub.policy.revisions import revision_of
from hub.ports.accountability import Cursors, RevisionStore

MOST: Final = 500
_BETWEEN: Final = "\0"
REFUSED: Final = ("field_not_in_agreement", "field_forbidden")


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyDesk:
    """Answers ``agreementHistory`` and ``policyMatrix``.

    # INVARIANT: to an institution's officer other institutions' agreements are as if there were
    # none.
    """

    store: RevisionStore
    book: Callable[[], Book]
    rules: Rules
    controllers: Mapping[str, Ed25519PublicKey]
    cursors: Cursors

    async def agreement_history(self, question: DeskQuestion) -> DeskAnswer:
        """Return every revision of an agreement, newest first; nothing where there is none.

        Raises:
            BadRequest: ``reason_invalid``.
        """
        reason = checked_reason(question.arguments.get("reason"))
        rows = await self.store.history(question.arguments["number"])
        told = history(rows, self.rules, self.controllers)
        own = _own(question)
        mine = [each for each in told if own in {None, each.revision.agreement.recipient}]
        return DeskAnswer(value=mine, reason=reason)

    async def policy_matrix(self, question: DeskQuestion) -> DeskAnswer:
        """Return a page of the present matrix, in the order of client, agreement, operation, field.

        Raises:
            BadRequest: ``reason_invalid``, ``page_invalid``, ``cursor_invalid``.
            ServiceUnavailable: ``policy_unavailable``.
        """
        asked = question.arguments
        reason = checked_reason(asked.get("reason"))
        size = page_size(asked.get("first"), MOST)
        after = _after(self.cursors.place(question))
        book = self.book()
        verdicts = (GRANTED, CONSENT_NEEDED, *(REFUSED if asked.get("refused") else ()))
        lines: list[tuple[MatrixRow, MatrixLine]] = []
        for agreement in self._agreements(book, question):
            if after and (agreement.client, agreement.number) < after[:2]:
                continue
            rows = list(matrix(book, agreement=agreement.number, verdicts=verdicts))
            if after and (agreement.client, agreement.number) == after[:2]:
                rows = _behind(rows, after)
            revision = revision_of(agreement, self.rules)
            lines += [(row, _line(row, revision)) for row in rows]
            if len(lines) > size:
                break
            await asyncio.sleep(0)  # a decision set takes some milliseconds to build
        shown = lines[:size]
        page = Page(
            rows=[line for _, line in shown],
            cursor=self.cursors.seal(question, _place(shown[-1][0])) if shown else None,
            more=len(lines) > size,
        )
        return DeskAnswer(value=page, reason=reason)

    def _agreements(self, book: Book, question: DeskQuestion) -> Iterator[Agreement]:
        asked, own = question.arguments, _own(question)
        purpose = asked.get("purpose")
        wanted = self.rules.vocabulary.iri(purpose) if purpose else None
        for client, mine in sorted(book.agreements.items()):
            for agreement in mine.values():
                if (
                    asked.get("client") in {None, client}
                    and asked.get("recipient") in {None, agreement.recipient}
                    and own in {None, agreement.recipient}
                    and wanted in {None, agreement.purpose}
                ):
                    yield agreement


def _own(question: DeskQuestion) -> str | None:
    """Return the institution whose agreements alone are shown; None to the hub's officer."""
    agreement = question.caller.agreement
    return agreement.recipient if agreement.oversight is Oversight.INSTITUTION else None


def _place(row: MatrixRow) -> bytes:
    return _BETWEEN.join([row.client, row.agreement, row.operation, row.field]).encode()


def _after(place: bytes | None) -> tuple[str, ...] | None:
    return tuple(place.decode().split(_BETWEEN)) if place else None


def _behind(rows: Sequence[MatrixRow], after: tuple[str, ...]) -> list[MatrixRow]:
    """Return the rows after the one where the last page ended.

    Raises:
        BadRequest: ``cursor_invalid``; a new revision has no such row.
    """
    for place, row in enumerate(rows):
        if (row.operation, row.field) == after[2:]:
            return list(rows[place + 1 :])
    raise BadRequest(Code.CURSOR_INVALID)


def _line(row: MatrixRow, revision: Revision) -> MatrixLine:
    terms = revision.agreement
    return MatrixLine(
        recipient=terms.recipient,
        recipient_en=terms.recipient_en,
        recipient_lv=terms.recipient_lv,
        client=row.client,
        agreement=row.agreement,
        revision=row.revision,
        purpose=terms.purpose,
        purpose_en=row.purpose_en,
        purpose_lv=row.purpose_lv,
        basis_en=revision.basis_en,
        basis_lv=revision.basis_lv,
        operation=row.operation,
        register=row.register,
        field=row.field,
        category=row.category,
        verdict=row.verdict,
        rule=row.rule,
    )
