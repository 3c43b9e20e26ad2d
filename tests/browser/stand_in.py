"""A small hub in place of the real one: one register, three agreements, made-up people."""

from collections.abc import AsyncIterator, Mapping

import msgspec
import strawberry
from graphql import GraphQLError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route
from strawberry.types import ExecutionResult

from hub.sandbox.graphiql import broker, page

ANNA = "329999-00017"
JANIS = "329999-00025"
PEOPLE = {ANNA: "Anna", JANIS: "Jānis"}


@strawberry.type
class Person:
    """A made-up person."""

    given_name: str
    _code: strawberry.Private[str]

    @strawberry.field
    def disability_group(self) -> str | None:
        """Fail for Jānis, whose register is down."""
        if self._code == JANIS:
            raise GraphQLError("the register is down", extensions={"code": "register_unavailable"})
        return "none"


@strawberry.type
class Query:
    """What the stand-in answers."""

    @strawberry.field
    def person(self, personal_code: str) -> Person | None:
        """Find one person."""
        name = PEOPLE.get(personal_code)
        return Person(given_name=name, _code=personal_code) if name else None

    @strawberry.field
    def people(self, personal_codes: list[str]) -> list[Person]:
        """Find many."""
        return [Person(given_name=PEOPLE[code], _code=code) for code in personal_codes]


@strawberry.type
class Subscription:
    """What the stand-in tells of its own accord."""

    @strawberry.subscription
    async def changes(self) -> AsyncIterator[str]:
        """Tell of two changes."""
        yield "first change"
        yield "second change"


SCHEMA = strawberry.Schema(Query, subscription=Subscription)


def _agreement(number: str, **demands: bool) -> dict[str, object]:
    return {
        "number": number,
        "purpose": f"purpose of {number}",
        "purposeTitle": {"en": f"Benefits under {number}", "lv": f"Pabalsti pēc {number}"},
        "operations": ["record", "status"],
        "fields": ["Person.givenName", "Person.disabilityGroup"],
        "caseRequired": demands.get("case", False),
        "officialRequired": demands.get("official", False),
    }


def _example(client: str, agreement: str, query: str, **more: object) -> dict[str, object]:
    title = str(more.pop("title", agreement))
    return {
        "title": {"en": title, "lv": f"{title} (lv)"},
        "client": client,
        "agreement": agreement,
        "case": None,
        "official": None,
        "query": query,
        "variables": {"personalCode": ANNA},
        **more,
    }


_PERSON = """query {name}($personalCode: String!) {{
  person(personalCode: $personalCode) {{
    givenName
    disabilityGroup
  }}
}}
"""
CATALOGUE: dict[str, object] = {
    "clients": [
        {
            "id": "riga",
            "title": "Riga social service",
            "agreements": [_agreement("DA-1"), _agreement("DA-2", case=True, official=True)],
        },
        {"id": "vsaa", "title": "State insurance agency", "agreements": [_agreement("DA-3")]},
    ],
    "personas": [
        {
            "name": "Anna Paraugs",
            "personalCode": ANNA,
            "about": {"en": "a working mother", "lv": "strādājoša māte"},
        },
        {
            "name": "Jānis Paraugs",
            "personalCode": JANIS,
            "about": {"en": "her register is down", "lv": "reģistrs nedarbojas"},
        },
    ],
    "examples": [
        _example("riga", "DA-1", _PERSON.format(name="Answered"), title="An answered request"),
        _example("vsaa", "DA-3", _PERSON.format(name="Refused"), title="A refused request"),
        _example(
            "riga",
            "DA-2",
            _PERSON.format(name="Partial"),
            title="A register is down",
            case="RD-2026-17",
            official="amats-042",
            variables={"personalCode": JANIS},
        ),
        _example(
            "riga",
            "DA-1",
            "query Batch($personalCodes: [String!]!) {\n"
            "  people(personalCodes: $personalCodes) {\n    givenName\n  }\n}\n",
            title="Two at once",
            variables={"personalCodes": [ANNA]},
        ),
        _example("riga", "DA-1", "subscription Changes {\n  changes\n}\n", variables=None),
    ],
}


class StandIn:
    """The broker and the GraphQL endpoint, remembering what was asked."""

    def __init__(self) -> None:
        self.issued: list[str] = []
        self.valid: set[str] = set()
        self.asked: list[tuple[Mapping[str, str], dict[str, object]]] = []

    def catalogue(self) -> Mapping[str, object]:
        return CATALOGUE

    async def token(self, client: str) -> Mapping[str, object]:
        token = f"token-{len(self.issued)}-{client}"
        self.issued.append(client)
        self.valid.add(token)
        return {"access_token": token, "expires_in": 600}

    def operations(self, name: str) -> list[Mapping[str, str]]:
        """The headers of every request for the operation named."""
        return [headers for headers, body in self.asked if body.get("operationName") == name]

    async def graphql(self, request: Request) -> Response:
        if request.headers.get("authorization", "").removeprefix("Bearer ") not in self.valid:
            return _answer({"errors": [{"message": "the token is not valid"}]}, 401)
        body = await request.json()
        self.asked.append((dict(request.headers), body))
        if "text/event-stream" in request.headers["accept"]:
            return StreamingResponse(_events(body["query"]), media_type="text/event-stream")
        permission = request.headers.get("x-dagr-permission")
        if permission == "DA-3" and body.get("operationName") != "IntrospectionQuery":
            refusal = {
                "message": "`Person.givenName` is not granted",
                "extensions": {"code": "field_not_in_rule"},
            }
            return _answer({"errors": [refusal]}, 403)
        result = await SCHEMA.execute(
            body["query"],
            variable_values=body.get("variables"),
            operation_name=body.get("operationName"),
        )
        assert isinstance(result, ExecutionResult)
        answer: dict[str, object] = {"data": result.data, "extensions": {"receipt": "r-0001"}}
        if result.errors:
            answer["errors"] = [error.formatted for error in result.errors]
        return _answer(answer, 200)


async def _events(query: str) -> AsyncIterator[bytes]:
    results = await SCHEMA.subscribe(query)
    assert not isinstance(results, ExecutionResult)
    async for result in results:
        data = msgspec.json.encode({"data": result.data}).decode()
        yield f"event: next\ndata: {data}\n\n".encode()
    yield b"event: complete\ndata:\n\n"


def _answer(content: Mapping[str, object], status: int) -> Response:
    encoded = msgspec.json.encode(content)
    return Response(encoded, status, media_type="application/graphql-response+json")


def application(stand_in: StandIn) -> Starlette:
    return Starlette(
        routes=[
            Route("/graphql", page.page, methods=["GET"]),
            Route("/graphql", stand_in.graphql, methods=["POST"]),
            *broker.routes(stand_in),
            page.assets(),
        ]
    )
