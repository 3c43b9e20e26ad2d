from datetime import UTC, date, datetime

import pytest
from msgspec.structs import replace

from connectors.disability.codings import CAUSES, EXPERTISES, GROUPS, OPINIONS, STATUSES
from connectors.disability.facts import (
    Application,
    Certificate,
    Decision,
    DisabilityFacts,
    Opinion,
    Representative,
)
from connectors.disability.mapping import others as people
from connectors.disability.mapping import present
from hub.model.evidence import Provenance
from schemas.registers.disability import (
    Disability,
    DisabilityCause,
    DisabilityGroup,
    DisabilityStatus,
    ExpertiseType,
    OpinionKind,
    ProcessStatus,
)

TODAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
ORIGIN = Provenance(
    register="disability",
    controller="VDEĀVK",
    source="IIS",
    as_of=NOW,
    fetched_at=NOW,
    cached=False,
    stale=False,
)
GROUP_II = Decision(
    decision_no="2024/2",
    decision_date=date(2024, 3, 1),
    application_date=date(2024, 2, 1),
    expertise="ATK",
    status="PIEAUG",
    group="II",
    loss_pct=65,
    cause="SLIMIBA",
    impairments=("G35", "M15-M19"),
    valid_from=date(2024, 3, 1),
    valid_to=date(2029, 2, 28),
    annulled_on=None,
)
GROUP_I = replace(
    GROUP_II, decision_no="2023/9", decision_date=date(2023, 9, 1), group="I", loss_pct=85
)
CHILD = replace(GROUP_II, status="BERNS", group=None, loss_pct=None, cause="BERNIBA")
PREDICTABLE = replace(GROUP_II, status="PROGN", group=None, loss_pct=None)
NO_DISABILITY = replace(GROUP_II, status="NAV", group=None, loss_pct=None)


def state(*decisions: Decision, on: date | None = None, **others: object) -> Disability:
    facts = replace(DisabilityFacts(decisions=decisions), **others)
    return present(facts, {"on": on}, ORIGIN, TODAY)


def test_one_decision_in_force_speaks() -> None:
    shown = state(GROUP_II)
    assert shown.status is DisabilityStatus.ADULT
    assert shown.group is DisabilityGroup.II
    assert shown.work_capacity_loss_pct == 65
    assert shown.cause is DisabilityCause.ILLNESS
    assert shown.functional_impairments == ["G35", "M15-M19"]
    assert (shown.valid_from, shown.valid_to) == (date(2024, 3, 1), date(2029, 2, 28))
    assert shown.decisions[0].expertise_type is ExpertiseType.REPEATED
    assert shown.provenance.register == "disability"


@pytest.mark.parametrize(
    ("stronger", "weaker"),
    [
        (GROUP_I, GROUP_II),
        (GROUP_II, replace(GROUP_I, group="III", loss_pct=40)),
        (replace(GROUP_I, group="III", loss_pct=30), CHILD),
        (CHILD, PREDICTABLE),
        (PREDICTABLE, NO_DISABILITY),
        (replace(GROUP_II, loss_pct=75, decision_date=date(2020, 1, 1)), GROUP_II),
        (replace(GROUP_II, decision_date=date(2025, 1, 1)), GROUP_II),
        (replace(GROUP_II, decision_no="2024/3"), GROUP_II),
    ],
)
def test_of_several_decisions_the_most_severe_speaks_then_the_latest(
    stronger: Decision, weaker: Decision
) -> None:
    for order in ((stronger, weaker), (weaker, stronger)):
        shown = state(*order)
        assert len(shown.decisions) == 2
        assert shown.decisions[0].decision_no == stronger.decision_no
        assert shown.known_since == stronger.decision_date
        assert shown.work_capacity_loss_pct == stronger.loss_pct
        assert shown.decisions[0].status is shown.status


@pytest.mark.parametrize(
    ("on", "in_force"),
    [
        (date(2024, 2, 29), False),
        (date(2024, 3, 1), True),
        (date(2029, 2, 28), True),
        (date(2029, 3, 1), False),
    ],
)
def test_both_ends_of_a_decision_count(on: date, in_force: bool) -> None:
    shown = state(GROUP_II, on=on)
    assert bool(shown.decisions) is in_force
    assert shown.status is (DisabilityStatus.ADULT if in_force else DisabilityStatus.NONE)


def test_a_decision_ends_the_day_it_is_annulled() -> None:
    annulled = replace(GROUP_II, annulled_on=date(2025, 6, 1))
    assert state(annulled, on=date(2025, 5, 31)).group is DisabilityGroup.II
    assert state(annulled, on=date(2025, 6, 1)).status is DisabilityStatus.NONE
    endless = replace(GROUP_II, valid_to=None)
    assert state(endless, on=date(2090, 1, 1)).valid_to is None


def test_a_decision_with_earlier_effect_says_since_when_it_is_known() -> None:
    late = replace(GROUP_II, decision_date=date(2024, 5, 20))
    shown = state(late, on=date(2024, 3, 10))
    assert shown.group is DisabilityGroup.II
    assert shown.known_since == date(2024, 5, 20)
    assert shown.decisions[0].known_since == date(2024, 5, 20)


def test_nobody_ever_decided_is_not_the_same_as_no_disability() -> None:
    assert state(GROUP_II, on=date(1990, 1, 1)).status is DisabilityStatus.NONE
    assert state(certificates=(Certificate(number="1"),)).status is None
    assert state(NO_DISABILITY).status is DisabilityStatus.NONE


def test_today_is_the_default_day() -> None:
    assert state(GROUP_II) == state(GROUP_II, on=TODAY)


def test_opinions_live_their_own_days_unless_the_decision_is_annulled() -> None:
    opinion = Opinion(kind="ASIST", valid_from=date(2024, 3, 1), valid_to=date(2024, 12, 31))
    decision = replace(GROUP_II, opinions=(opinion, replace(opinion, kind="NEW", valid_to=None)))
    kinds = [each.kind for each in state(decision, on=date(2024, 6, 1)).opinions]
    assert kinds == [OpinionKind.ASSISTANT, OpinionKind.OTHER]
    assert [each.kind for each in state(decision).opinions] == [OpinionKind.OTHER]
    gone = replace(decision, annulled_on=date(2024, 5, 1))
    assert state(gone, on=date(2024, 6, 1)).opinions == []


def test_the_latest_certificate_in_force_is_shown() -> None:
    old = Certificate(number="A", issued_on=date(2020, 1, 1), valid_to=None, annulled_on=None)
    new = replace(old, number="B", issued_on=date(2024, 1, 1))
    lost = replace(old, number="C", issued_on=date(2025, 1, 1), annulled_on=date(2025, 2, 1))
    shown = state(GROUP_II, certificates=(new, lost, old))
    assert shown.certificate
    assert (shown.certificate.number, shown.certificate.valid_from) == ("B", date(2024, 1, 1))
    assert state(certificates=(new,), on=date(2023, 1, 1)).certificate is None


@pytest.mark.parametrize(
    ("on", "status"),
    [
        (date(2026, 1, 10), ProcessStatus.RECEIVED),
        (date(2026, 1, 20), ProcessStatus.IN_EXAMINATION),
        (date(2026, 2, 20), ProcessStatus.DECIDED),
    ],
)
def test_an_application_is_told_as_it_stood_on_the_day(on: date, status: ProcessStatus) -> None:
    application = Application(
        application_date=date(2026, 1, 10),
        expertise="PIRM",
        examined_from=date(2026, 1, 20),
        closed_on=date(2026, 2, 20),
        result="LEMUMS",
    )
    assert [
        each.process_status for each in state(applications=(application,), on=on).applications
    ] == [status]
    taken_back = replace(application, result="ATSAUKTS")
    assert (
        state(applications=(taken_back,)).applications[0].process_status is ProcessStatus.WITHDRAWN
    )
    assert state(applications=(application,), on=date(2026, 1, 9)).applications == []


def test_applications_are_told_latest_first() -> None:
    days = [date(2020, 1, 1), date(2025, 1, 1), date(2022, 1, 1)]
    shown = state(applications=tuple(Application(application_date=day) for day in days))
    assert [each.application_date for each in shown.applications] == sorted(days, reverse=True)


def test_representatives_of_the_day_are_references_and_counted() -> None:
    mother = Representative(
        code="33000000001", first_name="Anna", valid_from=date(2020, 1, 1), valid_to=None
    )
    former = replace(mother, code="33000000002", valid_to=date(2021, 1, 1))
    shown = state(representatives=(mother, former))
    assert [(each.personal_code, each.first_name) for each in shown.representatives] == [
        ("330000-00001", "Anna")
    ]
    assert people(shown) == [("representatives", "330000-00001")]


def test_every_code_of_the_source_has_a_meaning_of_its_own() -> None:
    for coding in (STATUSES, GROUPS, CAUSES, EXPERTISES, OPINIONS):
        assert len(set(coding.values())) == len(coding)
    assert set(STATUSES.values()) == set(DisabilityStatus)
    assert set(CAUSES.values()) == set(DisabilityCause) - {DisabilityCause.OTHER}
    assert set(OPINIONS.values()) == set(OpinionKind) - {OpinionKind.OTHER}
    assert state(replace(GROUP_II, cause="NEW")).cause is DisabilityCause.OTHER
    assert state(replace(GROUP_II, cause=None)).cause is None
