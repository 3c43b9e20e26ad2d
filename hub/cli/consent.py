"""``hub consent``: what a person of the sandbox says, said on a command line."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, time
from pathlib import Path

import click

from hub.app import publication
from hub.app.clock import SystemClock
from hub.cli.estate import settings_of
from hub.cli.options import data_dir_option, folder_of
from hub.cli.reading import kept_book
from hub.consent.desk import ConsentDesk
from hub.errors import BadRequest, Code
from hub.model.agreement import Agreement
from hub.model.consent import Stop, StopKind
from hub.model.personal_code import PersonalCode
from hub.settings import Settings
from hub.storage.consents import ConsentTable
from hub.storage.database import Database
from hub.storage.keyring import MasterKeyring
from hub.storage.tokens import SubjectTokens


@click.group()
def command() -> None:
    """Give, withdraw and show consents in the sandbox."""


@command.command()
@click.argument("person", metavar="CODE")
@click.argument("agreement")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="Last day, UTC; else it lasts.")
@data_dir_option
def give(*, person: str, agreement: str, until: datetime | None, data_dir: Path | None) -> None:
    """Consent to AGREEMENT on behalf of the person with CODE."""

    async def say(desk: ConsentDesk, code: PersonalCode, settings: Settings) -> str:
        ends = datetime.combine(until.date(), time.max, UTC) if until else None
        known = await _agreement(settings, agreement)
        record = await desk.give(code, known, expires_at=ends)
        return f"given: record {record.id}"

    _at_desk(data_dir, person, say)


@command.command()
@click.argument("person", metavar="CODE")
@click.argument("agreement")
@data_dir_option
def withdraw(*, person: str, agreement: str, data_dir: Path | None) -> None:
    """Withdraw consent to AGREEMENT; it binds the next request."""

    async def say(desk: ConsentDesk, code: PersonalCode, _settings: Settings) -> str:
        ended = await desk.withdraw(code, agreement)
        return f"withdrawn: {', '.join(ended)}" if ended else "there was nothing to withdraw"

    _at_desk(data_dir, person, say)


@command.command()
@click.argument("person", metavar="CODE")
@data_dir_option
def show(*, person: str, data_dir: Path | None) -> None:
    """Show the person's consents, restrictions and objections."""

    async def say(desk: ConsentDesk, code: PersonalCode, _settings: Settings) -> str:
        kept = await desk.show(code)
        lines = [
            f"{record.id}  {record.terms.agreement}  {event.state}  {event.at:%Y-%m-%d %H:%M:%S}"
            for record in kept.records
            for event in record.events
        ]
        lines += [
            f"{stop.kind}  {stop.purpose or 'every purpose'}  {_span(stop)}" for stop in kept.stops
        ]
        return "\n".join(lines) or "nothing is kept of this person"

    _at_desk(data_dir, person, say)


@command.command()
@click.argument("person", metavar="CODE")
@click.argument("kind", type=click.Choice([each.value for each in StopKind]))
@click.option("--lift", is_flag=True, help="End it instead.")
@data_dir_option
def stop(*, person: str, kind: str, lift: bool, data_dir: Path | None) -> None:
    """Begin a restriction (GDPR 18) or an objection (GDPR 21), or lift it."""

    async def say(desk: ConsentDesk, code: PersonalCode, _settings: Settings) -> str:
        which = StopKind(kind)
        if lift:
            return "lifted" if await desk.lift(code, which) else "there was none"
        await (desk.restrict(code) if which is StopKind.RESTRICTION else desk.object(code))
        return "begun"

    _at_desk(data_dir, person, say)


Say = Callable[[ConsentDesk, PersonalCode, Settings], Awaitable[str]]


def _at_desk(data_dir: Path | None, person: str, say: Say) -> None:
    settings = settings_of(folder_of(data_dir))
    click.echo(asyncio.run(_said(settings, PersonalCode.parse(person), say)))


async def _said(settings: Settings, code: PersonalCode, say: Say) -> str:
    database = Database(settings.database_url)
    tokens = SubjectTokens(MasterKeyring(settings.master_key))
    try:
        return await say(ConsentDesk(ConsentTable(database, tokens), SystemClock()), code, settings)
    finally:
        await database.aclose()


async def _agreement(settings: Settings, number: str) -> Agreement:
    book = await kept_book(settings, publication.catalogue(), SystemClock())
    for known in book.agreements.values():
        if number in known:
            return known[number]
    raise BadRequest(Code.PARAMETER_INVALID, f"there is no agreement `{number}`")


def _span(stop: Stop) -> str:
    ended = f"{stop.lifted_at:%Y-%m-%d}" if stop.lifted_at else ""
    return f"{stop.begun_at:%Y-%m-%d}…{ended}"
