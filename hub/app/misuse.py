"""Searching the access log for misuse: a job, and on demand; each search is an entry itself."""

import secrets
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from hub.app import publication
from hub.app.clock import SystemClock
from hub.app.kinship import RegisterKinship
from hub.app.wiring import controllers
from hub.audit.log import open_log
from hub.audit.misuse.detect import detect, still_holds
from hub.audit.misuse.reading import LookReader
from hub.audit.misuse.surroundings import Surroundings
from hub.audit.tlog.logkey import LogKey
from hub.model.agreement import Agreement
from hub.model.entry import Disclosure, Header
from hub.model.misuse import Finding, Kind, Look, Thresholds
from hub.model.personal_code import PersonalCode
from hub.model.reason import checked_reason
from hub.policy.book import AgreementBook
from hub.policy.cedar import load_rules
from hub.policy.misuse import load_thresholds
from hub.policy.source import packaged
from hub.ports import AccessLog, Clock, Keyring, Kinship, RegisterConfig
from hub.ports.misuse import FindingStore, Kept, OfficialStore
from hub.settings import Settings
from hub.storage.agreements import AgreementTable
from hub.storage.database import Database, Patience
from hub.storage.findings import FindingTable
from hub.storage.keyring import MasterKeyring
from hub.storage.log import KeyTable, LogTable
from hub.storage.looks import LookTable
from hub.storage.officials import OfficialTable, VipTable
from hub.storage.tokens import SubjectTokens

PATIENCE: Final = Patience(connect_s=5, command_s=120)
"""A search reads a day at a time; nobody waits for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What a search came to."""

    looks: int
    findings: list[Finding]
    kept: Kept


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """Officials and listed persons, as one store; implements ``OfficialStore``."""

    table: OfficialTable
    list: VipTable

    async def officials(self) -> Mapping[tuple[str, str], PersonalCode]:
        """Return personal codes by institution and official."""
        return await self.table.officials()

    async def vips(self) -> frozenset[PersonalCode]:
        """Return the persons on the list."""
        return await self.list.vips()


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """Where officers keep what detectors need: everything done here is an entry first."""

    database: Database
    keyring: Keyring = field(repr=False)
    clock: Clock
    log: AccessLog

    async def enter(self, question: str, reason: str) -> str:
        """Put on the log what is about to be done, and why; return the operation's id.

        Raises:
            BadRequest: ``reason_invalid``.
            ServiceUnavailable: ``audit_unavailable``.
        """
        operation = secrets.token_hex(16)
        header = Header(
            operation_id=operation,
            at=self.clock.now(),
            decision="oversight",
            question=(question,),
            reason=checked_reason(reason),
        )
        await self.log.append(Disclosure(header=header))
        return operation


@dataclass(frozen=True, slots=True, kw_only=True)
class Searching:
    """Everything a search needs.

    Attributes:
        kinship: Made for one operation, whose entry is on the log.
    """

    office: Office
    looks: LookReader
    findings: FindingStore
    people: OfficialStore
    kinship: Callable[[str], Kinship]
    agreements: Mapping[str, Agreement]
    thresholds: Thresholds

    async def search(
        self, since: datetime, until: datetime, reason: str, kinds: Iterable[Kind] = Kind
    ) -> Search:
        """Run detectors over a period, and keep what they find.

        Args:
            since: First instant to be judged; what is usual is read from the weeks before.
                ``until``: the instant after the last.
            until: See ``since``.
            reason: Checked; stands in the entry.
            kinds: Detectors to run.

        Raises:
            ServiceUnavailable: ``audit_unavailable``.
            RegisterError: The population register does not answer: nothing is judged without it.
        """
        operation = await self.office.enter("detect", reason)
        before = timedelta(days=self.thresholds.volume.trailing_days)
        looks = await self.looks.between(since - before, until)
        around = await self._around(looks, operation)
        found = detect(
            looks, around, self.thresholds, self.office.keyring, kinds, judged_from=since
        )
        kept = await self.findings.keep(found, self.office.clock.now())
        return Search(looks=len(looks), findings=found, kept=kept)

    async def again(self, finding: str, reason: str) -> bool | None:
        """Tell whether a finding still holds by the entries it cites alone; None: there is none.

        Raises:
            ServiceUnavailable, RegisterError: As ``search``.
        """
        kept = await self.findings.find(finding)
        if kept is None:
            return None
        operation = await self.office.enter("reproduce", reason)
        looks = await self.looks.at(kept.evidence | kept.baseline)
        around = await self._around(looks, operation)
        return still_holds(kept, looks, around, self.thresholds, self.office.keyring)

    async def _around(self, looks: Iterable[Look], operation: str) -> Surroundings:
        officials, vips = await self.people.officials(), await self.people.vips()
        concerned = {
            look.subject for look in looks if look.subject and (look.official or look.case)
        }
        known = await self.kinship(operation).of(concerned | vips | set(officials.values()))
        return Surroundings(
            officials=officials, people=known, vips=vips, agreements=self.agreements
        )


@asynccontextmanager
async def open_office(settings: Settings) -> AsyncIterator[Office]:
    """Open the database and the log for as long as the block runs."""
    clock, keyring = SystemClock(), MasterKeyring(settings.master_key)
    async with AsyncExitStack() as stack:
        database = Database(settings.database_url, patience=PATIENCE)
        stack.push_async_callback(database.aclose)
        table = LogTable(database, SubjectTokens(keyring), clock)
        stack.push_async_callback(table.aclose)
        key = LogKey(settings.log_origin, settings.log_key)
        log = await stack.enter_async_context(open_log(table, KeyTable(database), keyring, key))
        yield Office(database=database, keyring=keyring, clock=clock, log=log)


@asynccontextmanager
async def open_searching(settings: Settings) -> AsyncIterator[Searching]:
    """Open what a search needs, for as long as the block runs.

    Raises:
        Misconfigured: The policy folder cannot be used.
        ServiceUnavailable: ``policy_unavailable``.
    """
    rules = load_rules(
        settings.policies_dir or packaged(),
        publication.catalogue(),
        sandbox=settings.introspection,
    )
    thresholds = load_thresholds(settings.policies_dir or packaged(), rules.vocabulary)
    (name,) = publication.manifests("population")
    async with open_office(settings) as office:
        database, keyring, clock = office.database, office.keyring, office.clock
        book = AgreementBook(
            store=AgreementTable(database),
            rules=rules,
            controllers=controllers(settings),
            clock=clock,
        )
        await book.refresh()
        known = book.current().agreements
        config = RegisterConfig(url=settings.registers[name])
        connector = publication.connector_modules()[name].connect(config, clock)
        try:
            yield Searching(
                office=office,
                looks=LookReader(LookTable(database), keyring),
                findings=FindingTable(database),
                people=People(
                    table=OfficialTable(database, keyring), list=VipTable(database, keyring)
                ),
                kinship=lambda operation: RegisterKinship(connector, keyring, clock, operation),
                agreements={number: each for of in known.values() for number, each in of.items()},
                thresholds=thresholds,
            )
        finally:
            await connector.aclose()
