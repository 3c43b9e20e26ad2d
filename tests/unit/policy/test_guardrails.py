"""Guard rails judged by Cedar, the traps of the engine, and a second evaluator that knows none."""

import re
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import replace
from functools import lru_cache
from typing import Any

import cedarpy
import msgspec
import pytest
import yaml
from hypothesis import HealthCheck, assume, settings
from hypothesis import given as over
from hypothesis import strategies as some

from hub.errors import Misconfigured
from hub.model.agreement import Agreement, LegalBasis, Operation
from hub.model.catalogue import Catalogue, Category, Field, FieldId, Sensitivity
from hub.policy.cedar import RULE_FAILED, Rules, judge, load_rules
from hub.policy.decisions import decide_all
from hub.policy.permits import ACTIONS, permit_of
from hub.policy.source import packaged
from tests.unit.policy.given import (
    FOLDER,
    agreement,
    catalogue,
    documents,
    drafted_sandbox,
    ids,
    purpose,
    rules,
    small,
    status_fields,
)


class Example(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    field: str
    purpose: str
    article6: str = "A6-1-e"
    article9: str | None = "A9-2-b"
    operations: tuple[Operation, ...] = (Operation.RECORD,)
    action: Operation = Operation.RECORD
    consent: bool = False
    sandbox: bool = False


class Pair(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    refused: Example
    allowed: Example


EXAMPLES = {
    rail: pair
    for path in sorted((FOLDER / "examples").glob("*.yaml"))
    for rail, pair in msgspec.convert(
        yaml.safe_load(path.read_text(encoding="utf-8")), dict[str, Pair]
    ).items()
}


def _judged(example: Example, held: Rules | None = None) -> tuple[bool, tuple[str, ...]]:
    of = agreement(
        purpose=purpose(example.purpose),
        basis=LegalBasis(article6=example.article6, article9=example.article9, law=()),
        operations=frozenset(example.operations),
        fields=ids(example.field),
    )
    judged = judge(held or rules(sandbox=example.sandbox), of, example.action)
    answer = judged[FieldId(example.field)][0 if example.consent else 1]
    return answer.allowed, answer.rails


@pytest.mark.parametrize("rail", sorted(EXAMPLES))
def test_each_rail_refuses_its_example_and_lets_the_other_pass(rail: str) -> None:
    allowed, named = _judged(EXAMPLES[rail].refused)
    assert not allowed
    assert rail in named
    assert _judged(EXAMPLES[rail].allowed) == (True, ())


def test_no_rail_is_without_an_example() -> None:
    assert {*EXAMPLES, "npais"} == set(rules().rails)


def test_npais_stays_out_even_if_somebody_publishes_and_grants_it() -> None:
    npais = Field(
        id=FieldId("npais.signal"),
        register="npais",
        category=Category.ADMINISTRATIVE,
        sensitivity=Sensitivity.ORDINARY,
    )
    wider = replace(catalogue(), fields={**catalogue().fields, npais.id: npais})
    for sandbox in (True, False):
        held = load_rules(packaged(), wider, sandbox=sandbox)
        for each in ("ChildProtectionDecision", "SandboxExploration"):
            of = agreement(purpose=purpose(each), fields=ids("npais.signal"))
            assert "npais" in judge(held, of, Operation.RECORD)[npais.id][0].rails


def test_use_case_8_is_default_deny() -> None:
    """No clear ground was found for schools to ask whether a child is vaccinated."""
    vaccination = [path for path in catalogue().fields if path.startswith("vaccination.")]
    school = [each.agreement for each in documents() if each.agreement.client == "school-board"]
    assert school
    for of in school:
        for action in ACTIONS:
            decided = decide_all(rules(), of, action)
            assert not decided.allowed & set(vaccination)
    assert not [
        each.agreement
        for each in documents()
        if each.agreement.purpose == purpose("SchoolVaccinationCheck")
    ]
    written = agreement(
        purpose=purpose("SchoolVaccinationCheck"),
        basis=LegalBasis(article6="A6-1-c", article9="A9-2-i", law=()),
        fields=ids("vaccination.calendarStatus"),
    )
    decided = decide_all(rules(), written, Operation.RECORD)
    verdict = decided.verdicts[FieldId("vaccination.calendarStatus")]
    assert (verdict.code, verdict.rule) == ("field_forbidden", "vaccination-for-schools")
    assert verdict.en.startswith("no clear ground found")


def test_no_agreement_of_the_sandbox_claims_what_a_rail_forbids() -> None:
    for each in documents():
        of = each.agreement
        for action in ACTIONS:
            if action in of.operations:
                decided = drafted_sandbox().decision(of, action)
                assert of.fields <= decided.allowed, of.number


def test_outside_the_sandbox_everything_is_granted_to_nobody() -> None:
    (of,) = [e.agreement for e in documents() if e.agreement.client == "sandbox-full"]
    assert decide_all(rules(), of, Operation.RECORD).allowed == frozenset()
    everything = drafted_sandbox().decision(of, Operation.RECORD)
    assert everything.allowed == set(catalogue().fields)


# ---- traps of the engine -----------------------------------------------------------------------

TRAPPED = """
permit (principal, action, resource);
@id("x") forbid (principal, action, resource) when { %s };
"""


def _raw(condition: str, context: Mapping[str, Any]) -> cedarpy.AuthzResult:
    request = {
        "principal": 'F::"a"',
        "action": 'Action::"r"',
        "resource": 'F::"b"',
        "context": dict(context),
    }
    return cedarpy.is_authorized(request, TRAPPED % condition, [])


@pytest.mark.parametrize(
    ("condition", "context"),
    [
        ('context.category == "HEALTH"', {}),  # a missing attribute
        ('context.purpose in ["x"]', {"purpose": "x"}),  # a wrong type
        ('context.category == "HELTH"', {"category": "HEALTH"}),  # a misspelt name
    ],
)
def test_cedar_alone_fails_open(condition: str, context: Mapping[str, Any]) -> None:
    assert _raw(condition, context).allowed


def test_a_rail_that_validates_and_still_errs_denies_everything() -> None:
    """Overflow passes validation, and Cedar alone then answers Allow."""
    overflow = "9223372036854775807 + 1 > 0"
    assert _raw(overflow, {}).allowed
    rail = f'@id("x") forbid (principal, action, resource) when {{ {overflow} }};'
    erring = replace(rules(), text=f"{rules().text}\n{rail}")
    decided = decide_all(erring, agreement(), Operation.RECORD)
    assert decided.allowed == frozenset()
    verdict = decided.verdicts[FieldId("employment.status")]
    assert (verdict.code, verdict.rule) == ("field_forbidden", RULE_FAILED)


@pytest.mark.parametrize(
    "change",
    [
        {"purpose": purpose("MeansTest")},
        {"basis": LegalBasis(article6="A6-1-z", article9=None, law=())},
        {"basis": LegalBasis(article6="A6-1-e", article9="A9-2-z", law=())},
    ],
)
def test_terms_that_fit_no_schema_are_refused(change: Mapping[str, Any]) -> None:
    with pytest.raises(Misconfigured, match="T-001"):
        judge(rules(), agreement(**change), Operation.RECORD)


def test_a_permit_that_does_not_validate_is_refused() -> None:
    broken = replace(rules(), text='permit (principal, action == Action::"x", resource);')
    with pytest.raises(Misconfigured, match="T-001"):
        judge(broken, agreement(), Operation.RECORD)


def test_an_agreement_without_operations_becomes_no_permit() -> None:
    assert permit_of(agreement(operations=frozenset({Operation.BATCH})), catalogue()) == ""
    assert "permit" in permit_of(agreement(), catalogue())


# ---- the second evaluator ----------------------------------------------------------------------

CHILD = {"ChildProtectionDecision", "ChildRiskAssessment", "ChildSupportEligibility"}
SCHOOLS = {"SchoolVaccinationCheck", "ChildSupportEligibility", "SpecialistSuitability"}
SANDBOX = "SandboxExploration"


def _allowed_for(field: Field, short: str) -> bool:
    """Purpose against field, in plain Python and in other words than the rails'."""
    criminal = field.category is Category.CRIMINAL or field.sensitivity is Sensitivity.CRIMINAL
    origin = field.category is Category.ORIGIN
    child = field.category is Category.CHILD_PROTECTION
    reason = field.register == "disability" and field.id.endswith(
        (".cause", ".functionalImpairments")
    )
    return short == SANDBOX or not (
        criminal
        or (origin and not short.startswith("Unemploy"))
        or (child and short not in CHILD)
        or (field.register == "childProtection" and short not in {*CHILD, "SpecialistSuitability"})
        or (reason and short != "DisabilityEntitlement")
        or (field.register == "vaccination" and short in SCHOOLS)
    )


def second(
    of: Agreement, action: Operation, known: Catalogue, *, consent: bool, sandbox: bool
) -> AbstractSet[FieldId]:
    """Decide without Cedar: the same answer by another road."""
    short = of.purpose.rpartition("#")[2]
    if action not in of.operations or (short == SANDBOX and not sandbox):
        return frozenset()
    anchors = {
        known.fields[path].register
        for path in of.fields
        if "#" not in path and _granted(known.fields[path], of, action, short, consent=consent)
    }
    return {
        path
        for path, field in known.fields.items()
        if (path in of.fields or (field.free and field.register in {"", *anchors}))
        and _granted(field, of, action, short, consent=consent)
    }


def _granted(field: Field, of: Agreement, action: Operation, short: str, *, consent: bool) -> bool:
    if field.register and of.basis.article6 == "A6-1-a" and not consent:
        return False
    if field.sensitivity is Sensitivity.SPECIAL and of.basis.article9 is None:
        return False
    if action is Operation.STATUS and not (field.free or field.id in status_fields()):
        return False
    return _allowed_for(field, short)


@lru_cache
def _small_rules(*, sandbox: bool) -> Rules:
    return load_rules(packaged(), small(), sandbox=sandbox)


GRANTABLE = sorted(path for path, field in small().fields.items() if not field.free)
AGREEMENTS = some.builds(
    agreement,
    purpose=some.sampled_from(sorted(rules().vocabulary.purposes)).map(purpose),
    basis=some.builds(
        LegalBasis,
        article6=some.sampled_from(["A6-1-a", "A6-1-c", "A6-1-e"]),
        article9=some.sampled_from([None, "A9-2-b", "A9-2-i"]),
        law=some.just(()),
    ),
    operations=some.frozensets(some.sampled_from(list(Operation))),
    fields=some.frozensets(some.sampled_from(GRANTABLE), max_size=40),
)
SLOW = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)


@SLOW
@over(AGREEMENTS, some.sampled_from(ACTIONS), some.booleans())
def test_both_evaluators_agree_on_every_field(
    of: Agreement, action: Operation, sandbox: bool
) -> None:
    decided = decide_all(_small_rules(sandbox=sandbox), of, action)
    given = second(of, action, small(), consent=True, sandbox=sandbox)
    absent = second(of, action, small(), consent=False, sandbox=sandbox)
    assert decided.allowed == given
    assert decided.decisions.unconditional == given & absent
    assert decided.decisions.residual == given - absent
    assert set(decided.decisions.refused) == set(small().fields) - given
    assert decided.value_classes == {path for path in given if "#" in path}
    free = {path for path, field in small().fields.items() if field.free}
    assert decided.decisions.reach == given - free - decided.value_classes
    assert set(decided.verdicts) == set(small().fields)


def test_both_evaluators_agree_on_every_agreement_of_the_sandbox() -> None:
    for each in documents():
        for action in each.agreement.operations & set(ACTIONS):
            decided = drafted_sandbox().decision(each.agreement, action)
            assert decided.allowed == second(
                each.agreement, action, catalogue(), consent=True, sandbox=True
            )


@SLOW
@over(AGREEMENTS, some.sampled_from(ACTIONS), some.data())
def test_removing_a_rule_never_widens(
    of: Agreement, action: Operation, data: some.DataObject
) -> None:
    assume(of.fields)
    held = _small_rules(sandbox=True)
    before = decide_all(held, of, action)
    fewer = data.draw(some.frozensets(some.sampled_from(sorted(of.fields))))
    less = data.draw(some.frozensets(some.sampled_from(list(Operation))))
    narrower = replace(of, fields=of.fields - fewer, operations=of.operations - less)
    after = decide_all(held, narrower, action)
    assert after.allowed <= before.allowed
    assert after.decisions.unconditional <= before.decisions.unconditional


@pytest.mark.parametrize("rail", sorted(EXAMPLES))
def test_each_rail_does_something(rail: str) -> None:
    """Taken away, it no longer refuses its example: the example is its own."""
    parts = re.split(r"(?=^@id\()", rules().text, flags=re.MULTILINE)
    kept = [part for part in parts if not part.startswith(f'@id("{rail}")')]
    assert len(kept) == len(parts) - 1
    _, named = _judged(EXAMPLES[rail].refused, replace(rules(), text="".join(kept)))
    assert rail not in named


def test_a_registers_origin_is_free_only_beside_a_leaf_of_it() -> None:
    decided = decide_all(rules(), agreement(fields=ids("employment.status")), Operation.RECORD)
    assert FieldId("employment.provenance.asOf") in decided.allowed
    assert FieldId("disability.provenance.asOf") not in decided.allowed
    assert ids("personalCode", "absences.code") <= decided.allowed


def test_a_value_class_alone_anchors_nothing() -> None:
    of = agreement(
        fields=ids("employment.status", "socialInsurance.benefits#HEALTH"),
        basis=LegalBasis(article6="A6-1-e", article9="A9-2-b", law=()),
    )
    decided = decide_all(rules(), of, Operation.RECORD)
    assert FieldId("socialInsurance.provenance.asOf") not in decided.allowed
    assert decided.value_classes == ids("socialInsurance.benefits#HEALTH")


def test_where_rails_left_no_leaf_the_origin_is_not_told_either() -> None:
    decided = decide_all(rules(), agreement(fields=ids("disability.group")), Operation.RECORD)
    assert decided.allowed == {
        path for path, field in catalogue().fields.items() if field.free and not field.register
    }
    verdict = decided.verdicts[FieldId("disability.provenance.asOf")]
    assert verdict.code == "field_not_in_agreement"


def test_one_agreement_permits_nothing_to_another() -> None:
    """Cedar given every permit at once decides as it does with one alone."""
    held = rules(sandbox=True)
    text = "\n".join([held.text, *(permit_of(e.agreement, catalogue()) for e in documents())])
    assert cedarpy.validate_policies(text, held.schema).validation_passed
    of = documents()[0].agreement
    together = replace(held, text=text.replace(permit_of(of, catalogue()), ""))
    assert judge(together, of, Operation.STATUS) == judge(held, of, Operation.STATUS)
