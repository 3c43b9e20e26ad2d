"""Decision sets: every field decided once per (policy version, agreement revision, action)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from hub.errors import Code
from hub.model.agreement import Agreement, Operation
from hub.model.catalogue import FieldId
from hub.model.decision import DecisionSet, Verdict
from hub.policy.cedar import RULE_FAILED, Rules, judge
from hub.policy.guardrails import Rail
from hub.policy.permits import rule_of

GRANTED = "granted"
CONSENT_NEEDED = "consent_needed"

_FAILED = Rail(
    id=RULE_FAILED,
    en="a rule could not be evaluated, so nothing is granted by it",
    lv="noteikumu nevarēja izvērtēt, tāpēc nekas netiek atļauts",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """A decision set with what requests need of it ready.

    Attributes:
        allowed: Granted, consent given: ``unconditional`` and ``residual`` together.
        value_classes: Those of ``allowed`` that are value classes.
        verdicts: Of every published field.
    """

    decisions: DecisionSet
    allowed: frozenset[FieldId]
    value_classes: frozenset[FieldId]
    verdicts: Mapping[FieldId, Verdict]


def decide_all(rules: Rules, agreement: Agreement, action: Operation) -> Decided:
    """Build the decision set of one agreement revision and action.

    Raises:
        Misconfigured: The agreement's permit does not validate.
    """
    judged, known = judge(rules, agreement, action), rules.catalogue.fields
    allowed = _anchored(rules, [path for path, (given, _) in judged.items() if given.allowed])
    unconditional = frozenset(path for path in allowed if judged[path][1].allowed)
    verdicts: dict[FieldId, Verdict] = {}
    for path, (given, absent) in judged.items():
        if path in unconditional:
            verdicts[path] = _granted(agreement, path)
        elif path in allowed:
            verdicts[path] = _forbidden(rules, path, absent.rails, CONSENT_NEEDED)
        elif given.rails:
            verdicts[path] = _forbidden(rules, path, given.rails, Code.FIELD_FORBIDDEN.code)
        else:
            verdicts[path] = not_in_agreement(agreement, path)
    return Decided(
        decisions=DecisionSet(
            policy_version=rules.version,
            unconditional=unconditional,
            residual=allowed - unconditional,
            refused={path: verdicts[path] for path in judged if path not in allowed},
            reach=frozenset(
                path for path in allowed if not (known[path].free or known[path].is_value_class)
            ),
        ),
        allowed=allowed,
        value_classes=frozenset(path for path in allowed if known[path].is_value_class),
        verdicts=verdicts,
    )


def not_in_agreement(agreement: Agreement, path: FieldId) -> Verdict:
    """Return the verdict of a field that no rule grants."""
    code = Code.FIELD_NOT_IN_AGREEMENT
    return Verdict(field=path, code=code.code, rule=rule_of(agreement), en=code.en, lv=code.lv)


def _anchored(rules: Rules, allowed: Collection[FieldId]) -> frozenset[FieldId]:
    """Drop a register's free fields where guard rails left no leaf of it to stand beside."""
    known = rules.catalogue.fields
    registers = {
        known[path].register
        for path in allowed
        if not known[path].free and not known[path].is_value_class
    }
    return frozenset(
        path for path in allowed if not known[path].free or known[path].register in {"", *registers}
    )


def _granted(agreement: Agreement, path: FieldId) -> Verdict:
    return Verdict(
        field=path,
        code=GRANTED,
        rule=rule_of(agreement),
        en=f"granted for {agreement.purpose_en}",
        lv=f"atļauts nolūkam: {agreement.purpose_lv}",
    )


def _forbidden(rules: Rules, path: FieldId, rails: Collection[str], code: str) -> Verdict:
    rail = next((rules.rails[each] for each in rails if each in rules.rails), _FAILED)
    return Verdict(field=path, code=code, rule=rail.id, en=rail.en, lv=rail.lv)
