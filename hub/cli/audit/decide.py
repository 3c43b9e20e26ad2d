"""``hub audit decide``: the controller's reasoned decision on a restriction or objection."""

import asyncio
import secrets
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import click

from hub.app import publication
from hub.app.clock import SystemClock
from hub.app.words import published_words
from hub.audit.log import open_log
from hub.audit.tlog.logkey import LogKey
from hub.cli.audit.officers import PATIENCE, officer_option, reason_option
from hub.cli.audit.whom import person_option, read_person
from hub.cli.options import data_dir_option
from hub.cli.reading import kept_book
from hub.cli.whose import chosen_settings
from hub.consent.desk import ConsentDesk
from hub.errors import BadRequest, Code, HubError
from hub.model.entry import Disclosure, Header, SubjectEntry
from hub.model.personal_code import PersonalCode
from hub.model.reason import checked_reason
from hub.model.retention import checked_officer
from hub.model.stop import Decided, StopKind
from hub.settings import Settings
from hub.storage.consents import ConsentTable
from hub.storage.database import Database
from hub.storage.keyring import MasterKeyring
from hub.storage.log import KeyTable, LogTable
from hub.storage.tokens import SubjectTokens

_DAY = click.DateTime(["%Y-%m-%d"])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Decision:
    """What was decided about whom.

    Attributes:
        agreement: Number of the agreement whose purpose it concerns; None: every purpose.
        officer: As ``institution/office``.
    """

    person: PersonalCode
    kind: StopKind
    agreement: str | None
    officer: str
    decided: Decided


@click.command()
@click.argument("kind", type=click.Choice([each.value for each in StopKind]))
@click.argument("decision", type=click.Choice(["upheld", "overridden"]))
@person_option
@click.option("--to", "agreement", help="The agreement objected to; else every purpose.")
@click.option("--told", type=_DAY, help="Day (UTC) on which the person was told.")
@officer_option
@reason_option
@data_dir_option
def command(  # noqa: PLR0913 — one argument for each option
    *,
    kind: str,
    decision: str,
    person: str | None,
    agreement: str | None,
    told: datetime | None,
    officer: str,
    reason: str,
    data_dir: Path | None,
) -> None:
    """Record the controller's reasoned decision on a restriction or objection.

    The personal code is read from standard input. Upheld, it stays stopped; overridden, the data
    may be disclosed again. A restriction ends only after the person was told (GDPR 18(3)). The
    decision is an entry of the access log, with the officer and the reason.
    """
    who = checked_officer(officer)
    decided = Decided(
        upheld=decision == "upheld",
        reason=checked_reason(reason),
        institution=who.partition("/")[0],
        officer=who.partition("/")[2],
        told_at=told.replace(tzinfo=UTC) if told else None,
    )
    asked = _Decision(
        person=read_person(person, data_dir),
        kind=StopKind(kind),
        agreement=agreement,
        officer=who,
        decided=decided,
    )
    found = asyncio.run(_act(chosen_settings(data_dir), asked))
    click.echo(decision if found else "there was nothing to decide")


async def _act(settings: Settings, asked: _Decision) -> bool:
    try:
        return await _decided(settings, asked)
    except* HubError as failures:  # the log's task group wraps them
        told: BaseException = failures
        while isinstance(told, BaseExceptionGroup):
            told = told.exceptions[0]
    raise told


async def _decided(settings: Settings, asked: _Decision) -> bool:
    keyring, clock = MasterKeyring(settings.master_key), SystemClock()
    tokens, key = SubjectTokens(keyring), LogKey(settings.log_origin, settings.log_key)
    purpose = await _purpose(settings, asked.agreement) if asked.agreement else None
    async with AsyncExitStack() as stack:
        database = Database(settings.database_url, patience=PATIENCE)
        stack.push_async_callback(database.aclose)
        words = published_words(settings.policies_dir)
        desk = ConsentDesk(ConsentTable(database, tokens), clock, words, via="operator")
        desk.check_decided(asked.kind, asked.decided)
        stops = (await desk.show(asked.person)).stops
        if not any(
            (s.kind, s.purpose, s.state.stops) == (asked.kind, purpose, True) for s in stops
        ):
            return False
        table = LogTable(database, tokens, clock)
        stack.push_async_callback(table.aclose)
        log = await stack.enter_async_context(open_log(table, KeyTable(database), keyring, key))
        # INVARIANT: entered before it counts: what lets data leave again is on the log
        await log.append(_entry(asked, clock.now()))
        return await desk.decide(asked.person, asked.kind, purpose, asked.decided)


async def _purpose(settings: Settings, agreement: str) -> str:
    """Return the purpose of an agreement in force.

    Raises:
        BadRequest: ``consent_target_unknown``.
    """
    book = await kept_book(settings, publication.catalogue(), SystemClock())
    for mine in book.agreements.values():
        if agreement in mine:
            return mine[agreement].purpose
    raise BadRequest(Code.CONSENT_TARGET_UNKNOWN, f"there is no agreement `{agreement}`")


def _entry(asked: _Decision, at: datetime) -> Disclosure:
    header = Header(
        operation_id=secrets.token_hex(16),
        at=at,
        decision="oversight",
        question=("decideUpheld" if asked.decided.upheld else "decideOverridden",),
        agreement=asked.agreement,
        official=asked.officer,
        recipient=asked.decided.institution,
        reason=asked.decided.reason,
    )
    return Disclosure(header=header, subjects=(SubjectEntry(subject=asked.person, outcomes={}),))
