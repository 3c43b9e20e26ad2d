"""``hub serve``: the production entry; it never imports the sandbox."""

import asyncio
from dataclasses import replace
from functools import partial

import click
import uvloop

from hub.app import publication
from hub.app.collector import waiting
from hub.app.logs import configure_logs
from hub.app.serve import application, serve
from hub.settings import MOST_WORKERS, Settings, environment, read_settings


@click.command()
@click.option("--check", is_flag=True, help="Check the configuration and exit.")
@click.option(
    "--workers",
    type=click.IntRange(1, MOST_WORKERS),
    help="Processes that answer side by side on the one port, at best one for each core; each "
    "takes about 40 MB, and up to 40 more in use.  [default: HUB_WORKERS, else 1]",
)
def command(*, check: bool, workers: int | None) -> None:
    """Serve in production; configuration from HUB_* variables only.

    Every problem of the configuration is listed at once, and nothing is served then. Only tokens
    bound to the caller's certificate are admitted. SIGTERM and SIGINT let requests under way
    finish; a worker that dies is replaced.

    HUB_PLANNER=off has every operation executed by graphql-core: slower, and the same.
    """
    configure_logs()
    with waiting():
        settings = read_settings(environment(), publication.connector_modules())
        if check:
            with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                runner.run(_check(settings))
        else:
            settings = replace(settings, workers=workers or settings.workers)
            serve(settings, partial(application, settings))


async def _check(settings: Settings) -> None:
    async with application(settings):
        click.echo("the configuration is complete", err=True)
