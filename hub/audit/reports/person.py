"""GDPR 15: everything the log, consents and agreements tell of one person."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

from hub.audit.checked import Opened, Opening
from hub.audit.uses import Known, use_of
from hub.model.agreement import Agreement
from hub.model.consent import ConsentRecord
from hub.model.found import Conditions
from hub.model.personal_code import PersonalCode
from hub.model.reports import (
    ConsentLine,
    PurposeUse,
    ReportedUse,
    StopLine,
    SubjectReport,
    Words,
)
from hub.model.stop import Stop
from hub.model.usage import Use
from hub.ports import ConsentStore, Keyring
from hub.ports.accountability import EntryStore
from hub.ports.reports import Vocabulary

PAGE: Final = 1_000
MOST: Final = 10_000
"""Looks in one report; older ones are said to be left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectReports:
    """Makes the report, for the person and for an officer alike."""

    entries: EntryStore
    consents: ConsentStore
    words: Vocabulary
    keyring: Keyring

    async def report(
        self,
        codes: Sequence[PersonalCode],
        conditions: Conditions,
        known: Known,
        at: datetime,
        today: date,
    ) -> SubjectReport:
        """Return the report.

        Args:
            codes: Of the person's whole history, the current one first.
            conditions: Which looks: those the person may know of, or all.
            known: Every agreement revision.
            at: Present instant.
            today: Present day, Europe/Riga.

        Raises:
            ServiceUnavailable: ``audit_unavailable`` or ``consent_unavailable``.

        Source: GDPR 15(1).
        """
        opened, more = await self.all_of(codes, conditions)
        uses = [
            ReportedUse(use=use_of(each, known), told=is_told(each, known, at, today))
            for each in opened
        ]
        consents, stops = await self._said(codes, known)
        registers = {each.register for reported in uses for each in reported.use.registers}
        return SubjectReport(
            person=codes[0],
            at=at,
            uses=uses,
            more=more,
            purposes=self._purposes([each.use for each in uses]),
            sources=[self.words.source(name) for name in sorted(registers)],
            consents=consents,
            stops=stops,
            retention=self.words.retention,
        )

    async def all_of(
        self, codes: Collection[PersonalCode], conditions: Conditions
    ) -> tuple[Sequence[Opened], bool]:
        """Return the person's entries, newest first, and whether older ones were left out."""
        opening = Opening(self.keyring)
        opened: list[Opened] = []
        seen, before = 0, None
        while seen < MOST:
            found = await self.entries.find(replace(conditions, before=before), PAGE)
            opened += opening.about(found, codes)
            seen += len(found)
            if len(found) < PAGE:
                return opened, False
            before = found[-1].place
        return opened, True

    def _purposes(self, uses: Sequence[Use]) -> Sequence[PurposeUse]:
        grouped: dict[str, list[Use]] = {}
        for use in uses:
            grouped.setdefault(use.purpose, []).append(use)
        return [self._purpose(iri, each) for iri, each in sorted(grouped.items())]

    def _purpose(self, iri: str, uses: Sequence[Use]) -> PurposeUse:
        recipients = {each.recipient: each for each in uses}
        kinds = sorted({name for each in uses for name in each.categories})
        return PurposeUse(
            iri=iri,
            words=Words(en=uses[0].purpose_en, lv=uses[0].purpose_lv),
            recipients=[
                Words(en=each.recipient_en, lv=each.recipient_lv)
                for _, each in sorted(recipients.items())
            ],
            categories=[self.words.category(name) for name in kinds],
            basis_en=_distinct([text for each in uses for text in each.basis_en]),
            basis_lv=_distinct([text for each in uses for text in each.basis_lv]),
            uses=len(uses),
        )

    async def _said(
        self, codes: Sequence[PersonalCode], known: Known
    ) -> tuple[Sequence[ConsentLine], Sequence[StopLine]]:
        names = {
            revision.agreement.number: revision.agreement for _, revision in sorted(known.items())
        }
        consents: list[ConsentLine] = []
        stops: list[StopLine] = []
        for code in codes:
            kept = await self.consents.show(code)
            consents += [self._consent(each, names) for each in kept.records]
            stops += [self._stop(each) for each in kept.stops]
        return consents, stops

    def _consent(self, record: ConsentRecord, names: Mapping[str, Agreement]) -> ConsentLine:
        terms, last = names.get(record.terms.agreement), record.events[-1]
        recipient = record.terms.recipient
        return ConsentLine(
            record=record.id,
            agreement=record.terms.agreement,
            recipient=Words(
                en=terms.recipient_en if terms else recipient,
                lv=terms.recipient_lv if terms else recipient,
            ),
            purpose=self.words.purpose(record.terms.purpose),
            state=last.state.value,
            at=last.at,
            expires_at=last.expires_at,
        )

    def _stop(self, stop: Stop) -> StopLine:
        return StopLine(
            kind=stop.kind.value,
            purpose=self.words.purpose(stop.purpose) if stop.purpose else None,
            state=stop.state.value,
            begun_at=stop.begun_at,
        )


def is_told(entry: Opened, known: Known, at: datetime, today: date) -> bool:
    """Tell whether the person may know of an entry by now.

    One that was immediate when it was entered stays so; of one whose revision nobody knows, not.
    """
    told = entry.told
    if told.get("visibility", "immediate") == "immediate":
        return True
    revision = known.get((told.get("agreement", ""), told.get("revision", 0)))
    until = revision.told_until(at, today) if revision else None
    return until is not None and entry.found.at <= until


def _distinct(texts: Sequence[str]) -> Sequence[str]:
    return [*dict.fromkeys(texts)]
