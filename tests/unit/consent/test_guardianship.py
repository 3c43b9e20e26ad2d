"""Who may speak for whom: majority, validity, scope, protection."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.consent.guardianship import may_act, of_age_on, speakers
from hub.model.guardianship import (
    Representation,
    RepresentationKind,
    RepresentationScope,
    Standing,
)
from hub.ports import Residence
from tests.unit.audit.making import code
from tests.unit.consent.making import adult, child, relation

TODAY = date(2026, 11, 20)
DAY = timedelta(days=1)
CHILD, MOTHER, FATHER, STRANGER = map(code, range(4))


def standing(who: Residence, **changes: object) -> Standing:
    known = child(who.codes[0], relation(MOTHER, **changes), born=who.born, died=who.died)
    told, by = may_act((MOTHER,), known, TODAY)
    assert (by is not None) is (told is Standing.REPRESENTS)
    assert (MOTHER in speakers(known, TODAY)) is told.acts
    return told


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, Standing.REPRESENTS),
        ({"kind": RepresentationKind.GUARDIAN}, Standing.REPRESENTS),
        ({"kind": RepresentationKind.FOSTER_PARENT}, Standing.REPRESENTS),
        ({"kind": RepresentationKind.TRUSTEE}, Standing.REPRESENTS),
        ({"scope": RepresentationScope.PERSONAL}, Standing.REPRESENTS),
        ({"scope": RepresentationScope.PROPERTY}, Standing.OUT_OF_SCOPE),
        ({"begins": TODAY}, Standing.REPRESENTS),
        ({"begins": TODAY + DAY}, Standing.NOT_VALID),
        ({"ends": TODAY}, Standing.REPRESENTS),
        ({"ends": TODAY - DAY}, Standing.NOT_VALID),
        ({"protected": True}, Standing.PROTECTED),
        ({"protected": True, "ends": TODAY - DAY}, Standing.PROTECTED),
    ],
)
def test_a_relation_counts_as_the_register_has_it_today(
    changes: dict[str, object], expected: Standing
) -> None:
    assert standing(child(CHILD), **changes) is expected


def test_it_lapses_on_the_day_of_majority() -> None:
    born = date(2008, 11, 20)
    assert of_age_on(born) == TODAY
    assert standing(child(CHILD, born=born)) is Standing.OF_AGE
    assert standing(child(CHILD, born=born + DAY)) is Standing.REPRESENTS
    of_age = child(CHILD, relation(MOTHER), born=born)
    assert speakers(of_age, TODAY) == (CHILD,)
    assert speakers(child(CHILD, relation(MOTHER), born=born + DAY), TODAY) == (MOTHER,)


def test_who_was_born_on_a_leap_day_comes_of_age_on_the_first_of_march() -> None:
    assert of_age_on(date(2008, 2, 29)) == date(2026, 3, 1)


def test_a_trustee_speaks_beside_a_grown_up_person() -> None:
    trusted = adult(CHILD, representations=(relation(MOTHER, kind=RepresentationKind.TRUSTEE),))
    assert speakers(trusted, TODAY) == (CHILD, MOTHER)
    assert may_act((MOTHER,), trusted, TODAY)[0] is Standing.REPRESENTS


def test_where_the_day_of_birth_is_unknown_the_person_alone_speaks() -> None:
    unknown = child(CHILD, relation(MOTHER), born=None)
    assert speakers(unknown, TODAY) == (CHILD,)
    assert may_act((MOTHER,), unknown, TODAY) == (Standing.AGE_UNKNOWN, None)


def test_for_the_dead_nobody_speaks() -> None:
    dead = child(CHILD, relation(MOTHER), died=TODAY)
    assert speakers(dead, TODAY) == ()
    assert may_act((MOTHER,), dead, TODAY) == (Standing.DEAD, None)
    assert speakers(adult(CHILD, died=TODAY), TODAY) == ()


def test_protection_outweighs_any_other_relation_with_the_same_person() -> None:
    both = child(CHILD, relation(FATHER), relation(FATHER, protected=True), relation(MOTHER))
    assert may_act((FATHER,), both, TODAY) == (Standing.PROTECTED, None)
    assert speakers(both, TODAY) == (MOTHER,)


def test_a_former_code_of_the_representative_is_theirs() -> None:
    known = child(CHILD, relation(MOTHER))
    assert may_act((STRANGER, MOTHER), known, TODAY)[1] == relation(MOTHER)
    assert may_act((STRANGER,), known, TODAY) == (Standing.NO_RELATION, None)
    assert may_act((CHILD,), known, TODAY) == (Standing.SELF, None)


DAYS = st.dates(date(2000, 1, 1), date(2040, 1, 1))
RELATIONS = st.lists(
    st.builds(
        Representation,
        holder=st.sampled_from([MOTHER, FATHER]),
        kind=st.sampled_from(RepresentationKind),
        scope=st.sampled_from(RepresentationScope),
        begins=DAYS,
        ends=st.none() | DAYS,
        protected=st.booleans(),
    ),
    max_size=4,
)


@given(relations=RELATIONS, born=st.none() | DAYS, died=st.none() | DAYS, today=DAYS)
def test_fewer_relations_never_let_more_people_speak(
    relations: list[Representation], born: date | None, died: date | None, today: date
) -> None:
    whole = child(CHILD, *relations, born=born, died=died)
    allowed = set(speakers(whole, today))
    for left_out, gone in enumerate(relations):
        fewer = child(
            CHILD, *relations[:left_out], *relations[left_out + 1 :], born=born, died=died
        )
        if not gone.protected:
            assert set(speakers(fewer, today)) <= allowed
    hidden = {each.holder for each in relations if each.protected}
    assert not hidden & allowed
    assert (CHILD in allowed) is not (
        (born is not None and today < of_age_on(born)) or (died is not None and died <= today)
    )
