"""``hub serve``: the production entry; it never imports the sandbox."""

import asyncio

import click
import uvloop

from hub.app import publication
from hub.app.logs import configure_logs
from hub.app.serve import application, serve
from hub.settings import Settings, environment, read_settings


@click.command()
@click.option("--check", is_flag=True, help="Check the configuration and exit.")
def command(*, check: bool) -> None:
    """Serve in production; configuration from HUB_* variables only.

    Every problem of the configuration is listed at once, and nothing is served then. Only tokens
    bound to the caller's certificate are admitted.
    """
    configure_logs()
    settings = read_settings(environment(), publication.connector_modules())
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(settings, check=check))


async def _serve(settings: Settings, *, check: bool) -> None:
    async with application(settings) as (app, _):
        if check:
            click.echo("the configuration is complete", err=True)
        else:
            await serve(settings, app)
