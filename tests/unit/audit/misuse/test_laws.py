"""Laws of all detectors: order is nothing, others are nothing, what is cited is enough."""

from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace as altered

from hub.audit.misuse.detect import detect, still_holds
from hub.model.agreement import Scope
from hub.model.misuse import Finding, Kind, Look
from tests.service.storage.hub_database import keyring
from tests.unit.audit.misuse.given import (
    NOON,
    WORKER,
    around,
    code,
    daily,
    day,
    lived,
    look,
    terms,
    thresholds,
)
from tests.unit.audit.misuse.test_working import NIGHT, TODAY, worked

QUOTA, CASE, TIED = "RSD-2026-005", "RSD-2026-004", "RBT-2026-001"
AROUND = around(
    lived(1, surname="Rudmeža", home="a", kin=[2]),
    lived(2, home="b"),
    lived(3, home="c", kin=[4]),
    lived(4, home="c"),
    lived(6, surname="Rudmežs", home="d"),
    lived(7, surname="Cits", home="d"),
    officials={WORKER: 1, "RD-103": 3},
    vips=[9],
    agreements=[
        terms(CASE, case_required=True),
        terms(QUOTA, quota=daily(5)),
        terms(TIED, case_required=True, scope=Scope(case=True)),
    ],
)


def misused() -> list[Look]:
    """Something of every kind."""
    looks = [look(n) for n in (1, 2, 3, 4, 6, 7, 9)]
    looks += [look(n, at=NIGHT) for n in range(50, 54)]
    looks += [look(n, case="1", agreement=CASE) for n in range(60, 67)]
    looks += [look(n, case="2", agreement=TIED, found=False) for n in range(70, 74)]
    looks += worked(10, 45, official="RD-777")
    looks += [look(n, found=False, official="RD-778") for n in range(200, 230)]
    looks += [
        look(n, at=day(TODAY - timedelta(days=back)), agreement=QUOTA, official=None)
        for back in range(6)
        for n in [*range(300, 305), *range(300, 305)]  # each person again: one of two is cited
    ]
    return looks + [look(400, action="status", official="RD-779") for _ in range(12)]


LOOKS = misused()
FINDINGS = detect(LOOKS, AROUND, thresholds(), keyring())


def unrelated(dice: Random) -> list[Look]:
    """Ordinary work of another institution."""
    return [
        look(
            dice.randrange(2_000, 9_000),
            recipient="MND",
            client="madona-social-service",
            agreement="MSD-2026-001",
            official=f"M-{dice.randrange(5)}",
            at=NOON + timedelta(minutes=dice.randrange(200)),
        )
        for _ in range(40)
    ]


def test_something_of_every_kind_is_found() -> None:
    assert {each.kind for each in FINDINGS} == set(Kind)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_order_and_others_change_nothing(seed: int) -> None:
    dice = Random(seed)
    looks = LOOKS + unrelated(dice)
    dice.shuffle(looks)
    assert detect(looks, AROUND, thresholds(), keyring()) == FINDINGS


@pytest.mark.parametrize("finding", FINDINGS, ids=lambda each: each.kind)
def test_what_a_finding_cites_is_enough_to_find_it_again(finding: Finding) -> None:
    cited = [each for each in LOOKS if each.place in finding.evidence | finding.baseline]
    assert still_holds(finding, cited, AROUND, thresholds(), keyring())


@pytest.mark.parametrize("finding", FINDINGS, ids=lambda each: each.kind)
def test_a_finding_does_not_hold_without_its_evidence(finding: Finding) -> None:
    first = min(finding.evidence)
    fewer = [each for each in LOOKS if each.place != first]
    assert not still_holds(finding, fewer, AROUND, thresholds(), keyring())
    unnamed = [altered(each, subject=None) for each in LOOKS]
    assert not still_holds(finding, unnamed, AROUND, thresholds(), keyring())


def test_the_row_a_finding_was_made_with_counts() -> None:
    finding = next(each for each in FINDINGS if each.kind is Kind.OUT_OF_HOURS)
    stricter = altered(
        thresholds(), out_of_hours=altered(thresholds().out_of_hours, households=1_000)
    )
    assert still_holds(finding, LOOKS, AROUND, stricter, keyring())
    raised = replace(
        finding, thresholds=finding.thresholds.replace('"households":3', '"households":1000')
    )
    assert not still_holds(raised, LOOKS, AROUND, thresholds(), keyring())


def test_a_finding_names_nobody_looked_up() -> None:
    told = repr(FINDINGS)
    assert not any(code(number) in told for number in range(1_000))
    assert all(len(each.id) == 32 for each in FINDINGS)


def test_ids_need_the_key() -> None:
    class Other:
        def key(self, use: str) -> bytes:
            return use.encode().ljust(32)

    others = detect(LOOKS, AROUND, thresholds(), Other())
    assert not {each.id for each in others} & {each.id for each in FINDINGS}


def test_what_ended_before_the_days_judged_is_left_out() -> None:
    since = max(each.until for each in FINDINGS)
    judged = detect(LOOKS, AROUND, thresholds(), keyring(), judged_from=since)
    assert judged == [each for each in FINDINGS if each.until >= since]
    assert 0 < len(judged) < len(FINDINGS)
