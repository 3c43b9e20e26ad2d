"""The officer's questions to the access log; each is on the log itself, with its reason."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from hub.audit.checked import Opened, Opening
from hub.audit.cursor import packed, unpacked
from hub.audit.usage import interval
from hub.audit.uses import Known
from hub.errors import BadRequest, Code, Refused
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
class Names:
    """What a filter may name, whether or not an agreement does.

    Attributes:
        registers: Published names. ``purposes``: IRIs.
        namespace: What a purpose's short name stands under.
    """

    registers: Collection[str]
    purposes: Collection[str]
    namespace: str

    def purpose(self, told: str, known: Known) -> str:
        """Return the IRI of a purpose, given short or in full."""
        if any(told == each.agreement.purpose for each in known.values()):
            return told
        return f"{self.namespace}{told.removeprefix(self.namespace)}"


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
    names: Names

    async def access_log(self, question: DeskQuestion) -> DeskAnswer:
        """Return a page of entries, newest first.

        Raises:
            BadRequest: ``reason_invalid``, ``page_invalid``, ``cursor_invalid``,
                ``window_invalid``; ``parameter_invalid``: nothing is found, and what is named
                never was.
            Refused: ``oversight_missing``: another institution's entries are asked for.
        """
        reason = checked_reason(question.arguments.get("reason"))
        size = page_size(question.arguments.get("first"), MOST)
        asked: Mapping[str, Any] = question.arguments.get("filter") or {}
        person: PersonalCode | None = asked.get("person")
        codes = await self.identities.codes_of(question, person) if person else ()
        known = await self.revisions.known()
        conditions = await self._conditions(question, asked, codes, known)
        found = await self.entries.find(conditions, size + 1)
        if not found:
            self._check_named(conditions, _readable(question, known))
        shown = found[:size]
        page = Page(
            rows=self._logged(question, shown, codes, known),
            cursor=self.cursors.seal(question, packed(shown[-1].place)) if shown else None,
            more=len(found) > size,
        )
        subjects = (SubjectEntry(subject=person, outcomes={}),) if person else ()
        return DeskAnswer(value=page, subjects=subjects, reason=reason)

    async def _conditions(
        self,
        question: DeskQuestion,
        asked: Mapping[str, Any],
        codes: Collection[PersonalCode],
        known: Known,
    ) -> Conditions:
        start, end = interval(asked)
        plain: dict[str, Any] = {name: _plain(asked.get(name)) for name in _PLAIN}
        if plain["purpose"] is not None:
            plain["purpose"] = self.names.purpose(plain["purpose"], known)
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

    def _check_named(self, asked: Conditions, known: Known) -> None:
        """Refuse what never was: mistyped, it would seem that nobody has looked.

        Only where nothing is found: refusals name clients and numbers that no agreement has.

        Raises:
            BadRequest: ``parameter_invalid``.
        """
        terms = [each.agreement for each in known.values()]
        possible: Mapping[str, Collection[str]] = {
            "recipient": {each.recipient for each in terms},
            "agreement": {each.number for each in terms},
            "client": {each.client for each in terms},
            "purpose": {*self.names.purposes, *(each.purpose for each in terms)},
            "register": {
                *self.names.registers,
                *(field.partition(".")[0] for each in terms for field in each.fields),
            },
            "code": {each.code for each in Code},
        }
        for name, words in possible.items():
            told = getattr(asked, name)
            if told is not None and told not in words:
                raise BadRequest(Code.PARAMETER_INVALID, f"there never was such a {name}")

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


def _readable(question: DeskQuestion, known: Known) -> Known:
    """Return the revisions an officer may know of; others' they could find out by guessing."""
    own = question.caller.agreement
    if own.oversight is not Oversight.INSTITUTION:
        return known
    return {k: each for k, each in known.items() if each.agreement.recipient == own.recipient}


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
