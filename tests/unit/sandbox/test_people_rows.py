"""Every register's rows of one population, held against one another."""

import re
from collections import defaultdict
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Table

from hub.sandbox.people.discovery import twins
from hub.sandbox.people.generate import Population, lives
from hub.sandbox.people.life import Life
from hub.sandbox.people.personas import cast
from hub.sandbox.people.twin import Twin
from tests.unit.sandbox.people_laws import mentioned

TODAY = date(2026, 11, 20)
TWINS = twins()
CODE = re.compile(r"(?:(?:[0-3]\d[01]\d{3}0\d{4})|3[3489]\d{9})")


@pytest.fixture(scope="module")
def people() -> list[Life]:
    return [*lives(Population(seed=9, people=1500, today=TODAY)), *cast(TODAY)]


Told = dict[Table, list[dict[str, Any]]]


def told(twin: Twin, people: list[Life]) -> Told:
    rows: Told = defaultdict(list)
    made = list(twin.constants(TODAY)) if twin.constants else []
    made += [row for life in people for row in twin.rows(life, TODAY)]
    for table, row in made:
        rows[table].append(dict(zip(table.columns.keys(), row, strict=True)))
    return rows


@pytest.mark.parametrize("twin", TWINS, ids=lambda twin: twin.register)
def test_keys_are_unique_and_references_lead_somewhere(twin: Twin, people: list[Life]) -> None:
    rows = told(twin, people)
    assert rows
    for table, found in rows.items():
        own = [tuple(row[column.name] for column in table.primary_key) for row in found]
        assert len(set(own)) == len(own)
        for reference in table.foreign_keys:
            there = {row[reference.column.name] for row in rows[reference.column.table]}
            here = {row[reference.parent.name] for row in found} - {None}
            assert here <= there


@pytest.mark.parametrize("twin", TWINS, ids=lambda twin: twin.register)
def test_the_same_life_tells_the_same_rows(twin: Twin, people: list[Life]) -> None:
    for life in people[:200]:
        assert list(twin.rows(life, TODAY)) == list(twin.rows(life, TODAY))


@pytest.mark.parametrize("twin", TWINS, ids=lambda twin: twin.register)
def test_a_persons_rows_name_that_person_and_their_kin_alone(
    twin: Twin, people: list[Life]
) -> None:
    known = {span.code for life in people for span in life.codes}
    for life in people:
        may_name = {span.code for span in life.codes} | mentioned(life)
        for _, row in twin.rows(life, TODAY):
            named = {value for value in row if isinstance(value, str) and CODE.fullmatch(value)}
            assert named & known <= may_name


def test_nobody_is_paid_after_the_end() -> None:
    twin = next(twin for twin in TWINS if twin.register == "socialInsurance")
    crowd = lives(Population(seed=9, people=6000, today=TODAY))
    ended = [life for life in crowd if life.ended_on]
    assert ended
    for life in ended:
        for table, row in twin.rows(life, TODAY):
            if table.name == "maksajums":
                paid = dict(zip(table.columns.keys(), row, strict=True))
                assert paid["menesis"] <= life.ended_on
                assert paid["izmaksats"] is None or paid["izmaksats"] <= life.ended_on
