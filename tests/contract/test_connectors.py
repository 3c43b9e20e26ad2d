"""What every connector promises; a new one is found and held to it by itself."""

# ruff: noqa: ANN401 — any published type

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from random import Random
from typing import Any

import msgspec
import pytest
from graphql import GraphQLEnumType, GraphQLObjectType, get_named_type
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors import found
from connectors.transports.sql import SqlConnector
from hub.model.catalogue import Catalogue, FieldId
from hub.model.evidence import Provenance
from hub.ports import Connector
from schemas.person import found as published
from tests.contract.conftest import TODAY, StillClock, schema
from tests.contract.facts import FIRST, LAST, columns_of, facts_of, project
from tests.contract.walk import leaf_values, persons, special_class

Offline = Callable[[str], Connector]
EVERY = sorted(found())
SHOWN = sorted({part.register for part in published()} & set(EVERY))
ORIGIN = Provenance(
    register="any",
    controller="any",
    source="any",
    as_of=StillClock().now(),
    fetched_at=StillClock().now(),
    cached=False,
    stale=False,
)
MANY = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


@pytest.fixture(params=EVERY)
def connector(request: pytest.FixtureRequest, offline: Offline) -> Connector:
    return offline(request.param)


@pytest.fixture(params=SHOWN)
def shown(request: pytest.FixtureRequest, offline: Offline) -> Connector:
    return offline(request.param)


def leaves_of(connector: Connector, catalogue: Catalogue) -> list[FieldId]:
    """Published leaves of a register but its provenance, which is free."""
    return [
        field.id
        for field in catalogue.fields.values()
        if field.register == connector.manifest.name and not field.is_value_class and not field.free
    ]


def classes_of(connector: Connector, catalogue: Catalogue) -> list[FieldId]:
    return [
        field.id
        for field in catalogue.fields.values()
        if field.register == connector.manifest.name and field.is_value_class
    ]


def answer(connector: Connector, facts: Any, arguments: dict[str, Any]) -> Any:
    """What the corridor makes of facts: nothing visible and no record look alike."""
    if facts.is_empty():
        return None
    return connector.present(facts, arguments, ORIGIN, TODAY)


def arguments_of(connector: Connector) -> st.SearchStrategy[dict[str, Any]]:
    """Arguments as the published field takes them, from a seed as facts are."""
    person = schema().type_map["Person"]
    assert isinstance(person, GraphQLObjectType)
    taken = person.fields[connector.manifest.name].args

    def drawn(seed: int) -> dict[str, Any]:
        rng = Random(seed)
        return {name: _argument(known.type, rng) for name, known in taken.items()}

    return st.integers(0, 2**32).map(drawn)


def _argument(kind: Any, rng: Random) -> Any:
    named = get_named_type(kind)
    if rng.random() < 0.4:
        return None
    if isinstance(named, GraphQLEnumType):
        share = rng.choice([0, 0.5, 0.9])
        return [value.value for value in named.values.values() if rng.random() < share]
    assert named.name == "Date", "a new kind of argument needs a maker here"
    return FIRST + timedelta(days=rng.randrange((LAST - FIRST).days))


def plain(value: Any) -> Any:
    """Compare values as they are written: enums and decimals by their text."""
    return [str(each) for each in value]


def test_what_is_published_and_what_is_reached_agree() -> None:
    reached = {name for name, module in found().items() if module.MANIFEST.role == "register"}
    assert reached == {part.register for part in published()}


def test_the_manifest_is_sane(connector: Connector) -> None:
    manifest = connector.manifest
    kept = manifest.freshness
    assert manifest.name in EVERY
    assert manifest.role in {"register", "population"}
    assert (manifest.role == "register") == (manifest.name in SHOWN)
    assert manifest.controller
    assert manifest.source
    assert manifest.controller_en != manifest.controller_lv
    assert manifest.title_en
    assert manifest.title_lv
    assert 0 <= kept.negative_ttl_s <= kept.max_age_s
    assert 0 <= kept.ttl_s <= kept.max_age_s
    assert kept.stale_if_error_s <= kept.max_age_s <= 24 * 3600, "no source promises more"
    assert 0 < manifest.deadline_s <= 10
    assert 1 <= manifest.concurrency <= 64
    assert manifest.max_batch >= 500


def test_no_record_is_kept_as_long_as_one_that_may_not_be_shown(
    connector: Connector, catalogue: Catalogue
) -> None:
    """Or the quicker answer, the second time, would tell who has one (decision 0701)."""
    manifest = connector.manifest
    withholds = any(
        field.is_value_class and field.register == manifest.name
        for field in catalogue.fields.values()
    )
    if withholds or manifest.role == "population":
        assert manifest.freshness.negative_ttl_s == manifest.freshness.ttl_s


def test_nothing_of_the_wire_shows_in_the_manifest_or_its_config(connector: Connector) -> None:
    assert "127.0.0.1" not in repr(connector.manifest)
    assert "127.0.0.1" not in repr(connector)


def test_every_leaf_is_answered_from_columns_the_facts_have(
    shown: Connector, catalogue: Catalogue
) -> None:
    known = columns_of(shown.facts_type)
    leaves = leaves_of(shown, catalogue)
    assert leaves
    for leaf in leaves:
        needed = shown.columns([leaf])
        assert needed, leaf
        assert needed <= known, leaf
    assert shown.columns(leaves) == known, "a column that no leaf needs is fetched for nobody"
    assert shown.columns([FieldId(f"{shown.manifest.name}.provenance.asOf")]) <= known


def test_needs_name_published_leaves_only(shown: Connector, catalogue: Catalogue) -> None:
    assert isinstance(shown, SqlConnector)
    register = shown._register
    assert set(register.needs) == set(leaves_of(shown, catalogue))
    assert register.presence


def test_source_columns_and_facts_agree(connector: Connector) -> None:
    assert isinstance(connector, SqlConnector)
    assert connector._register.record.columns == columns_of(connector.facts_type)


@given(data=st.data())
@MANY
def test_facts_survive_the_cache_exactly(connector: Connector, data: st.DataObject) -> None:
    facts = data.draw(facts_of(connector.facts_type))
    kept = msgspec.msgpack.decode(msgspec.msgpack.encode(facts), type=connector.facts_type)
    assert kept == facts
    assert repr(kept) == repr(facts), "decimals keep their scale"
    read = msgspec.json.decode(msgspec.json.encode(facts), type=connector.facts_type)
    assert read == facts


@given(data=st.data())
@MANY
def test_presenting_never_fails(
    shown: Connector, catalogue: Catalogue, data: st.DataObject
) -> None:
    facts = data.draw(facts_of(shown.facts_type))
    leaves = data.draw(st.sets(st.sampled_from(leaves_of(shown, catalogue)), min_size=1))
    granted = data.draw(st.frozensets(st.sampled_from([*classes_of(shown, catalogue), *leaves])))
    narrow = project(facts, shown.columns(leaves))
    shown_to_them = shown.present(
        narrow.withhold(granted), data.draw(arguments_of(shown)), ORIGIN, TODAY
    )
    if shown_to_them is not None:
        shown.others(shown_to_them)


@given(data=st.data())
@MANY
def test_its_own_columns_answer_a_leaf_as_well_as_all_columns(
    shown: Connector, catalogue: Catalogue, data: st.DataObject
) -> None:
    facts = data.draw(facts_of(shown.facts_type))
    arguments = data.draw(arguments_of(shown))
    whole = answer(shown, facts, arguments)
    for leaf in leaves_of(shown, catalogue):
        path = leaf.split(".")[1:]
        narrow = answer(shown, project(facts, shown.columns([leaf])), arguments)
        assert plain(leaf_values(narrow, path)) == plain(leaf_values(whole, path)), leaf


@given(data=st.data())
@MANY
def test_withheld_rows_leave_no_trace(
    shown: Connector, catalogue: Catalogue, data: st.DataObject
) -> None:
    """INVARIANT: the answer is a function of the visible facts alone (DESIGN.md invariant 9)."""
    classes = classes_of(shown, catalogue)
    granted = frozenset(data.draw(st.sets(st.sampled_from(classes)))) if classes else frozenset()
    facts = data.draw(facts_of(shown.facts_type))
    arguments = data.draw(arguments_of(shown))
    visible = facts.withhold(granted)
    assert visible.withhold(granted) == visible
    assert visible.withhold(frozenset(classes)) == visible
    shown_to_them = answer(shown, visible, arguments)
    if shown_to_them is not None:
        for leaf, kinds in _classifying(shown, catalogue):
            for kind in leaf_values(shown_to_them, leaf):
                assert kind in kinds(granted), "a kind outside what is granted is shown"


@given(data=st.data())
@MANY
def test_only_withheld_rows_are_missing(
    shown: Connector, catalogue: Catalogue, data: st.DataObject
) -> None:
    classes = classes_of(shown, catalogue)
    granted = frozenset(data.draw(st.sets(st.sampled_from(classes)))) if classes else frozenset()
    facts = data.draw(facts_of(shown.facts_type))
    everything = answer(shown, facts.withhold(frozenset(classes)), {})
    part = answer(shown, facts.withhold(granted), {})
    for leaf, kinds in _classifying(shown, catalogue):
        expected = [kind for kind in leaf_values(everything, leaf) if kind in kinds(granted)]
        assert leaf_values(part, leaf) == expected


@given(data=st.data())
@MANY
def test_everybody_shown_is_counted(shown: Connector, data: st.DataObject) -> None:
    facts = data.draw(facts_of(shown.facts_type))
    made = answer(shown, facts, data.draw(arguments_of(shown)))
    if made is not None:
        told = {code for _, code in shown.others(made)}
        assert told == {person.personal_code for person in persons(made)}
        assert all(relation for relation, _ in shown.others(made))


@given(data=st.data())
@MANY
def test_several_codes_of_one_person_lose_no_row(connector: Connector, data: st.DataObject) -> None:
    first, second = (
        data.draw(facts_of(connector.facts_type)),
        data.draw(facts_of(connector.facts_type)),
    )
    assert connector.merge([first]) == first
    joined: Any = connector.merge([first, second])
    for name in joined.__struct_fields__:
        one, other = getattr(first, name), getattr(second, name)
        if isinstance(one, tuple) and isinstance(other, tuple):
            assert getattr(joined, name) == one + other
        elif one is not None:
            assert getattr(joined, name) == one


def _classifying(
    connector: Connector, catalogue: Catalogue
) -> Iterator[tuple[list[str], Callable[[frozenset[FieldId]], "_Seen"]]]:
    """Yield the path of every leaf that classifies, and what a grant shows there."""
    holders = {field.split("#")[0] for field in classes_of(connector, catalogue)}
    for leaf in leaves_of(connector, catalogue):
        for holder in holders & {leaf, leaf.rsplit(".", 1)[0]}:
            if holder == leaf or leaf.endswith(".kind"):
                every = frozenset(
                    field for field in classes_of(connector, catalogue) if _holds(field, holder)
                )
                yield leaf.split(".")[1:], partial(_Seen, holder, every)


def _holds(field: FieldId, holder: str) -> bool:
    return field.startswith(f"{holder}#")


class _Seen:
    """The kinds that a grant shows: an oracle that knows the published classes alone."""

    def __init__(self, holder: str, every: frozenset[str], granted: frozenset[FieldId]) -> None:
        self.holder, self.every, self.granted = holder, every, granted

    def __contains__(self, kind: Any) -> bool:
        if kind.name == "OTHER":
            return self.every <= self.granted
        known = special_class(kind)
        return known is None or f"{self.holder}#{known}" in self.granted
