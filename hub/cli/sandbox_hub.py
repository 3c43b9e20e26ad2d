"""The sandbox's hub: what `hub.cli.hub_process` runs."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

import click
from prometheus_client import CollectorRegistry
from starlette.applications import Starlette

from hub.app.collector import waiting
from hub.app.logs import configure_logs
from hub.app.serve import application, serve
from hub.app.wiring import Hub, Refit
from hub.cli.estate import settings_of
from hub.model.agreement import Agreement
from hub.policy.engine import Policy
from hub.sandbox.graphiql.broker import routes
from hub.sandbox.graphiql.page import assets, page
from hub.settings import MOST_WORKERS, Settings

_HOSTS: Final = ("127.0.0.1", "localhost", "[::1]")
"""A page elsewhere must not reach the sandbox by a name of its own (DNS rebinding)."""


class DemoBroker:
    """Lends GraphiQL the tokens of demo clients; implements the page's ``Broker``.

    Attributes:
        agreements: Every agreement of a client; the rooms put it there once they are open.
    """

    def __init__(self, data_dir: Path) -> None:
        """Speak for the sandbox in ``data_dir``."""
        self._data_dir = data_dir
        self.agreements: Callable[[str], Sequence[Agreement]] = lambda _client: ()

    def catalogue(self) -> Mapping[str, object]:
        """Tell clients, personas and example queries."""
        # who the people are takes a twentieth of a start, and is told when GraphiQL is opened
        from hub.cli.clients import clients, person_rows  # noqa: PLC0415 — as said
        from hub.cli.examples import examples  # noqa: PLC0415 — as said

        return {
            "clients": clients(self._data_dir, self.agreements),
            "personas": person_rows(),
            "examples": examples(),
        }

    async def token(self, client: str) -> Mapping[str, object]:
        """Issue a token of a demo client, or of a persona who holds it in the portal."""
        from hub.cli.clients import persona_of  # noqa: PLC0415 — as above
        from hub.sandbox.issuer import fetch  # noqa: PLC0415 — as above

        if code := persona_of(client):
            issued = await fetch.fetch_person_token_async(self._data_dir, code)
        else:
            issued = await fetch.fetch_token_async(self._data_dir, client)
        return {"access_token": issued.access_token, "expires_in": issued.expires_in}


@asynccontextmanager
async def sandbox_application(
    data_dir: Path,
    settings: Settings,
    metrics: CollectorRegistry | None = None,
    *,
    refit: Refit = dict,
) -> AsyncIterator[tuple[Starlette, Hub]]:
    """Open the sandbox's hub: the street door, GraphiQL and its token broker.

    Args:
        data_dir: A furnished sandbox.
        settings: ``settings_of(data_dir)``, perhaps with another port.
        metrics: What ``/metrics`` tells; None: this process's own.
        refit: See ``hub.app.wiring.open_hub``.
    """
    broker = DemoBroker(data_dir)
    async with application(
        settings,
        metrics,
        page=page,
        more=[assets(), *routes(broker)],
        hosts=(*_HOSTS, settings.host),
        refit=refit,
    ) as (app, hub):
        policy = hub.rooms.policy
        assert isinstance(policy, Policy)  # noqa: S101 — wired so
        broker.agreements = policy.every
        yield app, hub


@click.command()
@click.option("--data-dir", required=True, type=click.Path(file_okay=False, path_type=Path))
@click.option("--workers", default=1, type=click.IntRange(1, MOST_WORKERS))
@click.option("--planner/--no-planner", default=True)
def main(data_dir: Path, *, workers: int, planner: bool) -> None:
    """Serve until told to stop."""
    configure_logs()
    with waiting():
        settings = replace(settings_of(data_dir), workers=workers, planner=planner)
        serve(settings, partial(sandbox_application, data_dir, settings))


if __name__ == "__main__":
    main()
