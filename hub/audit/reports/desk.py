"""Desks that answer with reports; each question is an entry, an officer's with its reason."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from typing import Final

from hub.audit.checked import Opening
from hub.audit.reports.breach import BreachReports
from hub.audit.reports.person import SubjectReports
from hub.audit.reports.processing import processing_report
from hub.audit.reports.recipients import check_granted, past_recipients
from hub.audit.usage import UsageDesk
from hub.errors import BadRequest, Code
from hub.model.agreement import Oversight
from hub.model.desk import DeskAnswer, DeskQuestion
from hub.model.entry import SubjectEntry
from hub.model.found import Conditions
from hub.model.personal_code import PersonalCode
from hub.model.reason import checked_reason
from hub.model.reports import BreachOf, RecipientsReport
from hub.ports.reports import Vocabulary

_MOST_FIELDS: Final = 100
Acting = Callable[[], Collection[tuple[str, int]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectDesk(UsageDesk):
    """Answers ``subjectReport``: as ``usage`` to the person, and everything to the hub's officer.

    # INVARIANT: a person's report rests on the very conditions of ``usage``: what is sealed is not
    # even looked for.
    """

    reports: SubjectReports

    async def subject_report(self, question: DeskQuestion) -> DeskAnswer:
        """Return GDPR 15 for one person.

        Raises:
            BadRequest: ``reason_invalid`` or ``variable_invalid``.
            Refused: ``representation_missing``.
        """
        about = await self._about(question)
        known = await self.revisions.known()
        conditions = await self._conditions(question, about, known)
        if question.caller.agreement.oversight is Oversight.HUB:
            conditions = replace(conditions, told=None)
        codes = [about.person, *(each for each in about.codes if each != about.person)]
        at, today = question.at, self.clock.today()
        made = await self.reports.report(codes, conditions, known, at, today)
        return DeskAnswer(value=made, subjects=about.subjects, reason=about.reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportDesk:
    """Answers ``processingRecords``, ``pastRecipients`` and ``breachReport``.

    Attributes:
        subjects: Whose revisions, identities and clock serve here too.
        acting: Agreements in force, by number and revision.
    """

    subjects: SubjectDesk
    breaches: BreachReports
    words: Vocabulary
    acting: Acting

    async def processing_records(self, question: DeskQuestion) -> DeskAnswer:
        """Return GDPR 30; to an institution's officer, where it is the recipient.

        Raises:
            BadRequest: ``reason_invalid``.
            ServiceUnavailable: ``policy_unavailable``.
        """
        reason = checked_reason(question.arguments.get("reason"))
        known, own = await self.subjects.revisions.known(), question.caller.agreement
        every = [known[each] for each in self.acting() if each in known]
        if own.oversight is Oversight.INSTITUTION:
            every = [each for each in every if each.agreement.recipient == own.recipient]
        return DeskAnswer(value=processing_report(every, self.words, question.at), reason=reason)

    async def past_recipients(self, question: DeskQuestion) -> DeskAnswer:
        """Return GDPR 19 for one person's facts of one register.

        Raises:
            BadRequest: ``reason_invalid``, ``limit_exceeded``; ``parameter_invalid``: no agreement
                ever granted such data.
            ServiceUnavailable: ``audit_unavailable`` or ``policy_unavailable``.
        """
        asked, desk = question.arguments, self.subjects
        reason = checked_reason(asked.get("reason"))
        person: PersonalCode = asked["personalCode"]
        fields = tuple(asked.get("fields") or ())
        if len(fields) > _MOST_FIELDS:
            raise BadRequest(Code.LIMIT_EXCEEDED, limit="fields", most=_MOST_FIELDS)
        known = await desk.revisions.known()
        check_granted(asked["register"], fields, known)
        codes = await desk.identities.codes_of(question, person)
        indexes = Opening(desk.keyring).indexes(codes, await desk.entries.years())
        conditions = Conditions(
            person=indexes, start=asked["since"], register=asked["register"], decision="disclosed"
        )
        entries, more = await desk.reports.all_of(codes, conditions)
        at, today = question.at, desk.clock.today()
        found = past_recipients(entries, asked["register"], fields, known, self.words, at, today)
        made = RecipientsReport(
            person=person,
            at=at,
            register=self.words.source(asked["register"]),
            fields=fields,
            since=asked["since"],
            recipients=found,
            more=more,
        )
        subjects = (SubjectEntry(subject=person, outcomes={}),)
        return DeskAnswer(value=made, subjects=subjects, reason=reason)

    async def breach_report(self, question: DeskQuestion) -> DeskAnswer:
        """Return GDPR 33 in numbers; whom to tell, the command line alone lists.

        Raises:
            BadRequest: ``reason_invalid``, ``parameter_invalid`` or ``window_invalid``.
            ServiceUnavailable: ``audit_unavailable``.
        """
        asked = question.arguments
        reason = checked_reason(asked.get("reason"))
        known = await self.subjects.revisions.known()
        known_at = asked.get("knownAt") or question.at
        made = await self.breaches.report(breach_of(question), known, question.at, known_at)
        return DeskAnswer(value=made, reason=reason)


def breach_of(question: DeskQuestion) -> BreachOf:
    """Return what was breached, as asked."""
    asked = question.arguments
    return BreachOf(
        client=asked.get("client"),
        agreement=asked.get("agreement"),
        key_year=asked.get("keyYear"),
        start=asked.get("from"),
        end=asked.get("to"),
    )
