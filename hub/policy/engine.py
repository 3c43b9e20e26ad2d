"""The policy engine: from a verified client to a permit, or to reasoned refusals."""

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from hub.errors import Code, Refused, Several
from hub.model.agreement import Agreement, OnExcess, Operation
from hub.model.caller import Caller, Client, Credentials
from hub.model.catalogue import FieldId
from hub.model.decision import DecisionSet, Permit, Verdict
from hub.policy.book import Book
from hub.policy.decisions import Decided, not_in_agreement
from hub.policy.headers import read_headers
from hub.policy.permits import ACTIONS
from hub.ports import Clock

_CODES = {code.code: code for code in (Code.FIELD_NOT_IN_AGREEMENT, Code.FIELD_FORBIDDEN)}
_RIGA = ZoneInfo("Europe/Riga")


class Policy:
    """Implements ``hub.ports.PolicyEngine`` over the present book."""

    def __init__(self, current: Callable[[], Book], clock: Clock) -> None:
        """Decide by the book that ``current`` returns (``AgreementBook.current``)."""
        self._current = current
        self._clock = clock

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
        operations = caller.agreement.operations
        if Operation.STATUS not in operations:
            return Operation.RECORD
        rules = self._current().rules
        known = rules.catalogue.fields
        asked = {path for path in fields if path not in known or not known[path].free}
        if Operation.RECORD not in operations or (asked and asked <= rules.vocabulary.status):
            return Operation.STATUS
        return Operation.RECORD

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
        agreement = caller.agreement
        decided = self._decided(agreement, action)
        asked = frozenset(fields)
        excess = _verdicts(decided, agreement, asked - decided.allowed)
        if excess and agreement.on_excess is OnExcess.REFUSE:
            raise Several([_refusal(verdict) for verdict in excess])
        return Permit(
            caller=caller,
            policy_version=decided.decisions.policy_version,
            granted=asked & decided.allowed,
            residual=asked & decided.decisions.residual,
            withheld=excess,
            value_classes=decided.value_classes,
        )

    def explain(self, caller: Caller, fields: Collection[FieldId]) -> Sequence[Verdict]:
        """Return the verdict of every field asked, ordered, asking nothing of anybody.

        Raises:
            Refused: ``operation_not_in_agreement``.
            ServiceUnavailable: ``policy_unavailable``.
        """
        decided = self._decided(caller.agreement, self.action(caller, fields))
        return _verdicts(decided, caller.agreement, fields)

    def decisions(self, caller: Caller) -> DecisionSet:
        """Return the decision set of the caller's agreement for records, else for status checks.

        Raises:
            Refused: ``operation_not_in_agreement``.
            ServiceUnavailable: ``policy_unavailable``.
        """
        return self._decided(caller.agreement, self.action(caller, ())).decisions

    def agreements(self, client_id: str) -> Sequence[Agreement]:
        """Return the client's agreements in force now, ordered by number.

        Raises:
            ServiceUnavailable: ``policy_unavailable``.
        """
        now = self._now()
        return [each for each in self.every(client_id) if each.in_force(now, now.date())]

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
        now = self._now()
        if not agreement.in_force(now, now.date()):
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

    def _decided(self, agreement: Agreement, action: str) -> Decided:
        if action not in agreement.operations or action not in ACTIONS:
            raise Refused(
                Code.OPERATION_NOT_IN_AGREEMENT,
                operation=action,
                granted=sorted(agreement.operations),
            )
        return self._current().decision(agreement, Operation(action))

    def _now(self) -> datetime:
        return self._clock.now().astimezone(_RIGA)


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
