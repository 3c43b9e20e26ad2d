"""Entries of the access log for what the corridor decided."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from msgspec.structs import replace

from hub.assemble.answers import Answers
from hub.errors import HubError, Several
from hub.model.caller import Caller, Client
from hub.model.decision import Consented
from hub.model.entry import Disclosure, Header, SubjectEntry
from hub.model.personal_code import PersonalCode
from hub.pipeline.prepared import Prepared
from hub.plan.operation import Plan

_NOT_FOUND: Final = MappingProxyType({"person": "not_found"})
_NOTHING: Final[Mapping[str, str]] = MappingProxyType({})


@dataclass(slots=True)
class Journal:
    """What is known of the operation so far; refusals are logged with whatever that is."""

    at: datetime
    operation_id: str = field(default_factory=lambda: secrets.token_hex(16))
    client: Client | None = None
    caller: Caller | None = None
    plan: Plan | None = None
    action: str = "record"
    question: tuple[str, ...] = ()

    def header(self, decision: str) -> Header:
        """Return the header of the operation's entries."""
        header = Header(
            operation_id=self.operation_id,
            at=self.at,
            decision=decision,
            action=self.action,
            question=self.question,
        )
        if self.client:
            header = replace(
                header, client=self.client.id, person_acting=self.client.person is not None
            )
        if self.plan:
            header = replace(
                header,
                document_hash=self.plan.document.hash,
                registers=self.plan.registers,
                fields=tuple(sorted(self.plan.fields)),
            )
        return replace(header, **_invoking(self.caller)) if self.caller else header


def _invoking(caller: Caller) -> dict[str, Any]:
    """Return what a header tells of a caller and the agreement invoked."""
    agreement = caller.agreement
    return {
        "recipient": agreement.recipient,
        "agreement": agreement.number,
        "revision": agreement.revision,
        "agreement_hash": agreement.hash,
        "purpose": agreement.purpose,
        "article6": agreement.basis.article6,
        "article9": agreement.basis.article9,
        "case": caller.case,
        "official": caller.official,
        "visibility": agreement.visibility,
    }


def refused(journal: Journal, error: HubError) -> Disclosure:
    """Return the one entry of a refused operation; it names no person."""
    errors = error.errors if isinstance(error, Several) else (error,)
    denied = tuple(
        (str(each.details["field"]), str(each.details.get("rule", "")))
        for each in errors
        if "field" in each.details
    )
    header = journal.header("refused")
    fields = tuple(each for each in header.fields if each not in dict(denied))
    codes = tuple(sorted({each.code.code for each in errors}))
    return Disclosure(header=replace(header, fields=fields, denied=denied, codes=codes))


def administrative(journal: Journal) -> Disclosure:
    """Return the one entry of an operation that asks about nobody."""
    return Disclosure(header=journal.header("administrative"))


def disclosed(
    journal: Journal,
    prepared: Prepared,
    answers: Answers,
    consented: Consented,
    asked: Mapping[PersonalCode, PersonalCode],
) -> Disclosure:
    """Return one entry per person asked, and per person embedded in what was shown.

    Args:
        journal: What is known of the operation.
        prepared: What was granted; ``fields`` of the entry are its leaves.
        answers: What was found of whom.
        consented: Consent records the disclosure rests on, by current code.
        asked: Each code asked, to the person's current code (itself when nobody was found).
    """
    people = dict.fromkeys(asked.values())
    told, others, records = answers.told, answers.others, consented.records
    subjects = [
        SubjectEntry(
            subject=code,
            outcomes=told.get(code, _NOT_FOUND),
            consent=records.get(code),
            relation=",".join(["asked", *sorted(others[code])]) if code in others else "asked",
        )
        for code in people
    ]
    subjects += [
        SubjectEntry(subject=code, outcomes=_NOTHING, relation=",".join(sorted(relations)))
        for code, relations in others.items()
        if code not in people
    ]
    return Disclosure(header=_disclosing(journal, prepared), subjects=tuple(subjects))


def repeated(
    journal: Journal, prepared: Prepared, subjects: tuple[SubjectEntry, ...]
) -> Disclosure:
    """Return the entries of an answer that is what an earlier one was."""
    return Disclosure(header=_disclosing(journal, prepared), subjects=subjects)


def _disclosing(journal: Journal, prepared: Prepared) -> Header:
    """Return the header in one piece: every request has one."""
    caller, plan = journal.caller, prepared.plan
    assert caller is not None  # noqa: S101 — nothing is disclosed to nobody
    return Header(
        operation_id=journal.operation_id,
        at=journal.at,
        decision="disclosed",
        client=caller.client.id,
        person_acting=caller.client.person is not None,
        policy_version=prepared.permit.policy_version,
        document_hash=plan.document.hash,
        action=journal.action,
        registers=plan.registers,
        fields=prepared.fields,
        denied=prepared.denied,
        categories=prepared.categories,
        **_invoking(caller),
    )
