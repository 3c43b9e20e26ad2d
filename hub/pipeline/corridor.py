"""One request through the rooms; nothing leaves without a receipt."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, TypeAlias

from graphql import GraphQLError, OperationType
from graphql.execution.values import VariableValues

from hub.assemble.absent import register_errors
from hub.assemble.answers import Answers, Asked, Evidence
from hub.assemble.render import malformed, render
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
from hub.model.decision import Consented, Permit
from hub.model.entry import Disclosure, Receipt
from hub.model.evidence import AbsenceCode, Failure, Order, Outcome, Subject, Unavailable
from hub.model.personal_code import PersonalCode
from hub.pipeline import asks, entries
from hub.pipeline.bound import Bound
from hub.pipeline.desks import at_desk, is_for_desks
from hub.pipeline.entries import Journal
from hub.pipeline.prepared import Prepared
from hub.pipeline.recollections import Recollection
from hub.pipeline.request import Release, Request, Rooms
from hub.plan.limits import check_cost
from hub.plan.operation import Plan
from hub.plan.variables import null_refused
from hub.policy.scope import within
from hub.ports import ConsentChanged, Residence

_MOST_SETTLEMENTS: Final = 3
_NOTHING_SAID: Final = Consented(records={})

Barred: TypeAlias = dict[tuple[PersonalCode, str], AbsenceCode]
Outcomes: TypeAlias = Mapping[str, Mapping[PersonalCode, Outcome]]
Found: TypeAlias = Mapping[PersonalCode, Subject]


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
            _check_subject_free(rooms.plans.read(document, operation, None), rooms)
        client = journal.client = await rooms.caller.identify(request.credentials)
        variables = document.coerce(rooms.schema, operation, request.variables)
        plan = journal.plan = rooms.plans.read(document, operation, variables)
        _check_introspection(plan, rooms)
        if is_for_desks(plan, rooms):
            return await at_desk(request, rooms, journal, variables)
        if not plan.has_subjects:
            return await _about_nobody(request, rooms, journal, variables)
        caller = journal.caller = rooms.policy.choose(client, request.credentials)
        action = journal.action = rooms.policy.action(caller, plan.fields)
        prepared = rooms.preparations.prepare(plan, variables, caller, action)
        asked = prepared.codes(variables)
        bound = asks.bind(prepared, variables, asked, rooms)
        permit = prepared.permit_of(caller, journal.operation_id)
        codes = _counted(asked, plan, permit, rooms)
        await _reserve(permit, codes, rooms)
        walk = _Walk(
            request=request,
            rooms=rooms,
            journal=journal,
            prepared=prepared,
            variables=variables,
            permit=permit,
            bound=bound,
            codes=codes,
            used=await _used(plan, client.id, rooms),
        )
        return await walk.release()
    except (BadRequest, Unauthenticated, Refused, Several) as refusal:
        # what is refused of a known caller is on the log; what nobody is known for, when it
        # concerns who is calling
        if journal.client or isinstance(refusal, Unauthenticated):
            await rooms.access_log.append(entries.refused(journal, refusal))
        raise
    except GraphQLError as wrong:
        # a variable that is null where its document allows it and its place does not
        refused = null_refused(wrong)
        await rooms.access_log.append(entries.refused(journal, refused))
        raise refused from None


@dataclass(slots=True, kw_only=True)
class _Walk:
    """The way of one permitted operation, from permit to release."""

    request: Request
    rooms: Rooms
    journal: Journal
    prepared: Prepared
    variables: VariableValues
    permit: Permit
    bound: Bound
    codes: Sequence[PersonalCode]
    used: Mapping[str, int]
    settled: bool = False
    near: bool = True
    peeked: Sequence[Order] | None = None
    residences: Mapping[PersonalCode, Residence] | None = None

    async def release(self) -> Release:
        """Fetch once, then assemble, log, release; a consent that ends meanwhile sends us back."""
        known = self._recalled()
        if known is not None and (again := await self._repeated(known)) is not None:
            return again
        found = await self._known()
        people = tuple(found.values()) if found is not None else ()
        consented, barred, outcomes = await self._gathered(people)
        plan, compiled = self.prepared.plan, self.prepared.compiled
        self.rooms.engines.count(plan.document.hash, planned=compiled is not None)
        for _ in range(_MOST_SETTLEMENTS):
            answers = await self._mapped(found, outcomes, barred)
            answers.hide(await self._stopped(answers, consented))
            await _reserve(self.permit, list(answers.others), self.rooms)
            data, errors = self._assembled(answers)
            entry = self._entry(answers, consented, found or {})
            recollection = self._recollection(answers, data, errors, entry)
            pending = await self.rooms.access_log.enter(entry)
            # what takes long to encode is encoded while the log is written
            body = self._encoded(data, errors, pending.receipt) if pending.early else None
            try:
                receipt = await pending.committed()
            except ConsentChanged as changed:
                self._forget(changed, answers)
                consented = await self._settle(people)
                barred |= asks.barred(self.prepared, consented, people)
                continue
            if recollection is not None:
                self.rooms.recollections.keep(self.codes[0], recollection)
            body = body or self._encoded(data, errors, receipt)
            return Release(data=data, errors=tuple(errors), receipt=receipt, body=body)
        raise ServiceUnavailable(Code.CONSENT_UNAVAILABLE)

    # -- the same again -----------------------------------------------------------------------

    def _recalled(self) -> Recollection | None:
        """Return the answer to the same question about one person, of records still at hand."""
        if len(self.codes) > 1:
            return None
        return self.rooms.recollections.recall(self.bound, self.permit, self.codes[0])

    async def _repeated(self, known: Recollection) -> Release | None:
        """Log and release what would be made again; None when somebody said no meanwhile."""
        plan = self.prepared.plan
        entry = entries.repeated(self.journal, self.prepared, known.subjects)
        pending = await self.rooms.access_log.enter(entry)
        try:
            receipt = await pending.committed()
        except ConsentChanged as changed:
            self.rooms.recollections.drop(self.bound, self.codes[0])
            self.rooms.fetch.forget(self.permit, changed.subjects)
            return None
        self.rooms.engines.count(plan.document.hash, planned=True)
        body = self._encoded(known.data, known.errors, receipt)
        return Release(data=known.data, errors=known.errors, receipt=receipt, body=body)

    def _recollection(
        self,
        answers: Answers,
        data: Mapping[str, Any] | None,
        errors: Sequence[HubError],
        entry: Disclosure,
    ) -> Recollection | None:
        """Return what may be recalled: of one person alone, of records at hand, nothing odd."""
        scope, prepared = self.permit.caller.agreement.scope, self.prepared
        if self.peeked is None or self.settled or len(self.codes) > 1 or len(prepared.roots) > 1:
            return None
        if scope.caseload or scope.case or "currentPermissions" in prepared.plan.kinds:
            return None
        if answers.others or answers.failures or answers.odd or prepared.compiled is None:
            return None
        grasped = self.rooms.fetch.grasp(self.permit, self.peeked, self.codes[0])
        if grasped is None:
            return None
        return Recollection(
            mark=self.bound.mark,
            grasped=grasped,
            subjects=entry.subjects,
            data=data,
            errors=tuple(errors),
        )

    # -- persons ------------------------------------------------------------------------------

    async def _known(self) -> Found | None:
        """Return who exists and is in scope, by code asked; None when nobody can be looked up."""
        fetch, permit, codes = self.rooms.fetch, self.permit, self.codes
        residences = fetch.peek_residences(permit, codes)
        if residences is None:
            self.near = False
            residences = await fetch.residences(permit, codes)
        if residences is None:
            return None
        self.residences = residences
        return await self._inside(residences)

    async def _inside(self, residences: Mapping[PersonalCode, Residence]) -> Found:
        inside = await within(self.permit.caller, self.codes, residences, self.rooms.scope)
        return {
            code: Subject(asked=code, codes=inside[code].codes)
            for code in self.codes
            if code in inside
        }

    # -- consent and facts --------------------------------------------------------------------

    async def _gathered(self, people: tuple[Subject, ...]) -> tuple[Consented, Barred, Outcomes]:
        """Settle consents and fetch.

        Where all facts are at hand and no consent is needed, nothing is settled beforehand: the
        log looks for restrictions in the very transaction that commits the entry, and whoever
        is stopped there is settled then (decision 0902). Nobody has been asked by then.
        """
        fetch = self.rooms.fetch
        if self._needs_no_word(people):
            orders = asks.orders(self.bound, people, {})
            at_hand = fetch.peek(self.permit, orders)
            if at_hand is not None:
                self.peeked = orders if self.near else None
                return _NOTHING_SAID, {}, at_hand
        consented = await self._settle(people)
        barred = asks.barred(self.prepared, consented, people)
        orders = asks.orders(self.bound, people, barred)
        at_hand = fetch.peek(self.permit, orders)
        if at_hand is None:
            at_hand = await fetch.gather(self.permit, orders)
        return consented, barred, at_hand

    def _needs_no_word(self, people: Sequence[Subject]) -> bool:
        """Tell whether the log's own look at restrictions is enough: it knows current codes."""
        if self.permit.residual or self.permit.caller.agreement.basis.is_consent:
            return False
        return all(len(subject.codes) == 1 for subject in people)

    async def _settle(self, people: Sequence[Subject]) -> Consented:
        self.settled = True
        codes = [code for subject in people for code in subject.codes]
        told = await self.rooms.consents.settle(self.permit, codes, self.residences or {})
        return asks.of_persons(told, people)

    async def _stopped(self, answers: Answers, consented: Consented) -> frozenset[PersonalCode]:
        """Return who of those embedded restricted this disclosure or objected to it."""
        if not answers.others or not self.settled:
            return consented.restricted
        settled = await self.rooms.consents.settle(self.permit, list(answers.others))
        return consented.restricted | settled.restricted

    def _forget(self, changed: ConsentChanged, answers: Answers) -> None:
        """See to it that those who said no are settled first the next time."""
        said_no = changed.subjects
        self.rooms.fetch.forget(self.permit, said_no | answers.embedding(said_no))

    # -- the answer ---------------------------------------------------------------------------

    async def _mapped(self, found: Found | None, outcomes: Outcomes, barred: Barred) -> Answers:
        evidence = Evidence(
            subjects=found or {},
            outcomes=outcomes,
            barred=barred,
            unknown=Unavailable(failure=Failure.UNAVAILABLE) if found is None else None,
        )
        answers = Answers(self._asked(), evidence)
        await answers.map_in_turns()
        return answers

    def _asked(self) -> Asked:
        """Return what is asked, with the caller's permissions where those are asked too."""
        asked, plan = self.bound.asked, self.prepared.plan
        if "currentPermissions" not in plan.kinds:
            return asked
        agreements = self.rooms.policy.agreements(self.permit.caller.client.id)
        return replace(asked, agreements=agreements, used=self.used)

    def _assembled(self, answers: Answers) -> tuple[Mapping[str, Any] | None, list[HubError]]:
        compiled, plan = self.prepared.compiled, self.prepared.plan
        data: Mapping[str, Any] | None
        errors: Sequence[HubError]
        if compiled is None:
            data, errors = render(self.rooms.schema, plan, self.permit, self.variables, answers)
        elif answers.odd:
            data, odd = compiled.exact(answers, self.variables)
            errors = malformed(odd)
        else:
            data, errors = compiled.joined(answers, self.variables, answers.of_root), []
        return data, [*self.prepared.told, *register_errors(answers.failures), *errors]

    def _encoded(
        self, data: Mapping[str, Any] | None, errors: Sequence[HubError], receipt: Receipt
    ) -> bytes | None:
        encode = self.request.encode
        return encode(data, errors, receipt) if encode else None

    def _entry(self, answers: Answers, consented: Consented, found: Found) -> Disclosure:
        asked = {code: found[code].codes[0] if code in found else code for code in self.codes}
        return entries.disclosed(self.journal, self.prepared, answers, consented, asked)


async def _about_nobody(
    request: Request, rooms: Rooms, journal: Journal, variables: VariableValues
) -> Release:
    """Answer what concerns no person: permissions, registers, the schema itself."""
    plan, client = journal.plan, journal.client
    assert plan is not None and client is not None  # noqa: S101, PT018 — set by the caller
    asked = Asked(
        catalogue=rooms.catalogue,
        connectors=rooms.connectors,
        today=rooms.clock.today(),
        agreements=rooms.policy.agreements(client.id),
        used=await _used(plan, client.id, rooms),
    )
    answers = Answers(asked, Evidence(subjects={}))
    rooms.engines.count(plan.document.hash, planned=False)
    data, errors = render(rooms.schema, plan, None, variables, answers)
    pending = await rooms.access_log.enter(entries.administrative(journal))
    receipt = await pending.committed()
    body = request.encode(data, errors, receipt) if request.encode else None
    return Release(data=data, errors=tuple(errors), receipt=receipt, body=body)


def _agreements(plan: Plan, client_id: str, rooms: Rooms) -> Sequence[Agreement]:
    """Return the client's agreements, where permissions are asked."""
    asked = "currentPermissions" in plan.kinds
    return rooms.policy.agreements(client_id) if asked else ()


async def _used(plan: Plan, client_id: str, rooms: Rooms) -> Mapping[str, int]:
    """Return quota used by agreement number, where permissions are asked."""
    if "currentPermissions" not in plan.kinds:
        return {}
    now = rooms.clock.now()
    return {
        each.number: await rooms.quota.used(each.number, each.quota, now)
        for each in _agreements(plan, client_id, rooms)
        if each.quota
    }


def _check_subject_free(plan: Plan, rooms: Rooms) -> None:
    """Refuse by GET what changes anything or concerns persons, the log or consents."""
    writes = plan.operation.operation is OperationType.MUTATION
    if writes or plan.has_subjects or not rooms.desks.keys().isdisjoint(plan.kinds):
        raise BadRequest(Code.METHOD_NOT_ALLOWED, allow="POST")


def _check_introspection(plan: Plan, rooms: Rooms) -> None:
    if plan.introspective and not rooms.introspection:
        raise Refused(Code.INTROSPECTION_OFF)


def _counted(
    asked: Sequence[Sequence[PersonalCode]], plan: Plan, permit: Permit, rooms: Rooms
) -> tuple[PersonalCode, ...]:
    codes = tuple(dict.fromkeys(code for root in asked for code in root))
    if not codes:
        raise BadRequest(Code.SUBJECTS_EMPTY)
    most = min(permit.caller.agreement.max_subjects, rooms.max_subjects)
    if len(codes) > most:
        raise BadRequest(Code.SUBJECTS_TOO_MANY, limit=most)
    check_cost(leaves=len(plan.leaves), registers=len(plan.occurrences), persons=len(codes))
    return codes


async def _reserve(permit: Permit, codes: Sequence[PersonalCode], rooms: Rooms) -> None:
    agreement = permit.caller.agreement
    if agreement.quota and codes:
        await rooms.quota.reserve(agreement.number, agreement.quota, codes, rooms.clock.now())
