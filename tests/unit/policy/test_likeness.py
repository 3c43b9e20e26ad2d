"""What is judged for a group of fields is what each of them would get alone."""

import random
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import given as over
from hypothesis import strategies as some

from hub.model.agreement import Agreement, LegalBasis, Operation
from hub.model.catalogue import FieldId
from hub.policy.cedar import Rules, judge, judge_each
from hub.policy.likeness import alike, named
from hub.policy.permits import ACTIONS, granted_by, permit_of
from tests.unit.policy.given import agreement, catalogue, documents, purpose, rules

FIELDS = sorted(catalogue().fields)
_HEAVY = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))


def _one_by_one(held: Rules, of: Agreement, action: Operation) -> dict[FieldId, object]:
    text = f"{held.text}\n{permit_of(of, catalogue())}"
    paths = list(catalogue().fields)
    return dict(zip(paths, judge_each(held, of, action, paths, text), strict=True))


@pytest.mark.parametrize("number", [each.agreement.number for each in documents()])
def test_every_agreement_of_the_sandbox_is_judged_as_field_by_field(number: str) -> None:
    of = next(each.agreement for each in documents() if each.agreement.number == number)
    for action in sorted(of.operations.intersection(ACTIONS)):
        for sandbox in (True, False):
            held = rules(sandbox=sandbox)
            assert judge(held, of, action) == _one_by_one(held, of, action)


@_HEAVY
@over(
    granted=some.sets(some.sampled_from(FIELDS), max_size=30),
    for_what=some.sampled_from(["SandboxExploration", "CrisisBenefit", "DisabilityEntitlement"]),
    article9=some.sampled_from([None, "A9-2-b"]),
    article6=some.sampled_from(["A6-1-a", "A6-1-e"]),
    action=some.sampled_from([Operation.RECORD, Operation.STATUS]),
    barred=some.lists(some.sampled_from(FIELDS), max_size=4),
)
def test_any_agreement_under_rails_that_name_any_fields(
    granted: set[FieldId],
    for_what: str,
    article9: str | None,
    article6: str,
    action: Operation,
    barred: Sequence[FieldId],
) -> None:
    of = agreement(
        purpose=purpose(for_what),
        basis=LegalBasis(article6=article6, article9=article9, law=()),
        operations=frozenset({Operation.RECORD, Operation.STATUS}),
        fields=frozenset(granted),
    )
    held = replace(rules(), text="\n".join([rules().text, *map(_barring, barred)]))
    assert judge(held, of, action) == _one_by_one(held, of, action)


def _barring(path: FieldId) -> str:
    rail = random.Random(path).choice(["criminal-data", "npais", "origin-data"])
    return f'@id("{rail}") forbid (principal, action, resource == Field::"{path}");'


def test_a_field_named_in_any_spelling_stands_alone() -> None:
    path = FieldId("disability.group")
    spelt = 'forbid (principal, action, resource == Field::"disability\\u{2e}group");'
    assert path not in spelt
    assert named(spelt) == {path}
    groups = alike(rules().traits, granted=(), rails=spelt)
    assert [path] in groups
    held = replace(rules(), text=f'{rules().text}\n@id("npais") {spelt}')
    of = agreement(fields=frozenset(FIELDS))
    judged = judge(held, of, Operation.RECORD)
    assert "npais" in judged[path][0].rails
    assert [each for each in judged if "npais" in judged[each][0].rails] == [path]


def test_groups_hold_every_field_once_and_keep_the_granted_apart() -> None:
    of = next(each.agreement for each in documents() if each.agreement.number == "RSD-2026-001")
    granted = granted_by(of, catalogue())
    groups = alike(rules().traits, granted=granted, rails=rules().text)
    assert sorted(path for group in groups for path in group) == FIELDS
    assert len(groups) < len(FIELDS) / 3, "else nothing is saved"
    for group in groups:
        assert len({path in granted for path in group}) == 1
        known = [catalogue().fields[path] for path in group]
        assert len({(each.register, each.category, each.sensitivity) for each in known}) == 1
