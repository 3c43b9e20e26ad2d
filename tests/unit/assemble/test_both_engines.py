"""Whoever assembles an answer, compiled plans over views or graphql-core, it is the same answer."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import msgspec
import orjson
from graphql.execution.values import VariableValues
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.assemble.answers import Answers, Asked, Evidence, Part
from hub.assemble.render import malformed, render
from hub.model.catalogue import FieldId
from hub.model.evidence import (
    AbsenceCode,
    Absent,
    Failure,
    Found,
    Kept,
    Outcome,
    Subject,
    Unavailable,
)
from hub.model.personal_code import PersonalCode
from hub.plan.catalogue import read_catalogue
from hub.plan.compiler import Compiled, compile_operation
from hub.plan.documents import Documents
from hub.plan.operation import Plan, read_plan
from tests.unit.assemble.library import LibraryConnector, LibraryFacts, LoanFacts
from tests.unit.fetch.register import permit
from tests.unit.plan.schema import MANIFEST, SCHEMA

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
TODAY = date(2026, 11, 20)
ANNA, BERTA, CILDA = (
    PersonalCode(code) for code in ("161175-19997", "328673-00679", "328673-00695")
)
LENDERS = ("328673-00695", "328673-00703")
HEALTH = frozenset({FieldId("library.loans#HEALTH")})
DOCUMENTS = Documents(SCHEMA)
TEXTS = (
    """query($c: [PersonalCode!]!, $on: Date, $b: Boolean!) {
      persons(personalCodes: $c) { personalCode library(on: $on) { card @skip(if: $b)
        loans { kind fee } } } }""",
    """query($c: [PersonalCode!]!, $on: Date, $b: Boolean!) {
      x: persons(personalCodes: $c) { __typename a: library(on: $on) { n: card @include(if: $b) }
        b: library { loans { fee } provenance { stale cached asOf } } absences { register code
        knownAsOf retryAfterSeconds } personalCode } }""",
    """query($c: [PersonalCode!]!, $on: Date, $b: Boolean!) {
      one: persons(personalCodes: $c) { ...P } two: persons(personalCodes: $c) @skip(if: $b) {
      library(on: $on) { __typename card } } }
    fragment P on Person { library { loans { __typename } } }""",
)
CATALOGUE = read_catalogue(SCHEMA, {"library": MANIFEST})

loans = st.builds(
    LoanFacts,
    kind=st.sampled_from(["NOVEL", "CURE", "LOST"]),  # the last is no kind: it cannot be mapped
    fee=st.sampled_from([0, 7, None, "much", 2**40]),
    lender=st.sampled_from([None, *LENDERS]),
)
facts = st.builds(
    LibraryFacts, card=st.sampled_from([None, "k", 3]), loans=st.tuples() | st.tuples(loans, loans)
)


def kept(known: LibraryFacts) -> Kept:
    return Kept(read=lambda: known, as_of=NOW, fetched_at=NOW)


outcomes = st.one_of(
    facts.map(kept),
    facts.map(lambda known: Found(facts=known, as_of=NOW, fetched_at=NOW, stale=True)),
    st.just(Absent(as_of=NOW)),
    st.just(Absent(as_of=NOW, stale=True)),
    st.just(Unavailable(failure=Failure.UNAVAILABLE, retry_after_s=9)),
)


def mapped(
    outcomes: Mapping[PersonalCode, Outcome], parts: Sequence[Part], classes: frozenset[FieldId]
) -> Answers:
    asked = Asked(
        catalogue=CATALOGUE,
        connectors={"library": LibraryConnector()},
        today=TODAY,
        parts=parts,
        value_classes=classes,
    )
    subjects = {code: Subject(asked=code, codes=(code,)) for code in outcomes}
    barred = {(CILDA, "library"): AbsenceCode.NO_CONSENT}
    told = Answers(
        asked, Evidence(subjects=subjects, outcomes={"library": outcomes}, barred=barred)
    )
    told.map_all()
    return told


def by_plan(compiled: Compiled, variables: VariableValues) -> list[Part]:
    return [
        Part(
            register=part.register,
            sent=part.arguments(variables),
            filled=part.arguments(variables),
            about=None,
            leaves=part.leaves,
            place=part.place,
            show=compiled.shows[part.place],
            likeness=(compiled, part.place, part.arguments(variables)["on"]),
        )
        for part in compiled.parts
    ]


def told_by_plan(
    compiled: Compiled, answers: Answers, variables: VariableValues
) -> tuple[bytes, list[str]]:
    if answers.odd:
        data, errors = compiled.exact(answers, variables)
        return orjson.dumps(data), [each.code.code for each in malformed(errors)]
    return orjson.dumps(compiled.joined(answers, variables, answers.of_root)), []


def plan_of(text: str, variables: VariableValues) -> Plan:
    document = DOCUMENTS.read(text)
    return read_plan(SCHEMA, document, document.operation(None), variables)


@settings(max_examples=400, deadline=None)
@given(
    st.dictionaries(st.sampled_from([ANNA, BERTA, CILDA]), outcomes, max_size=3),
    st.sampled_from(TEXTS),
    st.tuples(st.booleans(), st.booleans()),
    st.sampled_from([None, TODAY, TODAY - timedelta(days=900)]),
    st.sampled_from([frozenset(), HEALTH]),
    st.sets(st.sampled_from([PersonalCode(code) for code in LENDERS])),
)
def test_both_engines_tell_the_same(
    found: Mapping[PersonalCode, Outcome],
    text: str,
    flags: tuple[bool, bool],
    on: date | None,
    classes: frozenset[FieldId],
    hidden: set[PersonalCode],
) -> None:
    flag, at_once = flags
    document = DOCUMENTS.read(text)
    operation = document.operation(None)
    sent = {"c": [ANNA, BERTA, ANNA, CILDA], "on": on and on.isoformat(), "b": flag}
    variables = document.coerce(SCHEMA, operation, sent)
    plan = plan_of(text, variables)
    compiled = compile_operation(SCHEMA, document.node, operation, variables, at_once=at_once)

    by_core = mapped(
        found, [replace(each, show=None) for each in by_plan(compiled, variables)], classes
    )
    by_core.hide(hidden)
    granted = msgspec.structs.replace(permit(), granted=plan.fields)
    data, errors = render(SCHEMA, plan, granted, variables, by_core)
    right = orjson.dumps(data), [each.code.code for each in errors]

    for _ in range(2):  # the second time, views of what is kept are there
        planned = mapped(found, by_plan(compiled, variables), classes)
        planned.hide(hidden)
        assert told_by_plan(compiled, planned, variables) == right
        assert planned.told == by_core.told
        assert planned.others == by_core.others
        assert planned.failures == by_core.failures
        assert [*map(planned.absences, [ANNA, BERTA, CILDA])] == [
            *map(by_core.absences, [ANNA, BERTA, CILDA])
        ]
