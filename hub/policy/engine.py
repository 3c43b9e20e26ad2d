"""The policy engine: from a verified client to a permit, or to reasoned refusals."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from hub.errors import Code, Refused, Several
from hub.model.agreement import Agreement, OnExcess, Operation
from hub.model.caller import Caller, Client, Credentials
from hub.model.catalogue import FieldId
from hub.model.decision import DecisionSet, Permit, Verdict
from hub.policy.book import Book
from hub.policy.decisions import Decided, not_in_agreement
from hub.policy.headers import read_headers
from hub.policy.memory import LocalHour, Settled
from hub.policy.permits import ACTIONS
from hub.ports import Clock

_CODES = {code.code: code for code in (Code.FIELD_NOT_IN_AGREEMENT, Code.FIELD_FORBIDDEN)}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ruling:
    """A permit without its caller, or, where ``refused``, why there is none."""

    policy_version: str
    granted: frozenset[FieldId]
    residual: frozenset[FieldId]
    withheld: tuple[Verdict, ...]
    value_classes: frozenset[FieldId]
    refused: bool


class Policy:
    """Implements ``hub.ports.PolicyEngine`` over the present book.

    What depends on book, agreement and fields alone is worked out once while the book is in
    force. Who is calling, whether the agreement is in force now, and whether there is a book at
    all, is asked every time.
    """

    def __init__(self, current: Callable[[], Book], clock: Clock) -> None:
        """Decide by the book that ``current`` returns (``AgreementBook.current``)."""
        self._current = current
        self._clock = clock
        self._hour = LocalHour()
        self._actions: Settled[frozenset[FieldId], Operation] = Settled()
        self._rulings: Settled[tuple[str, frozenset[FieldId]], _Ruling] = Settled()
        self._sets: Settled[None, DecisionSet] = Settled()

    def edition(self) -> object:
        """Return what stands for the rules in force: the same object until anything changes.

        Raises:
            ServiceUnavailable: ``policy_unavailable``.
        """
        return self._current()

    def choose(self, client: Client, credentials: Credentials) -> Caller:
        """Pick the agreement the caller invokes and check case and official.

        Raises:
            BadRequest: ``header_conflict``, ``header_invalid``.
            Refused: ``agreement_unknown``, ``agreement_not_in_force``, ``agreement_missing``,
                ``agreement_ambiguous`` (lists numbers), ``case_missing``, ``official_missing``.
            ServiceUnavailable: ``policy_unavailable``.
        """
        asserted = read_headers(credentials)
        if asserted.agreement is None:
            agreement = self._only(client.id)
        else:
            agreement = self._named(client.id, asserted.agreement)
        if agreement.case_required and asserted.case is None:
            raise Refused(Code.CASE_MISSING)
        if agreement.official_required and asserted.official is None:
            raise Refused(Code.OFFICIAL_MISSING)
        return Caller(
            client=client, agreement=agreement, case=asserted.case, official=asserted.official
        )

    def action(self, caller: Caller, fields: Collection[FieldId]) -> Operation:
        """Tell whether an operation is a status check or asks for records.

        It is a status check when the agreement grants nothing else, or grants it and every leaf
        asked answers one.
        """
        agreement = caller.agreement
        if Operation.STATUS not in agreement.operations:
            return Operation.RECORD
        book, asked = self._current(), frozenset(fields)
        known = self._actions.recall(book, agreement, asked)
        if known is None:
            known = self._actions.keep(book, agreement, asked, _action(book, agreement, asked))
        return known

    def decide(self, caller: Caller, fields: Collection[FieldId], action: str) -> Permit:
        """Make the permit, or refuse naming every excess field with its rule and reason.

        Args:
            caller: From ``choose``.
            fields: Published leaves the operation asks for.
            action: ``record``, ``status`` or ``changes``; see ``action``.

        Raises:
            Refused: ``operation_not_in_agreement``.
            Several: ``field_not_in_agreement`` and ``field_forbidden``, ordered by field; each
                names ``field``, ``rule`` and ``reason``.
            ServiceUnavailable: ``policy_unavailable``.
        """
        ruling = self._ruling(caller.agreement, frozenset(fields), action)
        if ruling.refused:
            raise Several([_refusal(verdict) for verdict in ruling.withheld])
        return Permit(
            caller=caller,
            policy_version=ruling.policy_version,
            granted=ruling.granted,
            residual=ruling.residual,
            withheld=ruling.withheld,
            value_classes=ruling.value_classes,
        )

    def explain(self, caller: Caller, fields: Collection[FieldId]) -> Sequence[Verdict]:
        """Return the verdict of every field asked, ordered, asking nothing of anybody.

        Raises:
            Refused: ``operation_not_in_agreement``.
            ServiceUnavailable: ``policy_unavailable``.
        """
        decided = _decided(self._current(), caller.agreement, self.action(caller, fields))
        return _verdicts(decided, caller.agreement, fields)

    def decisions(self, caller: Caller) -> DecisionSet:
        """Return the decision set of the caller's agreement for records, else for status checks.

        Raises:
            Refused: ``operation_not_in_agreement``.
            ServiceUnavailable: ``policy_unavailable``.
        """
        book, agreement = self._current(), caller.agreement
        known = self._sets.recall(book, agreement, None)
        if known is None:
            decided = _decided(book, agreement, self.action(caller, ()))
            known = self._sets.keep(book, agreement, None, decided.decisions)
        return known

    def agreements(self, client_id: str) -> Sequence[Agreement]:
        """Return the client's agreements in force now, ordered by number.

        Raises:
            ServiceUnavailable: ``policy_unavailable``.
        """
        now, today = self._now()
        return [each for each in self.every(client_id) if each.in_force(now, today)]

    def every(self, client_id: str) -> Sequence[Agreement]:
        """Return the client's agreements, in force or not, ordered by number.

        Raises:
            ServiceUnavailable: ``policy_unavailable``.
        """
        return list(self._current().agreements.get(client_id, {}).values())

    def _named(self, client_id: str, number: str) -> Agreement:
        agreement = self._current().agreements.get(client_id, {}).get(number)
        if agreement is None:
            raise Refused(Code.AGREEMENT_UNKNOWN)
        now, today = self._now()
        if not agreement.in_force(now, today):
            raise Refused(
                Code.AGREEMENT_NOT_IN_FORCE,
                validFrom=agreement.valid_from.isoformat(),
                validTo=agreement.valid_to.isoformat() if agreement.valid_to else None,
                hours=list(agreement.hours) if agreement.hours else None,
            )
        return agreement

    def _only(self, client_id: str) -> Agreement:
        in_force = self.agreements(client_id)
        if not in_force:
            raise Refused(Code.AGREEMENT_MISSING)
        if len(in_force) > 1:
            raise Refused(Code.AGREEMENT_AMBIGUOUS, agreements=[each.number for each in in_force])
        return in_force[0]

    def _ruling(self, agreement: Agreement, asked: frozenset[FieldId], action: str) -> _Ruling:
        book, key = self._current(), (action, asked)
        known = self._rulings.recall(book, agreement, key)
        if known is None:
            decided = _decided(book, agreement, action)
            known = self._rulings.keep(book, agreement, key, _ruled(decided, agreement, asked))
        return known

    def _now(self) -> tuple[datetime, date]:
        """Return the present hour and day in Europe/Riga."""
        return self._hour.of(self._clock.now())


def readdressed(permit: Permit, caller: Caller, operation_id: str) -> Permit:
    """Return ``permit`` for another operation, and caller, under the very same agreement.

    Whether that caller may invoke the agreement now was for ``Policy.choose`` to say.

    Raises:
        ValueError: The caller's agreement is another.
    """
    if caller.agreement is not permit.caller.agreement:
        message = "a permit holds for its own agreement alone"
        raise ValueError(message)
    return Permit(
        caller=caller,
        policy_version=permit.policy_version,
        granted=permit.granted,
        residual=permit.residual,
        withheld=permit.withheld,
        value_classes=permit.value_classes,
        operation_id=operation_id,
    )


def acquainting(caller: Caller, operation_id: str, policy_version: str) -> Permit:
    """Return a permit that grants nothing: the population register alone is asked with it.

    So that a question about consents or the log knows who somebody is and whom they act for.
    """
    return Permit(
        caller=caller,
        policy_version=policy_version,
        granted=frozenset(),
        residual=frozenset(),
        withheld=(),
        value_classes=frozenset(),
        operation_id=operation_id,
    )


def _action(book: Book, agreement: Agreement, asked: frozenset[FieldId]) -> Operation:
    known = book.rules.catalogue.fields
    leaves = {path for path in asked if path not in known or not known[path].free}
    if Operation.RECORD not in agreement.operations or (
        leaves and leaves <= book.rules.vocabulary.status
    ):
        return Operation.STATUS
    return Operation.RECORD


def _decided(book: Book, agreement: Agreement, action: str) -> Decided:
    if action not in agreement.operations or action not in ACTIONS:
        raise Refused(
            Code.OPERATION_NOT_IN_AGREEMENT,
            operation=action,
            granted=sorted(agreement.operations),
        )
    return book.decision(agreement, Operation(action))


def _ruled(decided: Decided, agreement: Agreement, asked: frozenset[FieldId]) -> _Ruling:
    excess = _verdicts(decided, agreement, asked - decided.allowed)
    return _Ruling(
        policy_version=decided.decisions.policy_version,
        granted=asked & decided.allowed if excess else asked,
        residual=asked & decided.decisions.residual,
        withheld=excess,
        value_classes=decided.value_classes,
        refused=bool(excess) and agreement.on_excess is OnExcess.REFUSE,
    )


def _verdicts(
    decided: Decided, agreement: Agreement, fields: Iterable[FieldId]
) -> tuple[Verdict, ...]:
    return tuple(
        decided.verdicts.get(path) or not_in_agreement(agreement, path) for path in sorted(fields)
    )


def _refusal(verdict: Verdict) -> Refused:
    return Refused(
        _CODES[verdict.code],
        field=verdict.field,
        rule=verdict.rule,
        reason={"en": verdict.en, "lv": verdict.lv},
    )
