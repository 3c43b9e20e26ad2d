from datetime import UTC, date, datetime

import pytest
from msgspec import UNSET
from msgspec.structs import replace

from connectors.population import MANIFEST, mapping
from connectors.population.facts import CodeGiven, Declared, PopulationFacts, Representative
from connectors.population.source import METADATA
from connectors.population.twin import TWIN
from hub.model.evidence import Provenance
from hub.model.guardianship import RepresentationKind, RepresentationScope
from hub.ports import Residence
from hub.sandbox.people.generate import Population, lives
from hub.sandbox.people.life import Life
from hub.sandbox.people.members import MEMBERS
from hub.sandbox.people.personas import cast
from hub.sandbox.people.territories import MADONA, MERGER, RIGA, VARAKLANI, valid_on

TODAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
PROVENANCE = Provenance(
    register="population",
    controller="PMLP",
    source="Fizisko personu reģistrs",
    as_of=NOW,
    fetched_at=NOW,
    cached=False,
    stale=False,
)
OLD, NEW = "25027900167", "38000000160"


ONE_CODE = PopulationFacts(codes=(CodeGiven(code=NEW, begins=date(2020, 1, 1)),))


def present(today: date = TODAY, **known: object) -> Residence | None:
    facts = replace(ONE_CODE, **known)
    return mapping.present(facts, {}, PROVENANCE, today)


def representative(code: object, **known: object) -> Representative:
    told: dict[str, object] = {
        "code": code,
        "kind": "VECA",
        "scope": "PILN",
        "protected": False,
        "begins": date(2011, 1, 1),
        "ends": None,
    }
    return Representative(**{**told, **known})  # type: ignore[arg-type]


def declared(territory: str, begins: date, ends: date | None = None) -> Declared:
    gone = territory == VARAKLANI
    return Declared(
        territory=territory,
        territory_ended=date(2025, 6, 30) if gone else None,
        successor=MADONA if gone else None,
        begins=begins,
        ends=ends,
    )


def test_it_is_the_population_register_and_not_published() -> None:
    assert (MANIFEST.name, MANIFEST.role, MANIFEST.controller) == (
        "population",
        "population",
        "PMLP",
    )
    fresh = MANIFEST.freshness
    assert (fresh.ttl_s, fresh.negative_ttl_s) == (900, 900)
    assert (fresh.stale_if_error_s, fresh.max_age_s) == (86_400, 86_400)
    assert MANIFEST.deadline_s == 2.0


def test_the_current_code_comes_first_whatever_the_order_of_rows() -> None:
    codes = (
        CodeGiven(code=OLD, begins=date(1993, 2, 25)),
        CodeGiven(code=NEW, begins=date(2024, 12, 20)),
    )
    for given in (codes, codes[::-1]):
        found = present(codes=given)
        assert found
        assert [code.digits for code in found.codes] == [NEW, OLD]


def test_nobody_without_a_code() -> None:
    assert present(codes=()) is None
    assert PopulationFacts(codes=()).is_empty()


@pytest.mark.parametrize(
    ("today", "territory"),
    [(date(2025, 6, 30), VARAKLANI), (MERGER, MADONA), (TODAY, MADONA)],
)
def test_varaklani_is_madona_since_the_merger(today: date, territory: str) -> None:
    found = present(today, residences=(declared(VARAKLANI, date(2015, 4, 1)),))
    assert found
    assert found.territory == territory


def test_only_todays_residence_counts() -> None:
    former = declared(RIGA, date(2001, 1, 1), date(2020, 5, 1))
    found = present(residences=(former,))
    assert found
    assert found.territory is None
    found = present(residences=(former, declared(MADONA, date(2020, 5, 2))))
    assert found
    assert found.territory == MADONA


def test_the_dead_stay_where_they_lived_last() -> None:
    died = date(2024, 3, 3)
    found = present(died=died, residences=(declared(VARAKLANI, date(2015, 4, 1), died),))
    assert found
    assert (found.died, found.territory) == (died, MADONA)


def test_guardians_of_today_only_each_once() -> None:
    others = [member.code for member in MEMBERS.values()][:4]
    found = present(
        representatives=(
            representative(others[0], begins=date(2011, 1, 1), ends=date(2020, 1, 1)),
            representative(others[1], begins=date(2020, 1, 2), ends=TODAY),
            representative(others[1], begins=date(2021, 1, 2), ends=None),
            representative(others[2], begins=date(2027, 1, 2), ends=None),
            representative(others[3], begins=date(2011, 1, 1), ends=None, protected=True),
            representative(others[3], begins=date(2012, 1, 1), ends=None),
        )
    )
    assert found
    assert [code.digits for code in found.guardians] == [others[1]]
    assert len(found.representations) == 6


def test_a_relation_of_unknown_quality_is_none_and_one_not_told_safe_is_protected() -> None:
    code = MEMBERS["ilze"].code
    odd = (
        representative(code, kind="CITS"),
        representative(code, scope="CITS"),
        representative(UNSET),
        representative(code, begins=UNSET),
    )
    found = present(representatives=odd)
    assert found
    assert (found.representations, found.guardians) == ((), ())
    found = present(representatives=(representative(code, protected=UNSET),))
    assert found
    assert found.guardians == ()
    (relation,) = found.representations
    assert (relation.kind, relation.scope, relation.protected) == (
        RepresentationKind.PARENT,
        RepresentationScope.FULL,
        True,
    )


def test_nothing_is_withheld_for_nothing_is_published() -> None:
    facts = PopulationFacts(born=TODAY)
    assert facts.withhold(()) == facts


def rows_of(life: Life) -> dict[str, list[dict[str, object]]]:
    told: dict[str, list[dict[str, object]]] = {table.name: [] for table in METADATA.sorted_tables}
    for table, row in TWIN.rows(life, TODAY):
        told[table.name].append(dict(zip(table.columns.keys(), row, strict=True)))
    return told


@pytest.fixture(scope="module")
def people() -> dict[str, Life]:
    return {life.code: life for life in cast(TODAY)}


def test_twin_declares_one_address_once(people: dict[str, Life]) -> None:
    told = rows_of(people[MEMBERS["gunta"].code])
    (home,) = told["deklareta_dzivesvieta"]
    assert (home["atvk_kods"], home["lidz_datumam"]) == (VARAKLANI, None)
    assert valid_on(VARAKLANI, TODAY) == MADONA


def test_twin_keeps_nothing_of_a_closed_record(people: dict[str, Life]) -> None:
    una = people[MEMBERS["una"].code]
    told = rows_of(una)
    assert {name for name, rows in told.items() if rows} == {"persona", "personas_kods"}
    assert [value for value in told["persona"][0].values() if value is not None] == [
        una.key(),
        una.closed_on,
    ]


def test_twin_knows_nobody_whom_only_social_insurance_knows() -> None:
    crowd = lives(Population(seed=7, people=8000, today=TODAY))
    unknown = next(life for life in crowd if not life.in_population)
    assert not list(TWIN.rows(unknown, TODAY))


def test_twin_gives_every_column() -> None:
    for life in lives(Population(seed=1, people=300, today=TODAY)):
        for table, row in TWIN.rows(life, TODAY):
            assert len(row) == len(table.columns)
