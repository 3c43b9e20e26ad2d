"""Questions that concern no register: who may ask, alone, and never without an entry."""

from hub.app.publication import schema
from hub.plan.operation import SUBJECT_ROOTS
from tests.journey.town import PERSONAS, Town, codes

BEAT = "{ heartbeat { at } }"


def test_every_root_field_has_a_desk_or_a_register(served: Town) -> None:
    published = schema()
    roots = {*(published.query_type.fields if published.query_type else ())}
    roots |= {*(published.mutation_type.fields if published.mutation_type else ())}
    assert roots - SUBJECT_ROOTS - {"currentPermissions", "registers"} == set(
        served.hub.rooms.desks
    )


def test_an_answer_leaves_after_its_entry(served: Town) -> None:
    response = served.ask(BEAT)
    assert response.json()["data"]["heartbeat"]["at"]
    ((told, _),) = served.log_of(response)
    assert (told["decision"], told["question"]) == ("accountability", ["heartbeat"])


def test_questions_of_both_kinds_stand_apart(served: Town) -> None:
    query = "query ($c: PersonalCode!) { heartbeat { at } person(personalCode: $c) { __typename } }"
    with served.refusing():
        response = served.ask(query, {"c": PERSONAS["ilze"]})
    assert codes(response) == ["roots_mixed"]


def test_too_many_questions_at_once_are_refused(served: Town) -> None:
    several = " ".join(f"a{i}: heartbeat {{ at }}" for i in range(5))
    with served.refusing():
        assert codes(served.ask(f"{{ {several} }}")) == ["limit_exceeded"]


def test_nothing_of_it_goes_by_get(served: Town) -> None:
    token = {"authorization": f"Bearer {served.token('riga-social-service')}"}
    response = served.http.get(f"{served.url}/graphql", params={"query": BEAT}, headers=token)
    assert codes(response) == ["method_not_allowed"]


def test_a_mutation_never_goes_by_get_even_one_of_nothing(served: Town) -> None:
    token = {"authorization": f"Bearer {served.token('riga-social-service')}"}
    sent = {"query": "mutation { __typename }"}
    response = served.http.get(f"{served.url}/graphql", params=sent, headers=token)
    assert codes(response) == ["method_not_allowed"]
