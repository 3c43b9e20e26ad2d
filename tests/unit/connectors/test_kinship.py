from datetime import date

from connectors.population import source
from connectors.population.facts import CodeGiven, Declared, Named, PopulationFacts, Relative
from connectors.population.mapping import present
from hub.model.personal_code import PersonalCode
from hub.ports import Kin
from tests.unit.connectors.test_population import PROVENANCE, TODAY

CODE = CodeGiven(code="38000000160", begins=date(2020, 1, 1))
HOME = Declared(address="Liepu iela 1", begins=date(2010, 1, 1))


def kin(**known: object) -> Kin | None:
    facts = PopulationFacts(codes=(CODE,), **known)  # type: ignore[arg-type]
    found = present(facts, {}, PROVENANCE, TODAY)
    assert found
    return found.kin


def told(**known: object) -> Kin:
    found = kin(**known)
    assert found
    return found


def test_policy_is_never_told_of_kin() -> None:
    assert not source.POLICY & {"residences.address", "relatives.code", "names.last"}
    assert {"codes.code", "residences.territory", "representatives.code"} <= source.POLICY
    assert kin(residences=(HOME,)) is None


def test_the_present_name_and_home_count() -> None:
    maiden = Named(last="Egle", begins=date(1990, 1, 1), ends=date(2015, 5, 1))
    married = Named(last="Liepa", begins=date(2015, 5, 2))
    left = Declared(address="Ozolu iela 2", begins=date(2000, 1, 1), ends=date(2009, 12, 31))
    found = told(names=(maiden, married), residences=(left, HOME))
    alone = told(names=(married,), residences=(HOME,))
    assert (found.surname, found.home) == ("Liepa", alone.home)
    assert told(names=(married,), residences=(left,)).home is None


def test_a_home_is_told_by_a_mark_not_by_its_address() -> None:
    found = told(names=(), residences=(HOME,))
    assert found.home
    assert found.surname is None
    assert b"Liepu" not in found.home


def test_relatives_are_named_by_the_code_the_register_has() -> None:
    found = told(names=(), relatives=(Relative(code="01020312345"),))
    assert found.relatives == {PersonalCode("010203-12345")}
