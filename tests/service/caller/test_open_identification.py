"""The room as the hub runs it: keys over real HTTP, its background tasks alive."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

import pytest
from joserfc.jwk import ECKey, Key
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from hub.caller import Trust, open_identification
from hub.errors import Code, ServiceUnavailable, Unauthenticated
from tests.service.caller.wires import serving, soon
from tests.unit.caller.minting import AUDIENCE, EC, Clients, as_json, claims, header, present, sign


class Now:
    """The real clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def today(self) -> date:
        return self.now().date()


@dataclass
class Endpoint:
    """An issuer's key set over HTTP, to be broken at will."""

    keys: list[Key] = field(default_factory=lambda: [EC])
    moved: bool = False
    url: str = ""

    def app(self) -> Starlette:
        async def jwks(request: Request) -> Response:
            if self.moved:
                return RedirectResponse("/elsewhere")
            return JSONResponse({"keys": [key.as_dict(private=False) for key in self.keys]})

        async def metadata(request: Request) -> Response:
            return JSONResponse({"issuer": self.url, "jwks_uri": f"{self.url}/jwks"})

        return Starlette(
            routes=[
                Route("/jwks", jwks),
                Route("/elsewhere", lambda _: JSONResponse({"keys": []})),
                Route("/.well-known/oauth-authorization-server", metadata),
            ]
        )

    def mint(self, key: Key = EC) -> str:
        now_s = int(datetime.now(UTC).timestamp())
        said = claims(None, iss=self.url, iat=now_s, exp=now_s + 300)
        return sign(header(key), as_json(said), key)


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    endpoint = Endpoint()
    with serving(endpoint.app()) as endpoint.url:
        yield endpoint


def trust(endpoint: Endpoint, jwks_url: str | None = None) -> Trust:
    return Trust(issuer=endpoint.url, audience=AUDIENCE, jwks_url=jwks_url, require_binding=False)


@pytest.mark.asyncio
@pytest.mark.parametrize("jwks_path", [None, "/jwks"], ids=["discovered", "configured"])
async def test_from_open_to_a_client(endpoint: Endpoint, jwks_path: str | None) -> None:
    jwks_url = jwks_path and endpoint.url + jwks_path
    async with open_identification(
        trust(endpoint, jwks_url), clients=Clients(), clock=Now()
    ) as room:
        assert room.ready
        client = await room.identify(present(endpoint.mint()))
        assert client.id == "riga-social-service"


@pytest.mark.asyncio
async def test_rotation_without_a_restart(endpoint: Endpoint) -> None:
    new = ECKey.generate_key("P-256", {"kid": "ec-2"})
    async with open_identification(trust(endpoint), clients=Clients(), clock=Now()) as room:
        old = endpoint.mint()
        endpoint.keys = [new]
        assert await room.identify(present(endpoint.mint(new)))
        assert await room.identify(present(old))


@pytest.mark.asyncio
async def test_a_client_is_disabled_within_a_second(endpoint: Endpoint) -> None:
    clients = Clients()
    async with open_identification(trust(endpoint), clients=clients, clock=Now()) as room:
        token = endpoint.mint()
        await room.identify(present(token))
        clients.ids = {"riga-social-service"}
        asked = clients.asked
        await soon(lambda: clients.asked > asked, 2)
        with pytest.raises(Unauthenticated) as caught:
            await room.identify(present(token))
        assert caught.value.code is Code.CLIENT_DISABLED


@pytest.mark.asyncio
async def test_opening_does_not_wait_for_a_broken_issuer_and_recovers(endpoint: Endpoint) -> None:
    endpoint.moved = True
    async with open_identification(trust(endpoint), clients=Clients(), clock=Now()) as room:
        assert not room.ready
        with pytest.raises(ServiceUnavailable) as caught:
            await room.identify(present(endpoint.mint()))
        assert caught.value.code is Code.ISSUER_UNAVAILABLE
        endpoint.moved = False
        await soon(lambda: room.ready, 5)
        assert await room.identify(present(endpoint.mint()))


@pytest.mark.asyncio
async def test_closing_ends_its_tasks_also_after_an_error(endpoint: Endpoint) -> None:
    clients = Clients()
    with pytest.raises(LookupError):
        async with open_identification(trust(endpoint), clients=clients, clock=Now()):
            raise LookupError
    asked = clients.asked
    await asyncio.sleep(1.1)
    assert clients.asked == asked
