"""``hub migrate``: bring the hub's database to this version."""

import asyncio

import click
from sqlalchemy.engine import make_url

from hub.errors import Misconfigured
from hub.settings import environment
from hub.storage import migrate


@click.command()
def command() -> None:
    """Bring the hub's database to this version; safe to repeat, one at a time.

    Reads HUB_MIGRATION_DATABASE_URL (the owner) and HUB_DATABASE_URL (the runtime role, which is
    made when missing and may insert into the access log, never change it).
    """
    sent = environment()
    missing = [
        f"`{name}` is missing"
        for name in ("HUB_MIGRATION_DATABASE_URL", "HUB_DATABASE_URL")
        if not sent.get(name)
    ]
    if missing:
        raise Misconfigured(missing)
    runtime = make_url(sent["HUB_DATABASE_URL"])
    if not runtime.username:
        raise Misconfigured(["`HUB_DATABASE_URL` names no role"])
    owner = sent["HUB_MIGRATION_DATABASE_URL"]
    asyncio.run(migrate.migrate(owner, runtime.username, runtime.password))
    click.echo("the database is up to date", err=True)
