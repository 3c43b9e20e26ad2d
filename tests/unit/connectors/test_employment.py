from collections.abc import Collection
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from connectors.employment import MANIFEST
from connectors.employment.codings import END_REASONS, LANGUAGE_LEVELS, LEVELS, MEASURES, STATUSES
from connectors.employment.facts import Cv, EmploymentFacts, Job, Measure, Schooling, Spell
from connectors.employment.mapping import present
from connectors.employment.twin import TWIN
from hub.model.catalogue import FieldId
from hub.sandbox.people.generate import Population, lives
from schemas.registers.employment import Employment
from schemas.registers.employment.codes import (
    EducationLevel,
    EmploymentEndReason,
    EmploymentStatus,
    LanguageLevel,
    MeasureKind,
)
from tests.unit.connectors.origin import ORIGIN, TODAY

FIRST = date(2024, 2, 1)
HEALTH, ORIGIN_CLASS = FieldId("employment.measures#HEALTH"), FieldId("employment.measures#ORIGIN")
SPELL = Spell(
    status="BEZD",
    granted_on=FIRST,
    granted_decided_on=date(2024, 2, 3),
    ended_on=date(2024, 6, 30),
    ended_decided_on=date(2024, 7, 20),
    end_reason="DARBS",
    branch="Rīgas filiāle",
)


def shown(facts: EmploymentFacts, on: date | None = None) -> Employment:
    return present(facts, {"on": on}, ORIGIN, TODAY)


def state(*spells: Spell, on: date | None = None) -> Employment:
    return shown(EmploymentFacts(spells=spells), on)


def withheld(facts: EmploymentFacts, granted: Collection[str] = ()) -> EmploymentFacts:
    return facts.withhold([FieldId(each) for each in granted])


def test_a_status_lasts_from_its_first_to_its_last_day() -> None:
    for on in (SPELL.granted_on, date(2024, 4, 1), SPELL.ended_on):
        assert isinstance(on, date)
        assert state(SPELL, on=on).status is EmploymentStatus.UNEMPLOYED
    assert state(SPELL, on=date(2024, 1, 31)).status is EmploymentStatus.NONE
    assert state(SPELL, on=date(2024, 7, 1)).status is EmploymentStatus.NONE


def test_the_end_is_not_told_of_a_day_before_it() -> None:
    then = state(SPELL, on=date(2024, 4, 1))
    assert (then.ended_on, then.end_reason) == (None, None)
    assert then.known_since == date(2024, 2, 3)


def test_after_the_end_the_last_status_tells_when_why_and_since_when_that_is_known() -> None:
    now = state(SPELL)
    assert now.status is EmploymentStatus.NONE
    assert now.granted_on == FIRST
    assert now.ended_on == date(2024, 6, 30)
    assert now.end_reason is EmploymentEndReason.FOUND_WORK
    assert now.known_since == date(2024, 7, 20)
    assert now.branch == "Rīgas filiāle"


def test_before_the_first_status_nothing_of_it_is_told() -> None:
    before = state(SPELL, on=date(2020, 1, 1))
    assert before.status is EmploymentStatus.NONE
    assert (before.granted_on, before.known_since, before.branch) == (None, None, None)


def test_who_never_had_a_status_has_none_told() -> None:
    assert shown(EmploymentFacts(spells=())).status is None


def test_of_two_statuses_in_force_the_one_granted_last_counts() -> None:
    seeker = replace(SPELL, status="DMEK", granted_on=date(2024, 3, 1))
    for order in ((SPELL, seeker), (seeker, SPELL)):
        assert state(*order, on=date(2024, 4, 1)).status is EmploymentStatus.JOB_SEEKER


def test_a_status_in_force_counts_before_one_that_ended_later_began() -> None:
    lasting = replace(SPELL, ended_on=None, granted_on=date(2023, 1, 1))
    assert state(lasting, SPELL).status is EmploymentStatus.UNEMPLOYED
    assert state(lasting, SPELL).granted_on == date(2023, 1, 1)


def test_a_status_the_schema_does_not_know_is_null_and_never_none() -> None:
    assert state(replace(SPELL, status="JAUNS", ended_on=None)).status is None


@given(
    st.lists(
        st.tuples(
            st.dates(date(2020, 1, 1), TODAY), st.none() | st.integers(0, 900), st.booleans()
        ),
        max_size=6,
    ),
    st.dates(date(2019, 1, 1), TODAY),
)
def test_the_status_of_a_day_is_that_of_some_spell_around_it(
    drawn: list[tuple[date, int | None, bool]], on: date
) -> None:
    spells = tuple(
        Spell(
            status="BEZD",
            granted_on=begins,
            ended_on=None if days is None else begins + timedelta(days=days),
            end_reason="DARBS" if told else None,
        )
        for begins, days, told in drawn
    )
    around = any(
        begins <= on and (days is None or on <= begins + timedelta(days=days))
        for begins, days, _ in drawn
    )
    found = state(*spells, on=on)
    assert (found.status is EmploymentStatus.UNEMPLOYED) == around
    assert found.ended_on is None or found.ended_on < on
    assert found.granted_on is None or found.granted_on <= on


@pytest.mark.parametrize("reason", sorted(END_REASONS))
def test_reasons_that_reveal_more_vanish_to_null(reason: str) -> None:
    facts = EmploymentFacts(spells=(replace(SPELL, end_reason=reason),))
    ordinary = {
        "DARBS",
        "PASNOD",
        "VECPENS",
        "MACIBAS",
        "ATTEIKS",
        "PIENAK",
        "BKOPS",
        "IZCEL",
        "NAVE",
    }
    without = shown(withheld(facts))
    assert (without.end_reason is None) == (reason not in ordinary)
    assert without.ended_on == date(2024, 6, 30)
    every = [f"employment.endReason#{each}" for each in ("HEALTH", "CHILD_PROTECTION", "ORIGIN")]
    seen = shown(withheld(facts, [*every, "employment.endReason#CRIMINAL"]))
    assert seen.end_reason is END_REASONS[reason]


def test_a_withheld_reason_and_none_stated_are_the_same_facts() -> None:
    ill = EmploymentFacts(spells=(replace(SPELL, end_reason="SLIM"),))
    unstated = EmploymentFacts(spells=(replace(SPELL, end_reason=None),))
    assert withheld(ill) == withheld(unstated)


def test_a_reason_nobody_has_classified_is_shown_to_nobody() -> None:
    facts = EmploymentFacts(spells=(replace(SPELL, end_reason="JAUNS"),))
    every = ("HEALTH", "CHILD_PROTECTION", "ORIGIN", "CRIMINAL")
    seen = withheld(facts, [f"employment.endReason#{each}" for each in every])
    assert shown(seen).end_reason is None
    assert seen == withheld(replace(facts, spells=(replace(SPELL, end_reason=None),)))


def measures(*kinds: str) -> EmploymentFacts:
    return EmploymentFacts(measures=tuple(Measure(kind=kind, begins=FIRST) for kind in kinds))


@pytest.mark.parametrize("kind", ["9302", "10342", "10960", "10158", "9303"])
def test_measures_that_reveal_health_vanish(kind: str) -> None:
    facts = measures(kind, "10419")
    assert withheld(facts) == withheld(measures("10419"))
    assert withheld(facts, [HEALTH]) == facts


def test_a_measure_that_reveals_origin_vanishes() -> None:
    assert withheld(measures("9306"), [HEALTH]).is_empty()
    assert withheld(measures("9306"), [ORIGIN_CLASS]) == measures("9306")


def test_a_kind_that_nobody_has_classified_needs_every_class() -> None:
    facts = measures("99999")
    assert withheld(facts, [HEALTH]).is_empty()
    assert withheld(facts, [ORIGIN_CLASS]).is_empty()
    told = shown(withheld(facts, [HEALTH, ORIGIN_CLASS])).measures[0]
    assert (told.kind, told.virsis_id) == (MeasureKind.OTHER, 99999)


@given(st.lists(st.sampled_from([*MEASURES, "99999"])), st.sets(st.sampled_from([HEALTH])))
def test_what_is_seen_depends_on_visible_measures_alone(
    kinds: list[str], granted: set[FieldId]
) -> None:
    facts = measures(*kinds)
    seen = withheld(facts, granted)
    never_had = measures(
        *[kind for kind in kinds if not withheld(measures(kind), granted).is_empty()]
    )
    assert seen == never_had
    assert seen.is_empty() == never_had.is_empty()


def test_only_what_began_by_the_day_is_told_earliest_first() -> None:
    facts = EmploymentFacts(
        measures=(
            Measure(kind="10419", begins=date(2025, 3, 1)),
            Measure(kind="9325", begins=date(2024, 3, 1)),
        ),
        jobs=(Job(employer="vēlāk", begins=date(2025, 1, 1)), Job(employer="agrāk", begins=FIRST)),
        education=(Schooling(level="BAK", completed_on=date(2025, 6, 15)),),
        cvs=(Cv(headline="jauns", published_on=date(2025, 2, 1)),),
    )
    then, now = shown(facts, date(2024, 12, 31)), shown(facts)
    assert [each.virsis_id for each in then.measures] == [9325]
    assert [each.virsis_id for each in now.measures] == [9325, 10419]
    assert [job.employer for job in then.work_history] == ["agrāk"]
    assert [job.employer for job in now.work_history] == ["agrāk", "vēlāk"]
    assert then.education == []
    assert now.education[0].level is EducationLevel.BACHELOR
    assert then.cv is None
    assert now.cv is not None
    assert now.cv.headline == "jauns"


def test_of_several_cvs_the_latest_by_the_day_is_told() -> None:
    old, new = Cv(headline="a", published_on=FIRST), Cv(headline="b", published_on=TODAY)
    facts = EmploymentFacts(cvs=(new, old))
    assert shown(facts).cv != shown(facts, date(2025, 1, 1)).cv


def test_every_published_code_has_a_source_code() -> None:
    assert set(STATUSES.values()) == set(EmploymentStatus) - {EmploymentStatus.NONE}
    assert set(END_REASONS.values()) == set(EmploymentEndReason)
    assert set(LEVELS.values()) == set(EducationLevel)
    assert set(LANGUAGE_LEVELS.values()) == set(LanguageLevel)
    assert set(MEASURES.values()) == set(MeasureKind) - {MeasureKind.OTHER}


def test_the_manifest_is_as_agreed() -> None:
    assert (MANIFEST.name, MANIFEST.controller, MANIFEST.source) == ("employment", "NVA", "BURVIS")
    assert MANIFEST.freshness.ttl_s == 15 * 60


def test_the_twin_speaks_the_sources_codes_and_knows_no_future() -> None:
    for life in lives(Population(seed=3, people=400, today=TODAY)):
        for table, row in TWIN.rows(life, TODAY):
            told = dict(zip(table.columns.keys(), row, strict=True))
            if table.name == "statuss":
                assert told["veids"] in STATUSES
                assert (
                    told["zaudesanas_iemesls"] is None or told["zaudesanas_iemesls"] in END_REASONS
                )
                assert told["pieskirts"] <= told["pieskirsanas_lemums"] <= TODAY
            if table.name == "pasakums":
                assert told["virsis_nr"] in MEASURES


def test_who_is_no_client_has_no_file() -> None:
    for life in lives(Population(seed=3, people=200, today=TODAY)):
        assert bool(list(TWIN.rows(life, TODAY))) == bool(life.unemployment)
