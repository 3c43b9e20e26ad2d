import pytest
import strawberry

from hub.errors import Misconfigured
from hub.model.catalogue import Category, FieldId, Sensitivity
from hub.plan.catalogue import described, kinds_of_data, read_catalogue
from schemas.composition import build
from schemas.person import Registered, answer
from tests.unit.plan.schema import MANIFEST, SCHEMA


def test_every_leaf_has_its_class_and_every_special_value_its_id() -> None:
    fields = read_catalogue(SCHEMA, {"library": MANIFEST}).fields
    assert fields[FieldId("library.loans.fee")].category is Category.FINANCIAL
    special = fields[FieldId("library.loans#HEALTH")]
    assert (special.register, special.sensitivity) == ("library", Sensitivity.SPECIAL)
    assert "library.loans#ADMINISTRATIVE" not in fields
    assert fields[FieldId("library.provenance.asOf")].free
    assert fields[FieldId("personalCode")].free
    assert not fields[FieldId("library.card")].free


@pytest.mark.parametrize(
    ("granted", "classes", "told"),
    [
        (["library.loans.fee"], [], ("FINANCIAL",)),
        (["library.loans.fee", "personalCode", "library.provenance.asOf"], [], ("FINANCIAL",)),
        (["personalCode"], [], ("IDENTITY",)),
        (["library.loans.fee"], ["library.loans#HEALTH"], ("FINANCIAL", "HEALTH")),
        (["library.card"], ["library.loans#HEALTH"], ("ADMINISTRATIVE",)),
    ],
)
def test_an_entry_tells_what_kinds_of_data_were_granted(
    granted: list[str], classes: list[str], told: tuple[str, ...]
) -> None:
    found = kinds_of_data(SCHEMA, [*map(FieldId, granted)], [*map(FieldId, classes)])
    assert found == told


def test_a_register_without_connector_stops_the_start() -> None:
    with pytest.raises(Misconfigured, match="`library` has no connector"):
        read_catalogue(SCHEMA, {})


def test_a_connector_without_published_register_stops_the_start() -> None:
    with pytest.raises(Misconfigured, match="`archive` is not published"):
        read_catalogue(SCHEMA, {"library": MANIFEST, "archive": MANIFEST})


def test_an_unclassified_leaf_stops_the_start() -> None:
    @strawberry.type
    class Bare:
        secret: str

    def bare(self: object, info: strawberry.Info) -> Bare | None:
        found: Bare | None = answer(self, info, "bare")
        return found

    graph = build([Registered(register="bare", resolver=bare, en="Bare", lv="kails")])._schema
    with pytest.raises(Misconfigured, match=r"`Bare\.secret` is not classified"):
        read_catalogue(graph, {"bare": MANIFEST})
    assert {"Bare", "Bare.secret"} <= set(described(graph))


def test_every_element_of_the_base_schema_is_described() -> None:
    assert described(SCHEMA) == []
