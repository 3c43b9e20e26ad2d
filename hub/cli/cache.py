"""``hub cache``: what is kept of registers' facts."""

import asyncio
from pathlib import Path

import click
from redis.exceptions import RedisError

from hub.app.wiring import open_hub
from hub.cli.estate import settings_of
from hub.cli.options import data_dir_option, folder_of
from hub.fetch import Fetcher
from hub.model.personal_code import PersonalCode
from hub.settings import Settings


@click.group()
def command() -> None:
    """Evict a person's facts from the register cache."""


@command.command()
@click.argument("person", metavar="CODE")
@click.option("--register", help="One register only.")
@data_dir_option
def evict(*, person: str, register: str | None, data_dir: Path | None) -> None:
    """Let nothing kept so far of the person with CODE be served again, by any replica."""
    settings = settings_of(folder_of(data_dir))
    if problem := asyncio.run(_evict(settings, PersonalCode.parse(person), register)):
        raise click.ClickException(problem)
    click.echo("evicted", err=True)


async def _evict(settings: Settings, code: PersonalCode, register: str | None) -> str | None:
    """Return why it is not known to have happened, None when it has."""
    async with open_hub(settings) as hub:
        fetch = hub.rooms.fetch
        assert isinstance(fetch, Fetcher)  # noqa: S101 — wired so
        try:
            await fetch.evict(code, register)
        except KeyError:
            return f"there is no register `{register}`"
        except (RedisError, OSError):
            return "Redis does not answer: it is not known whether anything was evicted; try again"
    return None
