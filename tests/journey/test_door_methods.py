"""Methods and paths: GET asks about nobody, other methods nothing at all."""

import json
from collections.abc import Mapping

import httpx
import pytest
from graphql import get_introspection_query

from tests.journey.door import (
    ILZE,
    MANY,
    MEDIA,
    STATUS,
    a_token,
    assert_refused,
    assert_tells_nothing,
)
from tests.journey.town import GRAPHQL, Town, codes

PERMISSIONS = "{ currentPermissions { permissionNumber } }"


def get(
    town: Town,
    query: str | None,
    more: Mapping[str, str] | None = None,
    *,
    accept: str | None = GRAPHQL,
    token: bool = True,
) -> httpx.Response:
    headers = {"x-dagr-permission": "RSD-2026-001"}
    if token:
        headers["authorization"] = f"Bearer {a_token(town)}"
    request = httpx.Request(
        "GET",
        f"{town.url}/graphql",
        params=({"query": query} if query is not None else {}) | dict(more or {}),
        headers=headers,
    )
    if accept:
        request.headers["accept"] = accept
    return town.http.send(request)


@pytest.mark.parametrize(
    ("query", "name"),
    [
        (PERMISSIONS, None),
        ("{ registers { name } }", None),
        ("{ __typename }", None),
        ("query A { __typename } query B { registers { name } }", "A"),
    ],
)
def test_get_answers_what_concerns_nobody(town: Town, query: str, name: str | None) -> None:
    response = get(town, query, {"operationName": name} if name else None)
    assert response.status_code == 200
    assert response.json()["data"]
    assert response.json()["extensions"]["receipt"]["id"]
    assert response.headers["cache-control"] == "no-store"
    assert town.watch.calls == []


def test_get_introspects_the_sandbox(town: Town) -> None:
    response = get(town, get_introspection_query(descriptions=True, input_value_deprecation=True))
    assert response.status_code == 200
    assert "errors" not in response.json()
    assert response.json()["data"]["__schema"]["queryType"]["name"] == "Query"


FRAGMENT = """query($personalCode: PersonalCode!) { registers { name } ...P }
  fragment P on Query { person(personalCode: $personalCode) { absences { code } } }"""
LITERAL = f'{{ person(personalCode: "{ILZE}") {{ absences {{ code }} }} }}'
ABOUT_SOMEBODY: Mapping[str, tuple[str, Mapping[str, object] | None]] = {
    "with the code": (STATUS, {"personalCode": ILZE}),
    "without a variable": (STATUS, None),
    "with a wrong variable": (STATUS, {"personalCode": 1}),
    "many": (MANY, {"personalCodes": [ILZE]}),
    "many, none": (MANY, {"personalCodes": []}),
    "a literal": (LITERAL, None),
    "behind a fragment": (FRAGMENT, None),
    "nobody, with a code in vain": (PERMISSIONS, {"any": ILZE}),
}


@pytest.mark.parametrize("accept", MEDIA)
@pytest.mark.parametrize("token", [True, False])
@pytest.mark.parametrize("asked", ABOUT_SOMEBODY.values(), ids=list(ABOUT_SOMEBODY))
def test_get_asks_about_nobody(
    town: Town,
    asked: tuple[str, Mapping[str, object] | None],
    token: bool,
    accept: str | None,
) -> None:
    query, variables = asked
    more = {"variables": json.dumps(variables)} if variables is not None else {}
    response = get(town, query, more, accept=accept, token=token)
    assert_refused(town, response, "method_not_allowed", accept=accept)
    assert response.headers["allow"] == "POST"


@pytest.mark.parametrize("accept", MEDIA)
@pytest.mark.parametrize(
    ("query", "more", "code"),
    [
        (None, {}, "query_missing"),
        ("", {}, "query_missing"),
        ("{", {}, "syntax_error"),
        ("{ nobody }", {}, "validation_failed"),
        ("mutation { __typename }", {}, "method_not_allowed"),
        (PERMISSIONS, {"variables": "{"}, "malformed_json"),
        (PERMISSIONS, {"variables": "[1]"}, "parameter_invalid"),
        (PERMISSIONS, {"extensions": "7"}, "parameter_invalid"),
        (PERMISSIONS, {"variables": "[" * 60}, "nesting_too_deep"),
        (PERMISSIONS, {"operationName": "Other"}, "operation_unknown"),
    ],
)
def test_get_has_the_codes_of_post(
    town: Town, query: str | None, more: dict[str, str], code: str, accept: str | None
) -> None:
    assert_refused(town, get(town, query, more, accept=accept), code, accept=accept)


def test_a_parameter_twice_is_refused(town: Town) -> None:
    twice = f"{town.url}/graphql?query={PERMISSIONS}&query={PERMISSIONS}"
    assert_refused(town, town.http.get(twice), "parameter_invalid")


def test_get_without_a_token_is_told_so(town: Town) -> None:
    assert_refused(town, get(town, PERMISSIONS, token=False), "token_missing")


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "HEAD", "PROPFIND"])
def test_other_methods_are_not_served(town: Town, method: str) -> None:
    response = town.http.request(
        method,
        f"{town.url}/graphql",
        headers={
            "accept": GRAPHQL,
            "authorization": f"Bearer {a_token(town)}",
            "origin": "http://elsewhere.test",
        },
        content=None if method == "HEAD" else json.dumps({"query": STATUS}).encode(),
    )
    assert response.status_code == 405
    assert response.headers["allow"] == "GET, POST"
    assert not [name for name in response.headers if name.startswith("access-control")]
    if method == "HEAD":
        assert response.content == b""
    else:
        assert_refused(town, response, "method_not_allowed")


@pytest.mark.parametrize(
    "path",
    ["/", "/elsewhere", "/graphql/", "/graphql/x", "/GRAPHQL", "/..%2f..%2fetc/passwd", "/admin"],
)
def test_unknown_paths_have_a_code_too(town: Town, path: str) -> None:
    response = town.http.get(f"{town.url}{path}")
    assert response.status_code == 404
    assert codes(response) == ["path_unknown"]
    assert path.strip("/") == "" or path.strip("/") not in response.text
    assert_tells_nothing(response)


@pytest.mark.parametrize("path", ["/readyz", "/livez", "/metrics"])
def test_health_is_asked_by_get_alone(town: Town, path: str) -> None:
    assert town.http.get(f"{town.url}{path}").status_code == 200
    response = town.http.post(f"{town.url}{path}", json={"personalCode": ILZE})
    assert response.status_code == 405
    assert codes(response) == ["method_not_allowed"]
    assert "GET" in response.headers["allow"]
    assert_tells_nothing(response)


def test_no_label_of_a_metric_names_a_person_or_an_agreement(town: Town) -> None:
    town.ask(STATUS, {"personalCode": ILZE})
    told = town.http.get(f"{town.url}/metrics").text
    assert ILZE not in told
    assert "RSD-2026" not in told


def test_a_strange_host_is_not_served(town: Town) -> None:
    response = town.http.get(f"{town.url}/graphql", headers={"host": "elsewhere.test"})
    assert response.status_code == 400
    assert "elsewhere" not in response.text
