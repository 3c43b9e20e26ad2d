"""The sandbox's day: the same on every machine, in order, within what agreements allow."""

from collections import Counter
from datetime import date
from random import Random

import pytest

from hub.model.personal_code import PersonalCode
from hub.sandbox.people.personas import personas
from hub.sandbox.traffic.act import Act
from hub.sandbox.traffic.day import RIGA, RIGA_HOME, day, officials, questions, working_day
from hub.sandbox.traffic.people import Residents, nobody

FRIDAY = date(2026, 11, 20)


@pytest.fixture(scope="module")
def homes() -> Residents:
    dice = Random(1)
    return {home: [nobody(dice) for _ in range(60)] for home in (RIGA_HOME, "0038000", "0002000")}


@pytest.fixture(scope="module")
def acts(homes: Residents) -> list[Act]:
    return day(FRIDAY, homes)


def test_it_is_the_same_every_time_and_in_order(acts: list[Act], homes: Residents) -> None:
    assert day(FRIDAY, homes) == acts
    assert [act.at for act in acts] == sorted(act.at for act in acts)
    assert {act.at.astimezone(RIGA).date() for act in acts} == {FRIDAY}


def test_everybody_works_within_their_hours(acts: list[Act]) -> None:
    night = [act for act in acts if act.agreement == "RSD-2026-008"]
    assert night
    assert all(act.at.astimezone(RIGA).hour < 6 for act in night)


def test_every_question_of_the_table_is_asked_as_often_as_it_says(acts: list[Act]) -> None:
    asked = Counter(act.agreement for act in acts)
    for agreement in {each.agreement for each in questions()}:
        often = sum(each.often for each in questions() if each.agreement == agreement)
        assert asked[agreement] >= often


def test_somebody_looks_at_a_colleagues_family(acts: list[Act], homes: Residents) -> None:
    codes = {each.key: each.code for each in personas()}
    seen = {
        act.variables["code"]
        for act in acts
        if act.official == "RD-104" and act.case == "SP-2026/902"
    }
    assert seen == {codes["ilze"], codes["marta"], codes["emils"]}
    assert officials(homes)["RD-LD", "RD-103"] == codes["andris"]


def test_who_is_nobody_has_a_code_of_the_right_form() -> None:
    assert PersonalCode.parse(str(nobody(Random(7)))).startswith("39")


@pytest.mark.parametrize(
    ("today", "day_before"),
    [
        (FRIDAY, date(2026, 11, 19)),
        (date(2026, 11, 23), FRIDAY),  # Monday
        (date(2026, 11, 22), FRIDAY),  # Sunday
    ],
)
def test_it_is_the_last_working_day(today: date, day_before: date) -> None:
    assert working_day(today) == day_before
