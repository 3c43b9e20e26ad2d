"""One request through the rooms; nothing leaves without a receipt."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from graphql.execution.values import VariableValues

from hub.assemble.answers import Answers, Asked, Evidence, Part, register_errors
from hub.assemble.render import masked, render, withhold
from hub.errors import (
    BadRequest,
    Code,
    HubError,
    Refused,
    ServiceUnavailable,
    Several,
    Unauthenticated,
)
from hub.model.agreement import Agreement
from hub.model.catalogue import FieldId
from hub.model.decision import Consented, Permit, Verdict
from hub.model.entry import Disclosure
from hub.model.evidence import AbsenceCode, Failure, Outcome, Subject, Unavailable
from hub.model.personal_code import PersonalCode
from hub.pipeline import asks, entries
from hub.pipeline.entries import Journal
from hub.pipeline.request import Release, Request, Rooms
from hub.plan.limits import check_cost
from hub.plan.operation import Plan, questions, subjects
from hub.plan.variables import coerce
from hub.policy.scope import within
from hub.ports import ConsentChanged

_MOST_SETTLEMENTS: Final = 3

Barred: TypeAlias = dict[tuple[PersonalCode, str], AbsenceCode]
Outcomes: TypeAlias = Mapping[str, Mapping[PersonalCode, Outcome]]


async def answer(request: Request, rooms: Rooms) -> Release:
    """Carry one request through the house; the order is a decision record.

    Raises:
        HubError: Any branch but ``RegisterError``. What is refused of a known caller, and every
            failed authentication, is on the log by then.
    """
    async with rooms.pulse.guarded():
        return await _carry(request, rooms)


async def _carry(request: Request, rooms: Rooms) -> Release:
    journal = Journal(at=rooms.clock.now())
    try:
        document = rooms.documents.read(request.query)
        operation = document.operation(request.operation_name)
        if request.safe:
            _check_subject_free(rooms.plans.read(document, operation, None))
        journal.client = await rooms.caller.identify(request.credentials)
        variables = coerce(rooms.schema, operation, request.variables)
        plan = journal.plan = rooms.plans.read(document, operation, variables)
        _check_introspection(plan, rooms)
        if not plan.has_subjects:
            return await _about_nobody(request, rooms, journal, variables)
        caller = journal.caller = rooms.policy.choose(journal.client, request.credentials)
        action = journal.action = rooms.policy.action(caller, plan.fields)
        permit = rooms.policy.decide(caller, plan.fields, action)
        today = rooms.clock.today()
        decided = rooms.policy.decisions(caller)
        parts = asks.parts(questions(plan, variables), permit, decided.reach, today)
        codes = _counted(subjects(plan, variables), plan, permit, rooms)
        await _reserve(permit, codes, rooms)
        walk = _Walk(
            request=request,
            rooms=rooms,
            journal=journal,
            plan=plan,
            variables=variables,
            permit=permit,
            parts=parts,
            codes=codes,
            consenting=decided.residual,
            used=await _used(plan, rooms.policy.agreements(journal.client.id), rooms),
        )
        return await walk.release()
    except (BadRequest, Unauthenticated, Refused, Several) as refusal:
        # what is refused of a known caller is on the log; what nobody is known for, when it
        # concerns who is calling
        if journal.client or isinstance(refusal, Unauthenticated):
            await rooms.access_log.append(entries.refused(journal, refusal))
        raise


@dataclass(frozen=True, slots=True, kw_only=True)
class _Walk:
    """The way of one permitted operation, from permit to release."""

    request: Request
    rooms: Rooms
    journal: Journal
    plan: Plan
    variables: VariableValues
    permit: Permit
    parts: Sequence[Part]
    codes: Sequence[PersonalCode]
    consenting: frozenset[FieldId]
    used: Mapping[str, int]

    async def release(self) -> Release:
        """Fetch once, then assemble, log, release; a consent that ends meanwhile sends us back."""
        found = await self._known()
        people = list(found.values()) if found is not None else []
        consented = await self._settled(people)
        barred = asks.barred(self.parts, self.consenting, consented, people)
        outcomes = await self._fetched(people, barred)
        for _ in range(_MOST_SETTLEMENTS):
            answers = self._mapped(found, outcomes, barred)
            answers.hide(await self._stopped(answers.others, consented))
            await _reserve(self.permit, list(answers.others), self.rooms)
            data, errors = self._render(answers)
            entry = self._entry(answers, consented, found or {})
            try:
                receipt = await self.rooms.access_log.append(entry)
            except ConsentChanged:
                consented = await self._settled(people)
                barred |= asks.barred(self.parts, self.consenting, consented, people)
                continue
            return Release(data=data, errors=tuple(errors), receipt=receipt)
        raise ServiceUnavailable(Code.CONSENT_UNAVAILABLE)

    async def _settled(self, people: Sequence[Subject]) -> Consented:
        codes = [code for subject in people for code in subject.codes]
        return asks.of_persons(await self.rooms.consents.settle(self.permit, codes), people)

    async def _stopped(
        self, embedded: Collection[PersonalCode], consented: Consented
    ) -> frozenset[PersonalCode]:
        """Return who of those embedded restricted this disclosure or objected to it."""
        if not embedded:
            return consented.restricted
        settled = await self.rooms.consents.settle(self.permit, list(embedded))
        return consented.restricted | settled.restricted

    async def _fetched(self, people: Sequence[Subject], barred: Barred) -> Outcomes:
        orders = asks.orders(self.parts, self.rooms.connectors, people, barred)
        return await self.rooms.fetch.gather(self.permit, orders) if orders else {}

    def _mapped(
        self, found: Mapping[PersonalCode, Subject] | None, outcomes: Outcomes, barred: Barred
    ) -> Answers:
        evidence = Evidence(
            subjects=found or {},
            outcomes=outcomes,
            barred=barred,
            unknown=Unavailable(failure=Failure.UNAVAILABLE) if found is None else None,
        )
        return Answers(self._asked(), evidence)

    def _entry(
        self, answers: Answers, consented: Consented, found: Mapping[PersonalCode, Subject]
    ) -> Disclosure:
        asked = {code: found[code].current if code in found else code for code in self.codes}
        return entries.disclosed(self.journal, self.permit, answers, consented, asked)

    async def _known(self) -> dict[PersonalCode, Subject] | None:
        """Return who exists and is in scope, by code asked; None when nobody can be looked up."""
        residences = await self.rooms.fetch.residences(self.permit, self.codes)
        if residences is None:
            return None
        inside = await within(self.permit.caller, self.codes, residences, self.rooms.scope)
        return {
            code: Subject(asked=code, codes=residences[code].codes)
            for code in self.codes
            if code in inside
        }

    def _asked(self) -> Asked:
        return Asked(
            client=self.permit.caller.client,
            catalogue=self.rooms.catalogue,
            connectors=self.rooms.connectors,
            today=self.rooms.clock.today(),
            parts=self.parts,
            value_classes=self.permit.value_classes,
            agreements=self.rooms.policy.agreements(self.permit.caller.client.id),
            used=self.used,
        )

    def _render(self, answers: Answers) -> tuple[dict[str, Any] | None, list[HubError]]:
        document, plan = self.plan.document.node, self.plan
        denied = {verdict.field for verdict in self.permit.withheld}
        if denied:
            document = masked(document, plan.operation, denied)
        data, errors = render(
            self.rooms.schema,
            document,
            self.request.operation_name,
            self.variables,
            answers,
        )
        withhold(data, [leaf.response[: leaf.null_at] for leaf in plan.leaves if leaf.id in denied])
        told: list[HubError] = [_withheld(verdict) for verdict in self.permit.withheld]
        told += register_errors(answers.failures)
        return data, [*told, *errors]


async def _about_nobody(
    request: Request, rooms: Rooms, journal: Journal, variables: VariableValues
) -> Release:
    """Answer what concerns no person: permissions, registers, the schema itself."""
    plan, client = journal.plan, journal.client
    assert plan is not None and client is not None  # noqa: S101, PT018 — set by the caller
    agreements = rooms.policy.agreements(client.id)
    asked = Asked(
        client=client,
        catalogue=rooms.catalogue,
        connectors=rooms.connectors,
        today=rooms.clock.today(),
        agreements=agreements,
        used=await _used(plan, agreements, rooms),
    )
    answers = Answers(asked, Evidence(subjects={}))
    data, errors = render(
        rooms.schema, plan.document.node, request.operation_name, variables, answers
    )
    receipt = await rooms.access_log.append(entries.administrative(journal))
    return Release(data=data, errors=tuple(errors), receipt=receipt)


async def _used(plan: Plan, agreements: Sequence[Agreement], rooms: Rooms) -> Mapping[str, int]:
    """Return quota used by agreement number, where permissions are asked."""
    if "currentPermissions" not in plan.kinds:
        return {}
    now = rooms.clock.now()
    return {
        each.number: await rooms.quota.used(each.number, each.quota, now)
        for each in agreements
        if each.quota
    }


def _check_subject_free(plan: Plan) -> None:
    """Refuse questions about persons by GET, whoever asks."""
    if plan.has_subjects:
        raise BadRequest(Code.METHOD_NOT_ALLOWED, allow="POST")


def _check_introspection(plan: Plan, rooms: Rooms) -> None:
    if plan.introspective and not rooms.introspection:
        raise Refused(Code.INTROSPECTION_OFF)


def _counted(
    asked: Sequence[PersonalCode], plan: Plan, permit: Permit, rooms: Rooms
) -> tuple[PersonalCode, ...]:
    if not asked:
        raise BadRequest(Code.SUBJECTS_EMPTY)
    codes = tuple(dict.fromkeys(asked))
    most = min(permit.caller.agreement.max_subjects, rooms.max_subjects)
    if len(codes) > most:
        raise BadRequest(Code.SUBJECTS_TOO_MANY, limit=most)
    check_cost(leaves=len(plan.leaves), registers=len(plan.occurrences), persons=len(codes))
    return codes


async def _reserve(permit: Permit, codes: Sequence[PersonalCode], rooms: Rooms) -> None:
    agreement = permit.caller.agreement
    if agreement.quota and codes:
        await rooms.quota.reserve(agreement.number, agreement.quota, codes, rooms.clock.now())


def _withheld(verdict: Verdict) -> Refused:
    code = (
        Code.FIELD_FORBIDDEN if verdict.code == "field_forbidden" else Code.FIELD_NOT_IN_AGREEMENT
    )
    reason = {"en": verdict.en, "lv": verdict.lv}
    return Refused(code, field=verdict.field, rule=verdict.rule, reason=reason)
