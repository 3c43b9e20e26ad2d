"""``hub consent``: what a person of the sandbox says, said on a command line."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time
from pathlib import Path

import click
import orjson

from hub.app import publication
from hub.app.clock import SystemClock
from hub.app.words import published_words
from hub.cli.estate import settings_of
from hub.cli.options import data_dir_option, folder_of
from hub.cli.reading import kept_book
from hub.consent.desk import ConsentDesk, Voice
from hub.consent.export import categories_of, record_of
from hub.errors import BadRequest, Code
from hub.model.agreement import Agreement
from hub.model.consent import ConsentEvent, ConsentFile, ConsentRecord, ConsentState
from hub.model.guardianship import RepresentationKind
from hub.model.personal_code import PersonalCode
from hub.model.stop import Decided, Stop, StopKind
from hub.settings import Settings
from hub.storage.consents import ConsentTable
from hub.storage.database import Database
from hub.storage.keyring import MasterKeyring
from hub.storage.tokens import SubjectTokens

_DAY = click.DateTime(["%Y-%m-%d"])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """The desk, who is spoken about, and where agreements are known."""

    desk: ConsentDesk
    code: PersonalCode
    settings: Settings

    async def agreement(self, number: str) -> Agreement:
        """Return an agreement in force.

        Raises:
            BadRequest: ``consent_target_unknown``.
        """
        found = (await self.agreements()).get(number)
        if found is None:
            raise BadRequest(Code.CONSENT_TARGET_UNKNOWN, f"there is no agreement `{number}`")
        return found

    async def agreements(self) -> dict[str, Agreement]:
        """Return every agreement by number."""
        book = await kept_book(self.settings, publication.catalogue(), SystemClock())
        return {each.number: each for mine in book.agreements.values() for each in mine.values()}


Say = Callable[[_Place], Awaitable[str]]


@click.group()
def command() -> None:
    """Say what a person of the sandbox consents or objects to, and show it.

    These are said in the sandbox alone, and leave no entry on the access log. In production a
    person speaks by the portal's mutations, and a controller decides by `hub audit decide`: each
    leaves an entry.
    """


_by = click.option("--by", metavar="CODE", help="Who speaks for the person; else the person.")
_capacity = click.option(
    "--as",
    "capacity",
    type=click.Choice([each.value for each in RepresentationKind]),
    default=RepresentationKind.PARENT.value,
    show_default=True,
    help="In what quality, with --by.",
)


@command.command()
@click.argument("person", metavar="CODE")
@click.argument("agreement")
@click.option("--until", type=_DAY, help="Last day, UTC; else it lasts.")
@_by
@_capacity
@data_dir_option
def give(
    *,
    person: str,
    agreement: str,
    until: datetime | None,
    by: str | None,
    capacity: str,
    data_dir: Path | None,
) -> None:
    """Consent to AGREEMENT on behalf of the person with CODE.

    What a representative gives counts as long as the population register has the relation.
    """

    async def say(place: _Place) -> str:
        ends = datetime.combine(until.date(), time.max, UTC) if until else None
        known = await place.agreement(agreement)
        record = await place.desk.give(
            place.code, known, expires_at=ends, voice=_voice(by, capacity)
        )
        return f"given: record {record.reference}"

    _at_desk(data_dir, person, say)


@command.command()
@click.argument("person", metavar="CODE")
@click.argument("agreement")
@_by
@_capacity
@data_dir_option
def withdraw(
    *, person: str, agreement: str, by: str | None, capacity: str, data_dir: Path | None
) -> None:
    """Withdraw consent to AGREEMENT; it binds the next request."""

    async def say(place: _Place) -> str:
        ended = await place.desk.withdraw(place.code, agreement, voice=_voice(by, capacity))
        return f"withdrawn: {', '.join(ended)}" if ended else "there was nothing to withdraw"

    _at_desk(data_dir, person, say)


@command.command()
@click.argument("person", metavar="CODE")
@click.argument("agreement")
@click.argument("answer", type=click.Choice(["requested", "deferred", "refused"]))
@_by
@_capacity
@data_dir_option
def note(
    *,
    person: str,
    agreement: str,
    answer: str,
    by: str | None,
    capacity: str,
    data_dir: Path | None,
) -> None:
    """Note that consent to AGREEMENT was requested, or the answer deferred or refused."""

    async def say(place: _Place) -> str:
        known, voice, desk = await place.agreement(agreement), _voice(by, capacity), place.desk
        if answer == "requested":
            record = await desk.request(place.code, known)
        elif answer == "deferred":
            record = await desk.defer(place.code, known, voice=voice)
        else:
            record = await desk.refuse(place.code, known, voice=voice)
        return f"{answer}: record {record.reference}"

    _at_desk(data_dir, person, say)


@command.command()
@click.argument("person", metavar="CODE")
@click.argument("record")
@click.argument("state", type=click.Choice(["revoked", "invalidated"]))
@data_dir_option
def close(*, person: str, record: str, state: str, data_dir: Path | None) -> None:
    """End RECORD for another reason than the person's will."""

    async def say(place: _Place) -> str:
        noted = await place.desk.close(place.code, record, ConsentState(state))
        return f"{state}: record {noted.reference}"

    _at_desk(data_dir, person, say)


@command.command()
@click.argument("person", metavar="CODE")
@click.option(
    "--json", "as_json", is_flag=True, help="Records as ISO/IEC TS 27560 in DPV has them."
)
@data_dir_option
def show(*, person: str, as_json: bool, data_dir: Path | None) -> None:
    """Show the person's consents, restrictions and objections."""

    async def say(place: _Place) -> str:
        kept = await place.desk.show(place.code)
        if as_json:
            return _exported(kept, await place.agreements())
        lines = [_told(record, event) for record in kept.records for event in record.events]
        return "\n".join([*lines, *map(_stopped, kept.stops)]) or "nothing is kept of this person"

    _at_desk(data_dir, person, say)


@command.command()
@click.argument("person", metavar="CODE")
@click.argument("kind", type=click.Choice([each.value for each in StopKind]))
@click.option("--to", "agreement", help="Object to the purpose of this agreement alone.")
@click.option("--lift", is_flag=True, help="Take it back instead.")
@data_dir_option
def stop(
    *, person: str, kind: str, agreement: str | None, lift: bool, data_dir: Path | None
) -> None:
    """Begin a restriction (GDPR 18) or an objection (GDPR 21), or take it back.

    It stops disclosure until the controller's decision (`hub consent decide`), and after it, unless
    the decision overrides it.
    """

    async def say(place: _Place) -> str:
        which, desk = StopKind(kind), place.desk
        known = await place.agreement(agreement) if agreement else None
        if lift:
            ended = await desk.lift(place.code, which, purpose=known.purpose if known else None)
            return "lifted" if ended else "there was none"
        if which is StopKind.RESTRICTION:
            await desk.restrict(place.code)
        elif known:
            await desk.object_to(place.code, known)
        else:
            await desk.object(place.code)
        return "begun"

    _at_desk(data_dir, person, say)


@command.command()
@click.argument("person", metavar="CODE")
@click.argument("kind", type=click.Choice([each.value for each in StopKind]))
@click.argument("decision", type=click.Choice(["upheld", "overridden"]))
@click.option("--to", "agreement", help="The agreement objected to; else every purpose.")
@click.option("--reason", required=True, help="Why, without a personal code.")
@click.option("--institution", required=True, help="Who decided.")
@click.option("--office", required=True, help="The deciding officer's office, never a name.")
@click.option("--told", type=_DAY, help="Day (UTC) on which the person was told.")
@data_dir_option
def decide(  # noqa: PLR0913 — one argument for each option
    *,
    person: str,
    kind: str,
    decision: str,
    agreement: str | None,
    reason: str,
    institution: str,
    office: str,
    told: datetime | None,
    data_dir: Path | None,
) -> None:
    """Record the controller's reasoned decision on a restriction or objection.

    Upheld, it stays stopped. A restriction ends only after the person was told (GDPR 18(3)).
    """

    async def say(place: _Place) -> str:
        known = await place.agreement(agreement) if agreement else None
        decided = Decided(
            upheld=decision == "upheld",
            reason=reason,
            institution=institution,
            officer=office,
            told_at=told.replace(tzinfo=UTC) if told else None,
        )
        purpose = known.purpose if known else None
        found = await place.desk.decide(place.code, StopKind(kind), purpose, decided)
        return decision if found else "there was nothing to decide"

    _at_desk(data_dir, person, say)


def _voice(by: str | None, capacity: str) -> Voice:
    return Voice(speaker=PersonalCode.parse(by), capacity=capacity) if by else Voice()


def _at_desk(data_dir: Path | None, person: str, say: Say) -> None:
    settings = settings_of(folder_of(data_dir))
    click.echo(asyncio.run(_said(settings, PersonalCode.parse(person), say)))


async def _said(settings: Settings, code: PersonalCode, say: Say) -> str:
    database = Database(settings.database_url)
    tokens = SubjectTokens(MasterKeyring(settings.master_key))
    words = published_words(settings.policies_dir)
    desk = ConsentDesk(ConsentTable(database, tokens), SystemClock(), words)
    try:
        return await say(_Place(desk=desk, code=code, settings=settings))
    finally:
        await database.aclose()


def _exported(kept: ConsentFile, agreements: dict[str, Agreement]) -> str:
    catalogue, now = publication.catalogue(), SystemClock().now()
    told = []
    for record in kept.records:
        agreement = agreements.get(record.terms.agreement)
        categories = categories_of(agreement, catalogue) if agreement else ()
        told.append(record_of(record, agreement, categories, now))
    return orjson.dumps(told, option=orjson.OPT_INDENT_2).decode()


def _told(record: ConsentRecord, event: ConsentEvent) -> str:
    said = f"{event.state}  {event.at:%Y-%m-%d %H:%M:%S}  {event.capacity}"
    return f"{record.id}/{event.revision}  {record.terms.agreement}  {said}"


def _stopped(stop: Stop) -> str:
    ended = f"{stop.lifted_at:%Y-%m-%d}" if stop.lifted_at else ""
    span = f"{stop.begun_at:%Y-%m-%d}…{ended}"
    why = f"  {stop.decided.institution}: {stop.decided.reason}" if stop.decided else ""
    return f"{stop.kind}  {stop.purpose or 'every purpose'}  {stop.state}  {span}{why}"
