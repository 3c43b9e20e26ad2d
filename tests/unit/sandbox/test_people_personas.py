from datetime import date

import pytest

from hub.model.personal_code import PersonalCode
from hub.sandbox.people import money
from hub.sandbox.people.generate import Population, lives
from hub.sandbox.people.health import Coverage, Group, OpinionKind, VaccinationStatus
from hub.sandbox.people.life import Life
from hub.sandbox.people.personas import cast, personas
from hub.sandbox.people.territories import MADONA, VARAKLANI
from tests.unit.sandbox.people_laws import check_all, mentioned

TODAY = date(2026, 11, 20)


@pytest.fixture(scope="module")
def people() -> dict[str, Life]:
    by_code = {life.code: life for life in cast(TODAY)}
    return {one.key: by_code[PersonalCode.parse(one.code).digits] for one in personas()}


@pytest.mark.parametrize(
    "today", [TODAY, date(2026, 1, 1), date(2027, 2, 28), date(2028, 2, 29), date(2026, 7, 8)]
)
def test_the_laws_hold_whatever_the_day(today: date) -> None:
    check_all(cast(today), today)


def test_codes_are_fixed_and_nobody_elses() -> None:
    codes = {span.code for life in cast(TODAY) for span in life.codes}
    assert codes == {span.code for life in cast(date(2027, 5, 5)) for span in life.codes}
    for seed in (1, 2):
        crowd = lives(Population(seed=seed, people=3000, today=TODAY))
        assert not codes & {span.code for life in crowd for span in life.codes}


def test_there_are_a_dozen_each_told_in_both_languages() -> None:
    assert len(personas()) >= 12
    assert len({one.name for one in personas()}) == len(personas())
    for one in personas():
        assert one.code == PersonalCode.parse(one.code)
        assert one.about_en
        assert one.about_lv
        assert one.shows


def test_means_test_family(people: dict[str, Life]) -> None:
    ilze = people["ilze"]
    kinds = {one.virsis_id for one in ilze.entitlements}
    assert {money.FAMILY, money.UNEMPLOYMENT, money.SICKNESS} <= kinds
    assert [spell.ended_on for spell in ilze.unemployment] == [None]
    assert people["marta"].coverage is Coverage.COMPLETE
    assert people["emils"].coverage is Coverage.OVERDUE
    assert len({people[key].household for key in ("ilze", "andris", "marta", "emils")}) == 1


def test_disabilities(people: dict[str, Life]) -> None:
    (gunta,) = people["gunta"].disabilities
    assert gunta.group is Group.II
    assert OpinionKind.ASSISTANT in {one.kind for one in gunta.opinions}
    assert [stay.territory for stay in people["gunta"].stays] == [VARAKLANI, MADONA]
    valid = [
        one
        for one in people["peteris"].disabilities
        if one.valid_from <= TODAY and (one.valid_to is None or one.valid_to >= TODAY)
    ]
    assert len(valid) == 2
    (vija,) = people["vija"].disabilities
    assert vija.valid_from < vija.decided_on < TODAY


def test_children_in_care(people: dict[str, Life]) -> None:
    kristaps, toms = people["kristaps"], people["toms"]
    assert kristaps.guardians[-1].who == people["zenta"].as_kin()
    assert kristaps.certificates[-1].valid_to >= TODAY
    assert people["daina"].died is not None
    measles = [dose.status for dose in toms.doses if dose.atc == "J07BD52"]
    assert measles == [VaccinationStatus.ENTERED_IN_ERROR]
    assert toms.coverage is Coverage.OVERDUE
    assert toms.care[-1].carer == people["laima"].as_kin()


def test_specialists(people: dict[str, Life]) -> None:
    baiba, normunds = people["baiba"].specialist, people["normunds"].specialist
    assert baiba
    assert baiba.permitted
    assert baiba.training_valid_to
    assert baiba.training_valid_to > TODAY
    assert normunds
    assert not normunds.permitted


def test_adoption_leaves_nothing_in_common(people: dict[str, Life]) -> None:
    alise, una = people["alise"], people["una"]
    assert una.closed_on is not None
    assert alise.household != una.household
    assert alise.key() != una.key()
    assert not {alise.code, *mentioned(alise)} & {una.code, *mentioned(una)}
    assert (alise.first_name, alise.last_name) != (una.first_name, una.last_name)
    assert not {stay.address for stay in alise.stays} & {stay.address for stay in una.stays}
    assert alise.rng("vaccination").random() != una.rng("vaccination").random()
    for life in cast(TODAY):
        named = {life.code, *mentioned(life)}
        assert not {alise.code, una.code} <= named


def test_code_histories(people: dict[str, Life]) -> None:
    assert [span.kind.name for span in people["rudolfs"].codes] == ["NEW", "OLD"]
    assert [span.kind.name for span in people["olena"].codes] == ["NEW", "GENERATED"]


def test_those_whom_few_registers_know(people: dict[str, Life]) -> None:
    niks, sandis = people["niks"], people["sandis"]
    assert not any((niks.jobs, niks.doses, niks.entitlements, niks.disabilities, niks.cv))
    assert not any((niks.specialist, niks.care, niks.schooling, niks.unemployment))
    assert [one.virsis_id for one in sandis.entitlements] == [money.SICKNESS]
    assert not any((sandis.jobs, sandis.doses, sandis.disabilities))
