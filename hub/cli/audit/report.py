"""``hub audit report``: what the GDPR asks for, as JSON or as pages that print.

Each report is made by the desk that answers the same question by GraphQL, asked by the hub's
officer, and is on the log before it is shown.
"""

import asyncio
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import click
from typing_extensions import override

from hub.app import publication
from hub.app.clock import RIGA, SystemClock
from hub.app.wiring import Hub, open_hub
from hub.app.words import published_words
from hub.audit.reports.breach import codes_of
from hub.audit.reports.pages import LANGUAGES, document, page
from hub.cli.audit.officers import PATIENCE, officer_option, reason_option
from hub.cli.audit.whom import person_option, read_person
from hub.cli.options import data_dir_option
from hub.cli.reading import kept_book
from hub.cli.whose import chosen_settings
from hub.errors import Code, HubError, Refused
from hub.model.agreement import Agreement, Oversight
from hub.model.caller import Caller, Client
from hub.model.desk import DeskAnswer, DeskQuestion
from hub.model.entry import Disclosure, Header, SubjectEntry
from hub.model.personal_code import PersonalCode
from hub.model.reports import BreachReport, Report
from hub.model.retention import checked_officer
from hub.settings import Settings
from hub.storage.database import Database
from hub.storage.exposure import ExposureTable
from hub.storage.keyring import MasterKeyring


class _Instant(click.DateTime):
    """A day or time of day in Riga, as in ``detect``; with ``Z`` behind it, of UTC."""

    def __init__(self) -> None:
        super().__init__(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%SZ"])

    @override
    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        """Return an aware UTC instant."""
        zone = UTC if str(value).endswith("Z") else RIGA
        told: datetime = super().convert(value, param, ctx)
        return told.replace(tzinfo=zone).astimezone(UTC)


_INSTANT: Final = _Instant()


def _shared(command: Any) -> Any:  # noqa: ANN401 — click's own decorators are as vague
    """Add the options of every report."""
    for option in (
        data_dir_option,
        reason_option,
        officer_option,
        click.option("--language", type=click.Choice(LANGUAGES), default="lv", show_default=True),
        click.option("--html", type=click.Path(dir_okay=False, path_type=Path), help="Page to."),
        click.option("--json", "as_json", is_flag=True, help="JSON; so without --html, too."),
    ):
        command = option(command)
    return command


@click.group()
def command() -> None:
    """Report under GDPR 15 (person), 19 (recipients), 30 (processing), 33 and 34 (breach)."""


@command.command()
@person_option
@_shared
def person(*, person: str | None, data_dir: Path | None, **said: Any) -> None:  # noqa: ANN401 — options all share
    """Everything about one person (GDPR 15), what is not told to them flagged."""
    asked = {"personalCode": read_person(person, data_dir)}
    _show(_made("subjectReport", asked, data_dir, **said), data_dir, **said)


@command.command()
@_shared
def processing(*, data_dir: Path | None, **said: Any) -> None:  # noqa: ANN401 — as above
    """Records of processing (GDPR 30), from the agreements in force."""
    _show(_made("processingRecords", {}, data_dir, **said), data_dir, **said)


@command.command()
@person_option
@click.option("--register", required=True, help="Whose fact was corrected: disability.")
@click.option("--field", "fields", multiple=True, help="Field id, or what it begins with.")
@click.option(
    "--since", type=_INSTANT, required=True, help="Disclosures since then (Rīga; UTC with Z)."
)
@_shared
def recipients(
    *,
    person: str | None,
    register: str,
    fields: Sequence[str],
    since: datetime,
    data_dir: Path | None,
    **said: Any,  # noqa: ANN401 — as above
) -> None:
    """Who is to be notified that a fact was corrected (GDPR 19)."""
    asked = {
        "personalCode": read_person(person, data_dir),
        "register": register,
        "fields": list(fields),
        "since": since,
    }
    _show(_made("pastRecipients", asked, data_dir, **said), data_dir, **said)


@command.command()
@click.option("--client", help="Client whose credentials were breached.")
@click.option("--agreement", help="Number.")
@click.option("--key-year", type=int, help="Year of the hub's own keys of persons.")
@click.option("--from", "start", type=_INSTANT, help="Disclosures from then on (Rīga; UTC with Z).")
@click.option("--to", "end", type=_INSTANT, help="Disclosures before then (Rīga; UTC with Z).")
@click.option(
    "--known-at", type=_INSTANT, help="When it became known (Rīga; UTC with Z); else now."
)
@click.option("--codes", is_flag=True, help="List whom to tell (GDPR 34); each gets an entry.")
@_shared
def breach(  # noqa: PLR0913 — options of a command
    *,
    client: str | None,
    agreement: str | None,
    key_year: int | None,
    start: datetime | None,
    end: datetime | None,
    known_at: datetime | None,
    codes: bool,
    data_dir: Path | None,
    **said: Any,  # noqa: ANN401 — as above
) -> None:
    """What a client, an agreement, a key or a time exposed (GDPR 33, 34)."""
    asked = {
        "client": client,
        "agreement": agreement,
        "keyYear": key_year,
        "from": start,
        "to": end,
        "knownAt": known_at,
    }
    _show(_made("breachReport", asked, data_dir, codes=codes, **said), data_dir, **said)


def _made(
    root: str,
    asked: Mapping[str, Any],
    data_dir: Path | None,
    *,
    officer: str,
    reason: str,
    codes: bool = False,
    **_shown: object,
) -> Report:
    settings, who = chosen_settings(data_dir), checked_officer(officer)

    async def making() -> Report:
        question = _question(root, {**asked, "reason": reason}, await _officers(settings), who)
        async with open_hub(settings) as hub:
            try:
                return await _asked(hub, question, settings if codes else None)
            except HubError as failure:  # the rooms' task groups would wrap it
                told = failure
        raise told

    return asyncio.run(making())


def _question(
    root: str, asked: Mapping[str, Any], agreement: Agreement, officer: str
) -> DeskQuestion:
    at = datetime.now(UTC)
    client = Client(id=agreement.client, expires_at=at)
    return DeskQuestion(
        root=root,
        arguments=asked,
        caller=Caller(client=client, agreement=agreement, official=officer),
        at=at,
        operation_id=secrets.token_hex(16),
    )


async def _asked(hub: Hub, question: DeskQuestion, listing: Settings | None) -> Report:
    """Return a report that is on the log; ``listing`` are settings of a hub whose codes to list."""
    answer = await hub.rooms.desks[question.root].answer(question)
    made: Report = answer.value
    if listing is not None and isinstance(made, BreachReport):
        told = await _exposed(listing, made)
        made = replace(made, codes=told)
        answer = replace(answer, value=made, subjects=_subjects(told))
    await hub.rooms.access_log.append(_entry(question, answer))
    return made


async def _exposed(settings: Settings, made: BreachReport) -> Sequence[PersonalCode]:
    database = Database(settings.database_url, patience=PATIENCE)
    try:
        keyring = MasterKeyring(settings.master_key)
        return await codes_of(ExposureTable(database), keyring, made.of, made.log)
    finally:
        await database.aclose()


async def _officers(settings: Settings) -> Agreement:
    """Return the agreement under which the hub's own officer reads the log.

    Raises:
        Refused: ``oversight_missing``; none is in force.
    """
    clock = SystemClock()
    book = await kept_book(settings, publication.catalogue(), clock)
    now, today = clock.now().astimezone(RIGA), clock.today()
    for mine in book.agreements.values():
        for each in mine.values():
            if each.oversight is Oversight.HUB and each.in_force(now, today):
                return each
    raise Refused(Code.OVERSIGHT_MISSING, needed=[Oversight.HUB.value])


def _subjects(codes: Sequence[PersonalCode]) -> tuple[SubjectEntry, ...]:
    return tuple(SubjectEntry(subject=code, outcomes={}) for code in codes)


def _entry(question: DeskQuestion, answer: DeskAnswer) -> Disclosure:
    agreement = question.caller.agreement
    header = Header(
        operation_id=question.operation_id,
        at=question.at,
        decision="accountability",
        client=agreement.client,
        agreement=agreement.number,
        revision=agreement.revision,
        agreement_hash=agreement.hash,
        purpose=agreement.purpose,
        article6=agreement.basis.article6,
        official=question.caller.official,
        recipient=agreement.recipient,
        question=(question.root,),
        reason=answer.reason,
    )
    return Disclosure(header=header, subjects=answer.subjects)


def _show(
    report: Report,
    data_dir: Path | None,
    *,
    html: Path | None,
    as_json: bool,
    language: str,
    **_asked: object,
) -> None:
    """Write the page where it was asked for, and JSON where it was or nothing else was."""
    if html is not None:
        html.touch(mode=0o600)
        words = published_words(chosen_settings(data_dir).policies_dir)
        html.write_text(page(report, language, words))
        click.echo(f"written: {html}", err=True)
    if as_json or html is None:
        click.echo(document(report))
