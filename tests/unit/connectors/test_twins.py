from collections import Counter, defaultdict
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Table

from connectors.disability import source as iis
from connectors.disability.twin import TWIN as DISABILITY
from connectors.social_insurance import source as sais
from connectors.social_insurance.twin import TWIN as INSURANCE
from hub.sandbox.people.generate import Population, lives
from hub.sandbox.people.life import Life
from hub.sandbox.people.personas import cast
from hub.sandbox.people.twin import Twin

TODAY = date(2026, 11, 20)


@pytest.fixture(scope="module")
def people() -> list[Life]:
    return [*cast(TODAY), *lives(Population(seed=3, people=1_500, today=TODAY))]


def rows_of(twin: Twin, people: list[Life]) -> dict[Table, list[dict[str, Any]]]:
    told: dict[Table, list[dict[str, Any]]] = defaultdict(list)
    for life in people:
        for table, row in twin.rows(life, TODAY):
            names = [column.name for column in table.columns]
            told[table].append(dict(zip(names, row, strict=True)))
    return told


@pytest.mark.parametrize("twin", [DISABILITY, INSURANCE], ids=lambda twin: twin.register)
def test_rows_fit_their_tables(twin: Twin, people: list[Life]) -> None:
    told = rows_of(twin, people)
    assert set(told) == set(twin.metadata.sorted_tables)
    for table, rows in told.items():
        keys = Counter(row["id"] for row in rows)
        assert max(keys.values()) == 1, table.name
        for column in table.columns:
            if not column.nullable:
                assert all(row[column.name] is not None for row in rows), column
            for key in column.foreign_keys:
                known = {row["id"] for row in told[key.column.table]}
                assert {row[column.name] for row in rows} <= known, column


@pytest.mark.parametrize("twin", [DISABILITY, INSURANCE], ids=lambda twin: twin.register)
def test_the_same_life_tells_the_same(twin: Twin, people: list[Life]) -> None:
    for life in people[:200]:
        assert list(twin.rows(life, TODAY)) == list(twin.rows(life, TODAY))


def test_payments_add_up_and_are_paid_once_their_day_has_come(people: list[Life]) -> None:
    told = rows_of(INSURANCE, people)
    assert told[sais.MAKSAJUMS]
    for paid in told[sais.MAKSAJUMS]:
        assert paid["neto"] == paid["bruto"] - paid["iin"]
        assert Decimal(0) <= paid["iin"] < paid["bruto"]
        assert paid["menesis"].day == 1
        assert paid["izmaksats"] is None or paid["izmaksats"] <= TODAY
    months = Counter((paid["pakalpojums_id"], paid["menesis"]) for paid in told[sais.MAKSAJUMS])
    assert max(months.values()) == 1


def test_accounts_are_well_formed_and_of_no_bank(people: list[Life]) -> None:
    for benefit in rows_of(INSURANCE, people)[sais.PAKALPOJUMS]:
        account = benefit["konts"]
        assert len(account) == 21
        assert account[4:8] == "TEST"
        assert int("".join(str(int(sign, 36)) for sign in account[4:] + account[:4])) % 97 == 1


def test_a_correction_is_a_row_of_its_own(people: list[Life]) -> None:
    for twin, table in ((DISABILITY, iis.LEMUMS), (INSURANCE, sais.PAKALPOJUMS)):
        rows = rows_of(twin, people)[table]
        superseded = [row for row in rows if row["ieraksta_lidz"]]
        assert superseded
        assert len(superseded) < 0.1 * len(rows)


def test_what_happened_under_a_former_code_stays_there(people: list[Life]) -> None:
    changed = [life for life in people if len(life.codes) > 1 and life.entitlements]
    assert changed
    for life in changed:
        told = rows_of(INSURANCE, [life])
        codes = {row["id"]: row["personas_kods"] for row in told[sais.PERSONA]}
        for benefit in told[sais.PAKALPOJUMS]:
            assert codes[benefit["persona_id"]] == life.code_on(benefit["lemuma_datums"])


def test_whoever_was_never_examined_is_not_in_the_register(people: list[Life]) -> None:
    for life in people:
        if not life.disabilities:
            assert not list(DISABILITY.rows(life, TODAY))
