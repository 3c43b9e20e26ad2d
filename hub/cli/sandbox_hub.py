"""``python -m hub.cli.sandbox_hub``: the sandbox's hub as its own process."""

import asyncio
from collections.abc import Mapping
from pathlib import Path

import click
import uvicorn
import uvloop

from hub.app.logs import configure_logs
from hub.app.serve import application, configuration
from hub.cli.clients import clients, person_rows
from hub.cli.estate import settings_of
from hub.cli.examples import examples
from hub.policy.engine import Policy
from hub.sandbox.graphiql.broker import routes
from hub.sandbox.graphiql.page import assets, page
from hub.sandbox.issuer.fetch import fetch_token_async


class DemoBroker:
    """Lends GraphiQL the tokens of demo clients; implements the page's ``Broker``."""

    def __init__(self, data_dir: Path, policy: Policy) -> None:
        """Speak for the sandbox in ``data_dir``."""
        self._data_dir = data_dir
        self._policy = policy

    def catalogue(self) -> Mapping[str, object]:
        """Tell clients, personas and example queries."""
        return {
            "clients": clients(self._data_dir, self._policy.every),
            "personas": person_rows(),
            "examples": examples(),
        }

    async def token(self, client: str) -> Mapping[str, object]:
        """Issue a token of a demo client."""
        issued = await fetch_token_async(self._data_dir, client)
        return {"access_token": issued.access_token, "expires_in": issued.expires_in}


@click.command()
@click.option("--data-dir", required=True, type=click.Path(file_okay=False, path_type=Path))
def main(data_dir: Path) -> None:
    """Serve until told to stop."""
    configure_logs()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(data_dir))


async def _serve(data_dir: Path) -> None:
    settings = settings_of(data_dir)
    brokers: list[DemoBroker] = []
    hosts = ("127.0.0.1", "localhost", "[::1]", settings.host)
    async with application(
        settings, page=page, more=[assets(), *routes(_Late(brokers))], hosts=hosts
    ) as (app, hub):
        policy = hub.rooms.policy
        assert isinstance(policy, Policy)  # noqa: S101 — wired so
        brokers.append(DemoBroker(data_dir, policy))
        await uvicorn.Server(configuration(settings, app)).serve()


class _Late:
    """The broker, which exists once the rooms are open."""

    def __init__(self, brokers: list[DemoBroker]) -> None:
        self._brokers = brokers

    def catalogue(self) -> Mapping[str, object]:
        return self._brokers[0].catalogue()

    async def token(self, client: str) -> Mapping[str, object]:
        return await self._brokers[0].token(client)


if __name__ == "__main__":
    main()
