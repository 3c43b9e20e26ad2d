"""The officer's questions to the access log; each is on the log itself, with its reason."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from hub.audit.checked import Opened, Opening
from hub.audit.cursor import packed, unpacked
from hub.audit.usage import interval
from hub.audit.uses import Known
from hub.errors import Code, Refused
from hub.model.agreement import Oversight
from hub.model.desk import DeskAnswer, DeskQuestion
from hub.model.entry import SubjectEntry
from hub.model.found import Conditions, FoundEntry
from hub.model.logged import Logged
from hub.model.page import Page, page_size
from hub.model.personal_code import PersonalCode
from hub.model.reason import checked_reason
from hub.ports import Keyring
from hub.ports.accountability import Cursors, EntryStore, Identities, Revisions

MOST: Final = 500
_PLAIN: Final = (
    "recipient",
    "official",
    "case",
    "agreement",
    "client",
    "purpose",
    "consent",
    "register",
    "category",
    "code",
)
"""Conditions whose names in the filter are those of ``Conditions``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogDesk:
    """Answers ``accessLog``.

    # INVARIANT: an institution's officer sees entries whose recipient is that institution, by the
    # code of the officer's own agreement, and no other (decision 0353).
    """

    entries: EntryStore
    revisions: Revisions
    identities: Identities
    cursors: Cursors
    keyring: Keyring

    async def access_log(self, question: DeskQuestion) -> DeskAnswer:
        """Return a page of entries, newest first.

        Raises:
            BadRequest: ``reason_invalid``, ``page_invalid``, ``cursor_invalid``,
                ``window_invalid``.
            Refused: ``oversight_missing``: another institution's entries are asked for.
        """
        reason = checked_reason(question.arguments.get("reason"))
        size = page_size(question.arguments.get("first"), MOST)
        asked: Mapping[str, Any] = question.arguments.get("filter") or {}
        person: PersonalCode | None = asked.get("person")
        codes = await self.identities.codes_of(question, person) if person else ()
        conditions = await self._conditions(question, asked, codes)
        found = await self.entries.find(conditions, size + 1)
        shown = found[:size]
        page = Page(
            rows=self._logged(question, shown, codes, await self.revisions.known()),
            cursor=self.cursors.seal(question, packed(shown[-1].place)) if shown else None,
            more=len(found) > size,
        )
        subjects = (SubjectEntry(subject=person, outcomes={}),) if person else ()
        return DeskAnswer(value=page, subjects=subjects, reason=reason)

    async def _conditions(
        self, question: DeskQuestion, asked: Mapping[str, Any], codes: Collection[PersonalCode]
    ) -> Conditions:
        start, end = interval(asked)
        plain: dict[str, Any] = {name: _plain(asked.get(name)) for name in _PLAIN}
        own = question.caller.agreement
        if own.oversight is Oversight.INSTITUTION:
            if plain["recipient"] not in {None, own.recipient}:
                raise Refused(Code.OVERSIGHT_MISSING, needed=[Oversight.HUB.value])
            plain["recipient"] = own.recipient
        years = await self.entries.years() if codes else ()
        return Conditions(
            person=Opening(self.keyring).indexes(codes, years) if codes else None,
            before=unpacked(self.cursors.place(question)),
            start=start,
            end=end,
            decision=_plain(asked.get("outcome")),
            operation_id=asked.get("operationId"),
            **plain,
        )

    def _logged(
        self,
        question: DeskQuestion,
        found: Sequence[FoundEntry],
        codes: Collection[PersonalCode],
        known: Known,
    ) -> Sequence[Logged]:
        """Return entries as this officer may read them."""
        opening = Opening(self.keyring)
        opened = opening.about(found, codes) if codes else opening.plain(found)
        of_hub = question.caller.agreement.oversight is Oversight.HUB
        return [_read(each, known, of_hub=of_hub, of_person=bool(codes)) for each in opened]


def _plain(value: Any) -> str | None:  # noqa: ANN401 — text, or a published enum's member
    text: str | None = value.value if isinstance(value, Enum) else value
    return text


def _read(entry: Opened, known: Known, *, of_hub: bool, of_person: bool) -> Logged:
    told, place = entry.told, entry.found.place
    shown = of_hub and of_person
    return Logged(
        found=entry.found,
        told=told,
        revision=known.get((told.get("agreement", ""), told.get("revision", 0))),
        place=f"{place.year}/{place.position}" if of_hub else None,
        outcomes=sorted(entry.outcomes.items()) if shown else None,
        relation=entry.relation if shown else None,
    )
